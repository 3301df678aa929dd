"""Text and places in it: what every other module measures with.

All offsets are 0-based indices into a Python `str`; spans are half-open. Lines end at `\\n` alone,
as BuildKit counts them (a lone `\\r` is white space to it); `lsp/convert.py` counts as editors do.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple


class Span(NamedTuple):
    """Half-open range of offsets."""

    start: int
    end: int

    def moved(self, by: int) -> Span:
        return Span(self.start + by, self.end + by)

    def covers(self, offset: int) -> bool:
        """Whether a cursor at `offset` touches the span: its end counts."""
        return self.start <= offset <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share an offset, or one is an empty span inside (not at the edge of) the other."""
        return self.start < other.end and other.start < self.end


class Edit(NamedTuple):
    """Replace the text of `span` by `text`."""

    span: Span
    text: str


class NewFile(NamedTuple):
    """A file to create where there is none. `path` is relative to the root of the build context, with `/`."""

    path: str
    text: str


class Safety(IntEnum):
    """How sure a fix is of itself. The order matters: bulk fixing applies what is at least as safe as asked."""

    MANUAL = 0
    """Shown, never applied in bulk."""
    UNSAFE = 1
    """Applied in bulk only on request: the image may differ in what a person should look at."""
    SAFE = 2
    """The built image holds the same files and behaves the same, but for what the fix names."""


@dataclass(frozen=True)
class Fix:
    """Edits that belong together, and what they claim to change.

    `adds` and `removes` declare every word (an instruction's keyword, a flag, an argument, a shell
    operator) that the edits bring or take; all others must come out as they went in, in the same order
    unless `reorders`. `proof.holds` parses the result and refuses a fix that breaks its word.

    A fix that only `creates` files has no edits, and is never applied in bulk.
    """

    title: str
    edits: tuple[Edit, ...]
    safety: Safety
    adds: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()
    reorders: bool = False
    creates: tuple[NewFile, ...] = ()

    @property
    def span(self) -> Span:
        """From the first to the last character that the fix touches. Raises ValueError if it has no edits."""
        return Span(min(edit.span.start for edit in self.edits), max(edit.span.end for edit in self.edits))


@dataclass(frozen=True)
class Refusal:
    """Why something is not offered, for a person to read."""

    reason: str


@dataclass(frozen=True)
class Source:
    """A document: its text and the name that reports use for it.

    Bytes that are not UTF-8 stand in `text` as lone surrogates (`surrogateescape`), so that writing it
    back gives the same bytes.
    """

    text: str
    name: str = "Dockerfile"

    @cached_property
    def line_starts(self) -> Sequence[int]:
        """The offset at which each line starts; there is one more line than there are `\\n`."""
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def line_of(self, offset: int) -> int:
        """The 0-based line on which `offset` stands."""
        return bisect_right(self.line_starts, offset) - 1

    def position(self, offset: int) -> tuple[int, int]:
        """0-based line and column, in characters."""
        line = self.line_of(offset)
        return line, offset - self.line_starts[line]

    def line_span(self, line: int) -> Span:
        """The 0-based `line` without its end (`\\n` or `\\r\\n`)."""
        start = self.line_starts[line]
        end = self.line_starts[line + 1] - 1 if line + 1 < len(self.line_starts) else len(self.text)
        if end > start and self.text[end - 1] == "\r":
            end -= 1
        return Span(start, end)

    def __getitem__(self, span: Span) -> str:
        return self.text[span.start : span.end]


def printable(text: str) -> str:
    """Without what would steer a terminal, or begin another line: control characters are shown as U+FFFD, like what is
    not text."""
    return text if text.isprintable() else re.sub("[\0-\x08\n-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", text)


_LONGEST = 200
"""Characters of a value that are shown."""


def code(text: str) -> str:
    """A value as Markdown shows it verbatim, on one line, whatever it holds."""
    text = printable(" ".join(re.split("[\r\n]", text))).strip()
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "…"
    if not text:
        return "` `"
    if "`" not in text:
        return f"`{text}`"
    fence = "`" * (max(map(len, re.findall("`+", text))) + 1)
    return f"{fence} {text} {fence}"


def escaped(text: str) -> str:
    """Words as Markdown shows them, on one line: nothing in them is a link, a tag or emphasis."""
    return re.sub(r"([\\`*_\[\]<>|~#&])", r"\\\1", printable(re.sub("[\r\n]", " ", text)))


def leading(name: str) -> str:
    """A file's name where it begins a line: a CI's log must not read one such as `::error` as a command."""
    name = printable(name)
    return f"./{name}" if name.lstrip().startswith("::") else name


def apply(text: str, edits: Iterable[Edit]) -> str:
    """`text` with the edits made. They may come in any order but must not overlap.

    Two insertions at one place keep the order in which they are given.
    """
    pieces: list[str] = []
    end = 0
    for span, new in sorted(edits, key=lambda edit: edit.span):
        if span.start < end:
            raise ValueError(f"overlapping edits at offset {span.start}")
        pieces += (text[end : span.start], new)
        end = span.end
    pieces.append(text[end:])
    return "".join(pieces)


def compatible(fixes: Iterable[Fix]) -> list[Fix]:
    """Those fixes, in order of position, that can be applied together: one that touches the extent of an
    earlier one is left for the next pass."""
    chosen: list[Fix] = []
    end = -1
    for fix in sorted(fixes, key=lambda fix: fix.span):
        if fix.span.start > end:
            chosen.append(fix)
            end = fix.span.end
    return chosen
