#!/usr/bin/env bash
# Runs a command on a desktop of its own: a private HOME, a D-Bus session with an unlocked Secret Service, a display, and
# stand-ins for the notification server and the tray, which write what they are told to $HOLDFAST_DESKTOP_LOG.
#   tests/desktop/session.sh COMMAND [ARGUMENT...]
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
export CARGO_HOME="${CARGO_HOME:-$HOME/.cargo}" RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}"
root="$(mktemp -d)"
trap 'kill "${display:-}" 2>/dev/null || true; rm -rf "$root"' EXIT
export HOME="$root/home" XDG_RUNTIME_DIR="$root/run" HOLDFAST_DESKTOP_LOG="$root/desktop.jsonl"
export XDG_CONFIG_HOME="$HOME/.config" XDG_DATA_HOME="$HOME/.local/share" XDG_CACHE_HOME="$HOME/.cache"
mkdir -p "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" "$XDG_CACHE_HOME" "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
# English, whatever the computer speaks.
export LANG=C.UTF-8
unset WAYLAND_DISPLAY LC_ALL LC_MESSAGES LANGUAGE
export GDK_BACKEND=x11 NO_AT_BRIDGE=1 LIBGL_ALWAYS_SOFTWARE=1 HOLDFAST_DESKTOP_STAND_INS="$here/stand_ins.py"
# The server itself finds a number that is free, so that many may start at once. It stays as it is when its last program ends: one
# that starts at that moment would find no display.
mkfifo "$root/number"
Xvfb -displayfd 3 -screen 0 1400x1000x24 -nolisten tcp -noreset 3>"$root/number" >/dev/null 2>&1 &
display=$!
read -r number <"$root/number"
export DISPLAY=":$number"
dbus-run-session -- bash -c '
  set -euo pipefail
  eval "$(printf "for tests only" | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)"
  # The system'"'"'s own Python is the one that has its D-Bus library.
  /usr/bin/python3 "$HOLDFAST_DESKTOP_STAND_INS" serve "$HOLDFAST_DESKTOP_LOG" &
  stand_ins=$!
  trap "kill $stand_ins 2>/dev/null || true" EXIT
  for _ in $(seq 100); do [ -s "$HOLDFAST_DESKTOP_LOG" ] && break; sleep 0.05; done
  kill -0 "$stand_ins"
  "$@"' session "$@"
