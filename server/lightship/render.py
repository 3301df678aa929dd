"""Rules and settings as text for people and editors: pages, tables, the schema. All of it from one source."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from . import config
from .rules import Rule
from .terms import Severity, Topic
from .text import Safety

MARKERS = ("<!-- rules -->", "<!-- /rules -->")
"""Between these, the README holds the rule table."""

Fixes = Mapping[str, Safety | None]
"""How safe the fix of each rule's first example is, by the rule's name; None where there is none."""

_FENCE = re.compile(r"^```dockerfile\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(rule: Rule) -> list[str]:
    """The Dockerfiles on the rule's page: first what it finds, then what to use instead."""
    return _FENCE.findall(rule.page)


def page(rule: Rule) -> str:
    """All that is known of a rule, as Markdown: what `lightship rule NAME` prints."""
    facts = [f"{rule.severity.name.lower()}, about {rule.topic}"]
    if rule.aliases:
        facts.append(f"also known as {', '.join(rule.aliases)}")
    if not rule.default:
        facts.append("off unless it is selected")
    return f"# {rule.name}\n\n*{'; '.join(facts)}*\n\n{rule.page}\n"


def index(rules: Iterable[Rule], fixes: Fixes) -> str:
    """`docs/rules.md`: every rule under its topic, the guide's order."""
    by_topic = {topic: [rule for rule in rules if rule.topic is topic] for topic in Topic}
    parts = [
        "# Rules\n\n`lightship rule NAME` prints a rule's page. Rules are selected by name, by alias"
        " (codes of hadolint and names of BuildKit's checks) or by topic.\n"
    ]
    for topic, members in by_topic.items():
        if members:
            parts.append(f"## {topic}\n\n{table(members, fixes, 'server/lightship/docs/', '../')}")
    return "\n".join(parts)


def table(rules: Iterable[Rule], fixes: Fixes, pages: str = "server/lightship/docs/", root: str = "") -> str:
    """A Markdown table of rules, each linked to its page."""
    rows = ["| rule | also known as | severity | fix | finds |", "| --- | --- | --- | --- | --- |"]
    for rule in rules:
        level = rule.severity.name.lower() if rule.default else "off"
        fix = fixes.get(rule.name)
        how = fix.name.lower() if fix is not None else ""
        summary = rule.summary.replace("|", "\\|")
        rows.append(
            f"| [{rule.name}]({root}{pages}{rule.name}.md) | {', '.join(rule.aliases)} | {level} | {how} | {summary} |"
        )
    return "\n".join(rows) + "\n"


def between_markers(document: str, text: str) -> str:
    """`document` with `text` between its markers. Raises ValueError where it has none."""
    head, start, rest = document.partition(MARKERS[0])
    _, end, tail = rest.partition(MARKERS[1])
    if not (start and end):
        raise ValueError(f"no {MARKERS[0]} … {MARKERS[1]}")
    return f"{head}{start}\n{text}{end}{tail}"


def listing(rules: Iterable[Rule]) -> str:
    """A table for the terminal."""
    rows = [
        (
            rule.name,
            rule.severity.name.lower() if rule.default else "off",
            ", ".join(rule.aliases),
            rule.summary,
        )
        for rule in rules
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    return "".join(
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3])) + "\n"
        for row in rows
    )


def schema(rules: Collection[Rule]) -> dict[str, Any]:
    """The JSON schema of `lightship.toml` and of `[tool.lightship]`."""
    names: list[dict[str, str]] = [{"const": "all", "description": "Every rule."}]
    names += [{"const": topic.value, "description": f"The rules about {topic}."} for topic in Topic]
    for rule in rules:
        names.append({"const": rule.name, "description": rule.summary})
        names += [{"const": alias, "description": f"{rule.name}: {rule.summary}"} for alias in rule.aliases]
    unique = {entry["const"]: entry for entry in names}
    list_of_rules = {"type": "array", "items": {"$ref": "#/definitions/rule"}, "uniqueItems": True}
    levels = {
        "type": "object",
        "propertyNames": {"$ref": "#/definitions/rule"},
        "additionalProperties": {"$ref": "#/definitions/severity"},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of Lightship",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            key: {"description": description, **(levels if key == "severity" else list_of_rules)}
            for key, description in config.KEYS.items()
        },
        "definitions": {
            "rule": {"oneOf": list(unique.values())},
            "severity": {"enum": [*(severity.name.lower() for severity in Severity), config.OFF]},
        },
    }
