#!/usr/bin/env python3
"""Writes latest.json, by which the app learns of a new version: where each system's bundle is, and its signature.

    packaging/latest.py VERSION ADDRESS FOLDER

VERSION is the tag without its v, ADDRESS is where the release's files can be fetched, FOLDER holds the bundles with their
signatures (NAME.sig). https://v2.tauri.app/plugin/updater/#static-json-file
"""

import datetime
import json
import pathlib
import sys

# The system's name in the file, and how its bundle is called.
BUNDLES = {
    "windows-x86_64": "Holdfast-{version}-setup.exe",
    "darwin-aarch64": "Holdfast-{version}-aarch64.app.tar.gz",
}


def main() -> int:
    version, address, folder = sys.argv[1], sys.argv[2].rstrip("/"), pathlib.Path(sys.argv[3])
    platforms = {}
    for system, pattern in BUNDLES.items():
        name = pattern.format(version=version)
        if not (folder / name).is_file():
            print(f"latest.py: {folder / name} is missing", file=sys.stderr)
            return 1
        signature = (folder / f"{name}.sig").read_text().strip()
        platforms[system] = {"url": f"{address}/{name}", "signature": signature}
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    latest = {"version": version, "notes": "What is new is in CHANGELOG.md.", "pub_date": now, "platforms": platforms}
    (folder / "latest.json").write_text(json.dumps(latest, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
