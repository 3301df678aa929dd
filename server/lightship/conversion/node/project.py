"""Where a project of Node's is built, and which commands have to do with what else."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from enum import Flag, auto

from ... import regex
from ...knowledge import images
from ...model.build import Add, Copy, PackageCall, Run, Stage
from ...model.paths import Reader, absolute, home, working_directory
from ...syntax.shell import Command, ShellWord
from ..parts import Declined, Member
from ..texts import line_of
from .roles import works_on_project

_SHARED = regex.compile(
    r"/((s?bin|lib\w*|etc|dev|proc|sys|run|tmp|boot|usr/(s?bin|lib\w*|share|include|local/(s?bin|lib|share|etc|include))"
    r"|var/(lib|log|cache|run|spool|tmp))(/.*)?|(usr(/(src|local))?|opt|home|root|var|srv|mnt|media)?)"
)
"""Folders that others use too."""
_ANYWHERE = frozenset(
    (
        "echo", "printf", "true", ":", "sleep", "date", "id", "uname", "arch", "nproc", "which", "command", "type", "hash", "export",
        "umask", "set", "corepack", "apt-mark", "apt-key", "add-apt-repository", "update-ca-certificates", "locale-gen", "useradd",
        "adduser", "groupadd", "addgroup", "usermod", "groupmod", "deluser", "delgroup", "userdel", "passwd", "chpasswd",
        "ldconfig", "gpg", "setcap", "dpkg-reconfigure", "fc-cache", "test", "[", "yes", "exit", "node", "nodejs",
    )
)  # fmt: skip
"""Commands that name no file of the folder they run in, but for redirections."""
_FIRST_IS_NO_PATH = frozenset(("chmod", "chown", "chgrp", "sed", "grep", "egrep", "awk", "tr", "cut"))
_TO_OUTPUT = frozenset(("curl", "cat", "ls", "pwd", "tar", "gunzip", "bunzip2", "xz"))
"""Those that without an operand write to their output, or where an option says."""
_PATH = regex.compile(r"(--?[\w-]+=)?[\"']?(?P<path>(/|\.\./)[\w./-]*)[\"']?\Z")
_TAKEN_FROM = regex.compile(
    r"--(cache|cache-folder|store-dir|registry|userconfig|globalconfig|cafile|script-shell|mutex)\b"
)
"""Options that name what is read, or a cache."""
_FOLDER_FLAGS = ("--prefix", "-C", "--cwd", "--dir")


class Place(Flag):
    """Where a command does something."""

    NOWHERE = 0
    INSIDE = auto()
    """In the project."""
    OUTSIDE = auto()
    AROUND = auto()
    """In a folder that holds the project, or where it is not known."""


def within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def project_of(stage: Stage, last: int) -> str:
    """The folder that everything is in which is built up to the step `last`: what was copied, and what is installed."""
    folders = dict.fromkeys(_folders(stage))
    steps = [step for step in stage.steps[1:last] if isinstance(step, Copy | Add)]
    targets = [target for step in steps if _is_folder(step) and (target := target_of(step))]
    for folder in tuple(folders):
        folders.update(
            dict.fromkeys(each for each in targets if within(folder, each) and not _SHARED.fullmatch(each))
        )
    # Scripts of one part write into the others: a client's build puts its pages into the server's folder.
    copied = [each for each in targets if not _SHARED.fullmatch(each)]
    root = posixpath.commonpath([*folders, *copied])
    if _SHARED.fullmatch(root):
        root = posixpath.commonpath([*folders])
    beside = next(filter(_SHARED.fullmatch, [*folders, root]), None)
    if beside == root and len(folders) > 1 and not any(map(_SHARED.fullmatch, folders)):
        raise Declined("it has several projects")
    if beside or root in {home(run.state) for run in stage.runs}:
        raise Declined(f"it installs into {beside or root}, beside other things")
    return root


def _is_folder(step: Copy | Add) -> bool:
    """Whether the target is a folder that files are put into."""
    target = step.target or ""
    name = posixpath.basename(step.sources[0] or "") if len(step.sources) == 1 else ""
    return target.endswith(("/", ".")) or len(step.sources) > 1 or "." not in name.lstrip(".") or "*" in name


def _folders(stage: Stage) -> Iterator[str]:
    for run in stage.runs:
        for command, folder in places(run):
            call = next((call for call in run.calls if call.command is command), None)
            if works_on_project(command, call):
                found = _folder(call, folder)
                if found is None or not found.startswith("/") or "$" in found:
                    raise Declined(f"the folder that line {line_of(stage.build, run)} works in is not known")
                yield found


def _folder(call: PackageCall | None, folder: str | None) -> str | None:
    named = call.meaning.values(*_FOLDER_FLAGS) if call else ()
    return absolute(named[-1].strip("'\""), folder) if named else folder


def places(run: Run) -> Iterator[tuple[Command, str | None]]:
    """The commands of a RUN, each with the folder in which it runs."""
    reader = Reader(run)
    for command in reader.commands():
        yield command, _rooted(run.stage, reader.folder)


def is_node(stage: Stage) -> bool:
    """Whether the base is Node's official image."""
    reference = images.parse(stage.base or "")
    return bool(reference and images.official(reference) == "node")


def target_of(step: Copy | Add) -> str | None:
    """What a COPY or ADD writes to: a folder, or the file itself; None where it is not known."""
    workdir = working_directory(step.state)
    path = absolute(step.target, workdir) if step.target else None
    path = _rooted(step.stage, path)
    return path if path and path.startswith("/") and "$" not in path else None


def _rooted(stage: Stage, path: str | None) -> str | None:
    """A path below `/` where no WORKDIR says otherwise, and the base is Node's."""
    if path and re.match(r"\?(/|\Z)", path) and is_node(stage):
        return posixpath.normpath(f"/{path[1:]}").replace("//", "/")
    return path


def place_of(run: Run, member: Member, project: str) -> Place:
    """Where a member does something."""
    reader = Reader(run)
    found = Place.NOWHERE
    for command in reader.commands():
        if command in member.commands:
            for path in _paths(command, reader):
                found |= _side(_rooted(run.stage, path), project)
    return found


def elsewhere(run: Run, member: Member, project: str) -> str | None:
    """A place outside of the project that a command which works on the project names."""
    reader = Reader(run)
    for command in reader.commands():
        if command not in member.commands or command.name in ("cd", "[", "test"):
            continue
        words = [*command.words[1:], *(each.target for each in command.redirections if each.target)]
        for before, word in zip((None, *words), words, strict=False):
            found = _PATH.match(word.text)
            if found and not (_TAKEN_FROM.match(word.text) or (before and _TAKEN_FROM.match(before.text))):
                path = _rooted(run.stage, absolute(found["path"], reader.folder))
                if path and not path.startswith("/dev/") and not within(path, project):
                    return path
    return None


def named(run: Run, member: Member) -> Iterator[str | None]:
    """The files that a member names, as absolute paths; None for one that is not known."""
    reader = Reader(run)
    for command in reader.commands():
        if command in member.commands:
            yield from (_rooted(run.stage, reader.path(word)) for word in _operands(command))


def _side(path: str | None, project: str) -> Place:
    if path and within(path, project):
        return Place.INSIDE
    if path is None or "$" in path or path.startswith("?") or within(project, path):
        return Place.AROUND
    return Place.OUTSIDE


def _paths(command: Command, reader: Reader) -> Iterator[str | None]:
    """What a command may write to or read, None where that is not known."""
    for redirection in command.redirections:
        if (
            redirection.target
            and not redirection.target.text.startswith("/dev/")
            and "&" not in redirection.operator
        ):
            yield reader.path(redirection.target)
    if command.name in _ANYWHERE or not command.words:
        return
    operands = _operands(command)
    if not operands and command.name not in _TO_OUTPUT:
        yield reader.folder
    for word in operands:
        yield reader.path(word)


def _operands(command: Command) -> Sequence[ShellWord]:
    """The words that are paths, as far as they say where something is written."""
    words = [word for word in command.words[1:] if not word.text.startswith("-") and "://" not in word.text]
    if command.name == "git" and command.values[1:2] == ("clone",):
        return [word for word in words[1:] if not word.text.startswith(("$", "git@"))][-1:]
    if command.name == "tar" and "-C" in command.values[:-1]:
        return [word for word in words if word.text.startswith(("/", "$", "~"))]
    return words[1:] if command.name in _FIRST_IS_NO_PATH else words
