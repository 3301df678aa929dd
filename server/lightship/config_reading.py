"""Reads settings from TOML and from editors.

Pure: `sources/settings.py` finds the files. What is wrong in a file is named with its line and the
nearest right spelling, and all the rest of the file still counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Literal, NamedTuple

from . import options
from .config import AUTO, FEATURES, KEYS, LEVELS, Known, Problem, Settings
from .presets import PRESETS
from .spelling import nearest
from .terms import Severity

MOST_PROBLEMS = 50
"""How many of the things that are wrong in one place are told."""


def parse(text: str, file: str, known: Known) -> tuple[Settings | None, list[Problem]]:
    """The settings of a TOML file: `[tool.lightship]` in a `pyproject.toml`, all of any other.

    None where a `pyproject.toml` has no such section, or the file is not TOML. `known` are the names
    that rules answer to. `file` is the path by which problems name it.
    """
    import tomllib

    try:
        if _DEEP_KEY.search(text):
            raise ValueError("a key has too many dots")
        document: Any = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = re.search(r" \(at line (\d+), column \d+\)| \(at end of document\)", str(error))
        line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
        reason = str(error).replace(place[0], "") if place else str(error)
        return None, [Problem(file, line, f"This is not TOML: {reason}. The file is left out.")]
    section = section_of(file)
    for key in section:
        if not isinstance(document, dict) or key not in document:
            return None, []
        document = document[key]
    if not isinstance(document, dict):
        return None, [
            Problem(file, _line(text, section), f'"lightship" must be a table, not {_kind(document)}.')
        ]
    settings, complaints = _read(document, known, file)
    told = complaints[:MOST_PROBLEMS]
    return settings, [Problem(file, _line(text, section + c.keys, c.value), c.message) for c in told]


def section_of(file: str) -> tuple[str, ...]:
    """The keys under which a file of that name holds settings."""
    return ("tool", "lightship") if re.search(r"(^|[/\\])pyproject\.toml$", file) else ()


def merge(
    settings: Settings, above: Mapping[str, Any], known: Known, origin: str = "editor"
) -> tuple[Settings, list[str]]:
    """`settings` with an editor's laid over them, and what is wrong with those.

    `above` holds the keys of `KEYS` alone, in a file's spelling or in an editor's (`extendSelect`); None
    and an empty mapping mean that nothing is set.
    """
    spelled = {re.sub("[A-Z]", lambda m: f"-{m[0].lower()}", key): value for key, value in above.items()}
    table = {key: value for key, value in spelled.items() if value is not None}
    upper, complaints = _read(table, known, origin)
    return upper.over(settings), [complaint.message for complaint in complaints[:MOST_PROBLEMS]]


_UNKNOWN = {"tool": ": [tool.lightship] is for pyproject.toml, here settings stand at the top of the file."}


class _Complaint(NamedTuple):
    keys: tuple[str, ...]
    message: str
    value: str | None = None


def _hint(word: str, known: Collection[str], complaints: list[_Complaint]) -> str:
    """`nearest`, which takes its time, for what will be told."""
    return nearest(word, known) if len(complaints) < MOST_PROBLEMS else "."


def _read(table: Mapping[str, Any], known: Known, origin: str) -> tuple[Settings, list[_Complaint]]:
    complaints: list[_Complaint] = []
    for key in table:
        if key not in KEYS:
            hint = _UNKNOWN.get(key) or _hint(key, KEYS, complaints)
            complaints.append(_Complaint((key,), f'unknown setting "{key}"{hint}'))
    lists = {}
    for key in ("select", "extend-select", "ignore"):
        if key in table:
            lists[key] = _names(key, table[key], known, complaints)
    select = lists.get("select")
    fail_on = _choice("fail-on", table, LEVELS, complaints)
    suppressions = table.get("suppressions")
    if not isinstance(suppressions, bool | None):
        message = f'"suppressions" must be true or false, not {_kind(suppressions)}.'
        complaints.append(_Complaint(("suppressions",), message))
        suppressions = None
    return (
        Settings(
            select=select,
            extend_select=lists.get("extend-select") or (),
            ignore=lists.get("ignore") or (),
            severity=_levels(table.get("severity", {}), known, complaints),
            shellcheck=_shellcheck(table.get("shellcheck"), complaints),
            preset=_choice("preset", table, PRESETS, complaints),
            fail_on=LEVELS[fail_on] if fail_on else None,
            suppressions=suppressions,
            context=_context(table.get("context"), complaints),
            features=_features(table.get("features", {}), complaints),
            rules=_options(table.get("rules", {}), known, complaints),
            origin=origin,
        ),
        complaints,
    )


def _choice(
    key: str, table: Mapping[str, Any], words: Collection[str], complaints: list[_Complaint]
) -> str | None:
    """The word that a setting holds; None where it is not set, or not to one of `words`."""
    word = table.get(key)
    if word is None or (isinstance(word, str) and word in words):
        return word
    if isinstance(word, str):
        hint = _hint(word, words, complaints).replace(".", f": it is one of {', '.join(words)}.")
        complaints.append(_Complaint((key,), f'unknown {key} "{word}"{hint}', word))
    else:
        complaints.append(_Complaint((key,), f'"{key}" must be a string, not {_kind(word)}.'))
    return None


def _options(value: object, known: Known, complaints: list[_Complaint]) -> dict[str, dict[str, object]]:
    """Options by the rule's name and the field's; what is wrong is left out."""
    if not isinstance(value, Mapping):
        message = f'"rules" must be a table of tables, one for each rule, not {_kind(value)}.'
        complaints.append(_Complaint(("rules",), message))
        return {}
    right: dict[str, dict[str, object]] = {}
    with_options = [name for name, found in known.items() if found]
    for name, table in value.items():
        cls = known.get(name)
        if cls is None:
            hint = _hint(name, with_options, complaints)
            message = (
                f'the rule "{name}" has no options.'
                if name in known
                else f'unknown rule "{name}" in "rules"{hint}'
            )
            complaints.append(_Complaint(("rules", name), message))
        elif not isinstance(table, Mapping):
            message = f'the options of "{name}" must be a table, not {_kind(table)}.'
            complaints.append(_Complaint(("rules", name), message))
        else:
            right[name] = _fields(name, table, options.options(cls), complaints)
    return right


def _fields(
    rule: str, table: Mapping[str, Any], wanted: Mapping[str, options.Option], complaints: list[_Complaint]
) -> dict[str, object]:
    right: dict[str, object] = {}
    for key, value in table.items():
        keys = ("rules", rule, key)
        if key not in wanted:
            complaints.append(
                _Complaint(keys, f'unknown option "{key}" of "{rule}"{_hint(key, wanted, complaints)}')
            )
        elif not options.fits(wanted[key].kind, value):
            message = f'"{key}" of "{rule}" must be {options.words(wanted[key].kind)}.'
            complaints.append(_Complaint(keys, message))
        else:
            right[wanted[key].name] = options.freeze(value)
    return right


def _features(value: object, complaints: list[_Complaint]) -> dict[str, bool]:
    """Features by name; what is wrong is left out."""
    if not isinstance(value, Mapping):
        message = f'"features" must be a table such as {{ hover = false }}, not {_kind(value)}.'
        complaints.append(_Complaint(("features",), message))
        return {}
    right: dict[str, bool] = {}
    for key, wanted in value.items():
        name = re.sub("[A-Z]", lambda match: f"-{match[0].lower()}", key)
        if name not in FEATURES:
            complaints.append(
                _Complaint(("features", key), f'unknown feature "{key}"{_hint(name, FEATURES, complaints)}')
            )
        elif not isinstance(wanted, bool):
            message = f'the feature "{key}" must be true or false, not {_kind(wanted)}.'
            complaints.append(_Complaint(("features", key), message))
        else:
            right[name] = wanted
    return right


def _context(value: object, complaints: list[_Complaint]) -> str | Literal[False] | None:
    match value:
        case None | str():
            return value or None
        case False:
            return False
    complaints.append(_Complaint(("context",), f'"context" must be a folder or false, not {_kind(value)}.'))
    return None


def _shellcheck(value: object, complaints: list[_Complaint]) -> bool | Literal["auto"] | None:
    match value:
        case None | bool():
            return value
        case "auto":
            return AUTO
    wrong = f'"{value}"' if isinstance(value, str) else _kind(value)
    message = f'"shellcheck" must be true, false or "{AUTO}", not {wrong}.'
    complaints.append(_Complaint(("shellcheck",), message))
    return None


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
            message = f'unknown rule "{name}" in "{key}"{_hint(name, known, complaints)}'
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
            complaints.append(
                _Complaint(keys, f'unknown rule "{name}" in "severity"{_hint(name, known, complaints)}')
            )
        elif not isinstance(level, str):
            complaints.append(
                _Complaint(keys, f'the severity of "{name}" must be a string, not {_kind(level)}.')
            )
        elif level not in LEVELS:
            meant = _hint(level, LEVELS, complaints).replace(".", f": it is one of {', '.join(LEVELS)}.")
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


_DEEP_KEY = re.compile(r"""(?<![\w"'-])(?:["'\w-]+[ \t]*\.[ \t]*){100}""")
"""`tomllib` takes memory with the square of a key's parts."""
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
