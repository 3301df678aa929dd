"""What the text does not say, shown within it: the bytes that a step adds, and what variables stand for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..context import BuildContext
from ..model import weights
from ..model.build import Arg, Build, From, Step
from ..text import Span

_LONGEST = 40
"""Characters of a value that are shown."""
_WORDS = frozenset(("COPY", "ADD", "WORKDIR", "USER", "EXPOSE", "VOLUME", "STOPSIGNAL"))


class Hint(NamedTuple):
    """A label that stands at `offset`, and what to say of it."""

    offset: int
    label: str
    tooltip: str


def inlay_hints(build: Build, span: Span, context: BuildContext | None = None) -> list[Hint]:
    """The hints of a span, in order; of files in the context where that is known."""
    found = []
    for step in build.steps:
        if not step.triggered and step.span.start <= span.end and span.start <= step.span.end:
            found += [*_values(build, step), *_bytes(build, step, context)]
    return sorted(hint for hint in found if span.covers(hint.offset))


def _bytes(build: Build, step: Step, context: BuildContext | None) -> Iterator[Hint]:
    if isinstance(step, From):
        weight = None if step.stage.parent else weights.base(build, step.stage.image)
        about = "The base image, about: on amd64, as in summer 2026."
    else:
        weight = weights.added(build, step, context)
        about = (
            "Adds about so much."
            if weight and weight.whole
            else "Adds at least so much: not all of it is known."
        )
    if weight:
        yield Hint(_end(build, step), weight.shown, about)


def _end(build: Build, step: Step) -> int:
    """Behind what is written of a step, without its heredocs."""
    joined = step.instruction.joined
    length = len(joined.text.rstrip())
    return joined.span(0, length).end


def _values(build: Build, step: Step) -> Iterator[Hint]:
    """What words with variables in them are, and what an argument has from above the first FROM."""
    instruction = step.instruction
    if isinstance(step, Arg) and step.stage.index >= 0:
        for pair in instruction.pairs:
            known = build.scope.get(pair.key.text)
            if pair.value is None and known and known.kind == "ARG" and known.value is not None:
                yield Hint(
                    pair.key.span.end, f"={_short(known.value)}", "The default, from above the first FROM."
                )
        return
    words = instruction.words[:1] if isinstance(step, From) else instruction.words
    if not isinstance(step, From) and instruction.keyword not in _WORDS:
        return
    for word in words:
        value = step.expand(word) if "$" in word.text else None
        if value and value != word.text:
            yield Hint(
                word.span.end, f"= {_short(value)}", "As long as the build is given no other arguments."
            )


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
