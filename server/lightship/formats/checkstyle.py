"""Checkstyle's XML, which many CI servers read. Lines and columns count from 1, columns in characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..terms import Severity
from . import Checked
from .xml import HEADER, attributes

LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "info",
    Severity.HINT: "info",
}


def report(checked: Iterable[Checked]) -> Iterator[str]:
    """A `file` for each file, also for those without findings: they were checked."""
    yield f'{HEADER}<checkstyle version="4.3">\n'
    for source, diagnostics in checked:
        yield f"  <file{attributes(name=source.name)}>\n"
        for each in diagnostics:
            line, column = source.position(each.span.start)
            values = attributes(
                line=line + 1,
                column=column + 1,
                severity=LEVELS[each.severity],
                message=each.message,
                source=f"lightship.{each.code}",
            )
            yield f"    <error{values} />\n"
        yield "  </file>\n"
    yield "</checkstyle>\n"
