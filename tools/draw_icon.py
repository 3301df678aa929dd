"""Draws the extension's icon, 256 by 256 pixels, from its SVG: `python tools/draw_icon.py`."""

from __future__ import annotations

from pathlib import Path

import resvg_py

MEDIA = Path(__file__).parent.parent / "client-vscode" / "media"
SIZE = 256


def draw() -> bytes:
    """The PNG. The same bytes whenever the SVG and the version of resvg are the same."""
    return bytes(resvg_py.svg_to_bytes(svg_string=(MEDIA / "icon.svg").read_text(), width=SIZE, height=SIZE))


if __name__ == "__main__":
    (MEDIA / "icon.png").write_bytes(draw())
