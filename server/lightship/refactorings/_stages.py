"""Writes the two stages that a plan asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..knowledge.managers import SYSTEM, Action, Manager
from ..model.build import Add, Build, Copy, Run, Stage, Step
from ..rewrite import indent_of, line_end
from ..text import Edit, Span
from ._parts import Member, Role, is_apt
from ._plan import Declined, Plan
from ._texts import brings_installer, finished, reworded, shown, text_of, whole

_CARRIED = frozenset(("ARG", "ENV", "WORKDIR", "SHELL", "COPY", "ADD"))
"""Instructions that an install may depend on."""


def converted(build: Build, stage: Stage, plan: Plan) -> str:
    """The whole file's text."""
    opening = stage.opening
    assert opening
    assert opening.image
    source, newline = build.source, line_end(build)
    start = opening.instruction.extent.start
    keyword = "as" if source[opening.instruction.keyword_span].islower() else "AS"
    name = next(
        (name for name in ("build", "build-venv") if build.stage(name) is None and stage.name != name), None
    )
    if name is None:
        raise Declined("there is a stage named build")
    head = source.text[start : opening.image.span.end]
    first: list[str] = [f"{head} {keyword} {name}{newline}", *_build_stage(build, stage, plan)]
    final: list[str] = [whole(build, opening.instruction), *_final_stage(build, stage, plan, name)]
    tail = source.text[stage.steps[-1].instruction.extent.end :]
    text = source.text[:start] + "".join(first).rstrip() + newline * 2 + "".join(final)
    return text if not tail.strip() else text.rstrip() + newline + tail


def _build_stage(build: Build, stage: Stage, plan: Plan) -> Iterator[str]:
    newline = line_end(build)
    anchor = _anchor(stage, plan)
    made = not plan.creates
    for index, step in enumerate(stage.steps):
        if index == 0 or index > plan.last:
            continue
        if index == anchor and not made:
            made = True
            yield from _creation(plan, newline)
        keyword = step.instruction.keyword
        if isinstance(step, Run):
            chain = plan.chains[step]
            if chain is None:
                yield whole(build, step.instruction)
                continue
            picked = [member for member in chain if _builds(member)]
            if index == plan.last:
                stop = max(place for place, member in enumerate(picked) if member.role is Role.PYTHON)
                picked = picked[: stop + 1]
            if index == plan.first and not made:
                stop = next(place for place, member in enumerate(picked) if member.role is Role.PYTHON)
                ahead = [member for member in picked[:stop] if member.role is not Role.STATE]
                yield _run(
                    build, step, [(member, _built(plan, member)) for member in picked[:stop]] if ahead else []
                )
                made = True
                yield from _creation(plan, newline)
                picked = [member for member in picked if member.role is Role.STATE or member not in ahead]
            yield _run(build, step, [(member, _built(plan, member)) for member in picked])
        elif keyword in _CARRIED:
            yield _without_owner(build, step)


def _anchor(stage: Stage, plan: Plan) -> int:
    """The step before which the environment is made: behind the last RUN that comes before the installs, so that
    no COPY makes it again. Behind everything, where the first install's own RUN has something to do before."""
    opening = stage.steps[plan.first]
    chain = (plan.chains[opening] if isinstance(opening, Run) else None) or ()
    ahead = [
        member
        for member in chain[: next(i for i, m in enumerate(chain) if m.role is Role.PYTHON)]
        if _builds(member)
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


def _creation(plan: Plan, newline: str) -> Iterator[str]:
    yield f"RUN {plan.python} -m venv --system-site-packages --without-pip {plan.venv}{newline}"
    active = f"VIRTUAL_ENV={plan.venv} " if plan.active else ""
    yield f'ENV {active}PATH="{plan.venv}/bin:$PATH"{newline}'


def _builds(member: Member) -> bool:
    return member.role not in (Role.REMOVE, Role.CLEAN, Role.ACCOUNT)


def _built(plan: Plan, member: Member) -> str:
    """A member's text in the build stage."""
    if member.role is not Role.PYTHON or member.call is None:
        return text_of(member)
    call, it = member.call, member.call.meaning
    program = call.command.words[it.start].text.rpartition("/")[2]
    replacing: dict[int, str | None] = {
        flag.index: None for flag in it.flags if flag.name in ("--user", "--system") and flag.value is None
    }
    after: dict[int, str] = {}
    match it.manager:
        case Manager.PIP:
            # The base's pip, run by the environment's Python, installs into the environment.
            if program.startswith("pip"):
                version = program.removeprefix("pip").removeprefix("-")
                replacing[it.start] = f"{plan.python if not version else f'python{version}'} -m pip"
            else:
                replacing[it.start] = program
            if it.action is Action.INSTALL and not it.has("--compile", "--no-compile"):
                after[it.verb] = "--no-compile"
        case Manager.SETUP_PY:
            replacing = dict.fromkeys(range(it.start, len(call.command.words)))
            replacing[it.start] = f"{program} -m pip install --no-compile ."
        case Manager.UV if it.name != "sync":
            after[it.verb] = f"--python {plan.venv}/bin/python"
        case Manager.POETRY | Manager.PIPENV | Manager.PDM:
            return f"{text_of(member)} && find {plan.venv} -name __pycache__ -prune -exec rm -rf {{}} +"
    return reworded(member, replacing, after)


def _final_stage(build: Build, stage: Stage, plan: Plan, name: str) -> Iterator[str]:
    newline = line_end(build)
    venv = f"COPY --from={name} {plan.venv} {plan.venv}{newline}"
    path = f"{plan.venv}/bin"
    if not (
        not plan.creates
        and any(path in shown(step) for step in stage.steps if step.instruction.keyword == "ENV")
    ):
        venv += f'ENV PATH="{path}:$PATH"{newline}'
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
            yield above + finished(build, step)
            continue
        chain = plan.chains[step]
        if chain is None:
            yield above + whole(build, step.instruction)
            continue
        updates = [text_of(member) for member in chain if member.role is Role.UPDATE]
        picked = _final_members(plan, chain, update)
        update = updates[-1] if updates else update
        text = _run(build, step, picked)
        places = [place for place, member in enumerate(chain) if member.role is Role.PYTHON]
        if index == plan.first:
            above_venv = above if not text else ""
            later = any(member.role in (Role.FILES, Role.UNKNOWN) for member in chain[places[0] :])
            both = (above_venv + venv, above * bool(text) + text)
            yield from both if later else reversed(both)
        elif text:
            yield above + text


def _final_members(
    plan: Plan, chain: tuple[Member, ...], update: str | None
) -> list[tuple[Member | None, str]]:
    """What the final stage does of a chain. `update` is the last refresh of the index in an earlier RUN."""
    installs = any(
        (member.role is Role.SYSTEM and plan.system.get(member))
        or (
            member.role is Role.FILES
            and any(member.call is call and call.meaning.manager in SYSTEM for call in member.run.calls)
        )
        for member in chain
    )
    refreshed = any(member.role is Role.UPDATE for member in chain)
    picked: list[tuple[Member | None, str]] = []
    cleans = False
    for member in chain:
        match member.role:
            case Role.UPDATE:
                text = text_of(member) if installs else ""
            case Role.SYSTEM:
                text = plan.system.get(member, "")
                if text and not refreshed and update:
                    picked.append((None, update))
                    refreshed = True
            case Role.REMOVE:
                text = "" if member in plan.removed else text_of(member)
            case Role.CLEAN:
                text = text_of(member) if installs else ""
                cleans = cleans or "/var/lib/apt/lists" in text
            case Role.TOOL | Role.PYTHON:
                text = ""
            case _:
                text = text_of(member)
        if text:
            picked.append((member, text))
    apt = any(is_apt(member.call) for member in chain)
    if installs and refreshed and apt and not cleans and not chain[0].run.mounted("/var/lib/apt/lists"):
        picked.append((None, "rm -rf /var/lib/apt/lists/*"))
    return picked


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


def _run(build: Build, run: Run, picked: Sequence[tuple[Member | None, str]]) -> str:
    """A RUN of these commands; '' where none of them does anything but set the shell up."""
    while picked and picked[-1][0] and picked[-1][0].role is Role.STATE:
        picked = picked[:-1]
    if all(member and member.role is Role.STATE for member, _ in picked):
        return ""
    newline, escape, indent = line_end(build), build.file.escape, indent_of(run, build)
    flags = "".join(f"{build.source[flag.span]} " for flag in run.instruction.flags)
    text, comments = "", ""
    for member, command in picked:
        own = member.comments if member else ()
        if not text:
            comments = "".join(f"{comment}{newline}" for comment in own)
            text = f"{build.source[run.instruction.keyword_span]} {flags}{command}"
        else:
            lines = "".join(f"{indent}{comment}{newline}" for comment in own)
            text += f" && {escape}{newline}{lines}{indent}{command}"
    return f"{comments}{text}{newline}"
