"""Node: the project is built in a stage of its own, and the final stage takes its folder."""

from __future__ import annotations

from ...knowledge.managers import Action
from ...model.build import Stage
from ...text import Span
from ..language import Conversion, Language
from ..plan import saved
from ..texts import KEPT, whole
from .plan import plan_of
from .refusals import project_calls
from .stages import converted


def _places(stage: Stage) -> list[Span]:
    """The RUNs that install what a project needs."""
    return [run.span for run in stage.runs if not run.triggered and any(project_calls(run, Action.INSTALL))]


def _convert(stage: Stage) -> Conversion:
    it = plan_of(stage)
    kept = tuple(
        whole(stage.build, step.instruction)
        for step in stage.steps
        if step.instruction.keyword in KEPT and step not in it.plan.covered
    )
    return Conversion(converted(stage, it), kept, saved(it.plan))


LANGUAGE = Language("Node", _places, _convert)
