"""Where the name under the cursor is declared."""

from __future__ import annotations

from ..model.build import Arg, Build, Step
from ..model.names import Name, Use, name_at
from ..text import Span


def definition(build: Build, offset: int) -> tuple[Span, Span] | None:
    """The name under the cursor and its declaration: that which is in force there, or else the first.

    A declaration is its own, but for an `ARG` in a stage that takes its value from a global one.
    """
    name = name_at(build, offset)
    use = name.at(offset) if name else None
    if name is None or use is None or not name.declarations:
        return None
    return use.span, _declaration(build, name, use).span


def _declaration(build: Build, name: Name, use: Use) -> Use:
    if use.declares and not _repeats(use):
        return use
    before = [
        each
        for each in name.declarations
        if each.span.end <= use.span.start and (each.step is not use.step or isinstance(use.step, Arg))
    ]
    for home in _homes(build, use.step):
        if here := [each for each in before if each.step.stage.index == home]:
            return here[-1]
    return use if use.declares else name.declarations[0]


def _repeats(use: Use) -> bool:
    """Whether it is an `ARG NAME`, which takes the value of a global one."""
    return (
        isinstance(use.step, Arg)
        and use.step.stage.index >= 0
        and any(pair.key.span == use.span and pair.value is None for pair in use.step.instruction.pairs)
    )


def _homes(build: Build, step: Step) -> list[int]:
    """Whose declarations a step sees: its stage's first, then those of the stages that it is built on."""
    return [*(stage.index for stage in step.stage.lineage), -1]
