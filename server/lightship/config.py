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

from . import options
from .presets import PRESETS, TOPICS
from .terms import Severity

OFF: Literal["off"] = "off"
LEVELS: Mapping[str, Severity | Literal["off"]] = {
    **{severity.name.lower(): severity for severity in Severity},
    OFF: OFF,
}
AUTO: Literal["auto"] = "auto"
KEYS = {
    "preset": "Report what another tool reports by default, under its codes and with its severities.",
    "select": "The rules to run instead of the default ones: names, aliases such as DL3042, topics, or `all`.",
    "extend-select": "Rules to run as well: names, aliases, topics, or `all`.",
    "ignore": "Rules not to run: names, aliases, topics, or `all`.",
    "severity": "Another severity for a rule, an alias or a topic; `off` turns it off.",
    "shellcheck": "Whether ShellCheck looks at shell scripts: true, false, or `auto`, where it is installed.",
    "fail-on": "The least severe finding that makes `lightship check` exit with 1; with `off`, none does.",
    "suppressions": "Whether comments in Dockerfiles may silence rules; they may unless this is false.",
    "context": "The build context: a folder, as seen from the settings file. Unless this is set it is looked for; with `false`, it is not.",
    "rules": "Options of rules: a table for each, by name or alias.",
    "features": "What an editor is offered; false turns a feature off, where another extension has it too.",
}
"""Every setting and what it does: the schema and the documentation are made from this."""

FEATURES = {
    "hover": "What is under the cursor, in a few lines.",
    "completion": "What may stand at the cursor.",
    "signature-help": "How an instruction or flag is written, while it is typed.",
    "formatting": "The indentation of lines.",
    "semantic-tokens": "Colours for what each word is.",
    "inlay-hints": "Bytes that a layer adds, and values of build arguments.",
    "code-lens": "What each stage ships, above it.",
    "links": "Links to images, addresses and files.",
    "folding": "Parts of a file that can be folded.",
    "symbols": "A file's outline.",
}
"""What an editor can be offered, each as it is called in settings."""


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
        @property
        def options(self) -> type | None: ...


Known = Mapping[str, type | None]
"""Every name that rules answer to, with the class of the rule's options where it has some."""


MOST_PROBLEMS = 50
"""How many of the things that are wrong in one place are told."""


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
    shellcheck: bool | Literal["auto"] | None = None
    preset: str | None = None
    """One of `PRESETS`."""
    fail_on: Severity | Literal["off"] | None = None
    suppressions: bool | None = None
    context: str | Literal[False] | None = None
    """The build context's folder, from that of the settings file on; False keeps it from being looked for."""
    rules: Mapping[str, Mapping[str, object]] = field(default_factory=dict, hash=False)
    """Options by the rule's name or alias, and by the field's name."""
    features: Mapping[str, bool] = field(default_factory=dict, hash=False)
    """Whether an editor is offered what is called so; one that is not set is."""
    below: Settings | None = None
    origin: str = field(default="", compare=False)
    """Where these were written: a file, the command line, an editor."""

    def enabled(self, rule: Selectable) -> bool:
        """Whether the rule runs."""
        on, rank = self._by_default(rule), -1
        for name, wanted, _ in self._choices:
            if (specific := _rank(name, rule)) is not None and specific >= rank:
                on, rank = wanted, specific
        return on

    def reason(self, rule: Selectable) -> str:
        """What decides whether the rule runs, in words."""
        if self._replaces_defaults:
            reason = "not selected"
        else:
            reason = f'preset "{self.preset}"' if self.preset else "default"
        rank = -1
        for name, _, why in self._choices:
            if (specific := _rank(name, rule)) is not None and specific >= rank:
                reason, rank = why, specific
        return reason

    def severity_of(self, rule: Selectable, otherwise: Severity | None = None) -> Severity:
        """The severity that stands here for the rule; else the preset's, `otherwise` or the rule's own."""
        found, rank = otherwise or rule.severity, -1
        if self.preset:
            found = next((level for _, level in self._codes(rule) if level != OFF), rule.severity)
        for name, level in self._severities:
            if level != OFF and (specific := _rank(name, rule)) is not None and specific >= rank:
                found, rank = level, specific
        return found

    @property
    def failing(self) -> Severity | None:
        """The least severity that makes a check fail; hadolint passes over what is mere style."""
        if self.fail_on == OFF:
            return None
        return self.fail_on or (Severity.INFO if self.preset == "hadolint" else Severity.HINT)

    def code_of(self, rule: Selectable) -> str:
        """What findings of the rule are called: its name, or the preset's code for it."""
        return next((code for code, _ in self._codes(rule)), rule.name)

    def options_of(self, rule: Selectable) -> object:
        """An instance of the rule's options; None where it has none."""
        if rule.options is None:
            return None
        values: dict[str, object] = {}
        for layer in reversed([*self.layers]):
            for name in (rule.name, *rule.aliases):
                values.update(layer.rules.get(name, {}))
        return options.make(rule.options, self.preset, values)

    def offers(self, feature: str) -> bool:
        """Whether an editor is offered one of `FEATURES`: what the uppermost layer says that says something."""
        return next((layer.features[feature] for layer in self.layers if feature in layer.features), True)

    @property
    def context_chosen(self) -> tuple[str | Literal[False] | None, str]:
        """What the uppermost layer says of the build context that says something, and where that is written."""
        return next(
            ((layer.context, layer.origin) for layer in self.layers if layer.context is not None), (None, "")
        )

    @property
    def layers(self) -> Iterator[Settings]:
        """This layer, the one below it, and so on."""
        layer: Settings | None = self
        while layer:
            yield layer
            layer = layer.below

    def _by_default(self, rule: Selectable) -> bool:
        if self._replaces_defaults:
            return False
        if self.preset:
            whole = TOPICS.get(self.preset, frozenset())
            return rule.topic in whole or any(level != OFF for _, level in self._codes(rule))
        return rule.default

    def _codes(self, rule: Selectable) -> Iterator[tuple[str, Severity | Literal["off"]]]:
        """The preset's codes for the rule, and how severe they are to it."""
        if self.preset == "hadolint" and rule.topic == "shellcheck":
            yield rule.name, rule.severity  # it runs ShellCheck too, with all its checks
        elif self.preset:
            levels = PRESETS[self.preset]
            yield from ((alias, LEVELS[levels[alias]]) for alias in rule.aliases if alias in levels)

    @property
    def shellcheck_wanted(self) -> bool | Literal["auto"]:
        """Whether ShellCheck is to be asked; `auto` is for where it is there to be asked."""
        if self.shellcheck is None and self.below:
            return self.below.shellcheck_wanted
        return AUTO if self.shellcheck is None else self.shellcheck

    @cached_property
    def _choices(self) -> tuple[tuple[str, bool, str], ...]:
        """Names, whether they turn on or off, and what says so, from the lowest layer up."""
        lower = self.below._choices if self.below else ()
        if self.select is not None:
            lower = tuple(choice for choice in lower if not choice[1])
        off = [name for name, level in self.severity.items() if level == OFF]
        keys = {"select": self.select or (), "extend-select": self.extend_select, "ignore": self.ignore}
        return (
            *lower,
            *(
                (name, key != "ignore", f'{key} "{name}", {self.origin}')
                for key, names in keys.items()
                for name in names
            ),
            *((name, False, f'severity "{name}", {self.origin}') for name in off),
        )

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
        below = self.below.over(below) if self.below else below
        return replace(
            self,
            below=below,
            preset=below.preset if self.preset is None else self.preset,
            fail_on=below.fail_on if self.fail_on is None else self.fail_on,
            suppressions=below.suppressions if self.suppressions is None else self.suppressions,
        )


def _rank(name: str, rule: Selectable) -> int | None:
    """How narrowly `name` names the rule; None where it does not."""
    if name == rule.name or name in rule.aliases:
        return 2
    if name == rule.topic:
        return 1
    return 0 if name == "all" else None


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


def nearest(word: str, known: Collection[str]) -> str:
    """`: did you mean "…"?` for a misspelt word, or a full stop where nothing is near."""
    import difflib

    if len(word) > 100:
        return "."
    folded = {name.lower(): name for name in sorted(known, reverse=True)}
    close = difflib.get_close_matches(word.lower().replace("_", "-"), folded, n=1)
    return f': did you mean "{folded[close[0]]}"?' if close else "."


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
