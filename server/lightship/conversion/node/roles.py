"""What a command is there for in a stage that builds an app of Node's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ... import regex
from ...knowledge import node
from ...knowledge.managers import SYSTEM, Action
from ...model.build import PackageCall, Run
from ...syntax.shell import Command
from ..parts import Declined, Member, members
from ..roles import Role, role_of_command
from ..texts import line_of

Chain = tuple[Member, ...] | None
Chains = Mapping[Run, Chain]

_BESIDE = frozenset(("cd", "set", "exit", "false"))
"""What stands beside an install in an `if`: `else echo "no lockfile" && exit 1`."""
_CACHES = regex.compile(
    r"(/root|~|\$HOME|\$\{HOME\})/\.(npm|node-gyp|yarn|cache)(/.*)?\Z|/tmp/(\*|npm\S*|v8\S*)\Z"
)
_TELLS = regex.compile(r"-(v|-version|p|-print|e|-eval|h|-help)\Z")


def members_of(run: Run) -> Chain:
    """The members of a RUN's chain, with Node's roles: `PACKAGES` is what works on the project."""
    chain = members(run)
    if chain is not None:
        roles = [(member, _role(run, member)) for member in chain]
        if any(map(is_global, run.calls)):  # whose cache is in the final stage as well
            roles = [(member, Role.FILES if cleans(member, role) else role) for member, role in roles]
        return tuple(replace(member, role=role) for member, role in roles)
    if any(works_on_project(command, call) for command, call in called(run, run.commands)):
        raise Declined(f"the commands in line {line_of(run.stage.build, run)} are not a plain list")
    return None


def called(run: Run, commands: Sequence[Command]) -> Iterator[tuple[Command, PackageCall | None]]:
    """Commands of a RUN, each with the package manager's command that it is."""
    for command in commands:
        yield command, next((call for call in run.calls if call.command is command), None)


def cleans(member: Member, role: Role) -> bool:
    """Whether it deletes caches of npm and its like."""
    own = member.call is not None and member.call.meaning.manager in node.MANAGERS
    return role is Role.CLEAN and (own or _deletes_caches(member))


def _role(run: Run, member: Member) -> Role:
    calls = [*called(run, member.commands)]
    if node.ADDS_REPOSITORY.search(run.stage.build.source[member.span]) and len(calls) <= 2:
        return Role.FILES
    roles = {_role_of(command, call) for command, call in calls}
    if Role.PACKAGES in roles:
        others = {
            _role_of(command, call)
            for command, call in calls
            if len(calls) == 1 or command.name not in _BESIDE
        }
        plain = others <= {Role.PACKAGES, Role.FILES} and not any(is_global(call) for _, call in calls)
        return Role.PACKAGES if plain else Role.UNKNOWN
    if len(calls) == 1 and calls[0][1] is None and member.role in (Role.TOOL, Role.CREATION):
        return Role.UNKNOWN  # has to do with Python
    if member.role is Role.UNKNOWN and len(calls) == 1:
        return roles.pop()
    if member.role is Role.FILES and _deletes_caches(member):
        return Role.CLEAN
    return member.role


def _role_of(command: Command, call: PackageCall | None) -> Role:
    if works_on_project(command, call):
        return Role.PACKAGES
    if call and call.meaning.manager in node.MANAGERS:
        return Role.CLEAN if call.meaning.name.startswith("cache") else Role.FILES
    if call:
        return Role.FILES if call.meaning.manager in SYSTEM else Role.UNKNOWN
    return Role.FILES if command.name in ("node", "nodejs", "corepack") else role_of_command(command)


def _deletes_caches(member: Member) -> bool:
    if len(member.commands) != 1 or member.commands[0].name != "rm":
        return False
    paths = [value for value in member.commands[0].values[1:] if not value.startswith("-")]
    return bool(paths) and all(map(_CACHES.match, paths))


def works_on_project(command: Command, call: PackageCall | None) -> bool:
    """Whether it installs into the folder it runs in, or runs a script or a program that builds there."""
    if call:
        it = call.meaning
        if it.manager not in node.MANAGERS or is_global(call) or it.action is Action.CLEAN:
            return False
        if it.name == "audit":
            return any(command.values[index] == "fix" for index in it.arguments)
        return it.name not in node.NOT_ON_PROJECT and not it.has("--version", "-v", "--help", "-h")
    if command.name in ("node", "nodejs"):
        return len(command.values) > 1 and not _TELLS.match(command.values[1])
    return command.name in node.BUILDERS or "node_modules/.bin/" in (command.values or ("",))[0]


def is_global(call: PackageCall | None) -> bool:
    """Whether it has to do with what is installed for everybody."""
    return (
        call is not None
        and call.meaning.manager in node.MANAGERS
        and (
            call.meaning.has("--global")
            or call.meaning.name.startswith("global")
            or "global" in call.meaning.values("--location")
        )
    )
