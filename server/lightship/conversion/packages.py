"""What each install of system packages comes to in the final stage."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .. import regex
from ..knowledge import images
from ..knowledge.managers import APT_FAMILY, Manager
from ..knowledge.packages import Action
from ..knowledge.packages import Kind as Source
from ..knowledge.runtime_packages import WITH_COMPILERS
from ..model.build import PackageCall, Run, Stage
from .layout import Kind
from .parts import Declined, Member
from .plan import Plan
from .roles import Role, adds_repository, role_of_command
from .texts import reworded, shown, text_of

_PROVIDES = {"git": "git", "patch": "patch", "svn": "subversion", "hg": "mercurial"}
"""Programs that may be called in the end, with the build package that has them."""
_FETCH = ("git", "svn", "hg")
_FROM_PACKAGES = frozenset(
    [
        "curl",
        "wget",
        "git",
        "svn",
        "hg",
        "patch",
        "unzip",
        "zip",
        "xz",
        "bzip2",
        "bunzip2",
        "gpg",
        "jq",
        "rsync",
        "openssl",
        "ssh-keygen",
        "ssh-keyscan",
        "apt-key",
        "add-apt-repository",
        "lsb_release",
        "file",
        "dos2unix",
        "crudini",
        "setcap",
        "tar",
        "gunzip",
        "python",
        "python3",
    ]
)
"""Programs that a base image need not have."""
_WITH_DPKG_DEV = frozenset(("build-essential", "debhelper", "devscripts", "dpkg-dev"))
"""Debian's packages that bring patch, xz and bzip2 along."""
_PIP = regex.compile(r"py(thon)?[\d.]*-(pip|wheel|virtualenv)")
_COME_ALONG = {"patch": "patch", "xz": "xz-utils", "unxz": "xz-utils", "bzip2": "bzip2", "bunzip2": "bzip2"}
_BUILDING = regex.compile(r"build|dev|te?mp")
_HEADERS = regex.compile(r"-(dev|devel|headers)\b|linux-headers|-dev$")
_PYTHON3 = regex.compile(r"(lib)?python3(\.\d+)?-(dev|pip|venv|wheel)|py3-(pip|wheel)")


Needs = Callable[[str, Manager], tuple[str, ...] | None]
"""What running needs of a package that was installed to build, as `runtime_of` has it."""


def plan_packages(stage: Stage, plan: Plan, needs: Needs) -> None:
    """Fill in the system packages: what is installed, what is left out, and which removals are void."""
    removed: set[str] = set()
    removals: list[Member] = []
    installs: list[tuple[Member, PackageCall]] = []
    for chain in plan.chains.values():
        for member in chain or ():
            if member.role is Role.REMOVE and member.call:
                removals.append(member)
                removed.update(member.call.meaning.names)
            elif member.role is Role.SYSTEM and member.call:
                installs.append((member, member.call))
    used = set(_programs_at_the_end(stage, plan))
    called = {package for program, package in _PROVIDES.items() if program in used}
    kept = called | {_PROVIDES[program] for program in _FETCH if not _fetches(plan)}
    tidy = any(
        needs(name, member.call.meaning.manager) is not None
        for member in removals
        if member.call
        for name in member.call.meaning.names
    )
    swept = any(re.search(r"auto-?remove", text_of(member)) for member in removals)
    present = {name for _, call in installs for name in call.meaning.names}
    given = set(present)
    tools = _come_along(stage, plan)
    # Of what is removed, the libraries stay where something that builds does, for that may need them as well.
    partly = any(
        needs(name, call.meaning.manager) is not None and name not in removed and not _PIP.fullmatch(name)
        for _, call in installs
        if not removed.issuperset(call.meaning.values("--virtual") or [""])
        for name in call.meaning.names
    )
    gone: set[str] = set()
    plan.understood = not any(_unknown(stage, plan)) and not any(_fetches_index(plan))
    for member, call in installs:
        if _comes_late(stage, plan, member):
            plan.system[member] = (text_of(member),)
            continue
        virtual = call.meaning.values("--virtual")
        whole = bool(virtual) and set(virtual) <= removed
        replacing: dict[int, str | None] = {}
        apart: dict[int, str] = {}
        for package in call.meaning.packages:
            name = package.name
            if not name:
                continue
            runtime = needs(name, call.meaning.manager)
            if plan.layout.kind is Kind.VENV and plan.layout.python == "python" and _PYTHON3.fullmatch(name):
                runtime = ()  # the image has a Python of its own
            along = [each for each in tools if each not in given] if name in _WITH_DPKG_DEV else []
            if whole or name in removed:
                # What the file removes again is not there in the end, but may be in use until then; and most
                # managers leave what it brought along.
                alpine = call.meaning.manager is Manager.APK and not partly
                apk = call.meaning.manager is Manager.APK
                if apk and partly and runtime is None and not whole and _HEADERS.search(name):
                    raise Declined(f"whether libraries of {name} stay is not known")
                if name in called or (runtime is None and (not (apk or swept) or used & _FROM_PACKAGES)):
                    continue
                runtime = (*(runtime if runtime and not alpine else ()), *along)
            elif (
                runtime is None
                and name in WITH_COMPILERS
                and plan.understood
                and call.meaning.manager in APT_FAMILY
                and not call.meaning.skips_recommended
            ):
                along = [each for each in tools if each not in given]
                given.update(along)
                apart[package.index] = " ".join((call.word(package.index).text, WITH_COMPILERS[name], *along))
                plan.dropped.add("build-essential")
                plan.shipped.add("build-essential")
                continue
            elif (
                runtime is None
                or name in kept
                or (virtual and not runtime and not _BUILDING.search(virtual[0]))
                or (tidy and not runtime and not _HEADERS.search(name))
            ):
                continue
            fresh = [each for each in dict.fromkeys((*runtime, *along)) if each not in given]
            given.update(fresh)
            gone.add(name)
            if not whole and name not in removed:
                plan.shipped.add(name)
            replacing[package.index] = " ".join(fresh) or None
        plan.dropped |= gone
        plan.system[member] = tuple(_commands(member, call, replacing, apart))
        if not plan.system[member]:
            gone.update(virtual)
    groups = {name for _, call in installs for name in call.meaning.values("--virtual")}
    there = (present | groups) - gone
    for member in removals:
        if member.call and (member.call.meaning.packages or member.call.meaning.unknown):
            plan.removals[member] = _removal(member, member.call, there) if gone else text_of(member)
    idle = not any(plan.removals.values())
    for member in removals:  # `apt-get autoremove` has something to do behind another removal
        plan.removals.setdefault(member, "" if idle else text_of(member))


def _come_along(stage: Stage, plan: Plan) -> list[str]:
    """Debian's packages that only come along with compilers, and that commands of the final stage need."""
    reference = images.parse(stage.base or "")
    if reference and images.is_full(reference):
        return []
    found: list[str] = []
    for run in stage.runs:
        members = plan.chains[run]
        commands = run.commands
        if members is not None:
            commands = tuple(each for it in members if it.role is Role.FILES for each in it.commands)
        for command in commands:
            if command.name in _COME_ALONG:
                found.append(_COME_ALONG[command.name])
            if command.name == "tar":
                text = " ".join(command.values)
                flags = command.values[1] if len(command.values) > 1 else ""
                if re.search(r"\.t?xz\b|--xz\b", text) or re.fullmatch(r"-?[a-zA-Z]*J[a-zA-Z]*", flags):
                    found.append("xz-utils")
                if re.search(r"\.t?bz2?\b|--bzip2\b", text) or re.fullmatch(r"-?[a-zA-Z]*j[a-zA-Z]*", flags):
                    found.append("bzip2")
    return list(dict.fromkeys(found))


def _removal(member: Member, call: PackageCall, there: set[str]) -> str:
    """A removal of nothing but what is installed: apt fails for other names where the index is gone. What the shell
    decides stays, as it does where that is installed."""
    packages = call.meaning.packages
    rest = [package for package in packages if not package.name or package.name in there]
    if not rest and not call.meaning.unknown:
        return ""
    return reworded(member, {each.index: None for each in packages if each not in rest})


def _comes_late(stage: Stage, plan: Plan, member: Member) -> bool:
    """Whether nothing is installed behind it that could need it."""
    index = stage.steps.index(member.run)
    chain = plan.chains[member.run] or ()
    behind = chain[chain.index(member) :]
    return index > plan.last or (
        index == plan.last and all(each.role is not Role.PACKAGES for each in behind)
    )


def _fetches(plan: Plan) -> bool:
    """Whether an install may fetch a repository: otherwise what can do so is there to be run."""
    return plan.fetches or any(
        not (it := member.call.meaning).names
        or it.requirements
        or it.unknown
        or any(package.kind is not Source.PACKAGE for package in it.packages)
        for chain in plan.chains.values()
        for member in chain or ()
        if member.role is Role.PACKAGES and member.call and member.call.meaning.action is Action.INSTALL
    )


def _commands(
    member: Member, call: PackageCall, replacing: dict[int, str | None], apart: dict[int, str]
) -> Iterator[str]:
    """The install with other packages, and before it the one of those that are to come without recommended ones."""
    packages = [package.index for package in call.meaning.packages]
    if apart:
        only = {index: apart.get(index) for index in packages}
        yield reworded(member, only, {call.meaning.verb: "--no-install-recommends"})
    rest = {**replacing, **dict.fromkeys(apart)}
    if not packages or any(rest.get(index, "kept") is not None for index in packages):
        yield reworded(member, rest)


def _programs_at_the_end(stage: Stage, plan: Plan) -> Iterator[str]:
    """The programs that the final stage calls, as far as they can be seen."""
    for step in stage.steps:
        if isinstance(step, Run):
            for member in plan.chains[step] or ():
                if member.role in (Role.FILES, Role.UNKNOWN):
                    yield from (command.name for command in member.commands)
            if plan.chains[step] is None:
                yield from (command.name for command in step.commands)
        elif step.instruction.keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            yield from re.findall(r"[\w.-]+", shown(step))


def _fetches_index(plan: Plan) -> Iterator[bool]:
    """For each command, whether it fetches the index of packages without saying so."""
    for chain in plan.chains.values():
        yield from (adds_repository(member.commands) for member in chain or () if len(member.commands) > 1)


def _unknown(stage: Stage, plan: Plan) -> Iterator[str]:
    for run in stage.runs:
        yield from unknown_commands(run, plan)


def unknown_commands(run: Run, plan: Plan) -> Iterator[str]:
    """The commands of a RUN that may do anything."""
    chain = plan.chains[run]
    if chain is None:
        if run.instruction.heredocs or run.script is None or not run.script.certain:
            yield run.commands[0].name if run.commands else "RUN"
            return
        for command in run.commands:
            if any(call.command is command for call in run.calls) or (
                role_of_command(command) is Role.UNKNOWN and command.name
            ):
                yield command.name
    for member in chain or ():
        if member.role is Role.UNKNOWN:
            yield next((command.name for command in member.commands if command.name), "a command")
