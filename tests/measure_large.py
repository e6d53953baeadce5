#!/usr/bin/python3
"""Measures the release build with a YAML text of 100,000 lines and 5 MB, and prints Markdown tables.

    tests/measure_large.py [--pictures FOLDER] [PROGRAM]

PROGRAM is target/release/podwright if not given. The text is once 2,500 Pods and once one ConfigMap. Keys, wheel and
pointer come from xdotool, faster than frames can be painted, into a window of 1280×800 under Xvfb. A frame's time is the
wall-clock time from its beginning to the beginning of the next one, as long as there is something to paint: the text laid
out, painted in software and shown. Beside it stands how much of that the window's thread was busy: laying out and handing
over to be painted. The program writes the times down itself (PODWRIGHT_FRAME_TIMES).

Needs the Debian packages xvfb, xdotool and python3-xlib, and imagemagick for pictures. Ends with code 2 where something
is missing.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from measure import Xvfb, is_painted, machine

try:
    from Xlib import display
except ImportError:
    print("measure_large.py: python3-xlib is missing; install it and use /usr/bin/python3", file=sys.stderr)
    sys.exit(2)

LINES = 100_000
LIMIT_SECONDS = 60
# A place in the text, and one on its scroll bar, of a window of 1280×800.
TEXT = (1000, 300)
BAR = 1275
# Frames further apart than this had nothing to paint between them.
PAUSE_MS = 300


def pods():
    """Pods of 40 lines."""
    note = "".join(f"    example.com/note-{n}: {'it is what it is, ' * 10}ok\n" for n in range(7))
    pod = (pathlib.Path(__file__).parent / "bench" / "small.yaml").read_text()
    head, tail = pod.split("metadata:\n", 1)
    pod = f"---\n{head}metadata:\n  annotations:\n{note}{tail}"
    count = LINES // pod.count("\n")
    return "".join(pod.replace("name: small", f"name: small-{n}") for n in range(count))


def config_map():
    """One document."""
    rows = "".join(f"  key-{n:06}: {'value ' * 6}{n % 7}\n" for n in range(LINES - 5))
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: large\ndata:\n{rows}"


class Window:
    """The program with a text, and the frames that it has painted."""

    def __init__(self, program, server, connection, text):
        self.folder = tempfile.mkdtemp(prefix="measure-")
        path = os.path.join(self.folder, "large.yaml")
        pathlib.Path(path).write_text(text)
        self.log = os.path.join(self.folder, "frames")
        self.environment = {
            "HOME": self.folder,
            "XDG_RUNTIME_DIR": self.folder,
            "DISPLAY": server.name,
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "PODWRIGHT_FRAME_TIMES": "1",
        }
        with open(self.log, "w", encoding="utf-8") as log:
            self.started = time.monotonic()
            self.process = subprocess.Popen([program, path], env=self.environment, stderr=log)
        while not any(is_painted(window) for window in connection.screen().root.query_tree().children):
            time.sleep(0.001)
        self.painted = time.monotonic() - self.started
        self.shown = self.wait(lambda frame: frame[3] > 0)
        self.judged = self.wait(lambda frame: frame[3] > 0 and frame[4] == 0)
        self.xdotool("search", "--sync", "--onlyvisible", "--name", "Podwright", "windowfocus")

    def frames(self):
        """All frames up to now: when it began, the time to make it, the last one's, the text's bytes, whether it is behind."""
        rows = pathlib.Path(self.log).read_text(encoding="utf-8").splitlines()
        return [[float(n) for n in row.split()[1:]] for row in rows if row.startswith("frame") and row.count(" ") == 5]

    def wait(self, is_there):
        while time.monotonic() - self.started < LIMIT_SECONDS:
            if any(is_there(frame) for frame in self.frames()):
                return time.monotonic() - self.started
            time.sleep(0.002)
        sys.exit("measure_large.py: the text was not shown")

    def xdotool(self, *words):
        subprocess.run(["xdotool", *map(str, words)], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def quiet(self):
        """Waits until nothing is judged any more and nothing but the cursor is painted."""
        time.sleep(0.5)
        while True:
            before = self.frames()
            time.sleep(1.0)
            # The cursor blinks.
            if len(self.frames()) - len(before) < 4 and before[-1][4] == 0:
                return

    def phase(self, act):
        """The frames while something is done."""
        self.quiet()
        first = len(self.frames())
        act()
        time.sleep(0.3)
        return self.frames()[max(first - 1, 0):]

    def picture(self, file):
        subprocess.run(["import", "-window", "root", file], env=self.environment, check=True)

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def row(name, frames):
    """A row of the table. Passes over one frame begin it only once."""
    begins = [frames[0][0]]
    painted = []
    for frame, before in zip(frames[1:], frames):
        if frame[2] != before[2]:
            begins.append(frame[0])
            painted.append(frame[2])
    times = [after - before for before, after in zip(begins, begins[1:]) if after - before < PAUSE_MS]
    return f"| {name} | {len(times)} | {spread(times)} | {spread(painted)} |"


def spread(times):
    """Median, 95th percentile and maximum."""
    if len(times) < 2:
        return " / ".join(f"{time:.0f}" for time in times) or "-"
    return f"{statistics.median(times):.0f} / {statistics.quantiles(times, n=20, method='inclusive')[-1]:.0f} / {max(times):.0f}"


def play(window, name, pictures):
    """Does what a person does, and prints the times."""
    x, y = TEXT
    many = lambda *words: lambda: window.xdotool(*words)

    def drag():
        window.xdotool("mousemove", BAR, 60, "mousedown", 1)
        for step in range(60, 560, 4):
            window.xdotool("mousemove", BAR, step)
        window.xdotool("mouseup", 1)

    def shot(place):
        if pictures:
            window.quiet()
            window.picture(os.path.join(pictures, f"{name.split()[0]}-{place}.png"))

    print(f"\n{name}: first painted frame after {window.painted * 1000:.0f} ms, the text in sight after "
          f"{window.shown * 1000:.0f} ms, judged after {window.judged * 1000:.0f} ms.\n")
    print("| while | frames | frame to frame, ms: median / p95 / max | the window's thread, ms: median / p95 / max |")
    print("| --- | --- | --- | --- |")
    shot("top")
    window.xdotool("mousemove", x, y)
    print(row("scrolling by the wheel", window.phase(many("click", "--repeat", 400, "--delay", 5, 5))))
    window.xdotool("click", 1)
    print(row("scrolling by PageDown", window.phase(many("key", "--repeat", 150, "--delay", 10, "Next"))))
    print(row("dragging the scroll bar", window.phase(drag)))
    shot("middle")
    window.xdotool("mousemove", x, y, "click", 1, "key", "End")
    typed = " # " + "the quick brown fox jumps " * 8
    print(row("typing 200 characters", window.phase(many("type", "--delay", 15, typed[:200]))))
    if pictures:
        window.xdotool("type", "--delay", 5, " while typing")
        window.picture(os.path.join(pictures, f"{name.split()[0]}-typing.png"))
    print(row("undoing it", window.phase(many("key", "ctrl+z"))))
    print(row("selecting all and typing a letter", window.phase(many("key", "ctrl+a", "x"))))
    print(row("undoing that", window.phase(many("key", "ctrl+z"))))
    print(flush=True)


def options_of(documentation):
    """The program to measure and the folder for pictures, or `None`, as the command line has them."""
    arguments = argparse.ArgumentParser(description=documentation.splitlines()[0])
    arguments.add_argument("--pictures", help="a folder for pictures of the window")
    arguments.add_argument("program", nargs="?", help="the program")
    options = arguments.parse_args()
    root = pathlib.Path(__file__).resolve().parent.parent
    program = shutil.which(options.program or str(root / "target" / "release" / "podwright"))
    if program is None or shutil.which("Xvfb") is None or shutil.which("xdotool") is None:
        print("the program, Xvfb and xdotool must be there", file=sys.stderr)
        sys.exit(2)
    if options.pictures:
        os.makedirs(options.pictures, exist_ok=True)
    return program, options.pictures


def main():
    """Measures and prints."""
    program, pictures = options_of(__doc__)
    for name, text in [("Pods (2,500 documents)", pods()), ("ConfigMap (one document)", config_map())]:
        with Xvfb() as server:
            connection = display.Display(server.name)
            print(f"{name}: {text.count(chr(10)):,} lines, {len(text) / 1e6:.1f} MB")
            window = Window(program, server, connection, text)
            try:
                play(window, name, pictures)
            finally:
                window.close()
                connection.close()
    print(f"Machine: {machine()}.")


if __name__ == "__main__":
    main()
