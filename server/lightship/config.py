"""Settings: what they mean, how they are read from TOML and from editors, and how one lies over another.

Pure: `sources/settings.py` finds the files. What is wrong in a file is named with its line and the
nearest right spelling, and all the rest of the file still counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from .terms import Severity

OFF: Literal["off"] = "off"
LEVELS: Mapping[str, Severity | Literal["off"]] = {
    **{severity.name.lower(): severity for severity in Severity},
    OFF: OFF,
}
KEYS = {
    "select": "The rules to run instead of the default ones: names, aliases such as DL3042, topics, or `all`.",
    "extend-select": "Rules to run as well: names, aliases, topics, or `all`.",
    "ignore": "Rules not to run: names, aliases, topics, or `all`.",
    "severity": "Another severity for a rule, an alias or a topic; `off` turns it off.",
}
"""Every setting and what it does: the schema and the documentation are made from this."""


if TYPE_CHECKING:

    class Selectable(Protocol):
        """What settings ask of a rule."""

        @property
        def name(self) -> str: ...
        @property
        def aliases(self) -> tuple[str, ...]: ...
        @property
        def topic(self) -> str: ...
        @property
        def severity(self) -> Severity: ...
        @property
        def default(self) -> bool: ...


class Problem(NamedTuple):
    """Something wrong in a settings file; the rest of it counts. `line` is 1-based."""

    file: str
    line: int
    message: str


@dataclass(frozen=True)
class Settings:
    """One layer of settings, and the layer it lies on.

    Rules are named by name, alias, topic or `all`. The more specific name wins; of two equally specific
    ones the upper layer's, and within a layer `ignore`.
    """

    select: tuple[str, ...] | None = None
    """Replaces the default rules, and what lower layers select; what they ignore stays ignored."""
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity | Literal["off"]] = field(default_factory=dict, hash=False)
    below: Settings | None = None

    def enabled(self, rule: Selectable) -> bool:
        """Whether the rule runs."""
        on, rank = rule.default and not self._replaces_defaults, -1
        for name, wanted in self._choices:
            if (specific := _rank(name, rule)) is not None and specific >= rank:
                on, rank = wanted, specific
        return on

    def severity_of(self, rule: Selectable) -> Severity:
        """The rule's severity, or the one that stands here for it."""
        found, rank = rule.severity, -1
        for name, level in self._severities:
            if level != OFF and (specific := _rank(name, rule)) is not None and specific >= rank:
                found, rank = level, specific
        return found

    @cached_property
    def _choices(self) -> tuple[tuple[str, bool], ...]:
        """Names and whether they turn on or off, from the lowest layer up."""
        lower = self.below._choices if self.below else ()
        if self.select is not None:
            lower = tuple(choice for choice in lower if not choice[1])
        on = (*(self.select or ()), *self.extend_select)
        off = (*self.ignore, *(name for name, level in self.severity.items() if level == OFF))
        return (*lower, *((name, True) for name in on), *((name, False) for name in off))

    @property
    def _severities(self) -> Iterator[tuple[str, Severity | Literal["off"]]]:
        if self.below:
            yield from self.below._severities
        yield from self.severity.items()

    @property
    def _replaces_defaults(self) -> bool:
        return self.select is not None or (self.below is not None and self.below._replaces_defaults)

    def over(self, below: Settings) -> Settings:
        """These settings laid over others."""
        return replace(self, below=self.below.over(below) if self.below else below)


def _rank(name: str, rule: Selectable) -> int | None:
    """How narrowly `name` names the rule; None where it does not."""
    if name == rule.name or name in rule.aliases:
        return 2
    if name == rule.topic:
        return 1
    return 0 if name == "all" else None


def parse(text: str, file: str, known: Collection[str]) -> tuple[Settings | None, list[Problem]]:
    """The settings of a TOML file: `[tool.lightship]` in a `pyproject.toml`, all of any other.

    None where a `pyproject.toml` has no such section, or the file is not TOML. `known` are the names
    that rules answer to. `file` is the path by which problems name it.
    """
    import tomllib

    try:
        document: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at line (\d+), column \d+\)| \(at end of document\)", str(error))
        line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
        reason = str(error).replace(place[0], "") if place else str(error)
        return None, [Problem(file, line, f"This is not TOML: {reason}. The file is left out.")]
    section = ("tool", "lightship") if re.search(r"(^|[/\\])pyproject\.toml$", file) else ()
    for key in section:
        if not isinstance(document, dict) or key not in document:
            return None, []
        document = document[key]
    if not isinstance(document, dict):
        return None, [
            Problem(file, _line(text, section), f'"lightship" must be a table, not {_kind(document)}.')
        ]
    settings, complaints = _read(document, known)
    return settings, [Problem(file, _line(text, section + c.keys, c.value), c.message) for c in complaints]


def merge(settings: Settings, above: Mapping[str, Any], known: Collection[str]) -> tuple[Settings, list[str]]:
    """`settings` with an editor's laid over them, and what is wrong with those.

    `above` holds the keys of `KEYS` alone, in a file's spelling or in an editor's (`extendSelect`); None
    and an empty mapping of severities mean that nothing is set.
    """
    spelled = {re.sub("[A-Z]", lambda m: f"-{m[0].lower()}", key): value for key, value in above.items()}
    upper, complaints = _read({key: value for key, value in spelled.items() if value is not None}, known)
    return upper.over(settings), [complaint.message for complaint in complaints]


def nearest(word: str, known: Collection[str]) -> str:
    """`: did you mean "…"?` for a misspelt word, or a full stop where nothing is near."""
    import difflib

    folded = {name.lower(): name for name in sorted(known, reverse=True)}
    close = difflib.get_close_matches(word.lower().replace("_", "-"), folded, n=1)
    return f': did you mean "{folded[close[0]]}"?' if close else "."


class _Complaint(NamedTuple):
    keys: tuple[str, ...]
    message: str
    value: str | None = None


def _read(table: Mapping[str, Any], known: Collection[str]) -> tuple[Settings, list[_Complaint]]:
    complaints = [
        _Complaint((key,), f'unknown setting "{key}"{nearest(key, KEYS)}') for key in table if key not in KEYS
    ]
    lists = {}
    for key in ("select", "extend-select", "ignore"):
        if key in table:
            lists[key] = _names(key, table[key], known, complaints)
    select = lists.get("select")
    return (
        Settings(
            select=select,
            extend_select=lists.get("extend-select") or (),
            ignore=lists.get("ignore") or (),
            severity=_levels(table.get("severity", {}), known, complaints),
        ),
        complaints,
    )


def _names(
    key: str, value: object, known: Collection[str], complaints: list[_Complaint]
) -> tuple[str, ...] | None:
    """The names in a list that are right; None, as if it were not there, where it is not a list."""
    if not isinstance(value, list | tuple):
        hint = f': write ["{value}"].' if isinstance(value, str) else "."
        complaints.append(_Complaint((key,), f'"{key}" must be a list of rules, not {_kind(value)}{hint}'))
        return None
    right = []
    for name in value:
        if not isinstance(name, str):
            complaints.append(_Complaint((key,), f'"{key}" must hold names of rules, not {_kind(name)}.'))
        elif name not in known:
            message = f'unknown rule "{name}" in "{key}"{nearest(name, known)}'
            complaints.append(_Complaint((key,), message, name))
        else:
            right.append(name)
    return tuple(right)


def _levels(
    value: object, known: Collection[str], complaints: list[_Complaint]
) -> dict[str, Severity | Literal["off"]]:
    if not isinstance(value, Mapping):
        example = 'a table such as { pip-cache = "error" }'
        complaints.append(_Complaint(("severity",), f'"severity" must be {example}, not {_kind(value)}.'))
        return {}
    right: dict[str, Severity | Literal["off"]] = {}
    for name, level in value.items():
        keys = ("severity", name)
        if name not in known:
            complaints.append(_Complaint(keys, f'unknown rule "{name}" in "severity"{nearest(name, known)}'))
        elif not isinstance(level, str):
            complaints.append(
                _Complaint(keys, f'the severity of "{name}" must be a string, not {_kind(level)}.')
            )
        elif level not in LEVELS:
            meant = nearest(level, LEVELS).replace(".", f": it is one of {', '.join(LEVELS)}.")
            complaints.append(_Complaint(keys, f'unknown severity "{level}" of "{name}"{meant}', level))
        else:
            right[name] = LEVELS[level]
    return right


def _kind(value: object) -> str:
    match value:
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list() | tuple():
            return "a list"
        case Mapping():
            return "a table"
    return "a date or time" if value is not None else "null"


_KEY = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_LINE = rf"\s*(?:\[\s*(?P<header>{_DOTTED})\s*\]|(?P<key>{_DOTTED})\s*=)"


def _line(text: str, keys: tuple[str, ...], value: str | None = None) -> int:
    """The 1-based line on which the key of a TOML file stands, or `value` in what it is set to.

    `tomllib` keeps no places, so headers and keys at the start of lines are followed as far as they lead
    towards `keys`; the last of them, or the value, is then looked for as a word from there on.
    """
    lines = text.split("\n")
    best, best_line, header, quotes = 0, 0, (), ""
    for number, line in enumerate(lines):
        if quotes:
            quotes = "" if quotes in line else quotes
            continue
        if match := re.match(_LINE, line):
            path = tuple(key.strip("\"'") for key in re.findall(_KEY, match["header"] or match["key"]))
            if match["header"]:
                header = path
            else:
                path = header + path
            if len(path) > best and keys[: len(path)] == path:
                best, best_line = len(path), number
        # A string over several lines may hold what looks like a key.
        opened = re.search(r'"""|\'\'\'', line)
        if opened and line.count(opened[0]) % 2:
            quotes = opened[0]
    word = value if value is not None else keys[-1] if best < len(keys) else None
    if word is not None:
        for number in range(best_line, len(lines)):
            if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", lines[number].partition("#")[0]):
                return number + 1
    return best_line + 1
