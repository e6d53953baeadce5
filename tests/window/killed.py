#!/usr/bin/python3
"""Kills the real program while somebody types, and looks at what the next start brings back.

    tests/window/killed.py PROGRAM
"""

import os
import random
import subprocess
import time

import desk
from desk import check, wait_for

KILLS = 5
POD = """apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: app # mine
    image: nginx:1.27
"""
# What a kill may take away, in letters: they come every 20 ms, and a second's typing may be missing.
DELAY = 20
MOST_MISSING = 1000 // DELAY


def play(screen, folder, args):
    (program,) = args
    home = os.path.join(folder, "home")
    file = os.path.join(folder, "web.yaml")
    with open(file, "w", encoding="utf-8") as manifest:
        manifest.write(POD)
    window = desk.Window(screen, program, [file], home=home, path=folder)
    window.wait_for_yaml("name: web")
    before = POD
    for number in range(KILLS):
        window.focus()
        window.click_at(*window.place_of_text("apiVersion"))
        window.keys("ctrl+End")
        letters = f"# {number} " + "abcdefghij" * 20
        typing = subprocess.Popen(
            ["xdotool", "type", "--delay", str(DELAY), letters],
            env=dict(os.environ, DISPLAY=screen.name),
        )
        window.wait_for_yaml(before + letters[:8])
        time.sleep(random.uniform(0.1, 1.5))
        seen = window.yaml()
        window.close()
        typing.kill()
        typing.wait()
        # A key that was down as its typist was killed would repeat itself into the next window.
        window.xdotool("keyup", *"abcdefghij")
        check("it is killed while somebody types", len(before) < len(seen) < len(before + letters))

        window = desk.Window(screen, program, home=home, path=folder)
        window.get("Brought back what was open: web.yaml.")
        text = window.yaml()
        desk.check_same(f"kill {number + 1}: no letter is wrong", text, (before + letters)[: len(text)])
        missing = len(seen) - len(text)
        check(f"at most a second is missing: {max(missing, 0)} letters", missing <= MOST_MISSING)
        caret = window.get("YAML", ("entry", "text")).queryText().caretOffset
        check("the cursor stands where it stood", caret == len(text))
        window.focus()
        window.keys("Return")
        window.wait_for_yaml(text + "\n")
        check("and the keyboard is in the text", True)
        before = text + "\n"
    with open(file, encoding="utf-8") as manifest:
        check("the file is as it was", manifest.read() == POD)
    window.focus()
    window.keys("ctrl+s")
    wait_for("the save", lambda: open(file, encoding="utf-8").read() == before)
    window.keys("ctrl+q")
    check("the program ends", window.process.wait(desk.LIMIT) == 0)
    window = desk.Window(screen, program, home=home, path=folder)
    window.get("Choose a pattern")
    check("what was closed with everything saved does not come back", True)
    window.close()


if __name__ == "__main__":
    desk.main(__file__, play)
