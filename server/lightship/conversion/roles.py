"""What a command is there for. One that is not known to do anything in particular is `UNKNOWN`."""

from __future__ import annotations

import re
from enum import Enum, auto

from .. import regex
from ..knowledge.managers import CONDA_FAMILY, SYSTEM, Action, Manager
from ..knowledge.node import ADDS_REPOSITORY
from ..model.build import PackageCall
from ..syntax.shell import Command, ShellWord
from .tools import PYTHON, stays_behind


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
    """Installs or configures a program that installs packages of the language, or builds one."""
    PACKAGES = auto()
    """Installs packages of the language, or builds with them: the final stage takes what comes of it."""
    CREATION = auto()
    """Makes a virtual environment."""
    ACCOUNT = auto()
    """Makes users, or changes whom files belong to."""
    FILES = auto()
    """Does something that needs no compiler."""
    UNKNOWN = auto()


_STATE = frozenset(("cd", "set", "export", "unset", "umask", "shopt", "ulimit"))
_ACCOUNT = frozenset(
    (
        "useradd", "adduser", "groupadd", "addgroup", "usermod", "groupmod", "chown", "chgrp", "chpasswd", "passwd",
        "deluser", "delgroup", "userdel",
    )
)  # fmt: skip
_FILES = frozenset(
    (
        "mkdir", "chmod", "touch", "ln", "cp", "mv", "echo", "printf", "cat", "sed", "awk", "gawk", "grep", "egrep",
        "tee", "tar", "unzip", "zip", "gunzip", "gzip", "bzip2", "bunzip2", "xz", "curl", "wget", "rm", "rmdir",
        "find", "xargs", "test", "[", "[[", "true", ":", "ls", "cut", "tr", "sort", "head", "tail", "uniq", "wc",
        "basename", "dirname", "date", "id", "uname", "arch", "nproc", "which", "command", "type", "hash", "sleep",
        "pwd", "locale-gen", "update-locale", "localedef", "dpkg-reconfigure", "update-ca-certificates", "ldconfig",
        "apt-key", "add-apt-repository", "gpg", "gpgconf", "sha256sum", "sha1sum", "sha512sum", "md5sum", "dpkg",
        "dpkg-architecture", "lsb_release", "apt-mark", "apt-cache", "apt-config", "debconf-set-selections",
        "update-alternatives", "install", "setcap", "fc-cache", "mktemp", "readlink", "realpath", "stat",
        "truncate", "dd", "base64", "rsync", "jq", "openssl", "ssh-keygen", "ssh-keyscan", "python", "python3",
        "jupyter", "git", "django-admin", "flask", "alembic", "spacy", "playwright", "file", "diff", "cmp", "env",
        "yes", "crudini", "a2enmod", "a2dismod", "a2ensite", "dos2unix", "locale", "export",
        "patch", "svn", "hg", "apt-add-repository", "update-crypto-policies", "ansible-galaxy", "mkdocs", "2to3",
        "django-admin.py", "docker-compose", "gcloud", "geoipupdate", "ipython", "ipython3", "rpm", "service",
        "unattended-upgrade",
    )
)  # fmt: skip
WITH_ENVIRONMENT = frozenset(
    (
        "python", "python3", "ipython", "ipython3", "jupyter", "django-admin", "django-admin.py", "docker-compose",
        "flask", "alembic", "spacy", "playwright",
    )
)  # fmt: skip
"""Those that need to see the installed packages, which sudo hides."""
_CACHES = regex.compile(
    r"(/var/lib/apt/lists|/var/cache/(apt|apk|debconf|dnf|yum)|(/root|~|\$HOME|\$\{HOME\})/\.(cache|pip)|/var/lib/apt/lists)(/.*)?\Z"
)
_INSTALLS_PIP = regex.compile(r"get-pip\.py")
_INSTALLS_TOOL = regex.compile(
    r"install\.python-poetry\.org|get-poetry\.py|astral\.sh/uv|pdm-project\.org/install"
)


_COMPILES = regex.compile(
    r"^(?!manage\.py|get-pip\.py|compileall|py_compile|ensurepip|compilemessages|\w+_kernel\.install).*(make|build|compil|config|waf|scons|install|setup|cython)"
)
"""Scripts whose names say that they may need a compiler."""
_ASKING = frozenset(("--version", "-V", "freeze", "list", "show", "check"))
"""Subcommands that only tell something."""


def role_of(
    kind: str, commands: tuple[Command, ...], calls: list[PackageCall], call: PackageCall | None
) -> Role:
    if call and kind == "command" and not call.command.within:
        return _role_of_call(call)
    if calls and not all(each.meaning.manager in SYSTEM for each in calls):
        return Role.UNKNOWN
    if kind == "command" and len(commands) > 1 and _sets_variables(commands[0]):
        managed = [each.command for each in calls]
        inner = {role_of_command(command) for command in commands[1:] if command not in managed}
        again = all(command.name != "mktemp" for command in commands)
        return Role.STATE if again and Role.UNKNOWN not in inner else Role.UNKNOWN
    if calls:
        return Role.FILES
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
    if kind == "pipeline" and adds_repository(commands):
        return Role.FILES
    roles = {role_of_command(command) for command in commands}
    return Role.UNKNOWN if Role.UNKNOWN in roles else Role.FILES if Role.FILES in roles else Role.ACCOUNT


def adds_repository(commands: tuple[Command, ...]) -> bool:
    """Whether a pipeline runs NodeSource's script, which makes a repository known and fetches the index."""
    fetch, *others = commands
    names = [next((value for value in each.values if value not in ("sudo", "-E")), "") for each in others]
    fetched = fetch.name in ("curl", "wget") and any(map(ADDS_REPOSITORY.search, fetch.values))
    return fetched and len(names) == 1 and names[0] in ("bash", "sh")


def _sets_variables(command: Command) -> bool:
    return not command.words or command.name == "export"


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
        return Role.FILES if name in _FILES and name not in WITH_ENVIRONMENT else Role.UNKNOWN
    if name in _ACCOUNT:
        return Role.ACCOUNT
    if re.fullmatch(r"easy_install(3|-[\d.]+)?", name):
        names = {value for value in command.values[1:] if not value.startswith("-")}
        return Role.FILES if names <= {"pip", "setuptools"} else Role.UNKNOWN
    if re.fullmatch(r"python\d?(\.\d+)?|manage\.py", name):
        return Role.UNKNOWN if _COMPILES.search(_script(command)) else Role.FILES
    return Role.FILES if name in _FILES or not command.words else Role.UNKNOWN


def _script(command: Command) -> str:
    """The name of the script or module that a Python runs; '' for other code."""
    values = command.values[1:]
    if "-m" in values[:-1]:
        return values[values.index("-m") + 1]
    if "-c" in values:
        return ""
    return next((value.rpartition("/")[2] for value in values if not value.startswith("-")), "")


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
        return Role.TOOL if stays_behind(call) else Role.PACKAGES
    if it.action is Action.REMOVE:
        return Role.PACKAGES
    if it.manager is Manager.SETUP_PY:  # it may build in place
        return Role.UNKNOWN
    if it.name in _ASKING and not call.command.redirections:
        return Role.PACKAGES
    if not it.name and it.has("--version") and not call.command.redirections:
        return Role.TOOL
    # `uv run …`, `poetry run …` may do anything, and what they write may be what is shipped.
    if it.name in ("", "run", "exec", "shell") or call.command.redirections:
        return Role.UNKNOWN
    return Role.TOOL
