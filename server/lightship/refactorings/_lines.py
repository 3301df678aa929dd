"""Which lines of a text another one changes, in time that grows with the lines.

`difflib` alone needs seconds for a long file in which many lines are alike. Lines that stand once in either text
show what belongs to what; it has only to look at what lies between two of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..text import Edit, Span


def changed_lines(old: str, new: str) -> Iterator[Edit]:
    """Edits of whole lines that make `new` of `old`."""
    import difflib

    before, after = old.split("\n"), new.split("\n")
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line) + 1)
    shorter = min(len(before), len(after))
    top = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    below = next((at for at in range(shorter - top) if before[-1 - at] != after[-1 - at]), shorter - top)
    end, new_end = len(before) - below, len(after) - below
    inside = _fixed(before[top:end], after[top:new_end])
    fixed = [(top - 1, top - 1), *((top + at, top + place) for at, place in inside), (end, new_end)]
    for (at, place), (until, new_until) in pairwise(fixed):
        at, place = at + 1, place + 1
        if at == until and place == new_until:
            continue
        matcher = difflib.SequenceMatcher(None, before[at:until], after[place:new_until], autojunk=False)
        for tag, first, last, new_first, new_last in matcher.get_opcodes():
            if tag != "equal":
                lines = "".join(f"{line}\n" for line in after[place + new_first : place + new_last])
                yield _edit(old, starts, at + first, at + last, lines)


def _edit(old: str, starts: Sequence[int], first: int, last: int, lines: str) -> Edit:
    """Write `lines` in the place of lines `first` up to `last` of the text."""
    if last < len(starts) - 1:
        return Edit(Span(starts[first], starts[last]), lines)
    if first == last:
        return Edit(Span(len(old), len(old)), "\n" + lines.removesuffix("\n"))
    # The last line has no end; where nothing replaces it, the one before has none any more.
    start = starts[first] if lines else max(0, starts[first] - 1)
    return Edit(Span(start, len(old)), lines.removesuffix("\n"))


def _fixed(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """The numbers of lines that stand once in either text: as many as are in the same order in both."""
    counts, new_counts = Counter(before), Counter(after)
    places = {line: at for at, line in enumerate(after) if new_counts[line] == 1}
    ends: list[int] = []
    """The least line of `after` in which a row of so many pairs can end."""
    last: list[int] = []
    """And the pair that it ends with."""
    pairs: list[tuple[int, int, int]] = []
    """Each with the pair before it in its row, by number; -1 for none."""
    for at, line in enumerate(before):
        if counts[line] == 1 and line in places:
            place = places[line]
            length = bisect_left(ends, place)
            pairs.append((at, place, last[length - 1] if length else -1))
            ends[length : length + 1] = [place]
            last[length : length + 1] = [len(pairs) - 1]
    found: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        at, place, number = pairs[number]
        found.append((at, place))
    return found[::-1]
