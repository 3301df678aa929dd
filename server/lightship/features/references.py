"""All places of the name under the cursor, as a list and as marks in the text."""

from __future__ import annotations

from typing import NamedTuple

from ..model.build import Build
from ..model.names import name_at
from ..text import Span


class Highlight(NamedTuple):
    """A place of the name; `written` where it is declared or set."""

    span: Span
    written: bool


def references(build: Build, offset: int, *, declarations: bool = True) -> tuple[Span, ...]:
    name = name_at(build, offset)
    return tuple(use.span for use in name.uses if declarations or not use.declares) if name else ()


def highlights(build: Build, offset: int) -> tuple[Highlight, ...]:
    name = name_at(build, offset)
    return tuple(Highlight(use.span, use.declares or use.sets) for use in name.uses) if name else ()
