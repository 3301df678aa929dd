"""A stage taken apart: its steps, and the members of the `&&` chains of its RUNs, each with what it does.

What a command is not known to do is `UNKNOWN`, and nothing is concluded from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from .. import regex
from ..knowledge.managers import APT_FAMILY, CONDA_FAMILY, SYSTEM, Action, Manager
from ..model.build import PackageCall, Run
from ..syntax.shell import Command, Item, ShellWord
from ..text import Span

PYTHON = frozenset((Manager.PIP, Manager.SETUP_PY, Manager.UV, Manager.POETRY, Manager.PIPENV, Manager.PDM))
ALONE = frozenset(("pip", "wheel", "uv"))
"""Installers that need no other package, so that nothing is there already because of them."""
APART = frozenset(("poetry", "pipenv", "pdm"))
"""Those that bring packages along which an app may need as well: they get an environment of their own."""
INSTALLERS = ALONE | APART | {"poetry-core", "virtualenv", "build"}
"""Python packages that install others."""


class Declined(Exception):
    """Carries the reason why there is no conversion."""


class Role(Enum):
    """What a member of a chain is there for."""

    STATE = auto()
    """Changes the shell for the members behind it: `cd`, `export`, `set`."""
    UPDATE = auto()
    """Fetches the index of system packages."""
    SYSTEM = auto()
    """Installs system packages."""
    REMOVE = auto()
    """Removes system packages."""
    CLEAN = auto()
    """Deletes caches."""
    TOOL = auto()
    """Installs or configures a program that installs Python packages, or builds one."""
    PYTHON = auto()
    """Installs Python packages."""
    CREATION = auto()
    """Makes a virtual environment."""
    ACCOUNT = auto()
    """Makes users, or changes whom files belong to."""
    FILES = auto()
    """Does something that needs no compiler."""
    UNKNOWN = auto()


@dataclass(frozen=True, eq=False)
class Member:
    """A member of a chain. `comments` are the comment lines that stand before it; `operator` is `;` where what
    follows runs also if it fails, else `&&`."""

    run: Run
    span: Span
    role: Role
    commands: tuple[Command, ...]
    call: PackageCall | None
    comments: tuple[str, ...] = ()
    operator: str = "&&"


_STATE = frozenset(("cd", "set", "export", "unset", "umask", "shopt", "ulimit"))
_ACCOUNT = frozenset(
    [
        "useradd",
        "adduser",
        "groupadd",
        "addgroup",
        "usermod",
        "groupmod",
        "chown",
        "chgrp",
        "chpasswd",
        "passwd",
        "deluser",
        "delgroup",
        "userdel",
    ]
)
_FILES = frozenset(
    [
        "mkdir",
        "chmod",
        "touch",
        "ln",
        "cp",
        "mv",
        "echo",
        "printf",
        "cat",
        "sed",
        "awk",
        "gawk",
        "grep",
        "egrep",
        "tee",
        "tar",
        "unzip",
        "zip",
        "gunzip",
        "gzip",
        "bzip2",
        "bunzip2",
        "xz",
        "curl",
        "wget",
        "rm",
        "rmdir",
        "find",
        "xargs",
        "test",
        "[",
        "[[",
        "true",
        ":",
        "ls",
        "cut",
        "tr",
        "sort",
        "head",
        "tail",
        "uniq",
        "wc",
        "basename",
        "dirname",
        "date",
        "id",
        "uname",
        "arch",
        "nproc",
        "which",
        "command",
        "type",
        "hash",
        "sleep",
        "pwd",
        "locale-gen",
        "update-locale",
        "localedef",
        "dpkg-reconfigure",
        "update-ca-certificates",
        "ldconfig",
        "apt-key",
        "add-apt-repository",
        "gpg",
        "gpgconf",
        "sha256sum",
        "sha1sum",
        "sha512sum",
        "md5sum",
        "dpkg",
        "dpkg-architecture",
        "lsb_release",
        "apt-mark",
        "apt-cache",
        "apt-config",
        "debconf-set-selections",
        "update-alternatives",
        "install",
        "setcap",
        "fc-cache",
        "mktemp",
        "readlink",
        "realpath",
        "stat",
        "truncate",
        "dd",
        "base64",
        "rsync",
        "jq",
        "openssl",
        "ssh-keygen",
        "ssh-keyscan",
        "python",
        "python3",
        "jupyter",
        "git",
        "django-admin",
        "flask",
        "alembic",
        "spacy",
        "playwright",
        "file",
        "diff",
        "cmp",
        "env",
        "yes",
        "crudini",
        "a2enmod",
        "a2dismod",
        "a2ensite",
        "dos2unix",
        "locale",
        "export",
    ]
)
_WITH_ENVIRONMENT = frozenset(
    ("python", "python3", "jupyter", "django-admin", "flask", "alembic", "spacy", "playwright")
)
"""Those that need to see the installed packages, which sudo hides."""
_CACHES = regex.compile(
    r"(/var/lib/apt/lists|/var/cache/(apt|apk|debconf|dnf|yum)|(/root|~|\$HOME|\$\{HOME\})/\.(cache|pip)|/var/lib/apt/lists)(/.*)?\Z"
)
_INSTALLS_PIP = regex.compile(r"get-pip\.py")
_INSTALLS_TOOL = regex.compile(
    r"install\.python-poetry\.org|get-poetry\.py|astral\.sh/uv|pdm-project\.org/install"
)


_ASKING = frozenset(("--version", "-V", "freeze", "list", "show", "check"))
"""Subcommands that only tell something."""
_BUILDS_AWAY = regex.compile(r"setup\.py\S* (build|sdist|bdist_wheel|egg_info|clean|check)$")
"""Subcommands of setup.py that write nothing that runs: others may build in place."""


def members(run: Run) -> tuple[Member, ...] | None:
    """The members of a RUN's chain; None where it is no chain, so that it stays in one piece."""
    script = run.script
    if script is None or not script.certain or not script.items or run.instruction.heredocs:
        return None
    if run.exec_form:
        return (_member(run, script.items, 0, ""),) if len(script.commands) == 1 else None
    last = script.items[-1]
    if last.operator not in ("", ";") or any(item.operator == "&" for item in script.items):
        return None
    texts = [run.stage.build.source[comment] for comment in script.comments]
    if any(comment.start < last.span.end for comment in script.comments) or "\n" in "".join(texts):
        return None
    stops = _stops(script.items[0].commands)
    found: list[Member] = []
    after = run.instruction.arguments_span.start
    for items in _joined(script.items):
        operator = items[-1].operator
        plain = operator in ("", "&&") or stops or items[-1] is last
        found.append(_member(run, items, after, "&&" if plain else ";"))
        after = items[-1].span.end
    found[0] = replace(found[0], comments=(*found[0].comments, *texts))
    return tuple(found)


def _joined(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items, those together that `||` makes depend on each other: `a && b || c` is one."""
    start = 0
    while start < len(items):
        stop = start
        while stop < len(items) and items[stop].operator in ("&&", "||"):
            stop += 1
        either = [at for at in range(start, min(stop, len(items) - 1)) if items[at].operator == "||"]
        first = either[-1] + 2 if either else start + 1
        yield items[start:first]
        start = first


def _stops(commands: tuple[Command, ...]) -> bool:
    """Whether a script that begins with these commands ends at the first failure."""
    return (
        bool(commands)
        and commands[0].name == "set"
        and any(re.match(r"-\w*e", value) for value in commands[0].values[1:])
    )


def _member(run: Run, items: Sequence[Item], after: int, operator: str) -> Member:
    span = Span(items[0].span.start, items[-1].span.end)
    commands = tuple(command for item in items for command in item.commands)
    calls = [call for call in run.calls if call.command in commands]
    comments = tuple(
        run.stage.build.source[comment.span]
        for comment in run.instruction.comments
        if after <= comment.span.start < span.start
    )
    call = calls[0] if len(calls) == len(commands) == 1 else None
    kind = items[0].kind if len(items) == 1 else "list"
    return Member(run, span, _role(run, kind, commands, calls, call), commands, call, comments, operator)


def _role(
    run: Run, kind: str, commands: tuple[Command, ...], calls: list[PackageCall], call: PackageCall | None
) -> Role:
    if call and kind == "command" and not call.command.within:
        return _role_of_call(call)
    if calls:
        if all(each.meaning.manager in SYSTEM for each in calls):
            return Role.FILES
        return Role.UNKNOWN
    if len(commands) == 1 and kind == "command":
        command = commands[0]
        if not command.words or command.name in _STATE or activated(command):
            return Role.STATE
        if created(command):
            return Role.CREATION
        if command.name == "rm" and _deletes_caches(command):
            return Role.CLEAN
    if any(_INSTALLS_PIP.search(value) for command in commands for value in command.values):
        return Role.FILES if kind in ("command", "pipeline") else Role.UNKNOWN
    if any(_INSTALLS_TOOL.search(value) for command in commands for value in command.values):
        return Role.TOOL
    if kind in ("function", "loop"):
        return Role.UNKNOWN
    roles = {role_of_command(command) for command in commands}
    return Role.UNKNOWN if Role.UNKNOWN in roles else Role.FILES if Role.FILES in roles else Role.ACCOUNT


def activated(command: Command) -> str | None:
    """The environment, as written, that `. …/bin/activate` activates."""
    if len(command.words) == 2 and command.words[0].value in (".", "source"):
        match = re.fullmatch(r"(.+)/bin/activate", command.values[1].strip("\"'"))
        return match[1] if match else None
    return None


def created(command: Command) -> ShellWord | None:
    """The word for the folder in which a command makes a virtual environment."""
    words, values = command.words, command.values
    if command.name in ("virtualenv", "virtualenv2", "virtualenv3") or re.match(
        r"virtualenv-\d", command.name
    ):
        start = 1
    elif re.fullmatch(r"python\d?(\.\d+)?", command.name) and (
        place := next((at for at in range(1, len(values)) if values[at] in ("venv", "virtualenv")), 0)
    ):
        if values[place - 1] != "-m":
            return None
        start = place + 1
    else:
        return None
    operands = [
        word
        for at, word in enumerate(words[start:], start)
        if not values[at].startswith("-") and values[at - 1] not in ("-p", "--python", "--prompt")
    ]
    return operands[0] if len(operands) == 1 else None


def _deletes_caches(command: Command) -> bool:
    paths = [value for value in command.values[1:] if not value.startswith("-")]
    return bool(paths) and all(map(_CACHES.match, paths))


def sudoes(command: Command) -> bool:
    """Whether it runs something as root, by a `sudo` that does nothing else."""
    values = command.values
    return (
        len(values) > 1
        and command.name == "sudo"
        and (values[1] in ("-E", "-H", "-n") or values[1][0] != "-")
    )


def role_of_command(command: Command) -> Role:
    name = command.name
    if sudoes(command):
        after = 2 if command.values[1].startswith("-") else 1
        name = command.values[after] if len(command.values) > after else ""
        return Role.FILES if name in _FILES and name not in _WITH_ENVIRONMENT else Role.UNKNOWN
    if name in _ACCOUNT:
        return Role.ACCOUNT
    if re.fullmatch(r"easy_install(-[\d.]+)?", name):
        names = {value for value in command.values[1:] if not value.startswith("-")}
        return Role.FILES if names <= {"pip", "setuptools"} else Role.UNKNOWN
    if re.fullmatch(r"python\d?(\.\d+)?|manage\.py", name):
        return Role.UNKNOWN if any("setup.py" in value for value in command.values) else Role.FILES
    return Role.FILES if name in _FILES or not command.words else Role.UNKNOWN


def _role_of_call(call: PackageCall) -> Role:
    it = call.meaning
    if it.manager in SYSTEM:
        return {
            Action.INSTALL: Role.SYSTEM, Action.REMOVE: Role.REMOVE, Action.UPDATE: Role.UPDATE,
            Action.CLEAN: Role.CLEAN, Action.DOWNLOAD: Role.FILES,
        }.get(it.action, Role.FILES)  # fmt: skip
    if it.manager in CONDA_FAMILY or it.manager not in PYTHON:
        return Role.UNKNOWN
    if it.action is Action.CLEAN:
        return Role.CLEAN
    if it.action is Action.INSTALL and not it.name.startswith(("self", "tool", "plugin")):
        return Role.TOOL if _stays_behind(call) else Role.PYTHON
    if it.action is Action.REMOVE:
        return Role.PYTHON
    if it.manager is Manager.SETUP_PY and not _BUILDS_AWAY.search(" ".join(call.command.values)):
        return Role.UNKNOWN
    if it.name in _ASKING and not call.command.redirections:
        return Role.PYTHON
    # `uv run …`, `poetry run …` may do anything, and what they write may be what is shipped.
    if it.name in ("", "run", "exec", "shell") or call.command.redirections:
        return Role.UNKNOWN
    return Role.TOOL


def _names(call: PackageCall) -> frozenset[str]:
    return frozenset(name.lower().replace("_", "-") for name in call.meaning.names)


def installs_tools(call: PackageCall) -> bool:
    """Whether all that is installed are programs that install others, or `setuptools` beside them or anew."""
    it, names = call.meaning, _names(call)
    if it.requirements or it.unknown or not names or len(it.names) < len(it.packages):
        return False
    return names <= INSTALLERS or (
        names <= INSTALLERS | {"setuptools"} and ("pip" in names or it.has("--upgrade"))
    )


def _stays_behind(call: PackageCall) -> bool:
    """Whether nothing that is installed can be of use in the end: what programs import may be, like `setuptools`."""
    names = _names(call)
    apart = bool(APART & names) and names <= APART | ALONE | {"setuptools"}
    return installs_tools(call) and (names <= ALONE or apart)


def apart(call: PackageCall) -> tuple[str, ...]:
    """The installed programs that bring packages of their own along."""
    return tuple(sorted(APART & _names(call)))


def beside_tools(call: PackageCall) -> tuple[list[int], list[int]]:
    """The words of installers that need nothing else, and those of all other packages, where both are installed."""
    packages = call.meaning.packages
    tools = [package.index for package in packages if package.name.lower() in ALONE]
    return tools, [package.index for package in packages if package.index not in tools]


def is_apt(call: PackageCall | None) -> bool:
    return call is not None and call.meaning.manager in APT_FAMILY
