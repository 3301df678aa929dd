"""Writes the two stages that a plan for Python asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...model.build import Add, Build, Copy, Env, Run, Stage, Step
from ...rewrite import line_end
from ...text import Edit, Span
from ..layout import Kind
from ..parts import Member
from ..plan import Plan
from ..roles import Role
from ..stages import final_members, in_two, name_of, run_of
from ..texts import brings_installer, finished, shown, text_of, whole
from .installs import built

_CARRIED = frozenset(("ARG", "ENV", "WORKDIR", "SHELL", "COPY", "ADD"))
"""Instructions that an install may depend on."""


def converted(build: Build, stage: Stage, plan: Plan) -> str:
    """The whole file's text."""
    name = name_of(stage, "build", "build-venv")
    return in_two(stage, name, _build_stage(build, stage, plan), _final_stage(build, stage, plan, name))


def _build_stage(build: Build, stage: Stage, plan: Plan) -> Iterator[str]:
    newline = line_end(build)
    anchor = _anchor(stage, plan)
    creation = "".join(f"{line}{newline}" for line in plan.layout.creation)
    made = not creation
    if plan.root:
        yield f"USER root{newline}"
    for index, step in enumerate(stage.steps):
        if index == 0 or index > plan.last:
            continue
        if index == anchor and not made:
            made = True
            yield creation
        if isinstance(step, Run):
            chain = plan.chains[step]
            if chain is None:
                yield whole(build, step.instruction)
                continue
            picked = [member for member in chain if _builds(member)]
            if index == plan.last:
                stop = max(place for place, member in enumerate(picked) if _installs(member))
                picked = picked[: stop + 1]
            if index == plan.first and not made:
                stop = next(place for place, member in enumerate(picked) if _installs(member))
                ahead = [member for member in picked[:stop] if member.role is not Role.STATE]
                yield run_of(
                    build,
                    plan,
                    step,
                    _built(plan, picked[:stop]) if ahead else [],
                )
                made = True
                yield creation
                picked = [member for member in picked if member.role is Role.STATE or member not in ahead]
            yield run_of(build, plan, step, _built(plan, picked))
        elif step.instruction.keyword in _CARRIED:
            yield _without_owner(build, step)


def _built(plan: Plan, members: Sequence[Member]) -> list[tuple[Member, str]]:
    return [(member, command) for member in members for command in built(plan.layout, member)]


def _anchor(stage: Stage, plan: Plan) -> int:
    """The step before which the environment is made: behind the last RUN that comes before the installs, so that
    no COPY makes it again. Behind everything, where the first install's own RUN has something to do before."""
    opening = stage.steps[plan.first]
    chain = (plan.chains[opening] if isinstance(opening, Run) else None) or ()
    ahead = [
        member for member in chain[: next(i for i, m in enumerate(chain) if _installs(m))] if _builds(member)
    ]
    if any(member.role is not Role.STATE for member in ahead):
        return -1
    index = plan.first
    for at in range(plan.first - 1, 0, -1):
        step = stage.steps[at]
        if isinstance(step, Run):
            break
        if isinstance(step, Copy | Add):
            index = at
    return index


def _installs(member: Member) -> bool:
    return member.role in (Role.PACKAGES, Role.CREATION)


def _builds(member: Member) -> bool:
    return member.role not in (Role.REMOVE, Role.CLEAN, Role.ACCOUNT)


def _final_stage(build: Build, stage: Stage, plan: Plan, name: str) -> Iterator[str]:
    taken = "".join(_taking(build, stage, plan, name))
    update: str | None = None
    previous = stage.steps[0]
    for index, step in enumerate(stage.steps):
        if index == 0:
            continue
        above = build.source.text[previous.instruction.extent.end : step.instruction.extent.start]
        previous = step
        if not isinstance(step, Run):
            if step in plan.covered or brings_installer(step):
                continue
            yield above + finished(build, step, plan.named.get(step))
            continue
        chain = plan.chains[step]
        if chain is None:
            yield above + whole(build, step.instruction)
            continue
        updates = [text_of(member) for member in chain if member.role is Role.UPDATE]
        picked = final_members(plan, chain, update)
        update = updates[-1] if updates and plan.understood else update
        text = run_of(build, plan, step, picked)
        places = [place for place, member in enumerate(chain) if _installs(member)]
        if index == plan.first:
            above_taken = above if not text else ""
            later = any(member.role in (Role.FILES, Role.UNKNOWN) for member in chain[places[0] :])
            both = (above_taken + taken, above * bool(text) + text)
            yield from both if later else reversed(both)
        elif text:
            yield above + text


def _taking(build: Build, stage: Stage, plan: Plan, name: str) -> Iterator[str]:
    """The instructions that take from the build stage what was installed, and let programs find it."""
    newline, layout = line_end(build), plan.layout
    folders = {layout.folder: plan.owner, **plan.taken}
    for folder, owner in folders.items():
        if not any(folder.startswith(f"{other}/") for other in folders):
            yield f"COPY --from={name} {f'--chown={owner} ' if owner else ''}{folder} {folder}{newline}"
    found = layout.kind is Kind.UV and any(
        f"{layout.folder}/bin" in shown(step) for step in stage.steps if isinstance(step, Env)
    )
    if layout.activation and not found:
        yield f"{layout.activation}{newline}"


def _without_owner(build: Build, step: Step) -> str:
    """Without `--chown`: the build stage has no users but root."""
    flag = step.instruction.flag("chown")
    if not flag:
        return whole(build, step.instruction)
    text = build.source.text
    end = flag.span.end
    while text[end] in " \t":
        end += 1
    return whole(build, step.instruction, [Edit(Span(flag.span.start, end), "")])
