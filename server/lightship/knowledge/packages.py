"""What a package manager's command means: the one place that knows.

`read` takes a command's words and answers which manager runs, what it does, to which packages, under which
flags, and where in the command each of these stands. The tables are in `managers`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from .. import regex
from .managers import (
    APT_FAMILY,
    CONDA_FAMILY,
    DIALECTS,
    MANIFESTS,
    PROGRAMS,
    RPM_FAMILY,
    SYSTEM,
    WRAPPERS,
    Action,
    Dialect,
    Manager,
    Option,
    Options,
)
from .specifiers import Kind, Specifier

__all__ = (
    "APT_FAMILY", "CONDA_FAMILY", "MANIFESTS", "RPM_FAMILY", "SYSTEM", "Action", "Flag", "Kind", "Manager",
    "Package", "PackageCommand", "read",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Package:
    """A package that a command names.

    `index` is into the command's words. `name` is as the manager knows it, without version and extras; ''
    where it is not known. `version` is what follows `operator` (`==`, `=`, `@`, `~=`, `-` …), None when
    there is none.
    """

    index: int
    name: str
    version: str | None
    kind: Kind
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """An option under its canonical name (`--yes` for `-y`; unknown ones as written).

    `index` is the word that holds it, `value_index` the word that holds its value: the same for
    `--name=value`, None where it has no value. A value that the shell expands stands as written.
    """

    name: str
    index: int
    value: str | None = None
    value_index: int | None = None


@dataclass(frozen=True, slots=True)
class PackageCommand:
    """All indices are into the command's words.

    `name` is the subcommand as written (`install`, `i`, `global add`; '' for a bare `yarn`). `start` names the manager, after `sudo`, `env A=b` and their like (`python3 -m pip` starts at `python3`);
    `verb` is the subcommand (the second word of `pip install` in `uv pip install`): a flag can be inserted
    after it. `arguments` are the operands after it; `requirements` and `constraints` the words that name such
    files, `-r` itself in `-rfile`. `unknown`: the shell decides some of the words, so that
    a flag or package which is not found may still be there.
    """

    manager: Manager
    action: Action
    name: str
    start: int
    verb: int
    packages: tuple[Package, ...]
    arguments: tuple[int, ...]
    requirements: tuple[int, ...]
    constraints: tuple[int, ...]
    flags: tuple[Flag, ...]
    unknown: bool

    def has(self, *names: str) -> bool:
        """Whether one of these flags is given; `names` are canonical."""
        return any(flag.name in names for flag in self.flags)

    def values(self, *names: str) -> tuple[str, ...]:
        """The values given to these flags, in order."""
        return tuple(flag.value for flag in self.flags if flag.name in names and flag.value is not None)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the packages, where they are known."""
        return tuple(package.name for package in self.packages if package.name)

    @property
    def from_manifest(self) -> bool:
        """Whether it installs what a manifest in the working directory lists: `npm ci`, `poetry install`."""
        return (
            self.action is Action.INSTALL
            and self.manager in MANIFESTS
            and (self.manager not in CONDA_FAMILY or self.name.startswith("env "))
            and not (self.packages or self.requirements or self.unknown or self.has("--global"))
        )

    @property
    def assumes_yes(self) -> bool:
        """Whether the command asks nothing: `-y` and what each manager has for it."""
        if self.manager in APT_FAMILY:
            quiet = [flag.value for flag in self.flags if flag.name == "--quiet"]
            return (
                self.has("--yes", "--force-yes")
                or len(quiet) > 1
                or "2" in quiet
                or self._configured("apt::get::assume-yes", _TRUE)
            )
        if self.manager is Manager.ZYPPER:
            return self.has("--non-interactive", "--no-confirm")
        return self.has("--yes", "--assumeyes")

    @property
    def skips_recommended(self) -> bool:
        """Whether packages that are only recommended are left out by this command's own flags."""
        return (
            self.has("--no-install-recommends", "--no-recommends")
            or self._configured("apt::install-recommends", _FALSE)
            or self._configured("install_weak_deps", _FALSE)
        )

    def _configured(self, key: str, wanted: frozenset[str]) -> bool:
        """Whether `-o KEY=value` (apt) or `--setopt=KEY=value` (dnf) sets one of the `wanted` values."""
        for setting in self.values("--option", "--setopt"):
            name, _, value = setting.lower().partition("=")
            if name.strip().removeprefix("*.") == key and value.strip() in wanted:
                return True
        return False


_TRUE = frozenset(("1", "yes", "true", "with", "on", "enable"))
_FALSE = frozenset(("0", "no", "false", "without", "off", "disable"))
_PIP = regex.compile(r"pip(?:-?\d[\d.]*|_pypy\d*)?\Z")
_PYTHON = regex.compile(r"(?:python|pypy|py)-?[\d.]*[dt]?\Z")
_PYTHON_OPTION = regex.compile(r"-[^-WXcm]*(?P<letter>[WXcm])(?P<value>.*)", re.DOTALL)
_ASSIGNMENT = regex.compile(r"[A-Za-z_]\w*=")
_EXPANSIONS = regex.compile(r"(?:\$\w+|\$\{[^}]*\}|\$\(.*\)|`.*`|\$[^\w{(])*\$?\Z", re.DOTALL)
_HELP = ("--help", "--version", "-h")


class _Words(NamedTuple):
    values: Sequence[str | None]
    texts: Sequence[str]

    def shown(self, at: int) -> str:
        """The word as the shell passes it, or as far as that can be told without running one."""
        value = self.values[at]
        if value is not None:
            return value
        return self.texts[at].replace('"', "").replace("'", "") if at < len(self.texts) else "$"

    def opaque(self, at: int) -> bool:
        """Whether the shell may put anything here: flags, packages or nothing."""
        return self.values[at] is None and bool(_EXPANSIONS.match(self.shown(at)))

    def program(self, at: int) -> str:
        """The program's name without its folder, also in `$VENV/bin/pip`; '' where it is not known."""
        if at >= len(self.values):
            return ""
        name = re.split(r"[/\\]", self.shown(at))[-1].removesuffix(".exe")
        return "" if "$" in name or "`" in name else name


def read(values: Sequence[str | None], texts: Sequence[str] = ()) -> PackageCommand | None:
    """The package manager's command in a shell command's words, None where there is none.

    `values` are the words as the shell passes them, None where it would expand something; `texts` are the
    words as written.
    """
    return _remembered(tuple(values), tuple(texts))


@lru_cache(maxsize=4096)
def _remembered(values: tuple[str | None, ...], texts: tuple[str, ...]) -> PackageCommand | None:
    return _read(_Words(values, texts), 0, False)


def _read(words: _Words, start: int, unknown: bool) -> PackageCommand | None:
    end = len(words.values)
    while start < end and (wrapper := WRAPPERS.get(name := words.program(start))):
        unknown = unknown or name == "xargs"
        start += 1
        for _ in range(wrapper.operands + 1):
            while start < end and (
                words.shown(start).startswith("-") or _ASSIGNMENT.match(words.shown(start))
            ):
                if name == "command" and words.shown(start) in ("-v", "-V"):
                    return None
                _, start = _flags(words, start, None, wrapper.options)
            start += 1
        start -= 1
    if start >= end:
        return None
    found = _manager(words, start)
    return _command(words, start, *found, unknown) if found else None


def _manager(words: _Words, start: int) -> tuple[Manager, int] | None:
    """The manager that the word at `start` calls, and the index of the first word after its name."""
    name = words.program(start)
    if _PIP.match(name):
        return Manager.PIP, start + 1
    if name in PROGRAMS:
        return PROGRAMS[name], start + 1
    if _PYTHON.match(name) or words.opaque(start):
        return _module(words, start + 1, bool(name))
    return None


def _module(words: _Words, at: int, python: bool) -> tuple[Manager, int] | None:
    """The same for Python's arguments from `at` on: `-m pip`, and `setup.py` where it surely is `python`."""
    end = len(words.values)
    while at < end:
        word = words.shown(at)
        if not word.startswith("-"):
            return (Manager.SETUP_PY, at + 1) if python and word.rpartition("/")[2] == "setup.py" else None
        at += 1
        match _PYTHON_OPTION.match(word):
            case re.Match() as option if option["letter"] == "m":
                if module := option["value"]:
                    return (PROGRAMS[module], at) if module in PROGRAMS else None
                module = words.shown(at) if at < end else ""
                return (PROGRAMS[module], at + 1) if module in PROGRAMS else None
            case re.Match() as option if option["letter"] == "c":
                return None
            case re.Match() as option if not option["value"]:
                at += 1
    return None


class _Verb(NamedTuple):
    """A subcommand: its name, where its last word stands, and the first word after it that is no flag."""

    name: str
    place: int
    after: int
    flags: list[Flag]
    unknown: bool


def _verb(words: _Words, at: int, dialect: Dialect) -> _Verb:
    """The subcommand of the words from `at` on; its place is `at - 1`, the manager's name, where it has none."""
    flags: list[Flag] = []
    name, place, unknown = "", at - 1, False
    while at < len(words.values):
        word = words.shown(at)
        if words.opaque(at):
            unknown = True
            at += 1
        elif word.startswith("-"):
            found, at = _flags(words, at, dialect, dialect.globals, dialect.options)
            flags += found
        elif not name and word.startswith("+"):
            at += 1  # cargo +nightly
        elif not name or f"{name} {word}" in dialect.verbs or f"{name} {word}" in dialect.groups:
            name, place, at = f"{name} {word}".strip(), at, at + 1
            if name not in dialect.groups:
                if name in dialect.verbs or not dialect.chains:
                    break
                name = ""
        else:
            break
    return _Verb(name, place, at, flags, unknown)


def _command(words: _Words, start: int, manager: Manager, at: int, unknown: bool) -> PackageCommand:
    dialect = DIALECTS[manager]
    verb = _verb(words, at, dialect)
    at, flags = verb.after, verb.flags
    if verb.name:
        action = dialect.verbs.get(verb.name, Action.OTHER)
    else:
        action = Action.OTHER if any(flag.name in _HELP for flag in flags) else dialect.bare
    if verb.name in dialect.runs:
        while at < len(words.values) and words.shown(at).startswith("-"):
            _, at = _flags(words, at, dialect, dialect.options)
        if inner := _read(words, at, unknown or verb.unknown):
            return inner
        at = len(words.values)
    tables = (dialect.verb_options.get(verb.name, {}), dialect.options, dialect.globals)
    arguments: list[int] = []
    while at < len(words.values):
        word = words.shown(at)
        if word == "--":
            arguments += range(at + 1, len(words.values))
            break
        if word.startswith("-") and word != "-":
            found, at = _flags(words, at, dialect, *tables)
            flags += found
        else:
            arguments.append(at)
            at += 1

    def values_of(*names: str) -> list[int]:
        return [flag.value_index for flag in flags if flag.name in names and flag.value_index is not None]

    packages: list[int] = []
    if action in _NAMES_PACKAGES:
        packages = [index for index in arguments if words.shown(index)]
        packages = packages[dialect.operands.get(verb.name, _ALL)] + values_of(*dialect.package_options)
    files = arguments if verb.name in dialect.file_operands else []
    return PackageCommand(
        manager,
        action,
        verb.name,
        start,
        verb.place,
        tuple(_package(words, index, dialect, flags) for index in sorted(packages)),
        tuple(arguments),
        (*files, *values_of("--requirement", "--file")),
        tuple(values_of("--constraint")),
        tuple(flags),
        unknown or verb.unknown or any(map(words.opaque, arguments)),
    )


_ALL = slice(None)
_NAMES_PACKAGES = frozenset((Action.INSTALL, Action.REMOVE, Action.UPGRADE, Action.DOWNLOAD))


def _package(words: _Words, index: int, dialect: Dialect, flags: Sequence[Flag]) -> Package:
    word = words.shown(index)
    if words.opaque(index):
        return Package(index, "", None, Kind.UNKNOWN)
    attached = [flag for flag in flags if flag.value_index == flag.index == index]
    it: Specifier = dialect.specifier((attached[0].value or "") if attached else word)
    if it.version is None and it.kind is Kind.PACKAGE and dialect.version_option:
        for flag in flags:
            if flag.name == dialect.version_option and flag.value is not None:
                it = it._replace(operator=flag.name, version=flag.value)
    return Package(index, it.name, it.version, it.kind, it.operator)


def _flags(words: _Words, at: int, dialect: Dialect | None, *tables: Options) -> tuple[list[Flag], int]:
    """The flags that the word at `at` holds, and the index of the word after them and their value.

    An option means what the first of the `tables` that has it says.
    """
    word = words.shown(at)
    name, equals, value = word.partition("=")
    splits = dialect is None or dialect.splits
    if not splits and name.startswith("--"):
        name = name[1:]
    option = _option(name, tables)
    if option is None and dialect and dialect.abbreviates and name.startswith("--") and len(name) > 4:
        candidates = {it for table in tables for spelling, it in table.items() if spelling.startswith(name)}
        option = candidates.pop() if len(candidates) == 1 else None
    if option is None and splits and len(name) > 2 and name[1] != "-":
        return _short(words, at, tables)
    canonical = option.name if option else name
    if equals:
        return [Flag(canonical, at, value, at)], at + 1
    following = words.shown(at + 1) if at + 1 < len(words.values) else None
    if following is not None and (
        (option and option.valued) or (dialect and dialect.booleans and following in ("true", "false"))
    ):
        return [Flag(canonical, at, following, at + 1)], at + 2
    return [Flag(canonical, at)], at + 1


def _short(words: _Words, at: int, tables: Sequence[Options]) -> tuple[list[Flag], int]:
    """`-yqq`, `-rfile` and `-qr file`."""
    word = words.shown(at)
    found: list[Flag] = []
    for place in range(1, len(word)):
        letter, rest = "-" + word[place], word[place + 1 :]
        option = _option(letter, tables) or Option(letter, False)
        if rest.startswith("=") or (option.valued and rest):
            return [*found, Flag(option.name, at, rest.removeprefix("="), at)], at + 1
        if option.valued and at + 1 < len(words.values):
            return [*found, Flag(option.name, at, words.shown(at + 1), at + 1)], at + 2
        found.append(Flag(option.name, at))
    return found, at + 1


def _option(spelling: str, tables: Sequence[Options]) -> Option | None:
    return next((table[spelling] for table in tables if spelling in table), None)
