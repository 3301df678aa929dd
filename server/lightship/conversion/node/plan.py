"""Decides what becomes of a stage that builds an app of Node's, before a word is written."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from ...knowledge import node
from ...knowledge.caches import CACHES
from ...knowledge.managers import SYSTEM, Action, Manager
from ...knowledge.runtime_packages import is_tool
from ...model.build import Add, Cmd, Entrypoint, Healthcheck, Run, Stage
from ...model.paths import home
from ..layout import Kind, Layout
from ..packages import plan_packages
from ..parts import Declined, Member
from ..plan import Plan
from ..roles import Role
from ..texts import shown
from .development import prunes
from .division import Division, builds, divided
from .project import is_node, project_of
from .refusals import corepack_folder, refuse_chains, refuse_file, refuse_needs, refuse_yarn
from .roles import Chains, called, is_global, members_of, works_on_project
from .start import command_of, served


class NodePlan(NamedTuple):
    """`taken` are the folders that the final stage takes, `prune` is the command that the build stage ends with."""

    plan: Plan
    division: Division
    taken: tuple[str, ...]
    prune: str | None


def plan_of(stage: Stage) -> NodePlan:
    refuse_file(stage)
    chains: Chains = {run: members_of(run) for run in stage.runs}
    refuse_chains(stage, chains)
    places = [
        index for index, step in enumerate(stage.steps) if isinstance(step, Run) and builds(chains[step])
    ]
    if not places:
        raise Declined("the install is not understood")
    division = divided(stage, chains, project_of(stage, places[-1]))
    left = _leave_tools(stage, division)
    plan = Plan(division.chains, Layout(Kind.OWN, division.project), places[0], division.last)
    plan.covered = division.covered
    _packages(stage, plan)
    refuse_needs(stage, plan)
    building = runs_scripts(stage)
    alone = served(stage, division) if building else None
    if not alone:
        refuse_yarn(stage)
    corepack = corepack_folder(stage)
    prune = prunes(stage, division) if building and not alone else None
    cache = any(map(_leaves_cache, stage.runs))
    rest = len(stage.build.stages) == 1 and building and (cache or _takes_back(stage, division))
    if not (plan.shipped or left or alone or prune or rest):
        what = "nothing but a cache would stay behind, and a cache mount keeps that out as well"
        raise Declined(what if cache else "there is nothing that only building needs")
    taken = (alone or division.project, corepack)
    return NodePlan(plan, division, tuple(filter(None, taken)), prune)


def _leave_tools(stage: Stage, division: Division) -> bool:
    """Give what is installed for everybody, and only builds, to the build stage, where the container starts something
    else; gives whether there is any."""
    words = command_of(stage)
    if not words or words[0].rpartition("/")[2] not in ("node", "nodejs", *node.FILE_SERVERS):
        return False
    behind = " ".join(
        shown(step)
        for index, step in enumerate(stage.steps)
        if index > division.last or isinstance(step, Cmd | Entrypoint | Healthcheck)
    )
    left = False
    for run in stage.runs[: sum(isinstance(step, Run) for step in stage.steps[: division.last + 1])]:
        chain = division.chains[run] or ()
        programs = {member: _only_builds(member) for member in chain}
        tools = {
            member
            for member, names in programs.items()
            if names and not any(re.search(rf"(?<![\w-]){name}(?![\w-])", behind) for name in names)
        }
        if tools:
            left = True
            division.chains[run] = tuple(
                replace(member, role=Role.PACKAGES) if member in tools else member for member in chain
            )
    return left


def _only_builds(member: Member) -> set[str]:
    """The programs that a member installs for everybody, where all of them only build."""
    it = member.call.meaning if member.call and is_global(member.call) else None
    if (
        it is None
        or it.action is not Action.INSTALL
        or it.unknown
        or not {*it.names} <= node.ONLY_BUILD.keys()
    ):
        return set()
    return {node.ONLY_BUILD[name] for name in it.names}


def runs_scripts(stage: Stage) -> bool:
    """Whether something is built, and not only installed."""
    return any(
        works_on_project(command, call)
        and not (call and call.meaning.action in (Action.INSTALL, Action.REMOVE))
        for run in stage.runs
        for command, call in called(run, run.commands)
    )


def _takes_back(stage: Stage, division: Division) -> bool:
    """Whether a RUN behind the first that works on the project deletes something of it, or gives it to somebody."""
    first = next(run for run in stage.runs if builds(division.chains[run]))
    return any(
        command.name in ("rm", "chown", "chmod", "mv") or (call and call.meaning.action is Action.REMOVE)
        for run in stage.runs[stage.runs.index(first) + 1 :]
        for member in division.chains[run] or ()
        if member.role is Role.PACKAGES
        for command, call in called(run, member.commands)
    )


def _leaves_cache(run: Run) -> bool:
    """Whether an install into the project leaves what it downloaded in the layer."""
    calls = [call for call in run.calls_to(node.MANAGERS, Action.INSTALL) if not is_global(call)]
    if run.calls_to(node.MANAGERS, Action.CLEAN) or "/.npm" in shown(run) or "/.cache" in shown(run):
        return False
    folders = {folder for call in calls for folder in CACHES[call.meaning.manager].folders(home(run.state))}
    return bool(calls) and not any(map(run.mounted, folders))


def _packages(stage: Stage, plan: Plan) -> None:
    image, official = stage.base or "", is_node(stage)
    installed = frozenset(
        name
        for run in stage.runs
        for call in run.calls_to(SYSTEM, Action.INSTALL)
        for name in call.meaning.names
    )
    compiles = node.compiles(installed)
    building = node.only_for_building(installed)
    if _may_run_python(stage):
        building = frozenset(name for name in building if not node.PYTHON_FOR_BUILDING.fullmatch(name))

    def needs(name: str, manager: Manager) -> tuple[str, ...] | None:
        if name in building:
            return ()
        return node.needs(name, image, manager, official) if compiles or not is_tool(name) else None

    plan_packages(stage, plan, needs)


def _may_run_python(stage: Stage) -> bool:
    """Whether something in the file that is no package runs Python, or may."""
    for step in stage.steps[1:]:
        if isinstance(step, Run):
            fetches = not node.ADDS_REPOSITORY.search(shown(step)) and any(
                command.name in ("curl", "wget") for command in step.commands
            )
            if fetches or any(command.name.startswith(("python", "pip")) for command in step.commands):
                return True
        elif "python" in shown(step) or (isinstance(step, Add) and "://" in shown(step)):
            return True
    context = stage.build.context
    return bool(context and node.RUNS_PYTHON.search(context.text("package.json") or ""))
