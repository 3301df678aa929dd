"""What several commands write: patches, colours, bytes."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..text import Source

PATCH_COLOURS = {"+": "32", "-": "31", "@": "36"}


def has_colours() -> bool:
    """Whether to write colours: to a terminal that has them, unless https://no-color.org is asked for; elsewhere if
    https://force-color.org is."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")


def diff(source: Source, text: str, *, new: bool = False) -> str:
    """A patch from the source to `text`, as `patch -p0` takes it; one that creates a `new` file."""
    import difflib

    lines = re.compile(r"[^\n]*\n|[^\n]+")  # `splitlines` would split at form feeds too
    patch = ""
    for line in difflib.unified_diff(
        lines.findall(source.text), lines.findall(text), "/dev/null" if new else source.name, source.name
    ):
        colour = PATCH_COLOURS.get(line[0], "") if has_colours() else ""
        patch += f"\x1b[{colour}m{line.rstrip()}\x1b[0m\n" if colour else line
        if not line.endswith("\n"):
            patch += "\n\\ No newline at end of file\n"
    return patch


def print_bytes(content: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
