"""Text put together from pieces of a file, each character knowing where it came from.

BuildKit joins the lines of an instruction before it reads words, and hands the shell a single line; a
span in that joined text has to lead back to the file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..text import Span


@dataclass(frozen=True, slots=True)
class Joined:
    """`text`, of which the part from `starts[i]` on stands in the file from `origins[i]` on.

    Both tuples ascend and are never empty; `starts[0]` is 0.
    """

    text: str
    starts: tuple[int, ...]
    origins: tuple[int, ...]

    def offset(self, at: int) -> int:
        """Where the character at index `at` of the joined text stands in the file."""
        if len(self.starts) == 1:
            return self.origins[0] + at
        piece = bisect_right(self.starts, at) - 1
        return self.origins[piece] + at - self.starts[piece]

    def index(self, offset: int) -> int:
        """The index of the character that stands at `offset` of the file: the inverse of `offset`."""
        piece = max(bisect_right(self.origins, offset) - 1, 0)
        return self.starts[piece] + offset - self.origins[piece]

    def span(self, start: int, end: int) -> Span:
        """The place in the file of `text[start:end]`: it ends right behind its last character."""
        if len(self.starts) == 1:
            return Span(self.origins[0] + start, self.origins[0] + end)
        first = self.offset(start)
        return Span(first, self.offset(end - 1) + 1 if end > start else first)

    @property
    def offsets(self) -> Sequence[int]:
        """Where each character stands in the file, and where one behind the last would: for whoever asks often."""
        if len(self.starts) == 1:
            return range(self.origins[0], self.origins[0] + len(self.text) + 1)
        found: list[int] = []
        for start, end, origin in zip(
            self.starts, (*self.starts[1:], len(self.text) + 1), self.origins, strict=True
        ):
            found += range(origin, origin + end - start)
        return found

    def moved(self, by: int) -> Joined:
        """The same text `by` characters further down."""
        origins = self.origins
        return Joined(
            self.text,
            self.starts,
            (origins[0] + by,) if len(origins) == 1 else tuple([origin + by for origin in origins]),
        )

    def plus(self, text: str, origin: int) -> Joined:
        """This text with `text`, which stands at `origin`, behind it."""
        if not text:
            return self
        return Joined(self.text + text, (*self.starts, len(self.text)), (*self.origins, origin))

    def cut(self, start: int, end: int) -> Joined:
        """The part of the text from index `start` to `end`."""
        if len(self.starts) == 1:
            return Joined(self.text[start:end], (0,), (self.origins[0] + start,))
        first = bisect_right(self.starts, start) - 1
        last = max(first + 1, bisect_right(self.starts, end - 1))
        starts = (0, *(at - start for at in self.starts[first + 1 : last]))
        origins = (self.origins[first] + start - self.starts[first], *self.origins[first + 1 : last])
        return Joined(self.text[start:end], starts, origins)


def join(pieces: Iterable[tuple[str, int]]) -> Joined:
    """Put pieces (text, offset in the file) together; the first may be empty, the others are dropped if so."""
    pieces = tuple(pieces)
    if len(pieces) == 1:
        return Joined(pieces[0][0], (0,), (pieces[0][1],))
    texts: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    at = 0
    for text, origin in pieces:
        if text or not starts:
            if starts and starts[-1] == at:
                starts.pop()
                origins.pop()
            texts.append(text)
            starts.append(at)
            origins.append(origin)
            at += len(text)
    return Joined("".join(texts), tuple(starts), tuple(origins))
