"""The tree of a Dockerfile, as plain data.

Spans are offsets into the file's text. `File.nodes` tile it: every character lies in the `extent` (whole
lines) of exactly one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ..text import Span
from . import words
from .joined import Joined
from .keywords import EXPANDED, ONE_ARGUMENT, PAIRED


class Problem(NamedTuple):
    """Something that BuildKit would refuse, in its own words."""

    span: Span
    message: str

    def moved(self, by: int) -> Problem:
        return Problem(self.span.moved(by), self.message)


class Word(NamedTuple):
    """A word as written, quotes and escapes included, line breaks taken out."""

    span: Span
    text: str

    def moved(self, by: int) -> Word:
        return Word(self.span.moved(by), self.text)


class Flag(NamedTuple):
    """`--name=value`. `value` is None where there is no `=`."""

    span: Span
    name: Word
    value: Word | None

    def moved(self, by: int) -> Flag:
        return Flag(self.span.moved(by), self.name.moved(by), self.value and self.value.moved(by))


class Pair(NamedTuple):
    """`key=value` of ENV, LABEL and ARG; `legacy` is `key value`.

    ARG may have no value; an ENV or LABEL without one has a problem.
    """

    span: Span
    key: Word
    value: Word | None
    legacy: bool = False

    def moved(self, by: int) -> Pair:
        value = self.value and self.value.moved(by)
        return Pair(self.span.moved(by), self.key.moved(by), value, self.legacy)


class JsonString(NamedTuple):
    """A string in a JSON array: `span` includes its quotes, `content` is `value` with its place in the file."""

    span: Span
    content: Joined

    @property
    def value(self) -> str:
        return self.content.text

    def moved(self, by: int) -> JsonString:
        return JsonString(self.span.moved(by), self.content.moved(by))


class Comment(NamedTuple):
    """A comment line, also inside an instruction: `span` from `#` to the line's end."""

    extent: Span
    span: Span
    text: str

    def moved(self, by: int) -> Comment:
        return Comment(self.extent.moved(by), self.span.moved(by), self.text)


class Directive(NamedTuple):
    """`# syntax=`, `# escape=` or `# check=`; `name` in lower case."""

    extent: Span
    span: Span
    name: str
    name_span: Span
    value: Word


class Blank(NamedTuple):
    """Lines with nothing on them."""

    extent: Span

    @property
    def span(self) -> Span:
        return self.extent


class Heredoc(NamedTuple):
    """`opener` is the whole word (`<<-"EOF"`), `closer` the terminator's name, None where the file ends
    before it. `body` holds the lines between, their ends included, and `text` is what stands there."""

    name: str
    opener: Span
    body: Span
    closer: Span | None
    expand: bool
    chomp: bool
    text: str

    def moved(self, by: int) -> Heredoc:
        return self._replace(
            opener=self.opener.moved(by),
            body=self.body.moved(by),
            closer=self.closer and self.closer.moved(by),
        )


class VariableReference(NamedTuple):
    """A `$NAME` or `${NAME…}`; `operator` as in `words.Variable`."""

    span: Span
    name: Word
    operator: str


@dataclass(frozen=True)
class Instruction:
    """One instruction and all its parts.

    `joined` is its text with the lines put together, `arguments` the part behind the flags, trimmed.
    `json` holds the elements where the arguments are a JSON array, `pairs` those of ENV, LABEL and ARG,
    `inner` what stands behind ONBUILD or HEALTHCHECK. `blanks` are the empty lines inside its continuation.
    """

    keyword: str
    keyword_span: Span
    span: Span
    extent: Span
    escape: str
    joined: Joined
    flags: tuple[Flag, ...]
    arguments: Joined
    pairs: tuple[Pair, ...]
    json: tuple[JsonString, ...] | None
    heredocs: tuple[Heredoc, ...]
    comments: tuple[Comment, ...]
    blanks: tuple[Span, ...]
    inner: Instruction | None
    problems: tuple[Problem, ...]

    def moved(self, by: int) -> Instruction:
        """The same instruction `by` characters further down."""
        if not by:
            return self
        instruction = object.__new__(Instruction)
        # A frozen class sets its fields by a call for each, and a keystroke moves all instructions below it.
        vars(instruction).update(
            keyword=self.keyword,
            keyword_span=self.keyword_span.moved(by),
            span=self.span.moved(by),
            extent=self.extent.moved(by),
            escape=self.escape,
            joined=self.joined.moved(by),
            flags=self.flags and tuple([flag.moved(by) for flag in self.flags]),
            arguments=self.arguments.moved(by),
            pairs=self.pairs and tuple([pair.moved(by) for pair in self.pairs]),
            json=self.json and tuple([element.moved(by) for element in self.json]),
            heredocs=self.heredocs and tuple([doc.moved(by) for doc in self.heredocs]),
            comments=self.comments and tuple([comment.moved(by) for comment in self.comments]),
            blanks=self.blanks and tuple([blank.moved(by) for blank in self.blanks]),
            inner=self.inner and self.inner.moved(by),
            problems=self.problems and tuple([problem.moved(by) for problem in self.problems]),
        )
        return instruction

    def flag(self, name: str) -> Flag | None:
        """The first flag of that name."""
        return next((flag for flag in self.flags if flag.name.text == name), None)

    @property
    def arguments_span(self) -> Span:
        return self.arguments.span(0, len(self.arguments.text))

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """What BuildKit splits the arguments into; of a shell form, the words between white space.

        Empty where `pairs`, `json` or `inner` say what the arguments are.
        """
        arguments = self.arguments
        if not arguments.text or self.json is not None or self.inner or self.keyword in PAIRED:
            return ()
        if self.keyword in ONE_ARGUMENT:
            return (Word(self.arguments_span, arguments.text),)
        return tuple(
            Word(arguments.span(start, end), arguments.text[start:end])
            for start, end in words.split_space(arguments.text)
        )

    @property
    def expanded(self) -> Iterator[Joined]:
        """The words in which BuildKit replaces variables, flags and heredocs apart."""
        if self.keyword not in EXPANDED:
            return
        if self.json is not None:
            for element in self.json:
                yield element.content
        elif self.keyword in PAIRED:
            for pair in self.pairs:
                if self.keyword != "ARG":
                    yield self.place(pair.key)
                if pair.value:
                    yield self.place(pair.value)
        else:
            for word in self.words[:1] if self.keyword == "FROM" else self.words:
                yield self.place(word)

    def place(self, word: Word) -> Joined:
        """The text of one of this instruction's words, each character with its place in the file."""
        if word.span.end - word.span.start == len(word.text):
            return Joined(word.text, (0,), (word.span.start,))
        at = self.joined.index(word.span.start)
        return self.joined.cut(at, at + len(word.text))

    @cached_property
    def variables(self) -> tuple[VariableReference, ...]:
        """Every variable that BuildKit itself expands in this instruction, in order."""
        target = self.inner or self
        pieces = list(target.expanded)
        for instruction in {id(each): each for each in (self, target)}.values():
            pieces += [self.place(flag.value) for flag in instruction.flags if flag.value]
        found = [reference for piece in pieces for reference in _references(piece, self.escape)]
        if target.keyword in {"COPY", "ADD"}:
            for doc in target.heredocs:
                if doc.expand:
                    body = Joined(doc.text, (0,), (doc.body.start,))
                    found += _references(body, "\\", quotes=False)
        return tuple(sorted(found, key=lambda reference: reference.span))


Node = Directive | Comment | Blank | Instruction


@dataclass(frozen=True)
class File:
    """A Dockerfile. `problems` are those of the whole file, in order; `escape` is in force from the top."""

    text: str
    escape: str
    nodes: tuple[Node, ...]
    instructions: tuple[Instruction, ...]
    problems: tuple[Problem, ...]

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The offset at which each node starts."""
        return tuple(node.extent.start for node in self.nodes)

    @cached_property
    def newline(self) -> str:
        """The line end that the file uses."""
        return "\r\n" if "\r\n" in self.text else "\n"

    @cached_property
    def directives(self) -> tuple[Directive, ...]:
        return tuple(node for node in self.nodes if isinstance(node, Directive))

    def directive(self, name: str) -> Directive | None:
        return next((node for node in self.directives if node.name == name), None)

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """All comments, those inside instructions too."""
        found: list[Comment] = []
        for node in self.nodes:
            if isinstance(node, Comment):
                found.append(node)
            elif isinstance(node, Instruction):
                found += node.comments
        return tuple(found)

    @cached_property
    def custom_frontend(self) -> bool:
        """Whether `# syntax=` names something that is not Docker's own frontend and may know more."""
        syntax = self.directive("syntax")
        return syntax is not None and not re.match(
            r"(docker\.io/)?docker/dockerfile(-upstream)?(:|@|$)", syntax.value.text
        )


def _references(piece: Joined, escape: str, quotes: bool = True) -> Iterator[VariableReference]:
    if "$" not in piece.text:
        return
    for variable in words.variables(words.parts(piece.text, escape, quotes=quotes)):
        stop = variable.name_start + len(variable.name)
        name = Word(piece.span(variable.name_start, stop), variable.name)
        yield VariableReference(piece.span(variable.start, variable.end), name, variable.operator)
