"""Where Dockerfiles are built: as settings say, or Compose and Bake files, or else as what they copy tells.

What is taken for certain is what rules rely on. A guess is for what only helps: completion, links, sizes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from .. import buildfiles
from ..buildfiles import Read, Target
from ..config import Settings
from ..context import BuildContext, Place
from ..model.build import Build
from ..model.copies import sources
from . import disk
from .context import Folder, context

MOST_ENTRIES = 10_000
MOST_SECONDS = 0.5
DEEPEST = 6
MOST_INCLUDED = 50
"""How much of a project is searched for build files: entries, seconds, folders below its root, and files
that others take in."""


_MOST_NAMED = 3


class _Declared(NamedTuple):
    file: Path
    context: Path
    target: Target


class _Index(NamedTuple):
    """The builds that a project's files declare, by Dockerfile; and what was not understood."""

    builds: Mapping[Path, list[_Declared]]
    problems: tuple[str, ...]


class Places:
    """Looks into each project once. `folders` are projects where no repository says so: what an editor has open, or
    where a command runs. `unsaved` has the texts of files that are being edited."""

    def __init__(self, folders: Sequence[Path] = (), unsaved: Mapping[Path, str] | None = None) -> None:
        self._folders = [_absolute(folder) for folder in folders]
        self._unsaved = unsaved or {}
        self._roots: dict[Path, tuple[Path, bool]] = {}
        self._indices: dict[Path, _Index] = {}
        self._read: dict[Path, tuple[Folder, dict[str | None, BuildContext]]] = {}

    def of(self, dockerfile: Path, copied: Sequence[str], settings: Settings) -> Place | None:
        """Where a Dockerfile is built that copies certain paths of its context (`copied`). None where settings want
        it not to be asked. Never raises."""
        dockerfile = _absolute(dockerfile)
        root, known = self._root(dockerfile.parent)
        chosen, origin = settings.context_chosen
        if chosen is False:
            return None
        if root not in self._indices:
            self._indices[root] = _search(root, self._text) if known else _Index({}, ())
        index = self._indices[root]
        declared = index.builds.get(dockerfile, [])
        named = {name: what for each in declared for name, what in each.target.contexts.items()}
        if chosen is not None:
            base = Path(origin).parent if disk.is_file(origin) else root
            return Place(_absolute(base / chosen), f"settings, {origin}", True, named=named)
        if not declared:
            return _inferred(dockerfile, copied, root, known)._replace(problems=index.problems)
        certain = len({each.context for each in declared}) == 1
        if not all(each.target.sure for each in declared):
            guess = _inferred(dockerfile, copied, root, known)
            certain = certain and guess.certain and guess.root == declared[0].context
        by_name = {
            f"{each.target.name} in {os.path.relpath(each.file, root)}": each.target for each in declared
        }
        return Place(
            declared[0].context,
            " and ".join(islice(by_name, _MOST_NAMED)),
            certain,
            {who: target.args for who, target in by_name.items() if target.args},
            named,
            index.problems,
            {who: target.target for who, target in by_name.items() if target.target},
        )

    def context(
        self, dockerfile: Path | None, build: Build, settings: Settings, chosen: Path | None = None
    ) -> BuildContext | None:
        """The build context that rules may rely on: a folder that is `chosen`, or one that is certain. None for
        what is not."""
        place = self.of(dockerfile, copied(build), settings) if dockerfile else None
        if chosen is None and place and place.certain:
            chosen = place.root
        return self.at(chosen, dockerfile, place.named if place else {}) if chosen else None

    def at(self, root: Path, dockerfile: Path | None, named: Mapping[str, str] = {}) -> BuildContext:
        """The context in a folder, which is read once for however many Dockerfiles."""
        if root not in self._read:
            self._read[root] = Folder(root), {}
        folder, known = self._read[root]
        found = context(root, dockerfile, folder)
        return replace(found, named=named) if named else known.setdefault(found.dockerignore, found)

    def _root(self, folder: Path) -> tuple[Path, bool]:
        """The root of the project that a folder belongs to, and whether anything says that it is one."""
        if folder not in self._roots:
            self._roots[folder] = next(
                ((each, True) for each in (folder, *folder.parents) if disk.exists(each / ".git")),
                next(
                    ((each, True) for each in self._folders if folder.is_relative_to(each)),
                    (folder, False),
                ),
            )
        return self._roots[folder]

    def _text(self, file: Path) -> str | None:
        if file in self._unsaved:
            return self._unsaved[file]
        try:
            if not disk.is_file(file) or file.stat().st_size > buildfiles.LARGEST:
                return None
            return file.read_bytes().decode("utf-8", "replace")
        except OSError:
            return None


def copied(build: Build) -> tuple[str, ...]:
    """What a Dockerfile copies from its build context, as far as it says so."""
    return tuple(
        dict.fromkeys(source.path for step in build.steps if not step.triggered for source in sources(step))
    )


def _search(root: Path, text: Callable[[Path], str | None]) -> _Index:
    """What the build files of a project declare, those near its root first."""
    real = Path(os.path.realpath(root))
    builds: dict[Path, list[_Declared]] = {}
    problems: list[str] = []
    for file, folder, read in _declarations(root, real, text):
        shown = os.path.relpath(file, root)
        for name, problem in read.problems.items():
            if problem:
                problems.append(f"{shown}: {f'{name}: ' if name else ''}{problem}")
        for target in read.targets:
            context = _absolute(folder / (target.context or "."))
            if not disk.is_folder(context):
                continue
            if not _inside(context, real):
                problems.append(f"{shown}: {target.name}: its context lies outside the project")
            else:
                dockerfile = _absolute(context / (target.dockerfile or "Dockerfile"))
                builds.setdefault(dockerfile, []).append(_Declared(file, context, target))
    return _Index(builds, tuple(problems))


def _declarations(
    root: Path, real: Path, text: Callable[[Path], str | None]
) -> Iterator[tuple[Path, Path, Read]]:
    """Build files, the folder from which the paths of each count, and what it says: those with the names that are
    looked for, then those that these take in."""
    waiting: list[tuple[Path, Path]] = []
    seen: set[Path] = set()

    @cache
    def environment(folder: Path) -> Mapping[str, str]:
        return buildfiles.environment(text(folder / ".env") or "")

    def read(file: Path, folder: Path) -> Read:
        seen.add(file)
        found = buildfiles.read(file.name, text(file) or "", environment(folder))
        for path, counted in found.includes:
            other = _absolute(file.parent / path)
            waiting.append((other, _absolute(file.parent / counted) if counted else other.parent))
        return found

    for folder, names in _build_files(root):
        for lower, upper in _pairs(names):
            files = [read(folder / name, folder) if name else Read(()) for name in (lower, upper)]
            yield folder / (lower or upper), folder, _together(*files)
    for file, folder in islice(waiting, MOST_INCLUDED):  # grows meanwhile
        if file not in seen and _inside(file, real):
            yield file, folder, read(file, folder)


def _inside(path: Path, real: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(real)


def _build_files(root: Path) -> Iterator[tuple[Path, list[str]]]:
    """Folders with the build files in them, breadth first; neither links nor hidden folders are entered."""
    waiting, entries, end = [(root, 0)], 0, time.monotonic() + MOST_SECONDS
    for folder, depth in waiting:
        names = []
        try:
            with os.scandir(folder) as found:
                for entry in found:
                    entries += 1
                    if entries > MOST_ENTRIES or time.monotonic() > end:
                        break
                    if entry.name in buildfiles.NAMES:
                        names.append(entry.name)
                    elif (
                        depth < DEEPEST
                        and not entry.name.startswith(".")
                        and entry.name not in disk.SKIPPED
                        and entry.is_dir(follow_symlinks=False)
                    ):
                        waiting.append((folder / entry.name, depth + 1))
        except OSError:
            continue
        if names:
            yield folder, sorted(names)
        if entries > MOST_ENTRIES or time.monotonic() > end:
            return


def _pairs(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Build files of one folder, each with the override that is read over it; one of them may be missing."""
    by_stem: dict[str, list[str]] = {}
    for name in names:
        stem = name.partition(".")[0] + ("." + name.rpartition(".")[2] if name in buildfiles.BAKE else "")
        by_stem.setdefault(stem, []).append(name)
    for found in by_stem.values():
        plain = [name for name in found if ".override." not in name]
        over = [name for name in found if ".override." in name]
        yield (plain[0] if plain else "", over[0] if over else "")


def _together(lower: Read, upper: Read) -> Read:
    """What two files say, the upper one over the lower; what either leaves unclear is not known."""
    problems = {**lower.problems, **upper.problems}
    targets = {each.name: each for each in lower.targets}
    for each in upper.targets:
        targets[each.name] = each.over(targets[each.name]) if each.name in targets else each
    return Read(tuple(each for name, each in targets.items() if name not in problems), problems)


def _inferred(dockerfile: Path, copied: Sequence[str], root: Path, known: bool) -> Place:
    """The nearest folder that holds all that is copied. That is certain where no other one does, or where a
    `.dockerignore` lies there and the builder finds all that it asks for."""
    folder = dockerfile.parent
    above = [each for each in (folder, *folder.parents) if each.is_relative_to(root)]
    named = [path for path in copied if path and not any(mark in path for mark in "*?[")]
    holding = [each for each in above if all(os.path.lexists(each / path) for path in named)]
    if not holding:
        some = len(above) == 1 and any(os.path.lexists(folder / path) for path in named)
        return Place(
            folder, "the Dockerfile's folder, though not all that is copied is there", known and some
        )
    nearest = holding[0]
    ignoring = [each for each in holding if disk.is_file(each / ".dockerignore")]
    if ignoring == [nearest]:
        return Place(nearest, "a .dockerignore is there", bool(copied))
    if len(holding) > 1:
        return Place(nearest, "the nearest folder that has what is copied, but not the only one", False)
    if named:
        return Place(nearest, "the only folder that has all that is copied", True)
    return Place(nearest, "the Dockerfile's folder", known and bool(copied) and _has_more(folder))


def _has_more(folder: Path) -> bool:
    """Whether a folder holds anything but Dockerfiles, as one for them alone does not."""
    try:
        with os.scandir(folder) as found:
            return any(not disk.is_dockerfile(entry.name) and entry.name != ".git" for entry in found)
    except OSError:
        return False


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100  links stay what they are called
