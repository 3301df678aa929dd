"""A stage taken apart: its steps, and the members of the `&&` chains of its RUNs, each with what it does.

What a command is not known to do is `UNKNOWN`, and nothing is concluded from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from .. import regex
from ..knowledge.managers import APT_FAMILY, CONDA_FAMILY, SYSTEM, Action, Manager
from ..model.build import PackageCall, Run
from ..syntax.shell import Command, Item
from ..text import Span

PYTHON = frozenset((Manager.PIP, Manager.SETUP_PY, Manager.UV, Manager.POETRY, Manager.PIPENV, Manager.PDM))
INSTALLERS = frozenset(
    ("pip", "wheel", "uv", "poetry", "poetry-core", "pipenv", "pdm", "virtualenv", "build")
)
"""Python packages that install others. `setuptools` counts only beside `pip`: programs import it."""


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
    ACCOUNT = auto()
    """Makes users, or changes whom files belong to."""
    FILES = auto()
    """Does something that needs no compiler."""
    UNKNOWN = auto()


@dataclass(frozen=True, eq=False)
class Member:
    """A member of a chain. `comments` are the comment lines that stand before it."""

    run: Run
    span: Span
    role: Role
    commands: tuple[Command, ...]
    call: PackageCall | None
    comments: tuple[str, ...] = ()


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
        "gunzip",
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
        "hash",
    ]
)
_CACHES = regex.compile(
    r"(/var/lib/apt/lists|/var/cache/(apt|apk|debconf|dnf|yum)|(/root|~|\$HOME|\$\{HOME\})/\.(cache|pip)|/var/lib/apt/lists)(/.*)?\Z"
)
_LISTS = "/var/lib/apt/lists"


_BUILDS_AWAY = regex.compile(r"setup\.py\S* (build|sdist|bdist_wheel|egg_info|clean|check)$")
"""Subcommands of setup.py that write nothing that runs: others may build in place."""


def members(run: Run) -> tuple[Member, ...] | None:
    """The members of a RUN's chain; None where it is no chain, so that it stays in one piece."""
    script = run.script
    if (
        script is None
        or not script.certain
        or script.comments
        or not script.items
        or run.instruction.heredocs
    ):
        return None
    if run.exec_form and len(script.commands) == 1:
        return (_member(run, script.items[0], 0),)
    if run.exec_form:
        return None
    stops = _stops(script.items[0].commands)
    for item, _ in pairwise(script.items):
        if item.operator != "&&" and not (item.operator in (";", "\n") and stops):
            return None
    if script.items[-1].operator not in ("", ";"):
        return None
    ends = [run.instruction.arguments_span.start, *(item.span.end for item in script.items)]
    return tuple(_member(run, item, end) for item, end in zip(script.items, ends, strict=False))


def _stops(commands: tuple[Command, ...]) -> bool:
    """Whether a script that begins with these commands ends at the first failure."""
    return (
        bool(commands)
        and commands[0].name == "set"
        and any(re.match(r"-\w*e", value) for value in commands[0].values[1:])
    )


def _member(run: Run, item: Item, after: int) -> Member:
    calls = [call for call in run.calls if call.command in item.commands]
    comments = tuple(
        run.stage.build.source[comment.span]
        for comment in run.instruction.comments
        if after <= comment.span.start < item.span.start
    )
    call = calls[0] if len(calls) == len(item.commands) == 1 else None
    return Member(run, item.span, _role(run, item, calls, call), item.commands, call, comments)


def _role(run: Run, item: Item, calls: list[PackageCall], call: PackageCall | None) -> Role:
    if call and item.kind == "command" and not call.command.within:
        return _role_of_call(call)
    if calls:
        if all(each.meaning.manager in SYSTEM for each in calls):
            return Role.FILES
        return Role.UNKNOWN
    if len(item.commands) == 1 and item.kind == "command":
        command = item.commands[0]
        if not command.words or command.name in _STATE:
            return Role.STATE
        if command.name == "rm" and _deletes_caches(command):
            return Role.CLEAN
    if _installs_tool(item):
        return Role.TOOL
    if item.kind in ("function", "loop"):
        return Role.UNKNOWN
    roles = {role_of_command(command) for command in item.commands}
    return Role.UNKNOWN if Role.UNKNOWN in roles else Role.FILES if Role.FILES in roles else Role.ACCOUNT


def _deletes_caches(command: Command) -> bool:
    paths = [value for value in command.values[1:] if not value.startswith("-")]
    return bool(paths) and all(map(_CACHES.match, paths))


def role_of_command(command: Command) -> Role:
    name = command.name
    if name in _ACCOUNT:
        return Role.ACCOUNT
    if re.fullmatch(r"python\d?(\.\d+)?|manage\.py", name):
        return Role.UNKNOWN if any("setup.py" in value for value in command.values) else Role.FILES
    return Role.FILES if name in _FILES or not command.words else Role.UNKNOWN


def _installs_tool(item: Item) -> bool:
    """Whether it is `curl … | python -` of an installer's own script."""
    values = [value for command in item.commands for value in command.values]
    return any(
        re.search(
            r"install\.python-poetry\.org|get-poetry\.py|astral\.sh/uv|get-pip\.py|pdm-project\.org/install",
            value,
        )
        for value in values
    )


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
        return Role.TOOL if installs_tools(call) else Role.PYTHON
    if it.action is Action.REMOVE:
        return Role.PYTHON
    if it.manager is Manager.SETUP_PY and not _BUILDS_AWAY.search(" ".join(call.command.values)):
        return Role.UNKNOWN
    # `uv run …`, `poetry run …` may do anything, and what they write may be what is shipped.
    if it.name in ("", "run", "exec", "shell") or call.command.redirections:
        return Role.UNKNOWN
    return Role.TOOL


def installs_tools(call: PackageCall) -> bool:
    """Whether all that is installed are programs that install others."""
    it = call.meaning
    names = {name.lower().replace("_", "-") for name in it.names}
    if it.requirements or it.unknown or not names or len(names) < len(it.packages):
        return False
    return names <= INSTALLERS or ("pip" in names and names <= INSTALLERS | {"setuptools"}) or (
        names <= INSTALLERS | {"setuptools"} and it.has("--upgrade")
    )  # fmt: skip


def is_apt(call: PackageCall | None) -> bool:
    return call is not None and call.meaning.manager in APT_FAMILY
