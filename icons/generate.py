"""Makes the icons of every system from app.svg: `python3 icons/generate.py`, with rsvg-convert at hand.

The app's icon becomes PNG, ICO and ICNS files. The tray's icons are the mark with a badge whose shape tells the state,
so that colour is never needed: in colour for Windows and Linux, and as black templates for macOS, which tints them.
"""

import re
import struct
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
APP = (HERE / "app.svg").read_text()
MARK = re.search(r'<path [^>]*? d="([^"]+)"', APP, re.S).group(1)

# The state, the badge's colour, and the sign on it, in a square of 32 at the lower right.
STATES = {
    "idle": (None, None),
    "running": ("#1c7ed6", "M48 36L59 50H52.500V60H43.500V50H37Z"),
    "attention": ("#e03131", "M44.500 36H51.500L50.500 51H45.500ZM45 54H51V60H45Z"),
    "paused": ("#5c6670", "M40 38H46V58H40ZM50 38H56V58H50Z"),
}


def svg(body: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">{body}</svg>'


def coloured(state: str) -> str:
    colour, sign = STATES[state]
    body = f'<rect width="64" height="64" rx="14" fill="#0b5563"/><path fill="#f6f1e4" fill-rule="evenodd" d="{MARK}"/>'
    if colour:
        body += f'<circle cx="48" cy="48" r="18" fill="#ffffff"/><circle cx="48" cy="48" r="16" fill="{colour}"/>'
        body += f'<g transform="translate(48 48) scale(.8) translate(-48 -48)"><path fill="#ffffff" d="{sign}"/></g>'
    return svg(body)


def template(state: str) -> str:
    colour, sign = STATES[state]
    mark = f'<path fill-rule="evenodd" d="{MARK}"'
    if not colour:
        return svg(mark + "/>")
    cut = '<mask id="m"><rect width="64" height="64" fill="white"/><circle cx="48" cy="48" r="18" fill="black"/></mask>'
    return svg(f'{cut}{mark} mask="url(#m)"/><path d="{sign}"/>')


def png(text: str, size: int) -> bytes:
    command = ["rsvg-convert", "--width", str(size), "--height", str(size)]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout


def ico(sizes: list[int]) -> bytes:
    """https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10), with PNG images"""
    images = [png(APP, size) for size in sizes]
    head, at = struct.pack("<HHH", 0, 1, len(sizes)), 6 + 16 * len(sizes)
    for size, image in zip(sizes, images):
        head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(image), at)
        at += len(image)
    return head + b"".join(images)


def icns() -> bytes:
    """https://en.wikipedia.org/wiki/Apple_Icon_Image_format: the types that hold PNG images"""
    kinds = {"ic11": 32, "ic12": 64, "ic07": 128, "ic13": 256, "ic08": 256, "ic14": 512, "ic09": 512, "ic10": 1024}
    chunks = b""
    for kind, size in kinds.items():
        image = png(on_apples_grid(), size)
        chunks += kind.encode() + struct.pack(">I", len(image) + 8) + image
    return b"icns" + struct.pack(">I", len(chunks) + 8) + chunks


def on_apples_grid() -> str:
    """macOS leaves a tenth free on each side: https://developer.apple.com/design/resources/"""
    body = APP[APP.index("<rect") : APP.index("</svg>")]
    return svg(f'<g transform="translate(6.25 6.25) scale(.8047)">{body}</g>')


def main() -> None:
    for size in (32, 64, 128, 256, 512):
        (HERE / f"{size}x{size}.png").write_bytes(png(APP, size))
    (HERE / "128x128@2x.png").write_bytes(png(APP, 256))
    (HERE / "icon.ico").write_bytes(ico([16, 24, 32, 48, 64, 256]))
    (HERE / "icon.icns").write_bytes(icns())
    tray = HERE / "tray"
    tray.mkdir(exist_ok=True)
    for state in STATES:
        (tray / f"{state}.png").write_bytes(png(coloured(state), 64))
        (tray / f"{state}-template.png").write_bytes(png(template(state), 44))


main()
