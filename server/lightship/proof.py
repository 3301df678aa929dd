"""Whether a fix keeps its word: its result is parsed again and compared with what it declares.

A file is a sequence of words: each instruction's keyword, flags and arguments, the words and operators of
its shell, and the lines of its heredocs; and a sequence of comments. A fix declares which of them it adds and
removes. All others have to come out in the same order, and nothing may be refused that was not refused before.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from . import regex
from .syntax.dockerfile import Comment, Directive, File, Instruction, Node, parse
from .text import Edit, Fix, apply

_TOKEN = regex.compile(
    r"""&&|\|\||;;|[;&|()]|(?:\\.|'[^']*'|"(?:[^"\\]|\\.)*"|\$\([^()]*\)|[^\s;&|()'"\\]|['"\\])+""", re.DOTALL
)
_TOO_LONG = 4_000_000
"""Cells of the comparison table: beyond it (two thousand changed words) a fix is refused rather than checked."""


_HEAD = "FROM before\n"
_TAIL = "FROM behind\n"


class _Reading(NamedTuple):
    """The words where a fix touches the file, before and after it, and whether more would be refused than before."""

    before: list[str]
    now: list[str]
    worse: bool


def holds(file: File, fix: Fix) -> bool:
    """Whether the text after `fix` differs from `file` in nothing but what the fix declares."""
    if not fix.edits:
        return bool(fix.creates) and not (fix.adds or fix.removes)
    reading = _read_again(file, fix)
    return reading is not None and not reading.worse and _declared(reading.before, reading.now, fix)


def changes(file: File, fix: Fix) -> tuple[Counter[str], Counter[str]]:
    """The words that the edits of a fix add and remove, whatever it declares."""
    reading = _read_again(file, fix)
    before, now = (
        (Counter(reading.before), Counter(reading.now)) if reading else (Counter[str](), Counter[str]())
    )
    return now - before, before - now


def _read_again(file: File, fix: Fix) -> _Reading | None:
    """None where the edits overlap, or change nothing.

    Instructions do not see each other, so those that the fix does not touch are not read again: a stand-in
    for what comes before, and one for what comes behind, show what an edit does to its neighbours.
    """
    top = max((directive.extent.end for directive in file.directives), default=0)
    first, last = _touched(file, fix)
    # Directives and a byte order mark count only at the very top: there, all is read as it is, also what may
    # become a directive.
    whole = first <= len(file.directives)
    nodes = file.nodes[0 if whole else first : last]
    start, end = (nodes[0].extent.start, nodes[-1].extent.end) if nodes else (0, 0)
    part = file.text[start:end]
    head = "" if whole else f"{file.text[:top]}\n{_HEAD}"
    tail = _TAIL if end < len(file.text) else ""
    try:
        changed = apply(part, (Edit(edit.span.moved(-start), edit.text) for edit in fix.edits))
    except ValueError:
        return None
    if changed == part:
        return None
    after = parse(head + changed + tail)
    worse = False
    if after.problems:
        known = Counter(problem.message for problem in file.problems if start <= problem.span.start <= end)
        worse = bool(Counter(problem.message for problem in after.problems) - known)
    before = [*_stand_in(head), *words(nodes), *_stand_in(tail)]
    now = after.nodes if whole else (node for node in after.nodes if node.extent.start > top)
    return _Reading(before, [*words(now)], worse)


def _stand_in(text: str) -> list[str]:
    return text.split()[-2:]


def _touched(file: File, fix: Fix) -> tuple[int, int]:
    """The first of the nodes that the fix touches or stands beside, and the one behind the last."""
    span = fix.span
    return max(bisect_left(file.starts, span.start) - 1, 0), bisect_right(file.starts, span.end)


def _declared(before: list[str], now: list[str], fix: Fix) -> bool:
    """Whether the words differ by those that the fix declares, and keep their order."""
    old, new = _changed(before, now)
    added, removed = Counter(fix.adds), Counter(fix.removes)
    difference = Counter(old)
    difference.subtract(new)
    if +difference != removed - added or -difference != added - removed:
        return False
    # A comment between two instructions that become one stands inside the result: its place among the
    # words is no matter, its place among the comments is.
    return fix.reorders or all(
        _in_order([word for word in old if word.startswith("#") is comments],
                  [word for word in new if word.startswith("#") is comments], added, removed)
        for comments in (False, True)
    )  # fmt: skip


def _changed(before: list[str], now: list[str]) -> tuple[list[str], list[str]]:
    """The two without the words that both start and end with."""
    shorter = min(len(before), len(now))
    start = 0
    while start < shorter and before[start] == now[start]:
        start += 1
    end = 0
    while end < shorter - start and before[-1 - end] == now[-1 - end]:
        end += 1
    return before[start : len(before) - end], now[start : len(now) - end]


def words(nodes: Iterable[Node]) -> Iterator[str]:
    """The words of some nodes, in order; comments and directives begin with `#`."""
    for node in nodes:
        match node:
            case Instruction():
                yield from _instruction_words(node)
                yield from (f"# {comment.text}" for comment in node.comments)
            case Comment():
                yield f"# {node.text}"
            case Directive():
                yield f"# {node.name}={node.value.text}"


@lru_cache(maxsize=1024)
def shell_words(text: str) -> tuple[str, ...]:
    """The words and operators of a shell's line, quotes kept."""
    return tuple(_TOKEN.findall(text))


def _instruction_words(instruction: Instruction) -> Iterator[str]:
    yield instruction.keyword
    for flag in instruction.flags:
        yield f"--{flag.name.text}" if flag.value is None else f"--{flag.name.text}={flag.value.text}"
    if instruction.inner:
        yield from _instruction_words(instruction.inner)
        return
    if instruction.json is not None:
        yield "["
        yield from (element.value for element in instruction.json)
        yield "]"
    elif instruction.keyword in ("RUN", "CMD", "ENTRYPOINT"):
        yield from shell_words(instruction.arguments.text)
    elif instruction.pairs:
        yield from (
            f"{pair.key.text}={pair.value.text}" if pair.value else pair.key.text
            for pair in instruction.pairs
        )
    else:
        yield from (word.text for word in instruction.words)
    for doc in instruction.heredocs:
        yield from doc.text.split("\n")
        yield doc.name


def _in_order(old: list[str], new: list[str], added: Counter[str], removed: Counter[str]) -> bool:
    """Whether all of `old` but `removed` stand in `new` in the same order."""
    gone = (removed & Counter(old)).total()
    if not gone:
        rest = iter(new)
        return all(word in rest for word in old)
    if _reads_along(old, new, added, removed.copy()):
        return True
    if len(old) * len(new) > _TOO_LONG:
        return False
    return _common(old, new) >= len(old) - gone


def _reads_along(old: list[str], new: list[str], added: Counter[str], removed: Counter[str]) -> bool:
    """Whether each word of `old` comes next in `new`, behind added ones, or is removed: so it mostly is."""
    at = 0
    for word in old:
        start = at
        while at < len(new) and new[at] != word and new[at] in added:
            at += 1
        if at < len(new) and new[at] == word:
            at += 1
        elif removed[word] > 0:
            removed[word] -= 1
            at = start
        else:
            return False
    return True


def _common(old: list[str], new: list[str]) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(new) + 1)
    for word in old:
        corner = 0
        for column, other in enumerate(new, 1):
            above = row[column]
            row[column] = corner + 1 if word == other else max(above, row[column - 1])
            corner = above
    return row[-1]
