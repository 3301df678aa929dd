"""What a build context answers: which files it has, how large they are, and what .dockerignore leaves out.

Paths are relative to the context's root, with `/`; a leading `/` or `./` means the same, as in COPY, and
`..` cannot leave the root. `sources/context.py` makes one from a folder, `of` from texts in memory.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from e2b_dockerfile_utils import PatternMatcher


class Place(NamedTuple):
    """Where a Dockerfile is built, and what says so.

    `values` are those of build arguments, and `stages` the names of those that are built if not the last one, both by
    who says so; `named` the build contexts that stand in for images, as
    `BuildContext` has them; `problems` what was not understood of the files that might say more.
    """

    root: Path
    why: str
    certain: bool
    """Whether rules may rely on it; it is a good guess in any case."""
    values: Mapping[str, Mapping[str, str]] = {}
    named: Mapping[str, str] = {}
    problems: tuple[str, ...] = ()
    stages: Mapping[str, str] = {}


class Tree(Protocol):
    """Folders and files. Paths come without `/` at either end; the root is the empty path. Never raises."""

    def entries(self, folder: str) -> Mapping[str, int | None]:
        """The names in a folder with their sizes in bytes, None for folders; empty where there is none."""

    def text(self, path: str) -> str | None:
        """The text of a file; None where there is none, or it cannot be read."""


@dataclass(frozen=True, eq=False)
class BuildContext:
    """A build context. It looks things up as they are asked for, each once."""

    tree: Tree
    dockerignore: str | None = None
    """The text of the .dockerignore in force; None where there is none."""
    root: Path | None = None
    """Where it is, if it is a folder on disk: absolute."""
    named: Mapping[str, str] = field(default_factory=dict)
    """Other build contexts, which take the place of images of their names: what each is, as it is written where it is
    declared; empty where that is not known."""

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder, left out or not."""
        path = _clean(path)
        folder, _, name = path.rpartition("/")
        return not path or name in self.tree.entries(folder)

    def is_folder(self, path: str) -> bool:
        path = _clean(path)
        folder, _, name = path.rpartition("/")
        return not path or self.tree.entries(folder).get(name, 0) is None

    def text(self, path: str) -> str | None:
        """The text of a file; None where there is none, or it cannot be read."""
        return self.tree.text(_clean(path))

    def entries(self, folder: str = "") -> Mapping[str, int | None]:
        """The names in a folder with their sizes in bytes, None for folders; left out or not."""
        return self.tree.entries(_clean(folder))

    def files(self, folder: str = "", *, sent: bool = True) -> Iterator[tuple[str, int]]:
        """The files under a folder and their bytes; without `sent`, those that are left out as well."""
        waiting = [_clean(folder)]
        while waiting:  # no recursion: folders may lie deeper than Python can count
            folder, below = waiting.pop(), []
            for name, size in self.tree.entries(folder).items():
                path = f"{folder}/{name}" if folder else name
                out = sent and self.leaves_out(path)
                if size is None:
                    if not out or (self._matcher and self._matcher.may_match_under(path)):
                        below.append(path)
                elif not out:
                    yield path, size
            waiting += reversed(below)

    def leaves_out(self, path: str) -> bool:
        """Whether .dockerignore leaves the path out, as moby's pattern matcher has it."""
        path = _clean(path)
        return bool(path and self._matcher and self._matcher.matches(path))

    @cached_property
    def _matcher(self) -> PatternMatcher | None:
        if self.dockerignore is None:
            return None
        from e2b_dockerfile_utils import PatternMatcher

        try:
            return PatternMatcher(self.dockerignore.removeprefix("\ufeff").split("\n"))
        except ValueError:
            return None  # the builder refuses such a file, so that nothing is left out


@dataclass(frozen=True, eq=False)
class _Texts:
    files: Mapping[str, str]

    def entries(self, folder: str) -> Mapping[str, int | None]:
        prefix = f"{folder}/" if folder else ""
        found: dict[str, int | None] = {}
        for path, text in self.files.items():
            if path.startswith(prefix):
                name, below, _ = path.removeprefix(prefix).partition("/")
                found[name] = None if below else len(text.encode("utf-8", "surrogateescape"))
        return found

    def text(self, path: str) -> str | None:
        return self.files.get(path)


def of(files: Mapping[str, str]) -> BuildContext:
    """A context of texts by path."""
    clean = {_clean(path): text for path, text in files.items()}
    return BuildContext(_Texts(clean), clean.get(".dockerignore"))


def _clean(path: str) -> str:
    return posixpath.normpath(f"/{path}").lstrip("/")
