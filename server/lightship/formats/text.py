"""A report for people: where, what and why, with the words marked in their line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..terms import Severity
from ..text import Safety, Source, Span, leading, printable
from . import Checked

if TYPE_CHECKING:
    from ..lint import Diagnostic

BOLD, DIM, RED, GREEN, YELLOW, BLUE, CYAN = "1", "2", "31", "32", "33", "34", "36"
COLOURS = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.INFO: BLUE, Severity.HINT: CYAN}
OFFERS = {
    Safety.SAFE: "fix available",
    Safety.UNSAFE: "unsafe fix available",
    Safety.MANUAL: "fix to choose in an editor",
}
TAB = 4
WIDEST = 160
"""Characters of a source line that are shown at most; a longer one is cut around the marked words."""


def report(checked: Iterable[Checked], *, colour: bool = False) -> Iterator[str]:
    """The findings of each file, and at the end how many there are."""
    files = found_in = findings = safe = unsafe = 0
    for source, diagnostics in checked:
        files += 1
        found_in += bool(diagnostics)
        findings += len(diagnostics)
        for diagnostic in diagnostics:
            safe += diagnostic.fix is not None and diagnostic.fix.safety is Safety.SAFE
            unsafe += diagnostic.fix is not None and diagnostic.fix.safety is Safety.UNSAFE
            yield "\n".join(_finding(source, diagnostic, colour)) + "\n\n"
    if not files:
        return  # nor was anything found to be well
    if not findings:
        yield f"No findings in {_count(files, 'file')}.\n"
        return
    summary = f"{_count(findings, 'finding')} in {_count(found_in, 'file')}"
    if safe:
        summary += f', {safe} fixable with "lightship fix"'
    if unsafe:
        summary += f', {unsafe} {"more " if safe else ""}with "lightship fix --unsafe"'
    yield _paint(f"{summary}.", BOLD, colour) + "\n"


def _finding(source: Source, diagnostic: Diagnostic, colour: bool) -> Iterator[str]:
    severity = diagnostic.severity
    aliases = f" ({', '.join(diagnostic.aliases)})" if diagnostic.aliases else ""
    yield (
        f"{_paint(_place(source, diagnostic.span), BOLD, colour)}: "
        f"{_paint(severity.name.lower(), COLOURS[severity], colour)} "
        f"{_paint(diagnostic.code, BOLD, colour)}{aliases} {printable(diagnostic.message)}"
    )
    yield from _marked(source, diagnostic.span, COLOURS[severity], colour)
    for related in diagnostic.related:
        yield f"  {_paint(_place(source, related.span), BOLD, colour)}: {printable(related.message)}"
        yield from _marked(source, related.span, DIM, colour)
    if fix := diagnostic.fix:
        yield f"  {_paint(OFFERS[fix.safety], GREEN, colour)}: {printable(fix.title)}"


def _place(source: Source, span: Span) -> str:
    line, column = source.position(span.start)
    return f"{leading(source.name)}:{line + 1}:{column + 1}"


def _marked(source: Source, span: Span, mark: str, colour: bool) -> Iterator[str]:
    """The first line of the span, and marks beneath its part of the span."""
    line = source.line_of(span.start)
    whole = source.line_span(line)
    texts, widths = _cells(source[whole])
    first, last = (min(offset - whole.start, len(texts)) for offset in span)
    start = max(0, first - 20) if last > WIDEST else 0
    stop = start + WIDEST
    head, tail = "..." * (start > 0), "..." * (len(texts) > stop)
    shown = head + "".join(texts[start:stop]) + tail
    indent = len(head) + sum(widths[start:first])
    marks = "^" * max(1, sum(widths[first : min(last, stop)]))
    more = "..." * (span.end > whole.end)
    number, bar = str(line + 1), _paint("|", DIM, colour)
    yield f"  {_paint(number, DIM, colour)} {bar} {shown}"
    yield f"  {' ' * len(number)} {bar} {' ' * indent}{_paint(marks + more, mark, colour)}"


def _cells(line: str) -> tuple[Sequence[str], Sequence[int]]:
    """Each character as it may be sent to a terminal, and the columns that they take there."""
    if line.isascii() and line.isprintable():
        return line, (1,) * len(line)
    texts: list[str] = []
    widths: list[int] = []
    at = 0
    for char in line:
        if char == "\t":
            text = " " * (TAB - at % TAB)
            width = len(text)
        else:
            text, width = printable(char), _width(char)
        at += width
        texts.append(text)
        widths.append(width)
    return texts, widths


def _width(char: str) -> int:
    if char.isascii():
        return 1
    if unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0  # joiners, variation selectors, accents that stand on the character before
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _paint(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
