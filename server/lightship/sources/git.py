"""Which lines of a file have changed, as Git knows."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import NamedTuple

_DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames")
_HUNK = re.compile(rb"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


class Unanswered(Exception):
    """Git cannot tell; the message says why."""


class Lines(NamedTuple):
    """0-based lines of a file as it is: those that were `written`, and the first ones below what was taken out."""

    written: range | frozenset[int]
    cut: frozenset[int] = frozenset()

    def touch(self, first: int, last: int) -> bool:
        """Whether any of the lines from the first to the last is new, or one between them is gone."""
        return any(line in self.written for line in range(first, last + 1)) or any(
            first < line <= last for line in self.cut
        )


class Changes:
    """Since a revision, or since the branch left it: what others have done there in the meantime does not count."""

    def __init__(self, revision: str) -> None:
        self._revision = revision
        self._root = cache(_root)
        self._base = cache(self._find_base)
        self._tracked = cache(_tracked)
        self._changed = cache(self._find_changed)

    def lines(self, path: Path) -> Lines:
        """What was written since in a file, and taken out; all of a file that Git does not know is written.

        Raises Unanswered.
        """
        folder = path.absolute().parent.resolve()
        root = self._root(folder)
        base, name = self._base(root), (folder / path.name).relative_to(root).as_posix()
        if name not in self._tracked(root):
            return Lines(range(1 << 31))
        if name not in self._changed(root):
            return Lines(frozenset())
        patch = _git(root, *_DIFF, "--unified=0", "--text", base, "--", f":(literal){name}")
        hunks = [(int(first), int(count or 1)) for first, count in _HUNK.findall(patch)]
        written = (line for first, count in hunks for line in range(first - 1, first - 1 + count))
        # Of a hunk without new lines, Git tells the line above it, counted from 1.
        return Lines(frozenset(written), frozenset(first for first, count in hunks if not count))

    def _find_changed(self, root: Path) -> frozenset[str]:
        return _names(_git(root, *_DIFF, "--name-only", "-z", self._base(root)))

    def _find_base(self, root: Path) -> str:
        unknown = (
            f'Git knows no revision "{self._revision}" in {root}: '
            "a shallow clone has not all of them, `git fetch` brings it"
        )
        name = f"{self._revision}^{{commit}}"
        commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", name, what=unknown)
        try:
            return _git(root, "merge-base", commit.decode().strip(), "HEAD").decode().strip()
        except Unanswered:  # no common history, or not all of it is here
            return commit.decode().strip()


def _root(folder: Path) -> Path:
    top = _git(folder, "rev-parse", "--show-toplevel").removesuffix(b"\n")
    return Path(top.decode(errors="surrogateescape")).resolve()


def _tracked(root: Path) -> frozenset[str]:
    return _names(_git(root, "ls-files", "-z"))


def _names(output: bytes) -> frozenset[str]:
    return frozenset(output.decode(errors="surrogateescape").split("\0"))


def _git(folder: Path, *arguments: str, what: str = "") -> bytes:
    try:
        run = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise Unanswered(f"Git cannot be started: {error.strerror or error}") from error
    if run.returncode:
        said = run.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise Unanswered(what or f"Git says of {folder}: {said}")
    return run.stdout
