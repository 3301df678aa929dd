"""Writes the two stages that a plan asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ..knowledge.managers import APT_FAMILY, SYSTEM, Action
from ..model.build import Add, Build, Copy, Env, Run, Stage, Step
from ..rewrite import Refusal, append_command, has_leading_operators, indent_of, line_end
from ..text import Edit, Span
from ._installs import built
from ._layout import Kind
from ._parts import Declined, Member
from ._plan import Plan
from ._roles import Role
from ._texts import brings_installer, finished, shown, text_of, whole
from ._tools import is_apt

_CARRIED = frozenset(("ARG", "ENV", "WORKDIR", "SHELL", "COPY", "ADD"))
"""Instructions that an install may depend on."""
LISTS = "rm -rf /var/lib/apt/lists/*"


def converted(build: Build, stage: Stage, plan: Plan) -> str:
    """The whole file's text."""
    name = name_of(stage, "build", "build-venv")
    return in_two(stage, name, _build_stage(build, stage, plan), _final_stage(build, stage, plan, name))


def name_of(stage: Stage, *names: str) -> str:
    """The first of these names that no stage has."""
    for name in names:
        if stage.build.stage(name) is None and stage.name != name:
            return name
    raise Declined(f"there is a stage named {names[0]}")


def in_two(
    stage: Stage, name: str, first: Iterable[str], final: Iterable[str], *, base: str | None = None
) -> str:
    """The whole file's text with two stages in place of one, which is the last: `name` is that of the first, `base`
    the second's FROM where it is another one."""
    build, opening = stage.build, stage.opening
    assert opening
    assert opening.image
    source, newline = build.source, line_end(build)
    start = opening.instruction.extent.start
    keyword = "as" if source[opening.instruction.keyword_span].islower() else "AS"
    head = f"{source.text[start : opening.image.span.end]} {keyword} {name}{newline}"
    above = "".join([head, *first]).rstrip()
    below = "".join([base or whole(build, opening.instruction), *final])
    tail = source.text[stage.steps[-1].instruction.extent.end :]
    text = source.text[:start] + above + newline * 2 + below
    return text if not tail.strip() else text.rstrip() + newline + tail


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


def final_members(
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
    for member in chain:
        match member.role:
            case Role.UPDATE:
                text = text_of(member) if installs or not plan.understood else ""
            case Role.SYSTEM:
                *first, text = plan.system.get(member) or ("",)
                fetches = member.call is not None and member.call.meaning.has("--no-cache")
                if text and not refreshed and update and not fetches:
                    picked.append((None, update))
                    refreshed = True
                picked += [(None, command) for command in first]
            case Role.REMOVE:
                text = plan.removals.get(member, text_of(member))
            case Role.CLEAN:
                text = text_of(member) if installs or not plan.understood else ""
            case Role.TOOL | Role.PACKAGES | Role.CREATION:
                text = ""
            case _:
                text = text_of(member)
                if not refreshed and update and _needs_index(member):
                    picked.append((None, update))
                    refreshed = True
        if text:
            picked.append((member, text))
    apt = plan.understood and any(is_apt(member.call) for member in chain)
    cleans = any(re.search(r"\b(rm|find)\b[^&;|]*/var/lib/apt\b", text) for _, text in picked)
    if installs and refreshed and apt and not cleans and not chain[0].run.mounted("/var/lib/apt/lists"):
        picked.append((None, LISTS))
    return picked


def _needs_index(member: Member) -> bool:
    """Whether it upgrades or installs system packages in some other way than by a plain install."""
    return any(
        call.command in member.commands and call.meaning.manager in APT_FAMILY
        for call in member.run.calls_to(SYSTEM, Action.UPGRADE, Action.INSTALL, Action.DOWNLOAD)
    )


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


def run_of(build: Build, plan: Plan, run: Run, picked: Sequence[tuple[Member | None, str]]) -> str:
    """A RUN of these commands; '' where none of them does anything but set the shell up."""
    while picked and picked[-1][0] and picked[-1][0].role is Role.STATE:
        picked = picked[:-1]
    if all(member and member.role is Role.STATE for member, _ in picked):
        return ""
    if (unchanged := _unchanged(build, plan, run, picked)) is not None:
        return unchanged
    newline, escape, indent = line_end(build), build.file.escape, indent_of(run, build)
    leading = has_leading_operators(run, build)
    flags = "".join(f"{build.source[flag.span]} " for flag in run.instruction.flags)
    text, comments = "", ""
    chain = plan.chains[run] or ()
    for at, (member, command) in enumerate(picked):
        own = member.comments if member and (not at or picked[at - 1][0] is not member) else ()
        if not text:
            comments = "".join(f"{comment}{newline}" for comment in own)
            text = f"{build.source[run.instruction.keyword_span]} {flags}{command}"
        else:
            lines = "".join(f"{indent}{comment}{newline}" for comment in own)
            operator = _operator(chain, picked[at - 1][0], member)
            ahead, behind = ("", "&& ") if leading and operator == " &&" else (operator, "")
            text += f"{ahead} {escape}{newline}{lines}{indent}{behind}{command}"
    if _operator(chain, picked[-1][0], None) == ";":
        text += " || true"  # its failure did not matter
    return f"{comments}{text}{newline}"


def _unchanged(build: Build, plan: Plan, run: Run, picked: Sequence[tuple[Member | None, str]]) -> str | None:
    """The RUN as it is written, where nothing but the removal of the package lists is new; None otherwise."""
    cleans = bool(picked) and picked[-1] == (None, LISTS)
    commands = picked[:-1] if cleans else picked
    if list(commands) != [(member, text_of(member)) for member in plan.chains[run] or ()]:
        return None
    added = append_command(run, LISTS, build) if cleans else None
    if added is None:
        return whole(build, run.instruction)
    return None if isinstance(added, Refusal) else whole(build, run.instruction, added.edits)


def _operator(chain: Sequence[Member], before: Member | None, after: Member | None) -> str:
    """What stands between two members of a chain that may have had others between them."""
    if before is None or before is after:
        return " &&"
    start = chain.index(before)
    stop = chain.index(after) if after else len(chain) - 1
    return ";" if any(member.operator == ";" for member in chain[start:stop]) else " &&"
