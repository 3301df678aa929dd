"""`lightship check`: report findings."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from .inputs import context_folder, inputs, is_stdin, settings_of_files
from .outcome import Misuse, Outcome
from .output import has_colours

if TYPE_CHECKING:
    from pathlib import Path

    from ..batch import Task
    from ..formats import Checked, Report
    from ..lint import Diagnostic
    from ..text import Span

T = TypeVar("T")
PATIENCE = 1.0
"""Seconds after which a terminal is told how far we are."""


def run(options: argparse.Namespace) -> int:
    from ..batch import Task
    from ..terms import Severity

    outcome = Outcome()
    report = _report(options)
    _may_be_written(options.output_file)
    settings_of = settings_of_files(options, outcome)
    folder = context_folder(options)
    least = Severity[options.severity.upper()]
    tasks = [
        Task(
            None if is_stdin(path) else path,
            source,
            settings_of(path),
            folder,
            least,
            options.ask_registry,
        )
        for path, source, _ in inputs(options.paths, outcome, options.exclude, ignore_files=True)
    ]
    pieces = report(_checked(tasks, options, outcome))
    if options.output_file is None:
        for piece in pieces:
            sys.stdout.write(piece)
    else:
        from ..sources import disk

        disk.save(options.output_file, "".join(pieces).encode(errors="replace"))
    if options.exit_zero:
        outcome.found = False
    return outcome.status


def _may_be_written(file: Path | None) -> None:
    """Raises Misuse where no report can be: better before all files are checked than after."""
    if file is not None and file.is_dir():
        raise Misuse(f"--output-file: {file} is a folder")
    if file is not None and not file.parent.is_dir():
        raise Misuse(f"--output-file: there is no folder {file.parent}: make it first")


def _checked(tasks: list[Task], options: argparse.Namespace, outcome: Outcome) -> Iterator[Checked]:
    """What is found in each file and asked for; the outcome learns what counts, and what failed."""
    from .. import batch
    from ..formats import Checked

    asked_for = _asked_for(options.diff_base)
    results = zip(tasks, batch.check(tasks, options.jobs), strict=True)
    for task, result in _with_progress(results, len(tasks), options):
        for warning in result.warnings:
            outcome.warn(warning)
        outcome.failed |= result.failed
        name, settings = task.source.name, task.settings
        if result.bug:
            outcome.complain(f"{name}: a bug in Lightship, please report it with this file: {result.bug}")
            continue
        found = asked_for(task, result.diagnostics)
        level = settings.failing
        outcome.found |= level is not None and any(each.severity <= level for each in found)
        yield Checked(task.source, found)


def _asked_for(revision: str | None) -> Callable[[Task, tuple[Diagnostic, ...]], tuple[Diagnostic, ...]]:
    """Leaves out findings that are none of what was changed since the revision: neither where they point at, nor where
    they explain."""
    if revision is None:
        return lambda task, found: found
    from ..sources import git

    changes = git.Changes(revision)

    def on_changed_lines(task: Task, found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        if task.path is None or not found:
            return found
        try:
            lines = changes.lines(task.path)
        except git.Unanswered as error:
            raise Misuse(f"--diff-base: {error}") from error
        line_of = task.source.line_of

        def touched(span: Span) -> bool:
            return lines.touch(line_of(span.start), line_of(max(span.start, span.end - 1)))

        return tuple(
            each for each in found if any(map(touched, (each.span, *(other.span for other in each.related))))
        )

    return on_changed_lines


def _with_progress(items: Iterable[T], total: int, options: argparse.Namespace) -> Iterator[T]:
    """The items, counted on the terminal where they take long and the report goes elsewhere."""
    begin = time.monotonic()
    shown = sys.stderr.isatty() and (options.output_file is not None or not sys.stdout.isatty())
    told = False
    for number, item in enumerate(items):
        if shown and time.monotonic() - begin > PATIENCE:
            sys.stderr.write(f"\r{number} of {total} files")
            sys.stderr.flush()
            told = True
        yield item
    if told:
        sys.stderr.write("\r\x1b[K")


def _report(options: argparse.Namespace) -> Report:
    """What makes the report that is asked for."""
    name = options.format
    if options.statistics:
        if name not in ("text", "json"):
            raise Misuse(f"--statistics are written as text or JSON, not as {name}")
        from ..formats import statistics

        return statistics.as_json if name == "json" else statistics.report
    if name == "text":
        from ..formats import text

        return partial(text.report, colour=options.output_file is None and has_colours())
    module = importlib.import_module(f"..formats.{name}", __package__)
    report: Report = module.report
    return report
