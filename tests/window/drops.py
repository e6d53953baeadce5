#!/usr/bin/python3
"""Manifests dropped onto the window, one after the other, and what the window says of each.

    tests/window/drops.py PROGRAM FOLDER-WITH-THE-MANIFESTS
"""

import os
import shutil
import stat

import desk
import xdnd
from desk import check, wait_for

ACCEPTED = "The API server would accept this"


def play(screen, folder, args):
    program, manifests = args
    here = os.path.join(folder, "dropped manifests 清单")
    shutil.copytree(manifests, here)
    tools = os.path.join(folder, "tools")
    saved = os.path.join(folder, "saved.yaml")
    fake_zenity(tools, saved)
    window = desk.Window(screen, program, home=os.path.join(folder, "home"), path=tools)
    window.get("Choose a pattern")

    def text_of(name):
        with open(os.path.join(here, name), encoding="utf-8") as file:
            return file.read()

    def drop(name, unsaved=False, first=False):
        xdnd.drop(screen.name, window.xid, [os.path.join(here, name)])
        if not first:
            # A pod is open: the person chooses.
            window.get("Add its containers to this pod")
            window.get("Keep it as a template")
            window.click("Open it")
        if unsaved:
            window.click("Discard changes")
        wait_for(f"the text of {name}", lambda: window.yaml() == text_of(name))

    drop("01-private-image.yaml", first=True)
    window.get(accepted)
    window.get("Go to spec.containers[0].image")
    check("01 is accepted, with advice on its image", True)

    drop("02-command-demo.yaml")
    window.get("Go to spec.restartPolicy")
    check("02 has a problem at its restartPolicy", not window.find(accepted))
    window.click("Did you mean OnFailure?")
    wait_for("the fixed text", lambda: window.yaml() == text_of("02-command-demo.yaml").replace("OnFailur", "OnFailure"))
    window.get(accepted)
    check("and its fix mends it", True)

    drop("03-filebeat-ds-fragment.yaml", unsaved=True)
    check("03 is not accepted", not window.find(accepted))
    window.click(lambda name: name.startswith("Make it a Pod"))
    window.wait_for_yaml("apiVersion: v1\nkind: Pod\n")
    check("03 is a fragment, and its fix adds apiVersion and kind", text_of("03-filebeat-ds-fragment.yaml") in window.yaml())

    drop("04-pod-use-hostnetwork.yaml", unsaved=True)
    window.get(accepted)
    check("04 is accepted", True)

    drop("05-pod-with-seccontext.yaml")
    window.get(accepted)
    check("05 is accepted", True)

    xdnd.drop(screen.name, window.xid, [os.path.join(here, "01-private-image.yaml")])
    window.click("Add its containers to this pod")
    window.wait_for_yaml("uses-private-image")
    both = window.yaml()
    check("a dropped pod's containers can join the one that is open", "name: busybox" in both and "kind: Pod" in both)

    # Saved through the desktop's file dialog, for which `zenity` stands here.
    window.click("File menu")
    window.click("Save as…")
    wait_for("the file", lambda: os.path.exists(saved))
    with open(saved, "rb") as file:
        check("what is saved through a file dialog is byte for byte the preview", file.read() == both.encode())
    window.close()


def accepted(name):
    return ACCEPTED.lower() in name.lower()


def fake_zenity(folder, answer):
    """Stands in for the file dialog that answers with one path."""
    os.mkdir(folder)
    program = os.path.join(folder, "zenity")
    with open(program, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\necho '{answer}'\n")
    os.chmod(program, os.stat(program).st_mode | stat.S_IXUSR)


if __name__ == "__main__":
    desk.main(__file__, play)
