"""Decides what becomes of a stage that builds an app of Node's, before a word is written."""

from __future__ import annotations

from typing import NamedTuple

from ..knowledge import node
from ..knowledge.caches import CACHES
from ..knowledge.managers import SYSTEM, Action, Manager
from ..model.build import Run, Stage
from ..model.paths import home
from ._layout import Kind, Layout
from ._node_development import prunes
from ._node_division import Division, builds, divided
from ._node_project import is_node, project_of
from ._node_refusals import refuse_chains, refuse_file, refuse_needs
from ._node_roles import Chains, called, is_global, members_of, works_on_project
from ._node_start import served
from ._packages import plan_packages
from ._parts import Declined
from ._plan import Plan
from ._texts import shown


class NodePlan(NamedTuple):
    """`taken` is the folder that the final stage takes, `prune` the command that the build stage ends with."""

    plan: Plan
    division: Division
    taken: str
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
    plan = Plan(division.chains, Layout(Kind.OWN, division.project), places[0], division.last)
    plan.covered = division.covered
    _packages(stage, plan)
    refuse_needs(stage, plan)
    building = runs_scripts(stage)
    alone = served(stage, division) if building else None
    prune = prunes(stage, division) if building and not alone else None
    leaves_cache = building and len(stage.build.stages) == 1 and any(map(_leaves_cache, stage.runs))
    if not (plan.shipped or alone or prune or leaves_cache):
        raise Declined("only a cache would stay behind, which a cache mount keeps out as well")
    return NodePlan(plan, division, alone or division.project, prune)


def runs_scripts(stage: Stage) -> bool:
    """Whether something is built, and not only installed."""
    return any(
        works_on_project(command, call)
        and not (call and call.meaning.action in (Action.INSTALL, Action.REMOVE))
        for run in stage.runs
        for command, call in called(run, run.commands)
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
    at_once = [
        frozenset(call.meaning.names) for run in stage.runs for call in run.calls_to(SYSTEM, Action.INSTALL)
    ]
    building = {name for names in at_once for name in node.only_for_building(names)}
    if _runs_python(stage):
        building = {name for name in building if not node.PYTHON_FOR_BUILDING.fullmatch(name)}

    def needs(name: str, manager: Manager) -> tuple[str, ...] | None:
        return () if name in building else node.needs(name, image, manager, official)

    plan_packages(stage, plan, needs)


def _runs_python(stage: Stage) -> bool:
    """Whether something in the file that is no package runs Python."""
    for step in stage.steps[1:]:
        if isinstance(step, Run):
            if any(command.name.startswith(("python", "pip")) for command in step.commands):
                return True
        elif "python" in shown(step):
            return True
    return False
