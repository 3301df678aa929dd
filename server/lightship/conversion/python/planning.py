"""Decides what becomes of each step before a word is written."""

from __future__ import annotations

import posixpath

from ... import regex
from ...knowledge import images
from ...knowledge.managers import Action
from ...knowledge.runtime_packages import runtime_of
from ...model.build import Copy, Run, Stage
from ..layout import Kind, layout_of, needs_root, own_layout
from ..packages import plan_packages
from ..parts import Declined, Member, members
from ..plan import Plan, folder_of
from ..programs import plan_programs
from ..refusals import accept, refuse, refuse_places, refuse_unknown
from ..roles import WITH_ENVIRONMENT, Role
from ..texts import line_of, shown
from ..tools import PYTHON, installs_tools
from .editable import plan_editable

_MANIFEST = regex.compile(
    r"(.*/)?([\w.-]*requirements[\w.-]*(\.txt|\.in)|requirements/?|constraints[\w.-]*\.txt|pyproject\.toml|poetry\.lock|uv\.lock|pdm\.lock|Pipfile(\.lock)?|Pipfile\*"
    r"|poetry\.lock\*|setup\.(py|cfg))"
)

_MAKES_FOLDERS = ("git", "svn", "hg", "mv", "cp")
_INSTALLS = (Role.PACKAGES, Role.CREATION)


def plan_of(stage: Stage) -> Plan:
    refuse(stage)
    chains = {run: members(run) for run in stage.runs}
    _refuse_unread(chains)
    places = [
        index
        for index, step in enumerate(stage.steps)
        if isinstance(step, Run) and any(member.role in _INSTALLS for member in chains[step] or ())
    ]
    calls = [
        (run, member.call)
        for run, chain in chains.items()
        for member in chain or ()
        if member.role is Role.PACKAGES and member.call
    ]
    if all(call.meaning.action is not Action.INSTALL for _, call in calls):
        raise Declined("the install is not understood")
    for run, call in calls:
        accept(run, call)
    layout = own_layout(stage, [*chains.items()]) or layout_of(stage, calls)
    refuse_places(stage, layout, chains)
    _refuse_used_and_removed(chains)
    plan = Plan(chains, layout, places[0], places[-1])
    plan.root = needs_root(stage)
    if layout.kind is Kind.OWN:
        opening = stage.steps[plan.first].state.user or ""
        plan.owner = "" if images.runs_as_root(opening) else opening
        plan.first = _creation(stage, plan)
    plan_editable(stage, plan, calls)
    image = stage.base or ""
    plan_packages(stage, plan, lambda name, manager: runtime_of(name, image, manager))
    plan_programs(stage, plan)
    refuse_unknown(stage, plan)
    _covered(stage, plan)
    return plan


def _refuse_unread(chains: dict[Run, tuple[Member, ...] | None]) -> None:
    """Decline where an install is in what is not understood."""
    for run, chain in chains.items():
        line = line_of(run.stage.build, run)
        if chain is None and any(
            call.meaning.manager in PYTHON and call.meaning.action is Action.INSTALL for call in run.calls
        ):
            raise Declined(f"the commands in line {line} are not a plain list")
        for member in chain or ():
            if member.role is Role.UNKNOWN and any(
                call.meaning.manager in PYTHON for call in run.calls if call.command in member.commands
            ):
                raise Declined(f"line {line} installs in a way that is not understood")


def _refuse_used_and_removed(chains: dict[Run, tuple[Member, ...] | None]) -> None:
    """Decline where Python packages are removed that a command before may have used: it runs in the final stage too."""
    installed, using = False, None
    for run, chain in chains.items():
        if chain is None and installed:
            using = run
        for member in chain or ():
            action = member.call.meaning.action if member.call and member.role is Role.PACKAGES else None
            if action is Action.INSTALL:
                installed = True
            elif action is Action.REMOVE and using and member.call and not installs_tools(member.call):
                line = line_of(run.stage.build, using)
                raise Declined(f"a command in line {line} may use what is uninstalled behind it")
            elif installed and (
                member.role is Role.UNKNOWN
                or any(command.name in WITH_ENVIRONMENT for command in member.commands)
            ):
                using = run


def _creation(stage: Stage, plan: Plan) -> int:
    """The index of the step that makes the file's own environment. Where it goes on behind that, the final stage has
    the environment before this step, which then must not make what is around it."""
    for index, run in enumerate(stage.steps):
        chain = (plan.chains[run] if isinstance(run, Run) else None) or ()
        at = next((place for place, member in enumerate(chain) if member.role is Role.CREATION), None)
        if at is None:
            continue
        around = any(command.name in _MAKES_FOLDERS for member in chain[:at] for command in member.commands)
        if around and any(member.role in (Role.FILES, Role.UNKNOWN) for member in chain[at:]):
            raise Declined(f"line {line_of(stage.build, run)} may make the folder of its environment")
        return index
    return plan.first


def _covered(stage: Stage, plan: Plan) -> None:
    """COPYs of manifests alone that a later `COPY . .` makes again, at the same place."""
    wide: set[tuple[str | None, str]] = set()
    texts: list[str] = []
    context = stage.build.context
    for index in range(len(stage.steps) - 1, 0, -1):
        step = stage.steps[index]
        if isinstance(step, Copy) and step.from_context and not step.instruction.heredocs:
            target = folder_of(step)
            if step.sources in ((".",), ("./",)) and target is not None:
                wide.add(target)
                texts.clear()
                continue
            if (
                index < plan.last
                and target in wide
                and step.sources
                and all(
                    source and "/" not in source.removeprefix("./") and _MANIFEST.fullmatch(source)
                    for source in step.sources
                )
                and not any(
                    posixpath.basename(source or "") in text for source in step.sources for text in texts
                )
                and not (context and any(context.leaves_out(source or "") for source in step.sources))
            ):
                plan.covered.add(step)
        if isinstance(step, Run):
            chain = plan.chains[step]
            texts += [
                stage.build.source[member.span]
                for member in chain or ()
                if member.role not in (Role.PACKAGES, Role.TOOL)
            ]
            if chain is None:
                texts.append(shown(step))
