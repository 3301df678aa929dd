"""A build context that is a folder on disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from ..context import BuildContext, Tree
from . import disk

LARGEST = 1_000_000
"""Bytes beyond which a file is not read as text."""
MOST_ENTRIES = 100_000
"""Entries of folders that are listed in all; what lies beyond says nothing."""


class Folder:
    """Reads a folder when it is first asked about. Symbolic links are files, for the builder sends them as they are;
    what one leads to counts where that lies in the folder as well."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._read: dict[str, Mapping[str, int | None]] = {}
        self._left = MOST_ENTRIES

    def entries(self, folder: str) -> Mapping[str, int | None]:
        if folder not in self._read:
            place = self._place(folder)
            self._read[folder] = _scan(place, self._left) if place else {}
            self._left -= len(self._read[folder])
        return self._read[folder]

    def text(self, path: str) -> str | None:
        file = self._place(path)
        try:
            if file is None or not disk.is_file(file) or file.stat().st_size > LARGEST:
                return None
            return file.read_bytes().decode("utf-8", "surrogateescape")
        except (OSError, ValueError):  # ValueError: a name that no file can have
            return None

    def _place(self, path: str) -> Path | None:
        """Where a path leads; None where that is outside, or nowhere."""
        try:
            place = (self._root / path).resolve()
            return place if place.is_relative_to(self._root.resolve()) else None
        except (OSError, RuntimeError, ValueError):  # links in a circle; a name that no file can have
            return None


def _scan(folder: Path, most: int) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in sorted(islice(entries, max(most, 0)), key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    found[entry.name] = None
                else:
                    found[entry.name] = entry.stat(follow_symlinks=False).st_size
    except (OSError, ValueError):
        pass  # what cannot be read says nothing
    return found


def context(root: Path, dockerfile: Path | None = None, tree: Tree | None = None) -> BuildContext:
    """The context in a folder, as a build of `dockerfile` sees it: `<its name>.dockerignore` beside the
    Dockerfile comes before the `.dockerignore` at the root. `tree` is the folder, where it has been read before."""
    tree = tree or Folder(root)
    ignored = None
    if dockerfile is not None:
        ignored = Folder(dockerfile.parent).text(f"{dockerfile.name}.dockerignore")
    return BuildContext(tree, ignored if ignored is not None else tree.text(".dockerignore"), root.absolute())
