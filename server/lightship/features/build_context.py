"""What is known of where and how a Dockerfile is built, for a hover: its context at a COPY, given values at an ARG, who
builds a stage at its FROM."""

from __future__ import annotations

from collections.abc import Iterator

from ..context import Place
from ..model.build import Add, Arg, Build, Copy, From
from ..text import code, escaped


def about(build: Build, offset: int, place: Place) -> str:
    """Markdown; empty where there is nothing to say."""
    match build.step_at(offset):
        case (Copy() | Add()) as step if step.instruction.keyword_span.covers(
            offset
        ) and not step.instruction.flag("from"):
            guess = "" if place.certain else " This is a guess, on which no rule relies."
            return f"Build context: {code(str(place.root))} ({escaped(place.why)}).{guess}"
        case From() as step if step.instruction.keyword_span.covers(offset) or (
            step.alias and step.alias.span.covers(offset)
        ):
            who = [who for who, name in place.stages.items() if build.stage(name) is step.stage]
            return f"Built as {escaped(' and '.join(who))}." if who else ""
        case Arg() as step:
            pair = next((each for each in step.instruction.pairs if each.key.span.covers(offset)), None)
            return "\n".join(_given(pair.key.text, place)) if pair else ""
    return ""


def _given(name: str, place: Place) -> Iterator[str]:
    for who, values in place.values.items():
        if name in values:
            yield f"- {code(values[name])} for {escaped(who)}"
