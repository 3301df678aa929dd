"""What a command looks at: files, and the settings and the build context of each."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from .outcome import Misuse, Outcome, Unsettled

if TYPE_CHECKING:
    from ..config import Problem, Settings
    from ..context import BuildContext
    from ..model.build import Registries
    from ..text import Source

STDIN = "-"
NUL_IS_IN = 1024
"""Bytes at the start of a file that tell whether it is text: all that is compiled or packed has a NUL there."""


def is_stdin(path: Path) -> bool:
    return str(path) == STDIN


def inputs(
    paths: list[str], outcome: Outcome, exclude: Sequence[str] = (), *, ignore_files: bool = False
) -> Iterator[tuple[Path, Source, bytes]]:
    """Every file that is asked for and can be read, once: its path, its text and its bytes. Left out is what matches a
    pattern of `exclude`, or is in a folder that does, and complained of a `.dockerignore` unless `ignore_files` are
    wanted."""
    from ..sources import disk
    from ..text import Source

    seen = set()
    for path in _found(paths, outcome):
        if path in seen or any(each.match(glob) for glob in exclude for each in (path, *path.parents)):
            continue
        seen.add(path)
        name = "<stdin>" if is_stdin(path) else str(path)
        try:
            content = sys.stdin.buffer.read() if is_stdin(path) else disk.read(path)
        except OSError as error:
            outcome.unusable(path, error)
            continue
        reason = _unreadable(content)
        if not ignore_files and disk.is_ignore_file(path):
            reason = "this is no Dockerfile: `lightship check` alone reads it"
        if reason:
            outcome.complain(f"{name}: {reason}")
            continue
        yield path, Source(disk.decode(content), name), content


def _unreadable(content: bytes) -> str:
    """Why bytes are no Dockerfile whatever they say, with the remedy; empty where they may be one."""
    start = content[:NUL_IS_IN]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start[:2]:
        return "this is UTF-16, which Docker cannot read: save it as UTF-8"
    return "this is no text: is it the file that you meant?" if b"\0" in start else ""


def _found(paths: list[str], outcome: Outcome) -> Iterator[Path]:
    from ..sources import disk

    for path in (path for name in paths or ["."] for path in _matching(name)):
        if is_stdin(path) or not path.is_dir():
            yield path
            continue
        found = list(disk.find(path, outcome.unusable))
        if not found:
            print(f"lightship: {path}: no Dockerfile in this folder", file=sys.stderr)
        yield from found


def _matching(name: str) -> list[Path]:
    """What a path names: itself, or what a pattern matches, for shells that leave it as it is."""
    path = Path(name)
    if not any(char in name for char in "*?[") or path.exists():
        return [path]
    return sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor)))) or [path]


def settings_of_files(
    options: argparse.Namespace, outcome: Outcome, *, strict: bool = False
) -> Callable[[Path], Settings]:
    """The settings for a file: those of the command line over those of the nearest file, or of `--config`.

    What is wrong in them is told, and the rest counts; with `strict`, asking for them raises `Unsettled` then.
    """
    from .. import config, config_reading
    from ..rules import known_names
    from ..sources import settings as files

    flags = {
        "preset": options.preset,
        "select": options.select,
        "extend-select": options.extend_select,
        "ignore": options.ignore,
        "fail-on": getattr(options, "fail_on", None),
    }
    above, complaints = config_reading.merge(config.Settings(), flags, known_names(), "command line")
    if complaints:
        raise Misuse("\n".join(complaints))

    def told(settings: Settings | None, problems: list[Problem]) -> Settings:
        for problem in problems:
            outcome.complain(f"{_shown(problem.file)}:{problem.line}: {problem.message}")
        if settings and settings.context and not (Path(settings.origin).parent / settings.context).is_dir():
            outcome.complain(f'{_shown(settings.origin)}: "context": there is no folder {settings.context}')
        if problems and strict:
            raise Unsettled
        return above.over(settings or config.Settings())

    if options.config is not None:
        explicit = cache(lambda: told(*files.read(options.config)))
        return lambda path: explicit()
    of_folder = cache(lambda folder: told(*files.load(folder, options.preset)))
    return lambda path: of_folder(Path() if is_stdin(path) else path.parent)


def _shown(file: str) -> str:
    """A path as short as paths in reports."""
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file


def context_folder(options: argparse.Namespace) -> Path | None:
    """The build context's folder, where `--context` names one."""
    root: Path | None = options.context
    if root is not None and not root.is_dir():
        raise Misuse(f"--context: {root} is not a folder")
    return root


def contexts_of_files(
    options: argparse.Namespace,
) -> Callable[[Path, Source, Settings | None], BuildContext | None]:
    """The build context of a file: the folder of `--context`, or what is found with the settings for the file, which
    are those of the nearest file if they are not given."""
    from ..model import analyze
    from ..sources import settings as files
    from ..sources.places import Places

    chosen, places = context_folder(options), Places([Path()])

    def of(path: Path, source: Source, settings: Settings | None = None) -> BuildContext | None:
        file = None if is_stdin(path) else path
        return places.context(file, analyze(source), settings or files.load(path.parent)[0], chosen)

    return of


def registries(options: argparse.Namespace) -> Registries | None:
    """Who may be asked for images: nobody, unless `--ask-registry` wants it."""
    if not options.ask_registry:
        return None
    from ..sources import registry

    return registry.Network()
