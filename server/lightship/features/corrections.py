"""What is offered at the cursor though nothing is found there, or nothing that has one answer.

Misspelt flags that may have been meant as several, instructions in small letters and directives in capital ones, the
empty lines behind a backslash at the end of the file: a matter of taste or of choice, so nobody is told of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from ..rewrite import corrections
from ..syntax import normalise
from ..syntax.dockerfile import Directive, File, Instruction
from ..syntax.keywords import KEYWORDS
from ..text import Edit, Fix, Safety, Span

MOST = 20
"""Instructions in one selection that are looked at: who selects more wants more than a word corrected."""


def offered(file: File, span: Span) -> Iterator[Fix]:
    """The fixes of what `span` touches, the likeliest of each place first. They are yet to be proven."""
    first = max(bisect_left(file.starts, span.start) - 1, 0)
    for node in file.nodes[first : min(bisect_right(file.starts, span.end), first + MOST)]:
        fixes = [*corrections.of_node(file, node)]
        match node:
            case Instruction():
                fixes += _capitals(node)
            case Directive():
                fixes += _small_letters(file, node)
        yield from (fix for fix in fixes if _touches(fix.span, span))
    yield from (fix for fix in _last_lines(file) if _touches(fix.span, span))


def _touches(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _capitals(instruction: Instruction) -> Iterator[Fix]:
    for each in (instruction, instruction.inner):
        if each and each.keyword in KEYWORDS and not each.joined.text.startswith(each.keyword):
            edit = Edit(each.keyword_span, each.keyword)
            yield Fix(f"Write {each.keyword}", (edit,), Safety.SAFE)


def _small_letters(file: File, directive: Directive) -> Iterator[Fix]:
    if file.text[slice(*directive.name_span)] != directive.name:
        yield Fix(f"Write {directive.name}", (Edit(directive.name_span, directive.name),), Safety.SAFE)


def _last_lines(file: File) -> Iterator[Fix]:
    """The empty lines behind the last one, where that is to go on."""
    end = len(file.text.rstrip(" \t\r\n"))
    behind = file.text.find("\n", end) + 1
    if not behind or behind == len(file.text) or not file.instructions:
        return
    last = file.instructions[-1]
    line = Span(file.text.rfind("\n", 0, end) + 1, end)
    comment = any(each.span.overlaps(line) for each in file.comments[-1:])
    if comment or last.heredocs or not last.extent.start < end <= last.extent.end:
        return
    if normalise.continued(file.text[line.start : line.end], file.escape) is not None:
        yield Fix("Remove the empty lines", (Edit(Span(behind, len(file.text)), ""),), Safety.SAFE)
