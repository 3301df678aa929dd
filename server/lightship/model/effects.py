"""What a script does to the shell that runs it: why two RUNs that become one may need brackets, or cannot be one."""

from __future__ import annotations

import re

from .. import regex
from ..knowledge.packages import Action
from ..proof import shell_words
from ..syntax.shell import Command, Script
from .build import Run

_LEAKS = frozenset(
    (
        "cd", "pushd", "popd", "umask", "set", "shopt", "export", "unset", "alias", "unalias", "trap", "exec", "exit",
        "return", "source", ".", "eval", "read", "ulimit", "declare", "typeset", "local", "readonly", "getopts", "shift",
        "mapfile", "readarray", "enable", "let", "break", "continue",
    )
)  # fmt: skip
"""Builtins whose effect the next command of the same shell feels."""

_APART = frozenset(("subshell", "substitution", "pipeline"))
"""What has a shell of its own."""

_ASSIGNS = regex.compile(r"\$\{\w+:?=|\(\([^)]*(?:=|\+\+|--)")
"""Expansions that assign: `${X:=1}`, `$((X += 1))`."""

_PROCESSES = regex.compile(
    r"service|systemctl|start-stop-daemon|nohup|setsid|daemonize|supervisord|dockerd|invoke-rc\.d|rc-service"
    r"|.*ctl|mysqld.*|.*_ctl.*|Xvfb|xvfb-run|redis-server|mongod|postgres|nginx|httpd|sshd|crond?"
)
"""Programs that may leave a process behind, which dies with its RUN."""

_SHELL = regex.compile(r"(/usr)?/bin/(sh|bash)|dash")
_REPLACES = frozenset(
    ("ln", "rm", "mv", "cp", "dpkg-reconfigure", "dpkg-divert", "update-alternatives", "install")
)

_SHELLS = regex.compile(r"(.*/)?(sh|bash|dash|ash|busybox)")
"""Shells in which each part of a pipe has a shell of its own."""


def leaks(run: Run) -> bool:
    """Whether the shell is another one behind the script: folder, variables, options, or gone."""
    script = run.script
    assert script
    return (
        any(item.kind == "function" for item in script.items)
        or bool(_ASSIGNS.search(run.instruction.arguments.text))
        or any(
            _leaks(command, _APART if nests_well(run) else _APART - {"pipeline"})
            for command in script.commands
        )
        or _replaces_itself(run)
    )


def nests_well(run: Run) -> bool:
    """Whether the script's list is as flat as its operators say: `a | b && c > file` is a pipe to the grammar."""
    script = run.script
    assert script
    found = sum(item.operator in ("&&", "||") for item in script.items)
    written = shell_words(run.instruction.arguments.text)
    return written.count("&&") + written.count("||") == found


def _leaks(command: Command, apart: frozenset[str]) -> bool:
    if apart & {*command.within}:
        return False
    name, *rest = command.values or ("",)
    if name in ("command", "builtin"):
        name = next((value for value in rest if not value.startswith("-")), "")
    hidden = "$" in name and "/" not in name
    return (
        not command.words
        or name in _LEAKS
        or hidden
        or (name == ":" and bool(command.assignments))
        or (name == "printf" and rest[:1] == ["-v"])
        or bool({"loop", "function"} & {*command.within})
    )


def _replaces_itself(run: Run) -> bool:
    """`pip install --upgrade pip` may put the new pip elsewhere, but a shell that ran the old one finds that again.

    In the images of Python and Node there is one place only.
    """
    base = (run.stage.base or "").rpartition("/")[2]
    return not re.match(r"(python|pypy|node)\b", base) and any(
        call.meaning.action in (Action.INSTALL, Action.UPGRADE)
        and call.meaning.manager.value in call.meaning.names
        for call in run.calls
    )


def needs_errexit(run: Run) -> bool:
    """Whether a failure in the middle of the script may end it only by the grace of `set -e`, which has no effect
    in front of `&&`."""
    script = run.script
    assert script
    on = any(map(_sets_errexit, run.state.shell[1:])) or any(map(_is_set_e, script.commands))
    return on and not _is_chain(script)


def stops_on_error(run: Run) -> bool:
    """Whether the script runs under `set -e` from its beginning to its end."""
    script = run.script
    assert script
    first = script.items[0].commands
    on = any(map(_sets_errexit, run.state.shell[1:])) or (
        first and _is_set_e(first[0]) and not first[0].within
    )
    return bool(on) and not any(
        command.name == "set" and "+" in command.values[-1] for command in script.commands
    )


def _is_set_e(command: Command) -> bool:
    return command.name == "set" and any(map(_sets_errexit, command.values[1:]))


def _sets_errexit(word: str) -> bool:
    return bool(re.match(r"-[a-zA-Z]*e", word)) or word == "errexit"


def _is_chain(script: Script) -> bool:
    """Whether the script is simple commands and pipelines, joined by `&&` and `||`."""
    return all(item.operator in ("&&", "||", "") for item in script.items) and all(
        {*command.within} <= {"pipeline"} for command in script.commands
    )


def has_background(script: Script) -> bool:
    """Whether something runs on while the script goes on."""
    return any(item.operator == "&" for item in script.items) or any(
        "background" in command.within for command in script.commands
    )


def starts_process(script: Script) -> str | None:
    """The program that may leave a process behind, if there is one."""
    for command in script.commands:
        name, *rest = command.values or ("",)
        if name == "sudo" and rest:
            name = rest[0]
        if name.startswith("/etc/init.d/") or _PROCESSES.fullmatch(name.rpartition("/")[2]):
            return name
    return None


def replaces_shell(script: Script) -> bool:
    """Whether the next RUN may have another shell: `ln -sf /bin/bash /bin/sh`."""
    return any(
        command.name in _REPLACES and any(map(_SHELL.fullmatch, command.values[1:]))
        for command in script.commands
    )


def starts_afresh(run: Run) -> bool:
    """Whether the shell begins by reading files that an earlier RUN may have written: it is a login shell or an
    interactive one, or a variable names such a file."""
    flags = run.state.shell[1:]
    return any(re.fullmatch(r"-\w*[li]\w*|--login|--rcfile", flag) for flag in flags) or any(
        run.scope.get(name) for name in ("BASH_ENV", "ENV")
    )


def pipes_in_subshells(run: Run) -> bool:
    """Whether the shell is one of those in which nothing leaks from a pipeline."""
    return bool(_SHELLS.fullmatch(run.state.shell[0]))
