"""Several RUNs become one that does the same."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from .. import regex
from ..model import effects
from ..model.build import Build, Run, Stage
from ..model.layers import history
from ..proof import shell_words
from ..syntax.dockerfile import Comment
from ..syntax.shell import Script
from ..text import Edit, Span
from . import INDENT, Refusal, Rewrite, has_leading_operators, line_end, own_indent

_FRESH = regex.compile(r"/etc/(hosts|resolv\.conf|hostname)\b|/dev/shm\b")
"""Files that the builder makes anew for every RUN, and keeps in no layer."""

_SILENCES = regex.compile(r"(hadolint|lightship|check\s*=)")


@lru_cache(maxsize=256)
def mergeable(first: Run, second: Run) -> Refusal | None:
    """Why two neighbouring RUNs cannot be one, or None where they can."""
    for run in (first, second):
        refusal = _stands_alone(run)
        if refusal:
            return refusal
    if _flags(first) != _flags(second):
        return Refusal("their flags differ")
    if first.state.shell != second.state.shell:
        return Refusal("their shells differ")
    if any(command.name == "return" and "function" not in command.within for command in first.commands):
        return Refusal("`return` stands outside of a function")
    if effects.needs_errexit(first):
        return Refusal("`set -e` has no effect in front of `&&`")
    if any(_SILENCES.match(comment.text) for comment in _comments_between(first, second)):
        return Refusal("a comment between them speaks to a linter about one of them alone")
    assert first.script
    if effects.replaces_shell(first.script):
        return Refusal("the first one replaces the shell")
    program = effects.starts_process(first.script)
    if program:
        return Refusal(f"`{program}` may leave a process behind, which dies with its RUN")
    return None


@lru_cache(maxsize=256)
def _stands_alone(run: Run) -> Refusal | None:
    """Why a RUN cannot be one with any other."""
    if run.triggered:
        return Refusal("one of them runs in a later build (ONBUILD)")
    if run.exec_form:
        return Refusal("one of them has no shell (exec form)")
    if run.instruction.heredocs:
        return Refusal("one of them is a heredoc")
    script = run.script
    if script is None or not script.items or not effects.pipes_in_subshells(run):
        return Refusal("the shell is not one that Lightship reads")
    if not script.certain:
        return Refusal("the shell command cannot be read with certainty")
    if script.comments:
        return Refusal("a comment hides the rest of the line from the shell")
    if effects.has_background(script):
        return Refusal("a command runs in the background")
    if effects.starts_afresh(run):
        return Refusal("each RUN's shell reads its configuration anew")
    fresh = _FRESH.search(run.instruction.arguments.text)
    if fresh:
        return Refusal(f"`{fresh[0]}` is made anew for every RUN")
    return None


def merge_runs(runs: Iterable[Run], build: Build) -> Rewrite | Refusal:
    """Make one RUN of neighbouring ones, each of them a step of a `&&` chain.

    What would leak from one into the next (`cd`, `export`, an assignment …) goes into a subshell, and a list
    with `;` or `||` into braces. Comments between them stay where they are; blank lines go, for BuildKit
    warns of them in a continuation.
    """
    group = list(runs)
    for first, second in pairwise(group):
        refusal = mergeable(first, second)
        if refusal:
            return refusal
    edits: list[Edit] = []
    adds: list[str] = []
    removes: list[str] = []
    newline, escape = line_end(build), build.file.escape
    indent = next((found for run in group if (found := own_indent(run, build))), INDENT)
    leading = any(has_leading_operators(run, build) for run in group)
    for position, run in enumerate(group):
        script = run.script
        assert script
        start, end = run.instruction.arguments_span
        opening, closing = _brackets(run, script, first=position == 0, last=position == len(group) - 1)
        if opening:
            edits += (Edit(Span(start, start), opening), Edit(Span(end, end), closing))
            adds += shell_words(opening + closing)
        if position + 1 < len(group):
            following = group[position + 1].instruction
            comments = _comments_between(run, group[position + 1])
            lines = "".join(f"{build.source[comment.span]}{newline}" for comment in comments)
            gap = Span(end, following.arguments_span.start)
            line = f"{escape}{newline}{lines}{indent}"
            edits.append(Edit(gap, f" {line}&& " if leading else f" && {line}"))
            adds.append("&&")
            removes += ["RUN", *_flags(run)]
    return Rewrite(tuple(_together(edits)), tuple(adds), tuple(removes))


def _together(edits: list[Edit]) -> Iterable[Edit]:
    """Edits that touch become one, in the order in which they were made."""
    edits.sort(key=lambda edit: edit.span)
    merged: list[Edit] = []
    for edit in edits:
        if merged and merged[-1].span.end == edit.span.start:
            last = merged.pop()
            edit = Edit(Span(last.span.start, edit.span.end), last.text + edit.text)
        merged.append(edit)
    return merged


def _flags(run: Run) -> list[str]:
    return [
        f"--{flag.name.text}={flag.value.text}" if flag.value else f"--{flag.name.text}"
        for flag in run.instruction.flags
    ]


def _comments_between(first: Run, second: Run) -> list[Comment]:
    start, end = first.instruction.arguments_span.end, second.instruction.arguments_span.start
    return [comment for comment in first.stage.build.file.comments if start <= comment.span.start < end]


def _brackets(run: Run, script: Script, *, first: bool, last: bool) -> tuple[str, str]:
    """What to put around a script that becomes a step of a chain."""
    if not last and (script.items[-1].operator or effects.leaks(run)):
        # Two brackets that touch would mean arithmetic.
        return "( " if script.items[0].kind == "subshell" else "(", ")"
    several = any(item.operator in ("||", ";", "\n") for item in script.items[:-1])
    hidden = not effects.nests_well(run) and "||" in shell_words(run.instruction.arguments.text)
    if not first and (several or hidden):
        return "{ ", " }" if script.items[-1].operator else "; }"
    return "", ""


def run_groups(stage: Stage) -> Iterable[list[Run]]:
    """The longest rows of neighbouring RUNs that can be merged, each of two or more.

    Left out are matters of their own: a RUN that only refreshes a package index, and a row in which one removes
    what another one brings.
    """
    group: list[Run] = []
    for step in (*stage.steps, None):
        if isinstance(step, Run) and group and not group[-1].only_updates and not mergeable(group[-1], step):
            group.append(step)
            continue
        if len(group) > 1 and not history(stage.build).joins(group):
            yield group
        group = [step] if isinstance(step, Run) else []
