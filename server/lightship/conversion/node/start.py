"""What the container runs in the end, and the one folder that it needs for that where it only serves files."""

from __future__ import annotations

import posixpath

from ... import regex
from ...knowledge import node
from ...model.build import Cmd, Entrypoint, Healthcheck, Run, Shellish, Stage, Volume
from ..roles import Role
from ..texts import shown
from .division import Division
from .project import Place, place_of, within
from .roles import is_global, members_of

_PREFIXES = {"tini": ("--", "-g", "-s"), "dumb-init": ("--",), "exec": ()}
"""Programs that run what follows their options."""
_ASKS = regex.compile(r"HEALTHCHECK\b.*\b(curl|wget|nc)\b")


def command_of(stage: Stage) -> list[str]:
    """The words of the command that the container runs; none where that is not one plain command."""
    entry, command = stage.effective(Entrypoint), stage.effective(Cmd)
    words: list[str] = []
    for step in (entry, command):
        if isinstance(step, Shellish):
            script = step.script
            if script is None or not script.certain or len(script.commands) != 1 or len(script.items) != 1:
                return []
            (only,) = script.commands
            if only.assignments or only.redirections or (entry and not step.exec_form and step is command):
                return []
            words += only.values
            if not step.exec_form:
                break
    while words and (prefix := words[0].rpartition("/")[2]) in _PREFIXES:
        at = 1
        while at < len(words) and words[at] in _PREFIXES[prefix]:
            at += 1
        words = words[at:]
    return words


def served(stage: Stage, division: Division) -> str | None:
    """The folder of the project that a server of files, which the file installs for everybody, is there to serve: all
    else of the project is not looked at any more. None where there is no such folder, or more than that goes on."""
    words = command_of(stage)
    names = {
        name for run in stage.runs for call in run.calls if is_global(call) for name in call.meaning.names
    }
    server = node.FILE_SERVERS.get(words[0]) if words else None
    if server is None or words[0] not in names or division.late_needs_project:
        return None
    operands: list[str] = []
    rest = iter(words[1:])
    for word in rest:
        if word in server.valued:
            next(rest, None)
        elif not word.startswith("-"):
            operands.append(word)
        elif not server.flags.fullmatch(word):
            return None
    if not operands and server.default:
        operands = [server.default]
    workdir = stage.end.workdir
    if len(operands) != 1 or not workdir:
        return None
    folder = posixpath.normpath(posixpath.join(workdir, operands[0]))
    if folder == division.project or not within(folder, division.project):
        return None
    return folder if not _uses_more(stage, division) else None


def _uses_more(stage: Stage, division: Division) -> bool:
    """Whether something else has to do with the project behind its last command."""
    for step in stage.steps[division.last + 1 :]:
        if isinstance(step, Run):
            chain = members_of(step)
            acting = [m for m in chain or () if m.role in (Role.FILES, Role.ACCOUNT, Role.UNKNOWN)]
            calls = [call.command for call in step.calls]
            if chain is None or any(
                place_of(step, member, division.project) not in (Place.NOWHERE, Place.OUTSIDE)
                for member in acting
                if not any(command in calls for command in member.commands)
            ):
                return True
    return any(
        isinstance(step, Volume) or (isinstance(step, Healthcheck) and not _ASKS.search(shown(step)))
        for step in stage.steps
    )
