#!/usr/bin/python3
"""Stands in for a desktop's notification server and tray, and does in them what a person would.

    stand_ins.py serve LOG             answers programs; writes each notification and tray item to LOG, a JSON line each
    stand_ins.py tray                  prints the tray item's tooltip, icon and menu as JSON
    stand_ins.py tray-click LABEL      clicks the entry of its menu
    stand_ins.py notification-click N  clicks the notification with this number
    stand_ins.py close-window ID       closes an X11 window as the button in its title bar does
    stand_ins.py dying-app ends|stays  has the app's name on the bus and answers no second start; `ends` gives it back then
    stand_ins.py has-app               prints whether a program has the app's name on the bus

The interfaces are https://specifications.freedesktop.org/notification-spec/ and
https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/, its menu is com.canonical.dbusmenu.
"""

import ctypes
import json
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NOTIFICATIONS = "org.freedesktop.Notifications"
WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
PROPERTIES = "org.freedesktop.DBus.Properties"
CONTROL = "dev.holdfast.StandIns"


class Notifications(dbus.service.Object):
    """Takes notifications and shows them to nobody."""

    def __init__(self, bus, log):
        super().__init__(bus, "/org/freedesktop/Notifications")
        self.log, self.count = log, 0

    @dbus.service.method(NOTIFICATIONS, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, app, replaces, icon, summary, body, actions, hints, timeout):
        self.count += 1
        self.log(kind="notification", id=self.count, app=app, summary=summary, body=body, actions=list(actions))
        return self.count

    @dbus.service.method(NOTIFICATIONS, out_signature="as")
    def GetCapabilities(self):
        return ["body", "actions"]

    @dbus.service.method(NOTIFICATIONS, out_signature="ssss")
    def GetServerInformation(self):
        return ("stand-in", "holdfast", "1", "1.2")

    @dbus.service.method(NOTIFICATIONS, in_signature="u")
    def CloseNotification(self, number):
        self.log(kind="notification_closed", id=int(number))
        self.NotificationClosed(number, 3)

    @dbus.service.method(CONTROL, in_signature="u")
    def Click(self, number):
        self.ActionInvoked(number, "default")
        self.NotificationClosed(number, 2)

    @dbus.service.signal(NOTIFICATIONS, signature="uu")
    def NotificationClosed(self, number, reason):
        pass

    @dbus.service.signal(NOTIFICATIONS, signature="us")
    def ActionInvoked(self, number, key):
        pass


class Watcher(dbus.service.Object):
    """Knows the tray items."""

    def __init__(self, bus, log):
        super().__init__(bus, "/StatusNotifierWatcher")
        self.log, self.items = log, []

    @dbus.service.method(WATCHER, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender=None):
        path = service if service.startswith("/") else "/StatusNotifierItem"
        name = sender if service.startswith("/") else service
        self.items.append(name + path)
        self.log(kind="tray_item", name=name, path=path)
        self.StatusNotifierItemRegistered(name + path)

    @dbus.service.method(WATCHER, in_signature="s")
    def RegisterStatusNotifierHost(self, service):
        pass

    @dbus.service.signal(WATCHER, signature="s")
    def StatusNotifierItemRegistered(self, service):
        pass

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return self.GetAll(interface)[name]

    @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        return {
            "IsStatusNotifierHostRegistered": True,
            "ProtocolVersion": dbus.Int32(0),
            "RegisteredStatusNotifierItems": dbus.Array(self.items, signature="s"),
        }


def serve(place):
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.SessionBus()
    file = open(place, "a", buffering=1)

    def log(**event):
        file.write(json.dumps(event) + "\n")

    # Kept: a name is given back when its object goes.
    kept = [dbus.service.BusName(NOTIFICATIONS, bus), dbus.service.BusName(WATCHER, bus)]
    kept += [Notifications(bus, log), Watcher(bus, log)]
    log(kind="ready")
    GLib.MainLoop().run()


class TrayItem:
    """The newest tray item whose program is still there."""

    def __init__(self, bus):
        watcher = dbus.Interface(bus.get_object(WATCHER, "/StatusNotifierWatcher"), PROPERTIES)
        for item in reversed(watcher.Get(WATCHER, "RegisteredStatusNotifierItems")):
            name, _, path = item.partition("/")
            if bus.name_has_owner(name):
                self.properties = dbus.Interface(bus.get_object(name, "/" + path), PROPERTIES)
                menu = self.properties.Get(ITEM, "Menu")
                self.menu = dbus.Interface(bus.get_object(name, menu), MENU)
                return
        sys.exit("there is no tray item")

    def entries(self):
        self.menu.AboutToShow(0)
        _, (_, _, entries) = self.menu.GetLayout(0, -1, dbus.Array([], signature="s"))
        for number, properties, _ in entries:
            if properties.get("type") != "separator" and properties.get("visible", True):
                # An underline before a letter is no part of what a person reads.
                yield int(number), str(properties.get("label", "")).replace("_", ""), bool(properties.get("enabled", True))

    def show(self):
        told = {name: str(self.properties.Get(ITEM, name)) for name in ("Id", "Title", "Status", "IconName")}
        told["menu"] = [{"label": label, "enabled": enabled} for _, label, enabled in self.entries()]
        print(json.dumps(told))

    def click(self, wanted):
        for number, label, enabled in self.entries():
            if label == wanted and enabled:
                return self.menu.Event(number, "clicked", dbus.String("", variant_level=1), dbus.UInt32(0))
        sys.exit(f"there is no entry '{wanted}' that can be clicked")


class DyingApp(dbus.service.Object):
    """What a second start of the app finds where the first one still has its name and answers no more."""

    NAME = "dev.holdfast.desktop.SingleInstance"

    def __init__(self, bus, loop):
        super().__init__(bus, "/" + self.NAME.replace(".", "/"))
        self.loop = loop

    @dbus.service.method("org.SingleInstance.DBus", in_signature="ass")
    def ExecuteCallback(self, words, folder):
        print("asked", flush=True)
        if self.loop is not None:
            self.loop.quit()
        raise dbus.DBusException("it is about to end")


def dying_app(how):
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus, loop = dbus.SessionBus(), GLib.MainLoop()
    kept = [dbus.service.BusName(DyingApp.NAME, bus), DyingApp(bus, loop if how == "ends" else None)]
    print("ready", flush=True)
    loop.run()
    return kept


class ClientMessage(ctypes.Structure):
    """XClientMessageEvent, padded to the size of any XEvent."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("padding", ctypes.c_long * 24),
    ]


def close_window(window):
    """https://tronche.com/gui/x/icccm/sec-4.html#s-4.2.8.1"""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x11.XOpenDisplay(None))

    def atom(name):
        return x11.XInternAtom(display, name, 0)

    message = ClientMessage(type=33, window=int(window), message_type=atom(b"WM_PROTOCOLS"), format=32)
    message.data[0] = atom(b"WM_DELETE_WINDOW")
    x11.XSendEvent(display, ctypes.c_ulong(int(window)), 0, ctypes.c_long(0), ctypes.byref(message))
    x11.XCloseDisplay(display)


def main(command, *rest):
    if command == "serve":
        serve(*rest)
    elif command == "tray":
        TrayItem(dbus.SessionBus()).show()
    elif command == "tray-click":
        TrayItem(dbus.SessionBus()).click(*rest)
    elif command == "notification-click":
        server = dbus.SessionBus().get_object(NOTIFICATIONS, "/org/freedesktop/Notifications")
        dbus.Interface(server, CONTROL).Click(dbus.UInt32(rest[0]))
    elif command == "close-window":
        close_window(*rest)
    elif command == "has-app":
        print(json.dumps(bool(dbus.SessionBus().name_has_owner(DyingApp.NAME))))
    elif command == "dying-app":
        dying_app(*rest)
    else:
        sys.exit(__doc__)


main(*sys.argv[1:])
