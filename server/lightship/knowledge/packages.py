"""What a package manager's command means: the one place that knows.

`read` takes a command's words and answers which manager runs, what it does, to which packages, under which
flags, and where in the command each of these stands. The tables are in `managers`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
    Options,
)  # fmt: skip
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

    `start` names the manager, after `sudo`, `env A=b` and their like (`python3 -m pip` starts at `python3`);
    `verb` is the subcommand (the second word of `pip install` in `uv pip install`): a flag can be inserted
    after it. `arguments` are the operands after it. `unknown`: the shell decides some of the words, so that
    a flag or package which is not found may still be there.
    """

    manager: Manager
    action: Action
    start: int
    verb: int
    packages: tuple[Package, ...]
    arguments: tuple[int, ...]
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
    def requirements(self) -> tuple[int, ...]:
        """The words that name files of requirements: `-r requirements.txt`."""
        return self._values_of("--requirement", "--requirements", "--file")

    @property
    def constraints(self) -> tuple[int, ...]:
        return self._values_of("--constraint")

    def _values_of(self, *names: str) -> tuple[int, ...]:
        return tuple(
            flag.value_index for flag in self.flags if flag.name in names and flag.value_index is not None
        )

    @property
    def from_manifest(self) -> bool:
        """Whether it installs what a manifest in the working directory lists: `npm ci`, `poetry install`."""
        return (
            self.action is Action.INSTALL
            and self.manager in MANIFESTS
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
_PIP = re.compile(r"pip(?:-?\d[\d.]*|_pypy\d*)?\Z")
_PYTHON = re.compile(r"(?:python|pypy|py)-?[\d.]*[dt]?\Z")
_PYTHON_VALUED = "WXc"
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
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
        return self.values[at] is None and self.shown(at)[:1] in ("$", "`", "")

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
                _, start = _flags(words, start, wrapper.options, True)
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
    at = start + 1
    end = len(words.values)
    if not (_PYTHON.match(name) or words.opaque(start)):
        return None
    while at < end:
        word = words.shown(at)
        if not word.startswith("-"):
            script = word.rpartition("/")[2] == "setup.py" and name
            return (Manager.SETUP_PY, at + 1) if script else None
        flags, m, module = word[1:].partition("m")
        at += 1
        if m and not set(flags) & set("-" + _PYTHON_VALUED):
            if not module:
                module = words.shown(at) if at < end else ""
                at += 1
            manager = PROGRAMS.get(module)
            return (manager, at) if manager else None
        if flags[-1:] in _PYTHON_VALUED:
            at += 1
        if "c" in flags:
            return None
    return None


def _command(words: _Words, start: int, manager: Manager, at: int, unknown: bool) -> PackageCommand:
    dialect = DIALECTS[manager]
    end = len(words.values)
    flags: list[Flag] = []
    verb, verb_name, action = at - 1, "", dialect.bare
    known = {**dialect.options, **dialect.globals}
    while at < end:
        word = words.shown(at)
        if words.opaque(at):
            unknown = True
            at += 1
        elif word.startswith("-"):
            found, at = _flags(words, at, known, dialect.splits, dialect)
            flags += found
        elif word.startswith("+") and not verb_name:
            at += 1
        else:
            verb_name = f"{verb_name} {word}".strip()
            if " " in verb_name and verb_name not in dialect.verbs and verb_name not in dialect.groups:
                verb_name = verb_name.partition(" ")[0]
                break
            verb = at
            at += 1
            action = dialect.verbs.get(verb_name, Action.OTHER)
            if manager is Manager.SETUP_PY and action is Action.OTHER:
                verb_name = ""
            elif verb_name not in dialect.groups:
                break
    if not verb_name and any(flag.name in _HELP for flag in flags):
        action = Action.OTHER
    if verb_name in dialect.runs:
        while at < end and words.shown(at).startswith("-"):
            _, at = _flags(words, at, known, dialect.splits, dialect)
        return _read(words, at, unknown) or PackageCommand(
            manager, action, start, verb, (), (), tuple(flags), unknown
        )
    arguments: list[int] = []
    known = {**dialect.globals, **dialect.options}
    while at < end:
        word = words.shown(at)
        if word == "--":
            arguments += range(at + 1, end)
            break
        if word.startswith("-") and word != "-":
            found, at = _flags(words, at, known, dialect.splits, dialect)
            flags += found
        else:
            arguments.append(at)
            at += 1
    unknown = unknown or any(map(words.opaque, arguments))
    packages: tuple[Package, ...] = ()
    if action in _NAMES_PACKAGES:
        named = [] if verb_name in dialect.no_operands else arguments
        named = [index for index in named if words.shown(index)]
        named += [
            flag.value_index
            for flag in flags
            if flag.name in dialect.package_options and flag.value_index is not None
        ]
        packages = tuple(_package(words, index, dialect, flags) for index in sorted(named))
    return PackageCommand(manager, action, start, verb, packages, tuple(arguments), tuple(flags), unknown)


_NAMES_PACKAGES = frozenset((Action.INSTALL, Action.REMOVE, Action.UPGRADE, Action.DOWNLOAD))


def _package(words: _Words, index: int, dialect: Dialect, flags: Sequence[Flag]) -> Package:
    word = words.shown(index)
    if words.opaque(index) and "/" not in word:
        return Package(index, "", None, Kind.UNKNOWN)
    attached = [flag for flag in flags if flag.value_index == flag.index == index]
    it: Specifier = dialect.specifier((attached[0].value or "") if attached else word)
    if it.version is None and it.kind is Kind.PACKAGE and dialect.version_option:
        for flag in flags:
            if flag.name == dialect.version_option and flag.value is not None:
                it = it._replace(operator=flag.name, version=flag.value)
    return Package(index, it.name, it.version, it.kind, it.operator)


def _flags(
    words: _Words, at: int, options: Options, splits: bool, dialect: Dialect | None = None
) -> tuple[list[Flag], int]:
    """The flags that the word at `at` holds, and the index of the word after them and their value."""
    word = words.shown(at)
    name, equals, value = word.partition("=")
    option = options.get(name)
    if option is None and dialect and dialect.abbreviates and name.startswith("--") and len(name) > 4:
        candidates = {option for spelling, option in options.items() if spelling.startswith(name)}
        option = candidates.pop() if len(candidates) == 1 else None
    if option is None and splits and len(name) > 2 and name[1] != "-":
        return _short(words, at, options)
    canonical = option.name if option else name
    if equals:
        return [Flag(canonical, at, value, at)], at + 1
    following = at + 1 < len(words.values)
    if following and option and option.valued:
        return [Flag(canonical, at, words.shown(at + 1), at + 1)], at + 2
    if following and dialect and dialect.booleans and words.shown(at + 1) in ("true", "false"):
        return [Flag(canonical, at, words.shown(at + 1), at + 1)], at + 2
    return [Flag(canonical, at)], at + 1


def _short(words: _Words, at: int, options: Options) -> tuple[list[Flag], int]:
    """`-yqq`, `-rfile` and `-qr file`."""
    word = words.shown(at)
    found: list[Flag] = []
    for place in range(1, len(word)):
        letter = "-" + word[place]
        option = options.get(letter)
        rest = word[place + 1 :]
        if rest.startswith("=") or (option and option.valued and rest):
            name = option.name if option else letter
            return [*found, Flag(name, at, rest.removeprefix("="), at)], at + 1
        if option and option.valued and at + 1 < len(words.values):
            return [*found, Flag(option.name, at, words.shown(at + 1), at + 1)], at + 2
        found.append(Flag(option.name if option else letter, at))
    return found, at + 1
