"""Writes two stages in place of one, and the RUNs of the final one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..knowledge.managers import APT_FAMILY, SYSTEM, Action
from ..model.build import Build, Run, Stage
from ..rewrite import Refusal, append_command, has_leading_operators, indent_of, line_end
from .parts import Declined, Member
from .plan import Plan
from .roles import Role
from .texts import text_of, whole
from .tools import is_apt

LISTS = "rm -rf /var/lib/apt/lists/*"


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
