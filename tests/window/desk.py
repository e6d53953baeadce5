"""Drives the program in a real window: Xvfb for a screen, AT-SPI for accessible names, xdotool for the keyboard.

Runs under the system's Python (/usr/bin/python3), which has the packages python3-pyatspi, gir1.2-atspi-2.0 and
python3-xlib. Nothing here sleeps for a guessed time: what is waited for is polled, with a limit.
"""

import difflib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

LIMIT = 30.0


class Failed(Exception):
    """Something that was waited for did not come."""


def wait_for(what, look, limit=LIMIT):
    """Polls until `look()` gives something true, and gives that back. An error of AT-SPI (a widget that went away while
    it was looked at) counts as not yet."""
    from gi.repository import GLib

    end = time.monotonic() + limit
    while True:
        try:
            found = look()
        except (GLib.Error, IndexError):
            found = None
        if found:
            return found
        if time.monotonic() > end:
            raise Failed(f"waited {limit:.0f} s in vain for {what}")
        time.sleep(0.05)


class Screen:
    """An X server of its own on a free display number."""

    def __init__(self, width=1280, height=800):
        read, write = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise Failed("Xvfb did not start")
        self.name = f":{number}"

    def shot(self, file, width=None, height=None):
        """Writes the screen to a PNG file: all of it, or so much from its upper left corner."""
        crop = ["-crop", f"{width}x{height}+0+0", "+repage"] if width else []
        subprocess.run(["import", "-display", self.name, "-window", "root", *crop, str(file)], check=True)

    def close(self):
        self.server.terminate()
        self.server.wait()


class Window:
    """The program in a window on a screen, with a home directory of its own."""

    def __init__(self, screen, program, args=(), home=None, path=None, env=()):
        self.screen = screen
        self.home = home or tempfile.mkdtemp(prefix="podwright-home-")
        runtime = os.path.join(self.home, "run")
        os.makedirs(runtime, mode=0o700, exist_ok=True)
        self.env = dict(os.environ, DISPLAY=screen.name, HOME=self.home, XDG_RUNTIME_DIR=runtime, **dict(env))
        for unwanted in ("WAYLAND_DISPLAY", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            self.env.pop(unwanted, None)
        if path is not None:
            self.env["PATH"] = path
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([program, *map(str, args)], env=self.env, stdout=self.log, stderr=self.log)
        self.application = wait_for("the window's accessible tree", self._application)
        self.xid = wait_for("the window", self._xid)
        self.focus()

    def _application(self):
        import pyatspi

        if self.process.poll() is not None:
            raise Failed(f"the program ended with code {self.process.returncode}: {self.output()}")
        for application in pyatspi.Registry.getDesktop(0):
            if application and application.get_process_id() == self.process.pid and application.childCount:
                return application
        return None

    def _xid(self):
        found = self.xdotool("search", "--onlyvisible", "--pid", str(self.process.pid), check=False).split()
        return found[-1] if found else None

    def output(self):
        """What the program wrote to standard output and error."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def xdotool(self, *args, check=True):
        env = dict(os.environ, DISPLAY=self.screen.name)
        run = subprocess.run(["xdotool", *args], env=env, capture_output=True, text=True)
        if check and run.returncode:
            raise Failed(f"xdotool {' '.join(args)}: {run.stderr}")
        return run.stdout

    def focus(self):
        """Gives the window the keyboard. There is no window manager to do it."""
        self.xdotool("windowfocus", "--sync", self.xid)

    # Widgets by accessible name

    def nodes(self, top=None):
        """All widgets, in the order of the tree."""
        todo = [top or self.application]
        while todo:
            node = todo.pop()
            if node is None:
                continue
            yield node
            todo.extend(node[i] for i in reversed(range(node.childCount)))

    def find(self, name, role=None, showing=True):
        """The widgets of an accessible name; `name` may be a function of the name. Roles are AT-SPI's: 'button'."""
        import pyatspi

        matches = name if callable(name) else lambda own: own == name
        found = []
        for node in self.nodes():
            if not matches(node.name) or role and node.getRoleName() not in role:
                continue
            if showing and not node.getState().contains(pyatspi.STATE_SHOWING):
                continue
            found.append(node)
        return found

    def get(self, name, role=None, at=0, limit=LIMIT):
        """Waits for a widget of an accessible name; the one number `at` in the order of the tree."""

        def look():
            found = self.find(name, role)
            return found[at] if at < len(found) else None

        described = name if isinstance(name, str) else "matching name"
        try:
            return wait_for(f"“{described}”", look, limit)
        except Failed as failed:
            raise Failed(f"{failed}; in sight: {self.names()}") from None

    def gone(self, name, role=None):
        """Waits until no widget of an accessible name is in sight."""
        wait_for(f"“{name}” to go", lambda: not self.find(name, role))

    def names(self):
        """Every name in sight, for a message of failure."""
        shown = []
        for node in self.nodes():
            try:
                if node.name:
                    shown.append(f"{node.getRoleName()} “{node.name}”")
            except Exception:  # noqa: BLE001 - it went away
                continue
        return ", ".join(shown[:400])

    def click(self, name, role=None, at=0):
        """Presses a widget as a screen reader does: no pointer is needed."""
        described = name if isinstance(name, str) else "the name"

        def press():
            found = [node for node in self.find(name, role) if "Action" in node.get_interfaces()]
            return at < len(found) and found[at].queryAction().doAction(0)

        try:
            wait_for(f"“{described}” to press", press)
        except Failed as failed:
            raise Failed(f"{failed}; in sight: {self.names()}") from None

    def place(self, node):
        """The middle of a widget, in pixels of the screen."""
        import pyatspi

        box = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
        return box.x + box.width // 2, box.y + box.height // 2

    def place_of_text(self, part):
        """Where the first character of a text in the YAML stands, in pixels of the screen."""
        import pyatspi

        text = self.get("YAML", ("entry", "text")).queryText()
        x, y, width, height = text.getCharacterExtents(
            text.getText(0, text.characterCount).index(part), pyatspi.DESKTOP_COORDS
        )
        return x + width // 2, y + height // 2

    def click_at(self, x, y):
        """Presses the pointer's first button at a place of the screen."""
        self.xdotool("mousemove", str(x), str(y))
        self.xdotool("click", "1")

    def point_and_click(self, name, role=None, at=0):
        """Presses a widget with the pointer."""
        node = self.get(name, role, at)
        self.click_at(*self.place(node))
        return node

    def type_into(self, name, text):
        """Types into a field, in place of what it holds. The field keeps the keyboard."""
        import pyatspi

        self.focus()
        field = self.point_and_click(name, ("entry", "text"))
        wait_for(f"the keyboard in “{name}”", lambda: field.getState().contains(pyatspi.STATE_FOCUSED))
        self.keys("ctrl+a")
        self.xdotool("type", "--delay", "15", text)

    def yaml(self):
        """The text in the YAML pane."""
        return self.text_of(self.get("YAML", ("entry", "text")))

    def wait_for_yaml(self, part):
        """Waits until the YAML holds a text."""
        try:
            wait_for(f"{part!r} in the YAML", lambda: part in self.yaml())
        except Failed as failed:
            raise Failed(f"{failed}; it is:\n{self.yaml()}") from None

    def keys(self, *keys):
        """Presses keys, such as `ctrl+s`."""
        self.xdotool("key", "--delay", "30", *keys)

    def text_of(self, node):
        """The text that a field holds."""
        text = node.queryText()
        return text.getText(0, text.characterCount)

    def close(self):
        """Ends the program, whatever it says."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def under_session(script, args):
    """Runs a script again inside a D-Bus session of its own, unless it runs in one already. The session has no file
    portal, even where one is installed, and ends with the script."""
    if os.environ.get("PODWRIGHT_TEST_SESSION"):
        return
    data = tempfile.mkdtemp(prefix="podwright-session-")
    services = os.path.join(data, "dbus-1", "services")
    os.makedirs(services)
    for name in ("org.freedesktop.portal.Desktop", "org.freedesktop.impl.portal.desktop.gtk"):
        with open(os.path.join(services, f"{name}.service"), "w", encoding="utf-8") as file:
            file.write(f"[D-BUS Service]\nName={name}\nExec=/bin/false\n")
    env = dict(os.environ, PODWRIGHT_TEST_SESSION=data, XDG_DATA_HOME=data)
    os.execvpe("dbus-run-session", ["dbus-run-session", "--", sys.executable, script, *args], env)


def awaken_accessibility():
    """Starts the accessibility bus of the session and says that somebody reads the screen."""
    for status in ("IsEnabled", "ScreenReaderEnabled"):
        subprocess.run(
            ["dbus-send", "--session", "--print-reply", "--dest=org.a11y.Bus", "/org/a11y/bus",
             "org.freedesktop.DBus.Properties.Set", "string:org.a11y.Status", f"string:{status}",
             "variant:boolean:true"],
            check=True,
            capture_output=True,
        )


def missing():
    """The programs and packages that a test in a real window needs and this machine lacks."""
    lacking = [name for name in ("Xvfb", "xdotool", "xclip", "import", "dbus-run-session") if not shutil.which(name)]
    try:
        import gi

        gi.require_version("Atspi", "2.0")
        import pyatspi  # noqa: F401
        import Xlib  # noqa: F401
    except (ImportError, ValueError) as error:
        lacking.append(str(error))
    return lacking


def main(script, play, width=1280, height=800):
    """Plays a script on a screen of its own: `play(screen, folder, args)`. Ends with code 3 where something is missing,
    with code 1 and the reason where it fails."""
    lacking = missing()
    if lacking:
        print(f"missing: {', '.join(lacking)}")
        sys.exit(3)
    under_session(script, sys.argv[1:])
    folder = tempfile.mkdtemp(prefix="podwright-window-")
    screen = Screen(width, height)
    os.environ["DISPLAY"] = screen.name
    try:
        awaken_accessibility()
        play(screen, folder, sys.argv[1:])
    except Exception:
        import traceback

        traceback.print_exc()
        shot = os.environ.get("PODWRIGHT_TEST_SHOT", os.path.join(tempfile.gettempdir(), "podwright-window.png"))
        screen.shot(shot)
        print(f"the screen at that moment: {shot}")
        sys.exit(1)
    finally:
        screen.close()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(os.environ.get("PODWRIGHT_TEST_SESSION", ""), ignore_errors=True)


def clipboard(screen, limit=5.0):
    """What stands on the clipboard, read by a program of its own, byte for byte."""

    def look():
        run = subprocess.run(
            ["xclip", "-o", "-selection", "clipboard", "-display", screen.name], capture_output=True, timeout=limit
        )
        return run.stdout if run.returncode == 0 else None

    return wait_for("text on the clipboard", look, limit)


def check_same(what, is_so, should_be):
    """Fails with `what` and the differences of two texts unless they are the same."""
    lines = difflib.unified_diff(should_be.splitlines(True), is_so.splitlines(True), "should be", "is")
    check(f"{what}\n{''.join(lines)}" if is_so != should_be else what, is_so == should_be)


def check(what, holds):
    """Fails with `what` unless it holds."""
    if not holds:
        raise Failed(what)
    print(f"ok: {what}")
