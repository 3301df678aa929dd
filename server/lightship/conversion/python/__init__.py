"""Python: packages are installed into a virtual environment, which the final stage takes."""

from __future__ import annotations

from ...knowledge.managers import Action
from ...model.build import Stage
from ...text import Span
from ..language import Conversion, Language
from ..plan import saved
from ..texts import KEPT, brings_installer, finished
from ..tools import PYTHON, installs_tools
from .planning import plan_of
from .stages import converted


def _convert(stage: Stage) -> Conversion:
    plan = plan_of(stage)
    kept = tuple(
        finished(stage.build, step, plan.named.get(step))
        for step in stage.steps
        if step.instruction.keyword in KEPT and step not in plan.covered and not brings_installer(step)
    )
    return Conversion(converted(stage.build, stage, plan), kept, saved(plan))


def _places(stage: Stage) -> list[Span]:
    """The RUNs that install Python packages."""
    return [
        run.span
        for run in stage.runs
        if not run.triggered
        and any(
            call.meaning.manager in PYTHON
            and call.meaning.action is Action.INSTALL
            and not installs_tools(call)
            for call in run.calls
        )
    ]


LANGUAGE = Language("Python", _places, _convert)
