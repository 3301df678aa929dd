"""Writes the two stages of an app of Node's: one that installs and builds, one that takes what comes of it."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.build import Run, Stage, Step
from ...rewrite import line_end
from ..parts import Member
from ..roles import Role
from ..stages import final_members, in_two, name_of, run_of
from ..texts import text_of, whole
from .plan import NodePlan

_RUNTIME = frozenset(
    ("LABEL", "EXPOSE", "CMD", "ENTRYPOINT", "HEALTHCHECK", "VOLUME", "STOPSIGNAL", "MAINTAINER")
)
"""Instructions that nothing in a build stage depends on."""


def converted(stage: Stage, it: NodePlan) -> str:
    """The whole file's text."""
    name, newline = name_of(stage, "build", "build-app"), line_end(stage.build)
    taking = "".join(f"COPY --from={name} {folder} {folder}{newline}" for folder in it.taken)
    texts = dict(_final_stage(stage, it))
    above = {step: _above(stage, index) for index, step in enumerate(stage.steps) if index}
    final: list[str] = []
    for step, text in texts.items():
        lines = [above[step] + text] if text else []
        if step is stage.steps[it.plan.last]:
            gap = newline if not text and above[step].startswith(newline) else ""
            lines.insert(0 if it.division.late_needs_project else len(lines), gap + taking)
        final += lines
    first = _build_stage(stage, it, {step: "" if text else above[step] for step, text in texts.items()})
    return in_two(stage, name, first, final)


def _above(stage: Stage, index: int) -> str:
    """What stands between a step and the one before it: comments and empty lines."""
    before, step = stage.steps[index - 1], stage.steps[index]
    return stage.build.source.text[before.instruction.extent.end : step.instruction.extent.start]


def _build_stage(stage: Stage, it: NodePlan, above: dict[Step, str]) -> Iterator[str]:
    """The instructions up to the last that works on the project, with the comments that the final stage has not."""
    build, plan = stage.build, it.plan
    for step in stage.steps[1 : plan.last + 1]:
        if step.instruction.keyword in _RUNTIME:
            continue
        text = whole(build, step.instruction)
        chain = plan.chains[step] if isinstance(step, Run) else None
        if isinstance(step, Run) and chain is not None:
            here = [member for member in chain if member not in it.division.late]
            picked: list[tuple[Member | None, str]] = [
                (member, text_of(member)) for member in here if member.role is not Role.REMOVE
            ]
            text = run_of(build, plan, step, picked) if picked else ""
        if text:
            yield "".join(line for line in above[step].splitlines(keepends=True) if line.strip()) + text
    if it.prune:
        yield f"RUN {it.prune}{line_end(build)}"


def _final_stage(stage: Stage, it: NodePlan) -> Iterator[tuple[Step, str]]:
    """The steps with their texts, '' for those that it does not have."""
    build, plan = stage.build, it.plan
    update: str | None = None
    for step in stage.steps[1:]:
        text = "" if step in plan.covered else whole(build, step.instruction)
        chain = plan.chains[step] if isinstance(step, Run) else None
        if isinstance(step, Run) and chain is not None:
            updates = [text_of(member) for member in chain if member.role is Role.UPDATE]
            picked = final_members(plan, chain, update)
            text = run_of(build, plan, step, picked) if picked else ""
            update = updates[-1] if updates and plan.understood else update
        yield step, text
