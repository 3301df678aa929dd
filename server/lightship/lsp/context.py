"""The build context of an open document."""

from __future__ import annotations

import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from .settings import file_path

if TYPE_CHECKING:
    from ..context import BuildContext
    from .documents import Document

_FRESH = 2.0
"""Seconds for which what was read of a folder is taken to be so still: typing asks several times a second."""


def of(document: Document) -> BuildContext | None:
    """What the document's build can see; the folder that it lies in, where no other is known. None for a document
    that is not a file."""
    if document.is_dockerfile and document.build.context:
        return document.build.context
    path = file_path(document.uri)
    if path is None:
        return None
    return _read(path.parent, path if document.is_dockerfile else None, int(time.monotonic() / _FRESH))


@lru_cache(maxsize=8)
def _read(folder: Path, dockerfile: Path | None, now: int) -> BuildContext:
    from ..sources.context import context

    return context(folder, dockerfile)
