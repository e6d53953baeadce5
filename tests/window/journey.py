#!/usr/bin/python3
"""A person's way from the gallery to a file, in the real program in a real window.

    tests/window/journey.py PROGRAM
"""

import json
import os
import shutil
import subprocess

import desk
from desk import check, check_same, wait_for

IMAGE = "nginxinc/nginx-unprivileged:1.29.3-alpine"
PORT = "spec.containers[0].ports[0].containerPort"


def play(screen, folder, args):
    (program,) = args
    # There is no program in sight that could show a file dialog.
    window = desk.Window(screen, program, home=os.path.join(folder, "home"), path=folder)

    window.get("Choose a pattern")
    window.click("Start with Ambassador")
    window.wait_for_yaml("name: web-with-ambassador")
    before = window.yaml()

    window.type_into("spec.containers[0].image", IMAGE)
    window.wait_for_yaml(f"image: {IMAGE}\n")
    old = next(line for line in before.splitlines() if line.strip().startswith("image: "))
    changed = before.replace(old, f"    image: {IMAGE}", 1)
    check_same("typing the image changes the image and nothing else", window.yaml(), changed)

    window.type_into(PORT, "80800")
    window.wait_for_yaml("containerPort: 80800\n")
    line = window.yaml()[: window.yaml().index("80800")].count("\n") + 1
    window.get(f"Error in line {line}")
    check("a wrong port has a mark beside its line of the YAML", True)
    window.get(f"Go to {PORT}")
    check("it stands in the list of problems", True)
    messages = wait_for("the message twice", lambda: two_of_a_kind(window))
    check(f"its message stands in the form and in the list: {messages}", True)
    fixes = wait_for("its fix in the form and in the list", lambda: (window.find("Use 65535") + [None, None])[1])
    check("its fix stands in both", bool(fixes))
    window.click("Use 65535")
    window.wait_for_yaml("containerPort: 65535\n")
    window.gone(f"Error in line {line}")
    window.gone(f"Go to {PORT}")
    check("its fix mends it", True)

    window.type_into(PORT, "8081")
    window.wait_for_yaml("containerPort: 8081\n")

    window.focus()
    window.click_at(*window.place_of_text("web-with-ambassador"))
    window.get("metadata.name", ("entry", "text"))
    check("a click on a line of the YAML shows its field in the form", True)
    window.keys("ctrl+End")
    window.xdotool("type", "--delay", "15", "# typed into the text")
    window.wait_for_yaml("# typed into the text")
    final = window.yaml()
    changed = changed.replace("containerPort: 8080\n", "containerPort: 8081\n", 1)
    check_same("the text can be typed into", final, changed + "# typed into the text")

    window.click("Copy menu")
    window.click("Copy as YAML")
    window.get("Copied as YAML.")
    check("another program reads the very text from the clipboard", desk.clipboard(screen) == final.encode())
    kubectl_reads(desk.clipboard(screen))

    file = os.path.join(folder, "my pods", "web.yaml")
    os.mkdir(os.path.dirname(file))
    window.focus()
    window.keys("ctrl+s")
    window.get("Path of the file", ("entry", "text"))
    window.type_into("Path of the file", file)
    window.click("Save to this file")
    wait_for("the file", lambda: os.path.exists(file))
    with open(file, "rb") as saved:
        check("the file is byte for byte the preview", saved.read() == final.encode())

    window.focus()
    window.keys("ctrl+q")
    code = window.process.wait(desk.LIMIT)
    check(f"the program ends with code {code}: {window.output()}", code == 0)
    check("the clipboard's text outlives the program", desk.clipboard(screen) == final.encode())
    # Another owner ends the process that serves the clipboard.
    subprocess.run(["xclip", "-i", "-selection", "clipboard"], input=b"", check=True)


def two_of_a_kind(window):
    """A message on 65535 that stands on the screen at least twice."""
    names = [node.name for node in window.find(lambda name: "65535" in name and not name.startswith("Use "))]
    return next((name for name in names if names.count(name) >= 2), None)


def kubectl_reads(manifest):
    kubectl = shutil.which("kubectl")
    if not kubectl:
        print("skipped: kubectl is not installed, so nothing but Podwright has read the manifest")
        return
    command = [kubectl, "label", "--local", "-f", "-", "a=b", "-o", "json"]
    read = subprocess.run(command, input=manifest, capture_output=True)
    check(f"kubectl reads it {read.stderr.decode()}", read.returncode == 0)
    pod = json.loads(read.stdout)
    first, second = pod["spec"]["containers"]
    check("as a Pod with its label", (pod["kind"], pod["metadata"]["labels"]["a"]) == ("Pod", "b"))
    check("with the image that was typed", first["image"] == IMAGE)
    check("with the port that was typed", first["ports"][0]["containerPort"] == 8081)
    check("and the ambassador beside it", second["name"] != first["name"] and "image" in second)


if __name__ == "__main__":
    desk.main(__file__, play)
