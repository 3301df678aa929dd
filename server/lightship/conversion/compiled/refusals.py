"""What a conversion of a program that is compiled declines, with the reason: what may be in the compiler's image alone."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from ...knowledge import images
from ...knowledge.managers import SYSTEM, Action
from ...model.build import Healthcheck, Run, User
from ...model.paths import absolute
from ...syntax.shell import Command
from ..parts import Declined, Member
from ..roles import Role
from ..texts import line_of, shown, text_of
from .outputs import is_built
from .parts import Work, folder_at

_STAYING = frozenset(
    (
        "mkdir", "chmod", "chown", "chgrp", "touch", "ln", "cp", "mv", "rm", "rmdir", "echo", "printf", "cat", "sed",
        "grep", "awk", "tee", "find", "xargs", "test", "[", "true", ":", "ls", "date", "id", "sleep", "install", "tar",
        "gzip", "gunzip", "sort", "head", "tail", "cut", "tr", "wc", "basename", "dirname", "uname", "mktemp", "stat",
        "readlink", "realpath", "sha256sum", "md5sum", "cd", "set", "export", "umask", "command", "which", "env",
    )
)  # fmt: skip
"""Programs that the smallest of Debian's, Ubuntu's and Alpine's images have."""
_ACCOUNTS = frozenset(("useradd", "groupadd", "usermod", "groupmod", "passwd", "chpasswd"))
_DEBIAN_ACCOUNTS = frozenset(("adduser", "addgroup", "deluser", "delgroup"))
"""Debian's own programs for accounts, which its images from trixie on do not have."""
_BUSYBOX = frozenset(("wget", "unzip", "bzip2", "ps", "top", "pgrep", "pkill", "free", "watch", "uptime"))
_OF_COMPILERS = images.BUILDPACK_COMMANDS | {
    "go", "cargo", "rustc", "javac", "jar", "jcmd", "jstack", "jmap", "mvn", "gradle", "python", "python3", "perl",
}  # fmt: skip
_STANDARD = frozenset(
    (
        "root",
        "nobody",
        "daemon",
        "bin",
        "sys",
        "mail",
        "www-data",
        "nogroup",
        "games",
        "news",
        "uucp",
        "users",
    )
)
"""Users and groups that Debian's, Ubuntu's and Alpine's images all have, nearly."""
_REPEATED = frozenset((Role.FILES, Role.ACCOUNT, Role.UNKNOWN))
"""What the final stage does again; it knows what becomes of all else."""


def refuse_needs(work: Work) -> None:
    """Decline where something in the final stage may need what is not there."""
    stage = work.stage
    names = (call.meaning.names for run in stage.runs for call in run.calls_to(SYSTEM, Action.INSTALL))
    brought = {name for each in names for name in each} - work.plan.dropped
    for run in stage.runs:
        chain = work.plan.chains[run]
        if chain is None:
            _refuse_piece(work, run, brought)
        for member in chain or ():
            if member.role in _REPEATED:
                _refuse_member(work, run, member, brought)
    if not work.runtime.same:
        _refuse_users(work)
        _refuse_late_certificates(work)
        _refuse_health_checks(work, brought)


def _refuse_piece(work: Work, run: Run, brought: set[str]) -> None:
    """Decline for a RUN that stays in one piece."""
    if run.instruction.heredocs or not all(_stays(work, command, brought) for command in run.commands):
        name = run.commands[0].name if run.commands else "RUN"
        raise Declined(f"`{name}` in line {line_of(work.stage.build, run)} may need what only building needs")


def _refuse_member(work: Work, run: Run, member: Member, brought: set[str]) -> None:
    line = line_of(work.stage.build, run)
    chain = work.plan.chains[run] or ()
    moved = any(
        command.name == "cd" for each in chain[: chain.index(member) + 1] for command in each.commands
    )
    for command in member.commands:
        if member.role is Role.UNKNOWN or not _stays(work, command, brought):
            raise Declined(f"`{command.name}` in line {line} may need what only building needs")
        if moved and any(not value.startswith(("/", "-")) for value in command.values[1:]):
            raise Declined(f"`{command.name}` in line {line} runs in a folder that may be for building alone")
    for path in _operands(work, run, member):
        built = any(is_built(work.compiler, output, path) for _, output in work.made)
        if built and not _is_taken(work, path):
            raise Declined(f"line {line} uses what the final stage does not take, {path}")


def _refuse_users(work: Work) -> None:
    """Decline where a user is one of the compiler's image."""
    made = " ".join(
        text_of(member)
        for chain in work.plan.chains.values()
        for member in chain or ()
        if member.role in (Role.ACCOUNT, Role.FILES)
    )
    for step in work.stage.steps:
        flag = step.instruction.flag("chown")
        owners = (
            [flag.value.text] if flag and flag.value else step.values[:1] if isinstance(step, User) else ()
        )
        for name in (owners[0] or "").split(":") if owners else ():
            known = name in _STANDARD or re.fullmatch(r"\d*|\$.*", name)
            if not known and not re.search(rf"\b{re.escape(name)}\b", made):
                line = line_of(work.stage.build, step)
                raise Declined(f"`{name}` in line {line} is a user of {work.stage.base}")


def _refuse_late_certificates(work: Work) -> None:
    """Decline where certificates are not changed before they are taken."""
    for step in work.stage.steps[work.plan.last + 1 :]:
        if isinstance(step, Run) and any(
            command.name == "update-ca-certificates" for command in step.commands
        ):
            line = line_of(work.stage.build, step)
            raise Declined(f"line {line} changes the certificates behind the build")


def _refuse_health_checks(work: Work, brought: set[str]) -> None:
    there = brought | {posixpath.basename(path) for paths in work.taken.values() for path in paths}
    if work.runtime.alpine:
        there |= _BUSYBOX
    for step in work.stage.steps:
        names = (
            re.findall(r"(?<![\w./-])[\w.+-]+(?![\w/-])", shown(step))
            if isinstance(step, Healthcheck)
            else ()
        )
        for name in names:
            if name in _OF_COMPILERS - there:
                raise Declined(
                    f"`{name}` in line {line_of(work.stage.build, step)} is a program of {work.stage.base}"
                )


def _operands(work: Work, run: Run, member: Member) -> Iterator[str]:
    """The paths that a member of a chain names, as far as they can be read."""
    folder = folder_at(work.stage, run, work.runtime, work.compiler.variables)
    for command in member.commands:
        for value in command.values[1:]:
            if not value.startswith(("-", "+")) and (path := absolute(value, folder)):
                yield path


def _is_taken(work: Work, path: str) -> bool:
    taken = [each for paths in work.taken.values() for each in paths]
    return any(f"{path}/".startswith(f"{each}/") or f"{each}/".startswith(f"{path}/") for each in taken)


def _stays(work: Work, command: Command, brought: set[str]) -> bool:
    """Whether a program that does something to files is there in the final stage."""
    name = command.name
    if work.runtime.same or not command.words or name in _STAYING or name in brought:
        return name != "rm" or any(re.match(r"-\w*f", value) for value in command.values[1:])
    if work.runtime.alpine:
        return name in _DEBIAN_ACCOUNTS or (name in _ACCOUNTS and "shadow" in brought)
    return name in _ACCOUNTS or (
        name in _DEBIAN_ACCOUNTS and bool(re.search(r"bookworm|bullseye|buster|stretch", work.runtime.image))
    )
