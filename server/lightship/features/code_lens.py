"""Above each stage, what of it ends up in the image."""

from __future__ import annotations

from typing import NamedTuple

from ..context import BuildContext
from ..knowledge import sizes
from ..model import weights
from ..model.build import Build, Copy, Run, Stage
from ..text import Span, printable


class Lens(NamedTuple):
    """A line to show above `span`."""

    span: Span
    title: str


def code_lenses(build: Build, context: BuildContext | None = None) -> list[Lens]:
    """One for each stage that has a FROM."""
    taken = _taken(build)
    return [
        Lens(
            stage.opening.instruction.keyword_span,
            printable(_title(build, stage, taken.get(stage.index, []), context)),
        )
        for stage in build.stages
        if stage.opening
    ]


def _title(build: Build, stage: Stage, taken: list[str], context: BuildContext | None) -> str:
    if stage is build.final:
        return f"ships: {_contents(build, stage, context)}"
    if stage.shipped:
        return f"ships, as what {_name(build.final)} is built on: {_contents(build, stage, context)}"
    if taken:
        return f"ships only {', '.join(taken)}"
    return "ships nothing"


def _contents(build: Build, stage: Stage, context: BuildContext | None) -> str:
    """What is in a stage, and at least how much where something of that is known."""
    base = stage.opening.image.text if stage.opening and stage.opening.image else "its base"
    counts = [
        f"{count} {keyword}"
        for keyword, count in (
            ("RUN", len(stage.runs)),
            ("COPY", sum(isinstance(each, Copy) for each in stage.steps)),
        )
        if count
    ]
    known = [weights.base(build, stage.image) if not stage.parent else None]
    known += [weights.added(build, each, context) for each in stage.steps if isinstance(each, Run | Copy)]
    total = sum(weight.size for weight in known if weight)
    all_known = all(weight and weight.whole for weight in known)
    size = f", {'≈' if all_known else '≥'} {sizes.human(total)}" if total else ""
    return " + ".join([base, *counts]) + size


def _taken(build: Build) -> dict[int, list[str]]:
    """By a stage's index, the paths that others copy out of it, each with the line that does it."""
    found: dict[int, list[str]] = {}
    for step in build.steps:
        if isinstance(step, Copy) and step.origin and step.stage.index > 0:
            origin = build.stage(step.origin, step.stage.index)
            if origin:
                line = build.source.line_of(step.span.start) + 1
                paths = ", ".join(source or "…" for source in step.sources)
                found.setdefault(origin.index, []).append(f"{paths} (line {line})")
    return found


def _name(stage: Stage | None) -> str:
    return f"`{stage.name or stage.index}`" if stage else "the last stage"
