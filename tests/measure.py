#!/usr/bin/python3
"""Measures the release build and prints what stands in the README as a Markdown table.

    tests/measure.py [--runs N] [--idle SECONDS] [PROGRAM [ARGUMENT...]]

PROGRAM is target/release/podwright if not given. Measured are: the time from the start of the process to the
first frame in its window, over N runs after one to warm up; memory three seconds after a start; and the processor
time while nothing happens. Each run has an empty home directory and all runs share one Xvfb.

Needs the Debian packages xvfb and python3-xlib. Ends with code 2 where something is missing, 1 where the
program ended or painted nothing.
"""

import argparse
import os
import pathlib
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

try:
    from Xlib import X, display, error
except ImportError:
    print("measure.py: python3-xlib is missing; install it and use /usr/bin/python3", file=sys.stderr)
    sys.exit(2)

SCREEN = "1280x800x24"
PAINT_LIMIT_SECONDS = 30
SETTLE_SECONDS = 3
# As many of a window's rows as are looked at: enough to hold a toolbar, few enough to be read in a millisecond or two.
ROWS = 200


class Xvfb:
    """A virtual X server on a free display, for as long as the `with` block lasts."""

    def __enter__(self):
        reader, writer = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"],
            pass_fds=[writer],
            stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        with os.fdopen(reader) as pipe:
            self.name = ":" + pipe.readline().strip()
        if self.name == ":":
            sys.exit("measure.py: Xvfb did not start")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Running:
    """The measured program, with a home of its own, for as long as the `with` block lasts."""

    def __init__(self, command, display_name):
        self.command = command
        self.display_name = display_name

    def __enter__(self):
        self.home = tempfile.mkdtemp(prefix="measure-")
        environment = {
            "HOME": self.home,
            "XDG_RUNTIME_DIR": self.home,
            "DISPLAY": self.display_name,
            "PATH": os.environ["PATH"],
            "LANG": os.environ.get("LANG", "C.UTF-8"),
        }
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def must_live(self):
        """Ends the script with the program's own words if the program has ended."""
        if self.process.poll() is not None:
            words = self.process.stderr.read().decode(errors="replace").strip()
            sys.exit(f"measure.py: {self.command[0]} ended with code {self.process.returncode}: {words}")

    def seconds_to_first_frame(self, connection):
        """Waits until a window of the program shows pixels of more than one colour. Returns the time since the start."""
        while time.monotonic() - self.started < PAINT_LIMIT_SECONDS:
            self.must_live()
            if any(is_painted(window) for window in connection.screen().root.query_tree().children):
                return time.monotonic() - self.started
            time.sleep(0.001)
        sys.exit(f"measure.py: nothing was painted within {PAINT_LIMIT_SECONDS} seconds")

    def memory_kib(self):
        """Returns the resident and the proportional set size in KiB."""
        rows = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()
        sizes = {row.split(":")[0]: int(row.split()[1]) for row in rows if row.endswith(" kB")}
        return sizes["Rss"], sizes["Pss"]

    def processor_seconds(self):
        """Returns the processor time that all threads have used so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_painted(window):
    """Tells whether the topmost rows of a visible window have more than one colour."""
    try:
        if window.get_attributes().map_state != X.IsViewable:
            return False
        shape = window.get_geometry()
        if shape.width < 16 or shape.height < 16:
            return False
        pixels = window.get_image(0, 0, shape.width, min(shape.height, ROWS), X.ZPixmap, 0xFFFFFFFF).data
    except (error.BadMatch, error.BadWindow, error.BadDrawable):
        return False  # The window went away, or it does not lie on the screen as a whole yet.
    return pixels != pixels[:4] * (len(pixels) // 4)


def machine():
    """Describes this machine in one line."""
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    models = {row.partition(":")[2].strip() for row in cpuinfo if row.startswith("model name")}
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    cores = len(os.sched_getaffinity(0))
    return (
        f"{', '.join(sorted(models)) or platform.machine()}, {cores} cores, {memory:.0f} GiB of memory, {system}, "
        f"Linux {platform.release()}, Xvfb {SCREEN}, drawing in software"
    )


def main():
    """Measures and prints."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--runs", type=int, default=9, help="starts to measure (9)")
    arguments.add_argument("--idle", type=float, default=10, help="seconds of idleness to measure (10)")
    arguments.add_argument("command", nargs=argparse.REMAINDER, metavar="PROGRAM", help="program and its arguments")
    options = arguments.parse_args()
    root = pathlib.Path(__file__).resolve().parent.parent
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", root / "target"))
    command = options.command or [str(target / "release" / "podwright")]
    program = shutil.which(command[0])
    if options.runs < 1 or program is None or shutil.which("Xvfb") is None:
        print("measure.py: --runs must be 1 or more, and Xvfb and", command[0], "must be there", file=sys.stderr)
        sys.exit(2)

    with Xvfb() as server:
        connection = display.Display(server.name)
        starts = []
        for run in range(options.runs + 1):
            with Running(command, server.name) as running:
                seconds = running.seconds_to_first_frame(connection)
            if run > 0:
                starts.append(seconds * 1000)
        with Running(command, server.name) as running:
            running.seconds_to_first_frame(connection)
            time.sleep(SETTLE_SECONDS)
            rss, pss = running.memory_kib()
            before = running.processor_seconds()
            time.sleep(options.idle)
            running.must_live()
            idle = (running.processor_seconds() - before) / options.idle
        connection.close()

    print("| measured | value |")
    print("| --- | --- |")
    print(f"| size of the program | {os.path.getsize(program) / 1e6:.1f} MB |")
    print(f"| start to first painted frame, {len(starts)} runs | min {min(starts):.0f} ms, median {statistics.median(starts):.0f} ms |")
    print(f"| memory, RSS / PSS | {rss / 1024:.0f} / {pss / 1024:.0f} MiB |")
    print(f"| processor when idle, over {options.idle:.0f} s | {idle:.1%} of one core |")
    print()
    print(f"Machine: {machine()}.")


if __name__ == "__main__":
    main()
