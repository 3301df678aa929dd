"""Where the name under the cursor is declared."""

from __future__ import annotations

from typing import NamedTuple

from ..model.build import Arg, Build
from ..model.names import Name, Use, name_at
from ..text import Span


class Definition(NamedTuple):
    """The name under the cursor, and its declarations in the order of the file."""

    span: Span
    declarations: tuple[Span, ...]


def definition(build: Build, offset: int) -> Definition | None:
    """Where a name comes from, and, if it is declared anew on the way, what is in force under the cursor."""
    name = name_at(build, offset)
    use = name.at(offset) if name else None
    if name is None or use is None or not name.declarations:
        return None
    first = name.declarations[0].span
    in_force = None if use.declares else _in_force(name, use)
    return Definition(use.span, tuple(sorted({first, in_force or first})))


def _in_force(name: Name, use: Use) -> Span | None:
    """The last declaration in front of a use: in its stage, in one that this is built on, or above all stages."""
    before = [
        each
        for each in name.declarations
        # An ENV does not see what it sets itself; an ARG sees what stands further left.
        if each.span.end <= use.span.start and (each.step is not use.step or isinstance(use.step, Arg))
    ]
    for home in (*(stage.index for stage in use.step.stage.lineage), -1):
        if here := [each for each in before if each.step.stage.index == home]:
            return here[-1].span
    return None
