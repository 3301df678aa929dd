"""Where the cursor stands: in which part of which instruction, and what has been typed of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from .. import regex
from ..syntax import normalise
from ..syntax.dockerfile import Blank, Comment, Directive, Heredoc, Instruction, Node
from ..syntax.joined import Joined
from ..text import Span
from .build import Build, Stage, State, Step

_HEAD = regex.compile(r"(\S+)\s+")
_LAST = regex.compile(r"\S*\Z")


@dataclass(frozen=True)
class Place:
    """`typed` is what stands before the cursor of an instruction that is typed there, its lines put together;
    `outer` is ONBUILD where it stands behind one."""

    build: Build
    offset: int
    typed: Joined
    step: Step | None = None
    outer: str = ""
    heredoc: bool = False

    @property
    def stage(self) -> Stage | None:
        """The stage that the cursor is in; None above the first FROM."""
        if self.step:
            return self.step.stage if self.step.stage.index >= 0 else None
        before = [
            stage for stage in self.build.stages if stage.opening and stage.opening.span.start < self.offset
        ]
        return before[-1] if before else None

    @property
    def state(self) -> State:
        """What is in force where the cursor is."""
        if self.step:
            return self.step.state
        return self.stage.end if self.stage else State(self.build.scope)

    @cached_property
    def keyword(self) -> str:
        """In upper case; '' while it is being typed itself."""
        head = _HEAD.match(self.typed.text)
        return head[1].upper() if head else ""

    @cached_property
    def rest(self) -> str:
        """What stands behind the keyword; the keyword itself as long as nothing does."""
        head = _HEAD.match(self.typed.text)
        return self.typed.text[head.end() :] if head else self.typed.text

    @property
    def word(self) -> str:
        """What has been typed of the word at the cursor."""
        match = _LAST.search(self.rest)
        return match[0] if match else ""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words between the keyword and the one at the cursor."""
        rest = self.rest
        return tuple(rest[: len(rest) - len(self.word)].split())

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """The flags among the words: they come first."""
        count = next((at for at, word in enumerate(self.words) if not word.startswith("--")), len(self.words))
        return self.words[:count]

    @property
    def arguments(self) -> tuple[str, ...]:
        """The words that are no flags."""
        return self.words[len(self.flags) :]

    def flag(self, name: str) -> str | None:
        """The value of a flag that stands before the cursor; None where it does not."""
        return next(
            (word.partition("=")[2] for word in self.flags if word.partition("=")[0] == f"--{name}"), None
        )

    def last(self, count: int) -> Span:
        """The place of the last `count` characters that were typed."""
        return Span(self.typed.offset(len(self.typed.text) - count) if count else self.offset, self.offset)


def find(build: Build, offset: int) -> Place | Comment | Directive | None:
    """What the cursor is in: an instruction that is typed, or a comment, or none of them."""
    file = build.file
    offset = min(max(offset, 0), len(file.text))
    index = bisect_right(file.starts, offset) - 1
    node: Node | None = file.nodes[index] if index >= 0 else None
    if node and offset == node.extent.end and file.text.endswith("\n") and not _open_heredoc(node):
        index, node = index + 1, None  # behind the last line's end: a new line
    match node:
        case Comment() | Directive():
            return node if offset > node.span.start else _fresh(build, offset)
        case Instruction():
            return _inside(build, node, offset)
    before = _unfinished(build, index)
    if before is None:
        return _fresh(build, offset)
    start = build.source.line_span(build.source.line_of(offset)).start
    typed = before.joined.plus(file.text[start:offset], start)
    return _behind_onbuild(Place(build, offset, typed, _step(build, before)))


def _fresh(build: Build, offset: int) -> Place:
    return Place(build, offset, Joined("", (0,), (offset,)))


def _open_heredoc(node: Node) -> bool:
    return isinstance(node, Instruction) and bool(node.heredocs) and node.heredocs[-1].closer is None


def _unfinished(build: Build, index: int) -> Instruction | None:
    """The instruction that a line of nothing goes on, because an escape ends the last line above."""
    for node in reversed(build.file.nodes[:index]):
        if isinstance(node, Blank | Comment):
            continue
        if not isinstance(node, Instruction) or node.heredocs:
            return None
        last = build.source.line_span(build.source.line_of(max(node.extent.end - 1, node.extent.start)))
        return node if normalise.continued(build.source[last], node.escape) is not None else None
    return None


def _inside(build: Build, node: Instruction, offset: int) -> Place | Comment:
    comment = next((each for each in node.comments if each.span.start < offset <= each.span.end), None)
    if comment:
        return comment
    step = _step(build, node)
    doc = next((each for each in node.heredocs if _holds(each, offset)), None)
    if doc:
        start = build.source.line_span(build.source.line_of(offset)).start
        typed = Joined(build.file.text[start:offset], (0,), (start,))
        return Place(build, offset, typed, step, heredoc=True)
    joined = node.joined
    length = 0
    ends = (*joined.starts[1:], len(joined.text))
    for start, end, origin in zip(joined.starts, ends, joined.origins, strict=True):
        if origin < offset:
            length = start + min(offset - origin, end - start)
    # Between its parts, on a line that has none, a word may start.
    return _behind_onbuild(Place(build, offset, joined.cut(0, length) if length else _nothing(offset), step))


def _nothing(offset: int) -> Joined:
    return Joined("", (0,), (offset,))


def _holds(doc: Heredoc, offset: int) -> bool:
    return doc.body.start <= offset <= (doc.closer or doc.body).end


def _behind_onbuild(place: Place) -> Place:
    if place.keyword != "ONBUILD":
        return place
    text = place.typed.text
    start = len(text) - len(place.rest)
    inner = place.typed.cut(start, len(text)) if place.rest else _nothing(place.offset)
    return Place(place.build, place.offset, inner, place.step, "ONBUILD")


def _step(build: Build, node: Instruction) -> Step | None:
    return next((step for step in build.steps if step.instruction is node), None)


def variable(text: str, escape: str) -> re.Match[str] | None:
    """The `$NAME` or `${NAME` that a text ends with, unless its dollar is escaped."""
    match = re.search(r"\$(\{?)(\w*)\Z", text)
    if match is None:
        return None
    before = text[: match.start()]
    escapes = len(before) - len(before.rstrip(escape))
    return None if escapes % 2 else match
