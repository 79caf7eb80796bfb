#!/usr/bin/python3
"""Drags files over the display with the pointer, as a file manager does, and drops them.

    drag.py X Y FILE...   drops them there; prints `taken`, or `refused` where the pointer says that they cannot be dropped

It is a window in the corner that offers a list of addresses by the X11 protocol of drag and drop,
https://www.freedesktop.org/wiki/Specifications/XDND/, which GTK speaks. The pointer is moved by xdotool.
"""

import pathlib
import subprocess
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk

# So often is looked whether the place takes what hangs on the pointer.
LOOK_MS = 25
# So many looks in a row say the same before it is believed: the first answers are of whatever lay on the way.
LOOKS = 12
# Nobody holds files over a place for longer.
PATIENCE_MS = 15_000


def pointer(*words):
    subprocess.run(["xdotool", *map(str, words)], check=True)


class Drag:
    def __init__(self, x, y, files):
        self.x, self.y, self.context, self.outcome = x, y, None, None
        self.looks, self.same, self.last = 0, 0, None
        self.addresses = [pathlib.Path(file).absolute().as_uri() for file in files]
        self.window = Gtk.Window(type=Gtk.WindowType.POPUP)
        self.window.set_default_size(24, 24)
        self.window.move(0, 0)
        self.window.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
        self.window.drag_source_add_uri_targets()
        self.window.connect("drag-begin", self.begun)
        self.window.connect("drag-data-get", lambda _window, _context, data, *_: data.set_uris(self.addresses))
        self.window.connect("drag-failed", lambda *_: self.ended("refused") or True)
        self.window.connect("drag-end", lambda *_: self.ended("taken"))
        self.window.connect("map-event", lambda *_: GLib.timeout_add(LOOK_MS, self.pick_up))
        GLib.timeout_add(PATIENCE_MS, lambda: self.ended("nobody answers"))
        self.window.show_all()

    def pick_up(self):
        pointer("mousemove", 8, 8, "mousedown", 1)
        pointer("mousemove", 40, 40)
        return False

    def begun(self, _window, context):
        self.context = context
        GLib.timeout_add(LOOK_MS, self.look)

    def look(self):
        # A pointer that rests tells nobody where it is.
        self.looks += 1
        pointer("mousemove", self.x + self.looks % 2, self.y)
        now = self.context.get_selected_action()
        self.same = self.same + 1 if now == self.last else 0
        self.last = now
        if self.same < LOOKS:
            return True
        pointer("mouseup", 1)
        return False

    def ended(self, how):
        # The end is told after a failure, too.
        self.outcome = self.outcome or how
        Gtk.main_quit()
        return False


def main(x, y, *files):
    drag = Drag(int(float(x)), int(float(y)), files)
    Gtk.main()
    print(drag.outcome)


if len(sys.argv) < 4:
    sys.exit(__doc__)
main(*sys.argv[1:])
