"""Many files: checked one after the other or by several processes, their findings in the order of the files."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .sources import disk
from .terms import Severity
from .text import Source

if TYPE_CHECKING:
    from .config import Settings
    from .lint import Diagnostic
    from .model.build import Build
    from .shellcheck import Answers
    from .sources.places import Places
    from .sources.registry import Network
    from .sources.shellcheck import ShellCheck

MANY = 200
"""Files for which it is worth while to start processes unasked."""
CHUNK = 32
"""Files that are looked at together, and whose scripts ShellCheck is asked about at once."""


class Task(NamedTuple):
    """A file to check (None is standard input): its settings, its build context's folder (None where it is to be
    looked for), the least severity that is told, and whether registries may be asked."""

    path: Path | None
    source: Source
    settings: Settings
    context: Path | None
    least: Severity
    asks_registries: bool = False

    @property
    def ignore_file(self) -> bool:
        return self.path is not None and disk.is_ignore_file(self.path)

    @property
    def folder(self) -> Path:
        """The context that a `.dockerignore` belongs to."""
        return self.context or (self.path.parent if self.path else Path())


class Result(NamedTuple):
    """What was found, or the bug that kept us from finding it. `warnings` are about ShellCheck and
    registries; `failed` says that somebody insists on ShellCheck, but that it cannot be had."""

    diagnostics: tuple[Diagnostic, ...]
    bug: str = ""
    warnings: tuple[str, ...] = ()
    failed: bool = False


class Scripts:
    """ShellCheck, started when there is something to ask it."""

    def __init__(self) -> None:
        self._program: ShellCheck | None = None
        self.warnings: list[str] = []
        self.failed = False
        """Whether it cannot be had, though a setting insists on it."""

    def ask(self, builds: Iterable[tuple[Build, Settings]]) -> Answers | None:
        """What it says of these and of all earlier ones."""
        from . import shellcheck

        scripts: list[str] = []
        insists = False
        for build, settings in builds:
            if wanted := shellcheck.wanted(settings):
                scripts += (script.text for script in shellcheck.scripts(build))
                insists |= wanted is True
        if not scripts:
            return None
        if self._program is None:
            from .sources.shellcheck import ShellCheck

            self._program = ShellCheck(self.warnings.append)
        self._program.ask(scripts)
        self.failed |= insists and not self._program.available(insists)
        return self._program.answers


class Images:
    """Registries, asked for what rules want to know, and about many images at once."""

    def __init__(self) -> None:
        self._network: Network | None = None

    def ask(self, builds: Iterable[tuple[Build, Settings]]) -> list[str]:
        """Ask about these, and let them have the answers. Gives a warning for each image that nobody tells about."""
        asking = list(builds)
        if not asking:
            return []
        from . import lint
        from .rules import all_rules
        from .sources.registry import Network, Questions

        self._network = self._network or Network()
        questions = Questions()
        for build, settings in asking:
            build.registries = questions
            for rule in all_rules():
                if rule.asks and settings.enabled(rule):
                    lint.findings(rule, build, settings.options_of(rule))
            build.registries = self._network
        return [
            f"{reference.text}: whether it suits the platform is not known: {reason}. "
            "Where a login or another network is needed, make `docker buildx imagetools inspect` work, "
            "or leave out --ask-registry."
            for reference, reason in self._network.ask(questions.images)
        ]


def check(tasks: Sequence[Task], jobs: int | None = None) -> Iterator[Result]:
    """A result for each task, in order. Without `jobs`, many files are checked by as many processes as
    there are processors for us."""
    if jobs is None:
        jobs = _processors() if len(tasks) > MANY else 1
    size = max(1, min(CHUNK, -(-len(tasks) // jobs)))
    chunks = [tasks[at : at + size] for at in range(0, len(tasks), size)]
    done = 0
    if jobs > 1 and len(chunks) > 1:
        for results in _in_processes(chunks, jobs):
            done += 1
            yield from results
    from .sources.places import Places

    scripts, images, places = Scripts(), Images(), Places([Path()])
    for chunk in chunks[done:]:
        yield from _look(chunk, scripts, images, places)


def _look(tasks: Sequence[Task], scripts: Scripts, images: Images, places: Places) -> Iterator[Result]:
    """Check some files. Should one of them fail, the others are checked all the same."""
    from . import lint, model
    from .model.build import Build

    # Faster than with the command line's own bound, and measured to take no more memory.
    gc.set_threshold(500_000, 20, 100)
    builds: list[Build | Exception | None] = []
    for task in tasks:
        if task.ignore_file:
            builds.append(None)
            continue
        try:
            read = model.read(task.source)
            read.context = places.context(task.path, read, task.settings, task.context)
            builds.append(read)
        except Exception as error:
            builds.append(error)
    pairs = list(zip(tasks, builds, strict=True))
    answers = scripts.ask((build, task.settings) for task, build in pairs if isinstance(build, Build))
    scripts.warnings += images.ask(
        (build, task.settings) for task, build in pairs if task.asks_registries and isinstance(build, Build)
    )
    for task, build in pairs:
        warnings = tuple(scripts.warnings)
        scripts.warnings.clear()
        try:
            if isinstance(build, Exception):
                raise build
            found = (
                lint.check(build, task.settings, answers)
                if build
                else lint.check_ignore_file(task.source.text, places.at(task.folder, None))
            )
            told = tuple(
                replace(each, fix=None) if build and each.fix and not lint.holds(build, each.fix) else each
                for each in found
                if each.severity <= task.least
            )
            yield Result(told, "", warnings, scripts.failed)
        except Exception as error:
            yield Result((), repr(error), warnings, scripts.failed)
        if isinstance(build, Build):
            model.take_apart(build)


def _in_processes(chunks: Sequence[Sequence[Task]], jobs: int) -> Iterator[list[Result]]:
    """Results as far as there are any: the rest is missing where no process can be started, or one is killed."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    try:
        pool = ProcessPoolExecutor(min(jobs, len(chunks)), initializer=_begin)
    except (OSError, ImportError, NotImplementedError):  # no semaphores here
        return
    try:
        yield from pool.map(_look_in_process, chunks)
    except BrokenProcessPool:
        pass
    finally:
        pool.shutdown(cancel_futures=True)


_own: tuple[Scripts, Images, Places]
"""Each process asks ShellCheck, registries and the disk for itself."""


def _look_in_process(tasks: Sequence[Task]) -> list[Result]:
    return [*_look(tasks, *_own)]


def _begin() -> None:
    global _own
    from .sources.places import Places

    _own = Scripts(), Images(), Places([Path()])
    # An interrupt is for the process that the terminal talks to.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
