"""Rules and settings as text for people and editors: pages, tables, the schema. All of it from one source."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import config, options, regex, shellcheck
from .presets import PRESETS
from .rules import Rule
from .terms import Severity, Topic
from .text import Safety, printable

if TYPE_CHECKING:
    from .context import Place
    from .refactorings import Refactoring

MARKERS = ("<!-- rules -->", "<!-- /rules -->")
"""Between these, the README holds the rule table."""

Fixes = Mapping[str, Safety | None]
"""How safe the fix of each rule's first example is, by the rule's name; None where there is none."""

_FENCE = regex.compile(r"^```(dockerfile|toml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(rule: Rule) -> list[str]:
    """The Dockerfiles on the rule's page: first what it finds, then what to use instead."""
    return [text for kind, text in _FENCE.findall(rule.page) if kind == "dockerfile"]


def settings(rule: Rule) -> str:
    """The settings with which they are checked, as TOML; mostly none."""
    return "".join(text for kind, text in _FENCE.findall(rule.page) if kind == "toml")


def page(rule: Rule) -> str:
    """All that is known of a rule, as Markdown: what `lightship rule NAME` prints."""
    facts = [f"{rule.severity.name.lower()}, about {rule.topic}"]
    if rule.aliases:
        facts.append(f"also known as {', '.join(rule.aliases)}")
    if not rule.default:
        facts.append("off unless it is selected")
    return f"# {rule.name}\n\n*{'; '.join(facts)}*\n\n{rule.page}\n{_options(rule)}"


def _options(rule: Rule) -> str:
    """The part of a page about the rule's options."""
    if rule.options is None:
        return ""
    lines = [f"\n## Options\n\nUnder `[rules.{rule.name}]`:\n"]
    for key, each in options.options(rule.options).items():
        default = f"{options.words(each.kind)}; default: `{_toml(each.default)}`"
        default += "".join(f", under `{preset}`: `{_toml(value)}`" for preset, value in each.presets.items())
        lines.append(f"- `{key}` ({default}): {each.description}")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    """A value of a setting as TOML has it."""
    match value:
        case Severity():
            return f'"{value.name.lower()}"'
        case bool() | int():
            return str(value).lower()
        case tuple() | list():
            return f"[{', '.join(map(_toml, value))}]"
        case Mapping():
            pairs = ", ".join(f"{_key(key)} = {_toml(inner)}" for key, inner in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
    return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[\w-]+", key, re.ASCII) else json.dumps(key, ensure_ascii=False)


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


def refactorings(all: Iterable[Refactoring]) -> str:
    """`docs/refactorings.md`: a table of them, and the page of each."""
    parts = [
        "# Refactorings\n\nIn an editor each is a code action, greyed out with the reason where it is not possible."
        " `lightship refactor FILE` lists what is on offer where, and `lightship refactor NAME FILE` shows what it"
        " would change; `--write` does it.\n",
        "".join(f"- [{each.name}](#{each.name}): {each.summary}\n" for each in all),
        *(f"## {each.name}\n\n{each.page}\n" for each in all),
    ]
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
    return _columns(
        [
            (
                rule.name,
                rule.severity.name.lower() if rule.default else "off",
                f"{rule.summary} ({', '.join(rule.aliases)})" if rule.aliases else rule.summary,
            )
            for rule in rules
        ]
    )


def in_force(settings: config.Settings, rules: Iterable[Rule]) -> str:
    """What `lightship config` prints: every setting with what set it, then every rule with what decides on it."""
    rows = [*_set(settings)]
    first = (
        _columns([("setting", "value", "set by"), *rows])
        if rows
        else "No settings: all is as it is by default.\n"
    )
    found = [("rule", "severity", "decided by")]
    for rule in rules:
        level = settings.severity_of(rule).name.lower() if settings.enabled(rule) else config.OFF
        found.append((rule.name, level, settings.reason(rule)))
    return f"{first}\n{_columns(found)}"


def build_context(place: Place | None) -> str:
    """What `lightship config` prints of a Dockerfile's build context."""
    if place is None:
        return "build context  not looked for\n"
    shown = f"{place.root}  {place.why}{'' if place.certain else '; a guess, on which no rule relies'}"
    given = [
        f"{name}={value} for {who}" for who, values in place.values.items() for name, value in values.items()
    ]
    rows = [("build context", shown), *(("build argument", each) for each in given)]
    rows += [("build stage", f"{stage} for {who}") for who, stage in place.stages.items()]
    rows += [("named context", f"{name}={what}") for name, what in place.named.items()]
    return _columns([*rows, *(("not understood", each) for each in place.problems)])


def _set(settings: config.Settings) -> Iterator[tuple[str, str, str]]:
    """Key, value and origin of what is set, from the uppermost layer down."""
    for layer in settings.layers:
        below = layer.below or config.Settings()
        for key in config.KEYS:
            value = getattr(layer, key.replace("-", "_"))
            if key == "rules":
                for name, table in value.items():
                    for option, inner in table.items():
                        yield f"rules.{name}.{option.replace('_', '-')}", _toml(inner), layer.origin
            elif value or value is False or (key == "select" and value is not None):
                # What a layer does not say for itself, it has from the one below.
                inherited = key in ("preset", "fail-on", "suppressions")
                if not (inherited and value == getattr(below, key.replace("-", "_"))):
                    yield key, _toml(value), layer.origin


def _columns(rows: Sequence[tuple[str, ...]]) -> str:
    """A table for the terminal."""
    rows = [tuple(map(printable, row)) for row in rows]
    *widths, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    return "".join(
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1])) + "\n"
        for row in rows
    )


_SHELLCHECK = (
    {"const": shellcheck.GROUP, "description": "All of ShellCheck's checks."},
    {"type": "string", "pattern": "^SC\\d{4}$", "description": "One of ShellCheck's checks."},
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
    of_rules = {rule.name: _options_schema(rule.options) for rule in rules if rule.options}
    properties: dict[str, dict[str, Any]] = {
        "preset": {"enum": [*PRESETS]},
        "select": list_of_rules,
        "extend-select": list_of_rules,
        "ignore": list_of_rules,
        "severity": {
            "type": "object",
            "propertyNames": {"$ref": "#/definitions/rule"},
            "additionalProperties": {"$ref": "#/definitions/severity"},
        },
        "shellcheck": {"enum": [True, False, config.AUTO]},
        "fail-on": {"$ref": "#/definitions/severity"},
        "suppressions": {"type": "boolean"},
        "context": {"anyOf": [{"type": "string"}, {"const": False}]},
        "features": {
            "type": "object",
            "properties": {
                name: {"type": "boolean", "default": True, "description": what}
                for name, what in config.FEATURES.items()
            },
            "additionalProperties": False,
        },
        "rules": {
            "type": "object",
            "properties": of_rules
            | {alias: of_rules[rule.name] for rule in rules if rule.options for alias in rule.aliases},
            "additionalProperties": False,
        },
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of Lightship",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            key: {"description": description, **_described(properties[key])}
            for key, description in config.KEYS.items()
        },
        "definitions": {
            "rule": {"oneOf": [*unique.values(), *_SHELLCHECK]},
            "severity": {"enum": [*config.LEVELS]},
        },
    }


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """Draft 7 reads nothing beside a `$ref`, so that it has to stand in a list of its own."""
    return {"allOf": [schema]} if "$ref" in schema else schema


def _options_schema(cls: type) -> dict[str, Any]:
    fields = {
        key: {"description": each.description, **options.schema(each.kind), "default": each.default}
        for key, each in options.options(cls).items()
    }
    return {"type": "object", "properties": fields, "additionalProperties": False}
