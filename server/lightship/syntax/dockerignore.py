"""The text of a `.dockerignore` → its patterns, each with its place.

What they match is `context`'s business. The reading is that of moby's `ignorefile`: `#` is a comment at the
very start of a line only, and a pattern is trimmed and cleaned before it is used.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from ..text import Span
from .nodes import Comment, Problem
from .words import SPACE


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern and the exclamation mark before it. `text` is the cleaned path: no slash at its ends, no
    `./`. Characters of the file and of `text` need not agree."""

    span: Span
    text: str
    negated: bool

    @property
    def source(self) -> str:
        """As a pattern matcher takes it."""
        return "!" + self.text if self.negated else self.text


@dataclass(frozen=True)
class IgnoreFile:
    """The patterns in order: of those that match a path, the last one decides."""

    text: str
    patterns: tuple[Pattern, ...]
    comments: tuple[Comment, ...]
    problems: tuple[Problem, ...]


def parse(text: str) -> IgnoreFile:
    """Read a `.dockerignore`. Never raises."""
    patterns: list[Pattern] = []
    comments: list[Comment] = []
    problems: list[Problem] = []
    at = 0
    for number, line in enumerate(text.split("\n")):
        start, end = at, at + len(line)
        at = end + 1
        if number == 0 and line.startswith("\ufeff"):
            line = line[1:]
            start += 1
        if line.startswith("#"):
            span = Span(start, start + len(line.removesuffix("\r")))
            comments.append(Comment(Span(start, min(at, len(text))), span, line[1:].strip(SPACE)))
            continue
        trimmed = line.strip(SPACE)
        if not trimmed:
            continue
        start += line.index(trimmed)
        span = Span(start, start + len(trimmed))
        path = trimmed.removeprefix("!").strip(SPACE)
        if path:
            patterns.append(Pattern(span, clean(path), trimmed[0] == "!"))
        else:
            problems.append(Problem(span, 'illegal exclusion pattern: "!"'))
    return IgnoreFile(text, tuple(patterns), tuple(comments), tuple(problems))


def clean(path: str) -> str:
    """The path relative to the context, as Go's `filepath.Clean` leaves it."""
    if path.startswith("/"):
        return posixpath.normpath("/" + path.lstrip("/"))[1:] or "/"
    return posixpath.normpath(path)
