#!/usr/bin/python3
"""Takes the screenshots of the real program: the gallery at the start, and the ambassador being edited with a problem
shown; light and dark; 1280×800 and 1920×1080.

    tests/screenshots.py PROGRAM FOLDER [README-PICTURE]

README-PICTURE is where a copy of the editor's light picture of 1280×800 goes: assets/screenshot.png.
"""

import os
import shutil
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "window"))

import desk  # noqa: E402

SIZES = [(1280, 800), (1920, 1080)]
THEMES = ["Light theme", "Dark theme"]
PORT = "spec.containers[0].ports[0].containerPort"


def play(screen, folder, args):
    program, pictures = args[:2]
    os.makedirs(pictures, exist_ok=True)
    for width, height in SIZES:
        for theme in THEMES:
            home = os.path.join(folder, f"home-{theme}-{width}")
            window = desk.Window(screen, program, home=home, path=folder)
            window.xdotool("windowmove", window.xid, "0", "0")
            window.xdotool("windowsize", "--sync", window.xid, str(width), str(height))
            window.get("Choose a pattern")
            window.click("View menu")
            window.click(theme)
            window.keys("Escape")
            window.gone(theme)
            ending = f"{theme.split()[0].lower()}-{width}x{height}.png"
            take(screen, window, os.path.join(pictures, f"start-{ending}"), width, height)
            window.click("Start with Ambassador")
            window.wait_for_yaml("web-with-ambassador")
            window.type_into(PORT, "80800")
            window.get(f"Go to {PORT}")
            editor = os.path.join(pictures, f"editor-{ending}")
            take(screen, window, editor, width, height)
            if len(args) > 2 and (width, theme) == (1280, "Light theme"):
                shutil.copyfile(editor, args[2])
            window.close()


def take(screen, window, file, width, height):
    """Takes a picture of the window once nothing moves any more, the pointer out of the way."""
    window.xdotool("mousemove", str(width - 1), str(height - 1))
    time.sleep(1.0)
    screen.shot(file, width, height)
    print(file)


if __name__ == "__main__":
    desk.main(os.path.abspath(__file__), play, *SIZES[-1])
