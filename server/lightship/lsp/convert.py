"""Places as editors count them: a line, and a column in units of the encoding agreed upon.

Nothing else turns positions into offsets or back. A line ends at `\\n`, `\\r\\n` or a lone `\\r` and at
nothing else, whatever `str.splitlines` thinks. A column past the end of its line means the end of the line,
before the characters that end it; a line past the end of the text means the end of the text; a column inside
a character means its start.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from lsprotocol.types import Position, PositionEncodingKind, Range

from ..text import Span

Encoding = PositionEncodingKind

END_OF_LINE = re.compile(r"\r\n?|\n")


def line_starts(text: str) -> list[int]:
    """The offset at which each line of `text` starts."""
    return [0, *(match.end() for match in END_OF_LINE.finditer(text))]


def offset_in_line(text: str, line: Span, column: int, encoding: Encoding) -> int:
    """The offset of a column. `line` ends where the next one starts."""
    start, end = line
    if end > start and text[end - 1] == "\n":
        end -= 1
    if end > start and text[end - 1] == "\r":
        end -= 1
    # No character is narrower than one unit.
    end = min(end, start + column)
    if encoding is Encoding.Utf32 or text.isascii() or text[start:end].isascii():
        return end
    for offset in range(start, end):
        column -= _width(text[offset], encoding)
        if column < 0:
            return offset
    return end


def column_in_line(text: str, start: int, offset: int, encoding: Encoding) -> int:
    """The column of an offset on the line that starts at `start`."""
    if encoding is Encoding.Utf32 or text.isascii():
        return offset - start
    before = text[start:offset]
    return len(before) if before.isascii() else sum(_width(character, encoding) for character in before)


def _width(character: str, encoding: Encoding) -> int:
    """Units of the encoding that one character takes. Lone surrogates count as the text they came in counts them."""
    if encoding is Encoding.Utf16:
        return 1 if character <= "\uffff" else 2
    return 1 if character < "\x80" else 2 if character < "\u0800" else 3 if character <= "\uffff" else 4


class Converter:
    """Positions in one text that does not change."""

    def __init__(self, text: str, encoding: Encoding) -> None:
        self._text = text
        self._encoding = encoding
        self._starts: Sequence[int] = line_starts(text)
        self._as_written = "\r" not in text and (encoding is Encoding.Utf32 or text.isascii())

    def position(self, offset: int) -> Position:
        return Position(*self._position(offset))

    def json(self, offset: int) -> str:
        """The position as JSON text."""
        line, column = self._position(offset)
        return f'{{"line":{line},"character":{column}}}'

    def json_range(self, start: int, end: int) -> str:
        """The range of a span as JSON text."""
        return f'{{"start":{self.json(start)},"end":{self.json(end)}}}'

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        if self._as_written:
            return line, offset - start
        # Between the `\r` and the `\n` of one line's end there is no position.
        if offset > start and self._text[offset - 1 : offset + 1] == "\r\n":
            offset -= 1
        return line, column_in_line(self._text, start, offset, self._encoding)

    def offset(self, position: Position) -> int:
        line = position.line
        if line >= len(self._starts):
            return len(self._text)
        end = self._starts[line + 1] if line + 1 < len(self._starts) else len(self._text)
        return offset_in_line(self._text, Span(self._starts[line], end), position.character, self._encoding)

    def range(self, span: Span) -> Range:
        return Range(self.position(span.start), self.position(span.end))

    def span(self, range: Range) -> Span:
        start, end = self.offset(range.start), self.offset(range.end)
        return Span(min(start, end), max(start, end))
