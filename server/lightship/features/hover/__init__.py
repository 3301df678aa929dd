"""What is under the cursor, in a few lines: a finding's rule, a value and where it comes from, a base image's
facts, a package's bytes, or the documentation of an instruction, flag, mount option or parser directive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from ...knowledge.instructions import DIRECTIVES
from ...model.build import Build, Step
from ...syntax.dockerfile import Comment, Directive, Instruction, Node
from ...text import Span
from . import commands, documentation, heredocs, images, values, variables
from .shown import Hover, document

__all__ = ["Hover", "hover"]


class Found(Protocol):
    """What is needed of a diagnostic."""

    @property
    def code(self) -> str: ...
    @property
    def span(self) -> Span: ...


_NO_PAGES: Mapping[str, str] = MappingProxyType({})


def hover(
    build: Build, offset: int, diagnostics: Sequence[Found] = (), pages: Mapping[str, str] = _NO_PAGES
) -> Hover | None:
    """What to say at `offset`; None where there is nothing. `pages` are the rules' pages by name: that of a
    finding comes first, unless what is under the cursor is a small part of several lines that it covers."""
    thing = _thing(build, offset, pages)
    found = [each for each in diagnostics if each.span.covers(offset) and each.code in pages]
    if not found:
        return thing
    rules = [_why(code, pages[code]) for code in dict.fromkeys(each.code for each in found)]
    span = min((each.span for each in found), key=lambda span: span.end - span.start)
    if thing is None:
        return Hover("\n\n---\n\n".join(rules), span)
    parts = [*rules, thing.markdown]
    if "\n" in build.source[span] and thing.span.end - thing.span.start < span.end - span.start:
        parts = [thing.markdown, *rules]
    return Hover("\n\n---\n\n".join(parts), thing.span)


def _why(name: str, page: str) -> str:
    """What a rule finds, and why: the first two paragraphs of its page."""
    return "\n\n".join((f"**{name}**: {page}").partition("\n## ")[0].strip().split("\n\n")[:2])


def _thing(build: Build, offset: int, pages: Mapping[str, str]) -> Hover | None:
    node = next((each for each in build.file.nodes if _holds(each, offset, len(build.file.text))), None)
    match node:
        case Directive():
            doc = DIRECTIVES.get(node.name)
            if doc and (node.name_span.covers(offset) or node.value.span.covers(offset)):
                return Hover(document(doc), node.span)
            return None
        case Comment():
            return _in_comment(node, offset, pages)
        case Instruction():
            inside = next((each for each in node.comments if each.span.covers(offset)), None)
            if inside:
                return _in_comment(inside, offset, pages)
            step = build.step_at(offset)
            return _in_step(step, offset) if step else None
    return None


def _holds(node: Node, offset: int, end: int) -> bool:
    start, stop = node.extent
    return start <= offset < stop or offset == stop == end


def _in_comment(comment: Comment, offset: int, pages: Mapping[str, str]) -> Hover | None:
    """A rule that a comment names."""
    start = comment.span.end - len(comment.text)
    for word in re.finditer(r"[\w-]+", comment.text):
        span = Span(*word.span()).moved(start)
        if span.covers(offset) and word[0] in pages:
            return Hover(_why(word[0], pages[word[0]]), span)
    return None


def _in_step(step: Step, offset: int) -> Hover | None:
    return next((found for finder in _FINDERS if (found := finder(step, offset))), None)


_FINDERS: tuple[Callable[[Step, int], Hover | None], ...] = (
    documentation.keyword,
    variables.expanded,
    variables.of_shell,
    heredocs.heredoc,
    documentation.flag,
    variables.declared,
    images.opening,
    commands.package,
    commands.command,
    values.place,
    values.value,
)
"""The smallest things first: the first that has something to say is heard."""
