"""What a command looks at: files, and the settings and the build context of each."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from .outcome import Misuse, Outcome

if TYPE_CHECKING:
    from ..config import Problem, Settings
    from ..context import BuildContext
    from ..model.build import Registries
    from ..text import Source

STDIN = "-"


def is_stdin(path: Path) -> bool:
    return str(path) == STDIN


def inputs(paths: list[str], outcome: Outcome) -> Iterator[tuple[Path, Source, bytes]]:
    """Every file that is asked for and can be read, once: its path, its text and its bytes."""
    from ..sources import disk
    from ..text import Source

    seen = set()
    for path in _found(paths, outcome):
        if path in seen:
            continue
        seen.add(path)
        try:
            content = sys.stdin.buffer.read() if is_stdin(path) else disk.read(path)
        except OSError as error:
            outcome.unusable(path, error)
            continue
        yield path, Source(disk.decode(content), "<stdin>" if is_stdin(path) else str(path)), content


def _found(paths: list[str], outcome: Outcome) -> Iterator[Path]:
    from ..sources import disk

    for path in map(Path, paths or ["."]):
        if is_stdin(path) or not path.is_dir():
            yield path
            continue
        found = list(disk.find(path, outcome.unusable))
        if not found:
            print(f"lightship: {path}: no Dockerfile in this folder", file=sys.stderr)
        yield from found


def settings_of_files(options: argparse.Namespace, outcome: Outcome) -> Callable[[Path], Settings]:
    """The settings for a file: those of the command line over those of the nearest file, or of `--config`."""
    from .. import config
    from ..rules import known_names
    from ..sources import settings as files

    flags = {
        "preset": options.preset,
        "select": options.select,
        "extend-select": options.extend_select,
        "ignore": options.ignore,
        "fail-on": getattr(options, "fail_on", None),
    }
    above, complaints = config.merge(config.Settings(), flags, known_names(), "command line")
    if complaints:
        raise Misuse("\n".join(complaints))

    def told(settings: Settings | None, problems: list[Problem]) -> Settings:
        for problem in problems:
            outcome.complain(f"{problem.file}:{problem.line}: {problem.message}")
        return above.over(settings or config.Settings())

    if options.config is not None:
        explicit = told(*files.read(options.config))
        return lambda path: explicit
    of_folder = cache(lambda folder: told(*files.load(folder, options.preset)))
    return lambda path: of_folder(Path() if is_stdin(path) else path.parent)


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
