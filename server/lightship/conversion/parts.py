"""A stage taken apart: the members of the `&&` and `;` lists of its RUNs, each with what it is there for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..model.build import PackageCall, Run
from ..syntax.shell import Command, Item
from ..text import Span
from .roles import Role, role_of


class Declined(Exception):
    """Carries the reason why there is no conversion."""


@dataclass(frozen=True, eq=False)
class Member:
    """A member of a chain. `comments` are the comment lines that stand before it; `operator` is `;` where what
    follows runs also if it fails, else `&&`."""

    run: Run
    span: Span
    role: Role
    commands: tuple[Command, ...]
    call: PackageCall | None
    comments: tuple[str, ...] = ()
    operator: str = "&&"


def members(run: Run) -> tuple[Member, ...] | None:
    """The members of a RUN's chain; None where it is no chain, so that it stays in one piece."""
    script = run.script
    if script is None or not script.certain or not script.items or run.instruction.heredocs:
        return None
    if run.exec_form:
        return (_member(run, script.items, 0, ""),) if len(script.commands) == 1 else None
    last = script.items[-1]
    if last.operator not in ("", ";") or any(item.operator == "&" for item in script.items):
        return None
    texts = [run.stage.build.source[comment] for comment in script.comments]
    if any(comment.start < last.span.end for comment in script.comments) or "\n" in "".join(texts):
        return None
    stops = _stops(script.items[0].commands)
    found: list[Member] = []
    after = run.instruction.arguments_span.start
    for items in _joined(script.items):
        operator = items[-1].operator
        plain = operator in ("", "&&") or stops or items[-1] is last
        found.append(_member(run, items, after, "&&" if plain else ";"))
        after = items[-1].span.end
    found[0] = replace(found[0], comments=(*found[0].comments, *texts))
    return tuple(found)


def _joined(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items, those together that `||` makes depend on each other: `a && b || c` is one."""
    start = 0
    while start < len(items):
        stop = start
        while stop < len(items) and items[stop].operator in ("&&", "||"):
            stop += 1
        either = [at for at in range(start, min(stop, len(items) - 1)) if items[at].operator == "||"]
        first = either[-1] + 2 if either else start + 1
        yield items[start:first]
        start = first


def _stops(commands: tuple[Command, ...]) -> bool:
    """Whether a script that begins with these commands ends at the first failure."""
    return (
        bool(commands)
        and commands[0].name == "set"
        and any(re.match(r"-\w*e", value) for value in commands[0].values[1:])
    )


def _member(run: Run, items: Sequence[Item], after: int, operator: str) -> Member:
    span = Span(items[0].span.start, items[-1].span.end)
    commands = tuple(command for item in items for command in item.commands)
    calls = [call for call in run.calls if call.command in commands]
    comments = tuple(
        run.stage.build.source[comment.span]
        for comment in run.instruction.comments
        if after <= comment.span.start < span.start
    )
    call = calls[0] if len(calls) == len(commands) == 1 else None
    kind = items[0].kind if len(items) == 1 else "list"
    return Member(run, span, role_of(kind, commands, calls, call), commands, call, comments, operator)
