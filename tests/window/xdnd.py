"""Drops files onto a window as a file manager does: the XDND protocol, version 5, from a client of its own.

https://www.freedesktop.org/wiki/Specifications/XDND/
"""

import time
import urllib.parse

from Xlib import X, Xatom, display
from Xlib.protocol import event

from desk import Failed


def drop(screen_name, target_id, paths, limit=15.0):
    """Drags files over the middle of a window and lets them go; returns when the window says that it has them."""
    server = display.Display(screen_name)
    try:
        Drag(server, target_id, paths).play(time.monotonic() + limit)
    finally:
        server.close()


class Drag:
    """One drag from its beginning to the end."""

    def __init__(self, server, target_id, paths):
        self.server = server
        self.atom = server.intern_atom
        self.target = server.create_resource_object("window", int(target_id))
        root = server.screen().root
        self.source = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        self.list = "".join(f"file://{urllib.parse.quote(path)}\r\n" for path in paths).encode()
        aware = self.target.get_full_property(self.atom("XdndAware"), Xatom.ATOM)
        if aware is None:
            raise Failed("the window takes no drops: it has no property XdndAware")
        size = self.target.get_geometry()
        place = root.translate_coords(self.target, size.width // 2, size.height // 2)
        # translate_coords gives the other way round from what its arguments' order suggests: make it the root's.
        self.x, self.y = abs(place.x), abs(place.y)

    def play(self, end):
        selection = self.atom("XdndSelection")
        self.source.set_selection_owner(selection, X.CurrentTime)
        self.send("XdndEnter", [5 << 24, self.atom("text/uri-list"), 0, 0])
        copy = self.atom("XdndActionCopy")
        self.send("XdndPosition", [0, self.x << 16 | self.y, X.CurrentTime, copy])
        status = self.wait("XdndStatus", end)
        if not status.data[1][1] & 1:
            raise Failed("the window refuses the drop")
        self.send("XdndDrop", [0, X.CurrentTime, 0, 0])
        self.wait("XdndFinished", end)

    def send(self, name, data):
        message = event.ClientMessage(
            window=self.target, client_type=self.atom(name), data=(32, [self.source.id, *data])
        )
        self.target.send_event(message, event_mask=X.NoEventMask)
        self.server.flush()

    def wait(self, name, end):
        """Serves the list of files until a message of a kind comes."""
        wanted = self.atom(name)
        while time.monotonic() < end:
            if not self.server.pending_events():
                time.sleep(0.01)
                continue
            came = self.server.next_event()
            if came.type == X.SelectionRequest:
                self.serve(came)
            elif came.type == X.ClientMessage and came.client_type == wanted:
                return came
        raise Failed(f"the window did not answer with {name}")

    def serve(self, asked):
        place = asked.property or asked.target
        asked.requestor.change_property(place, asked.target, 8, self.list)
        answer = event.SelectionNotify(
            time=asked.time, requestor=asked.requestor, selection=asked.selection, target=asked.target, property=place
        )
        asked.requestor.send_event(answer)
        self.server.flush()
