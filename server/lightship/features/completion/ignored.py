"""Files and folders that a pattern of a `.dockerignore` may name."""

from __future__ import annotations

import re

from ...context import BuildContext
from ...knowledge import sizes
from ...text import Span
from .item import Item, Kind, begins

_MOST = 500
"""Names of a folder that are offered."""
_GLOB = re.compile(r"[*?\[\\]")


def pattern(text: str, offset: int, context: BuildContext | None) -> list[Item]:
    """What the pattern at the cursor may go on with; folders of a name that is a pattern itself are not looked into."""
    start = text.rfind("\n", 0, offset) + 1
    typed = text[start:offset].lstrip("\ufeff")
    if context is None or typed.startswith("#"):
        return []
    typed = typed.strip().removeprefix("!").lstrip()
    folder, _, prefix = typed.rpartition("/")
    if _GLOB.search(folder) or ".." in folder.split("/"):
        return []
    span = Span(offset - len(prefix), offset)
    found = []
    for name, size in context.entries(folder).items():
        if begins(name, prefix) and not _GLOB.search(name) and name == name.strip() and name.isprintable():
            kind = Kind.FOLDER if size is None else Kind.FILE
            found.append(Item(name, kind, span, name, detail="" if size is None else sizes.human(size)))
    return found[:_MOST]
