"""The documents that are open in the editor, with exactly the text that the editor has.

pygls' own store drifts from it: it takes a form feed or U+2028 for the end of a line, and inserts a
character too early past the end of the last one; and it copies every line of the document for each change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import count
from typing import TYPE_CHECKING

from lsprotocol import types

from ..buildfiles import NAMES
from ..text import Source, Span
from .convert import END_OF_LINE, Converter, Encoding, line_starts, offset_in_line

if TYPE_CHECKING:
    from ..model.build import Build

Change = types.TextDocumentContentChangePartial | types.TextDocumentContentChangeWholeDocument


@dataclass(frozen=True, eq=False)
class Document:
    """One version of an open document, and what is worked out of it once for all features."""

    uri: str
    version: int
    text: str
    encoding: Encoding
    edition: int = field(default_factory=partial(next, count(1)))
    """What no other document has: a version may come again, as when a file is opened again."""

    @property
    def is_dockerfile(self) -> bool:
        """Whatever the editor calls its language: all but lists of what a build context leaves out, and build files."""
        return not self.is_ignore_file and not self.is_build_file

    @property
    def is_ignore_file(self) -> bool:
        return self.uri.endswith(".dockerignore")

    @property
    def is_build_file(self) -> bool:
        """Of Compose's or Bake's, which is only asked where Dockerfiles are built."""
        return self.uri.rpartition("/")[2] in NAMES

    @cached_property
    def convert(self) -> Converter:
        return Converter(self.text, self.encoding)

    @cached_property
    def source(self) -> Source:
        return Source(self.text, self.uri)

    @cached_property
    def build(self) -> Build:
        from ..model import analyze

        return analyze(self.source)


class Buffer:
    """A text that is being edited, and where its lines start.

    Starts of lines are kept as in a gap buffer: those up to the last edit as offsets, those below it as
    distances from the end of the text. An edit leaves both as they are, so it costs the lines it touches
    and those between it and the edit before, not those of the document.
    """

    def __init__(self, text: str, encoding: Encoding) -> None:
        self.text = text
        self._encoding = encoding
        self._above = line_starts(text)
        # The nearest last.
        self._below: list[int] = []

    def apply(self, change: Change) -> None:
        if isinstance(change, types.TextDocumentContentChangeWholeDocument):
            self.__init__(change.text, self._encoding)  # type: ignore[misc]
            return
        first, start = self._locate(change.range.start)
        last, end = self._locate(change.range.end)
        if end < start:
            first, start, last, end = last, end, first, start

        # From the line before, because a `\n` at the start of a line joins a `\r` that ended the one above.
        first = max(first - 1, 0)
        self._move_gap(first + 1)
        del self._below[len(self._below) - (last - first) :]
        self.text = f"{self.text[:start]}{change.text}{self.text[end:]}"

        # The line below starts after an end of line that this edit did not touch: it is one still.
        stop = len(self.text) - self._below[-1] if self._below else len(self.text)
        self._above += (match.end() for match in END_OF_LINE.finditer(self.text, self._above[-1], stop))
        if self._below:
            self._above.pop()

    def _locate(self, position: types.Position) -> tuple[int, int]:
        """The line and the offset of a position, both inside the text."""
        last = len(self._above) + len(self._below) - 1
        if position.line > last:
            return last, len(self.text)
        end = self._start(position.line + 1) if position.line < last else len(self.text)
        line = Span(self._start(position.line), end)
        return position.line, offset_in_line(self.text, line, position.character, self._encoding)

    def _start(self, line: int) -> int:
        if line < len(self._above):
            return self._above[line]
        return len(self.text) - self._below[len(self._above) - line - 1]

    def _move_gap(self, line: int) -> None:
        """Have the starts of the first `line` lines above the gap, all others below it."""
        size = len(self.text)
        self._below += [size - start for start in reversed(self._above[line:])]
        del self._above[line:]
        missing = line - len(self._above)
        if missing > 0:
            self._above += [size - distance for distance in reversed(self._below[-missing:])]
            del self._below[-missing:]


class Documents:
    """All that is open. Written by the thread that reads; whoever works takes a `Document` along."""

    encoding: Encoding = Encoding.Utf16
    """Agreed upon at `initialize`, before anything is open."""

    def __init__(self) -> None:
        self._buffers: dict[str, Buffer] = {}
        self._documents: dict[str, Document] = {}

    def open(self, uri: str, version: int, text: str) -> None:
        self._buffers[uri] = Buffer(text, self.encoding)
        self._documents[uri] = Document(uri, version, text, self.encoding)

    def change(self, uri: str, version: int, changes: Iterable[Change]) -> None:
        """Raises KeyError if it is not open."""
        buffer = self._buffers[uri]
        for change in changes:
            buffer.apply(change)
        self._documents[uri] = Document(uri, version, buffer.text, self.encoding)

    def close(self, uri: str) -> None:
        self._buffers.pop(uri, None)
        self._documents.pop(uri, None)

    def get(self, uri: str) -> Document | None:
        return self._documents.get(uri)

    def __iter__(self) -> Iterator[Document]:
        return iter(tuple(self._documents.values()))
