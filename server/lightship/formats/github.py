"""Workflow commands of GitHub Actions, which become annotations of the lines in a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..terms import Severity
from ..text import printable
from . import Checked

LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
    Severity.HINT: "notice",
}


def report(checked: Iterable[Checked]) -> Iterator[str]:
    """A command for each finding. Columns count from 1, in characters; the end is the last one marked."""
    for source, diagnostics in checked:
        for each in diagnostics:
            line, column = source.position(each.span.start)
            end_line, end_column = source.position(max(each.span.start, each.span.end - 1))
            values = {
                "file": source.name,
                "line": line + 1,
                "endLine": end_line + 1,
                "col": column + 1,
                "endColumn": end_column + 1,
                "title": each.code,
            }
            properties = ",".join(f"{key}={_property(str(value))}" for key, value in values.items())
            yield f"::{LEVELS[each.severity]} {properties}::{_data(each.message)}\n"


def _data(text: str) -> str:
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
