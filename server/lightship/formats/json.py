"""An array of findings for programs. Lines and columns count from 1, columns in characters."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..text import Fix, Source, Span
from . import Checked, plain

if TYPE_CHECKING:
    from ..lint import Diagnostic


def report(checked: Iterable[Checked]) -> Iterator[str]:
    """One object a finding; `fix` is null where there is none."""
    before = "["
    for source, diagnostics in checked:
        for diagnostic in diagnostics:
            yield f"{before}\n  {json.dumps(finding(source, diagnostic))}"
            before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def finding(source: Source, diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "file": plain(source.name),
        "code": diagnostic.code,
        "aliases": diagnostic.aliases,
        **_places(source, diagnostic.span),
        "severity": diagnostic.severity.name.lower(),
        "message": plain(diagnostic.message),
        "fix": _fix(source, diagnostic.fix) if diagnostic.fix else None,
    }


def _fix(source: Source, fix: Fix) -> dict[str, Any] | None:
    if any(plain(edit.text) != edit.text for edit in fix.edits):
        return None  # JSON cannot carry bytes that are not UTF-8
    edits = [{**_places(source, edit.span), "text": edit.text} for edit in fix.edits]
    creates = [{"path": plain(new.path), "text": plain(new.text)} for new in fix.creates]
    return {
        "title": plain(fix.title),
        "safety": fix.safety.name.lower(),
        "edits": edits,
        **({"creates": creates} if creates else {}),
    }


def _places(source: Source, span: Span) -> dict[str, int]:
    line, column = source.position(span.start)
    end_line, end_column = source.position(span.end)
    return {"line": line + 1, "column": column + 1, "endLine": end_line + 1, "endColumn": end_column + 1}
