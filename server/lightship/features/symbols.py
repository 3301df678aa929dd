"""The outline of a file: parser directives, global arguments, and the stages with what is done in them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from .. import regex
from ..model.build import Build, Stage, Step
from ..syntax.dockerfile import Comment, Directive, Instruction
from ..text import Span

_LONGEST = 60
"""Characters of an instruction that are shown."""

_DIRECTIVE = regex.compile(r"#\s*([A-Za-z]\w*)\s*=")


class Symbol(NamedTuple):
    """`kind` is `directive`, `stage`, or an instruction's keyword. `span` is all of it and `name_span` its beginning,
    which a cursor that goes there selects; `detail` says more in a few words."""

    name: str
    detail: str
    kind: str
    span: Span
    name_span: Span
    children: tuple[Symbol, ...] = ()


def symbols(build: Build) -> tuple[Symbol, ...]:
    """In the order of the file."""
    found = [_directive(each.name, each.span, each.value.text) for each in build.file.directives]
    found += _misspelt(build)
    found += map(_instruction, build.arguments)
    for stage in build.stages:
        if stage.opening:
            found.append(_stage(stage))
        else:
            found += map(_instruction, stage.steps)
    return tuple(sorted(found, key=lambda each: each.span))


def _directive(name: str, span: Span, value: str) -> Symbol:
    return Symbol(name, value, "directive", span, span)


def _misspelt(build: Build) -> list[Symbol]:
    """What stands where directives do and looks like one: BuildKit takes an unknown one for a comment."""
    found = []
    for node in build.file.nodes:
        match = _DIRECTIVE.match(build.source[node.span]) if isinstance(node, Comment) else None
        if match:
            value = build.source[node.span][match.end() :]
            found.append(_directive(match[1].lower(), node.span, value.strip()))
        elif not isinstance(node, Directive):
            break
    return found


def _stage(stage: Stage) -> Symbol:
    opening, *steps = stage.steps
    whole = Span(opening.span.start, stage.steps[-1].span.end)
    line = _shown(opening.instruction)
    alias = stage.opening.alias if stage.opening else None
    children = tuple(map(_instruction, steps))
    return Symbol(
        alias.text if alias else line, line if alias else "", "stage", whole, opening.span, children
    )


def _instruction(step: Step) -> Symbol:
    instruction = step.instruction
    return Symbol(_shown(instruction), "", instruction.keyword, instruction.span, instruction.keyword_span)


def _shown(instruction: Instruction) -> str:
    """The instruction on one line, without its flags."""
    return _on_one_line(instruction.keyword, instruction.arguments.text)


@lru_cache(maxsize=4096)
def _on_one_line(keyword: str, arguments: str) -> str:
    # What is cut off is not looked at: a script may be long.
    text = " ".join(f"{keyword} {arguments[: 4 * _LONGEST]}".split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
