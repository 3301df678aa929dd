"""Which lines of a file have changed, as Git knows."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from . import programs

_DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames")
_HARMLESS = {"core.fsmonitor": "false", "safe.bareRepository": "explicit"}
"""Settings of a repository's own name programs that Git would run: with these and `_without_filters`, it runs none."""
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
        patch = _git(root, *_DIFF, "--unified=0", "--text", base, "--", f":(literal){name}",
                     settings=_without_filters(root))  # fmt: skip
        hunks = [(int(first), int(count or 1)) for first, count in _HUNK.findall(patch)]
        written = (line for first, count in hunks for line in range(first - 1, first - 1 + count))
        # Of a hunk without new lines, Git tells the line above it, counted from 1.
        return Lines(frozenset(written), frozenset(first for first, count in hunks if not count))

    def _find_changed(self, root: Path) -> frozenset[str]:
        return _names(_git(root, *_DIFF, "--name-only", "-z", self._base(root),
                           settings=_without_filters(root)))  # fmt: skip

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


@cache
def _without_filters(root: Path) -> Mapping[str, str]:
    keys = _names(_git(root, "config", "--list", "--name-only", "-z"))
    filters = {key: "false" if key.endswith(".required") else "" for key in keys if key.startswith("filter.")}
    return _HARMLESS | filters


def _git(folder: Path, *arguments: str, what: str = "", settings: Mapping[str, str] = _HARMLESS) -> bytes:
    git = programs.find("git")
    if git is None:
        raise Unanswered("Git is not installed")
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
    given = os.environ.get("GIT_CONFIG_COUNT", "")
    count = int(given) if given.isdecimal() else 0
    for number, (key, value) in enumerate(settings.items(), count):
        environment |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    environment["GIT_CONFIG_COUNT"] = str(count + len(settings))
    try:
        run = subprocess.run(
            [git, "-C", folder, *arguments], capture_output=True, stdin=subprocess.DEVNULL, env=environment
        )
    except OSError as error:
        raise Unanswered(f"Git cannot be started: {error.strerror or error}") from error
    if run.returncode:
        said = run.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise Unanswered(what or f"Git says of {folder}: {said}")
    return run.stdout
