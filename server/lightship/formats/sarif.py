"""SARIF 2.1.0, which code scanning services read: findings, their fixes, and the pages of the rules.

Lines and columns count from 1, columns in UTF-16 code units, as most readers of the format have it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..rules import Rule, all_rules
from ..terms import Severity
from ..text import Fix, Source, Span
from . import Checked, plain

if TYPE_CHECKING:
    from ..lint import Diagnostic

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
    Severity.HINT: "note",
}

_UNSAFE = re.compile(rb"[^A-Za-z0-9/._~-]")


def report(checked: Iterable[Checked]) -> Iterator[str]:
    """One run, with those of the rules that found something."""
    results: list[dict[str, Any]] = []
    found: dict[str, str] = {}
    for source, diagnostics in checked:
        for each in diagnostics:
            found.setdefault(each.code, each.rule)
            results.append(_result(source, each, list(found).index(each.code)))
    rules = {rule.name: rule for rule in all_rules()}
    driver = {
        "name": "lightship",
        "version": __version__,
        "rules": [_rule(code, rules.get(name)) for code, name in found.items()],
    }
    run = {"tool": {"driver": driver}, "columnKind": "utf16CodeUnits", "results": results}
    yield json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str, rule: Rule | None) -> dict[str, Any]:
    """What is known of a rule; of what no rule stands behind, its code."""
    if rule is None:
        return {"id": code}
    return {
        "id": code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": LEVELS[rule.severity], "enabled": rule.default},
        "properties": {"tags": [rule.topic, *rule.aliases]},
    }


def _result(source: Source, diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": LEVELS[diagnostic.severity],
        "message": {"text": plain(diagnostic.message)},
        "locations": [{"physicalLocation": _location(source, diagnostic.span)}],
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _location(source, each.span),
                "message": {"text": plain(each.message)},
            }
            for number, each in enumerate(diagnostic.related)
        ]
    # JSON cannot carry bytes that are not UTF-8, and SARIF no files that are yet to be.
    if (
        diagnostic.fix
        and diagnostic.fix.edits
        and all(plain(edit.text) == edit.text for edit in diagnostic.fix.edits)
    ):
        result["fixes"] = [_fix(source, diagnostic.fix)]
    return result


def _fix(source: Source, fix: Fix) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(source, edit.span), "insertedContent": {"text": edit.text}}
        for edit in sorted(fix.edits, key=lambda edit: edit.span)
    ]
    return {
        "description": {"text": plain(fix.title)},
        "artifactChanges": [{"artifactLocation": _artifact(source), "replacements": replacements}],
        "properties": {"safety": fix.safety.name.lower()},
    }


def _location(source: Source, span: Span) -> dict[str, Any]:
    return {"artifactLocation": _artifact(source), "region": _region(source, span)}


def _artifact(source: Source) -> dict[str, str]:
    path = Path(source.name)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    name = source.name.replace("\\", "/").encode("utf-8", "surrogateescape")
    return {"uri": _UNSAFE.sub(lambda match: b"%%%02X" % ord(match[0]), name).decode()}


def _region(source: Source, span: Span) -> dict[str, int]:
    (line, column), (end_line, end_column) = _position(source, span.start), _position(source, span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _position(source: Source, offset: int) -> tuple[int, int]:
    line, _ = source.position(offset)
    before = source.text[source.line_starts[line] : offset]
    return line + 1, len(before.encode("utf-16-le", "surrogatepass")) // 2 + 1
