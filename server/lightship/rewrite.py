"""Edits that several rules and refactorings need, and the reasons for which they decline.

A `Refusal` says in words why an edit cannot be made without changing what the image holds.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from . import regex
from .model import effects
from .model.build import Build, PackageCall, Run, Stage
from .model.layers import history
from .proof import shell_words
from .syntax.dockerfile import Comment
from .syntax.shell import Command, Script, ShellWord
from .text import Edit, Span

INDENT = "    "

_FRESH = regex.compile(r"/etc/(hosts|resolv\.conf|hostname)\b|/dev/shm\b")
"""Files that the builder makes anew for every RUN, and keeps in no layer."""

_SILENCES = regex.compile(r"(hadolint|lightship|check\s*=)")


@dataclass(frozen=True)
class Refusal:
    """Why something is not offered, for a person to read."""

    reason: str


@dataclass(frozen=True)
class Rewrite:
    """Edits with the words that they add and remove, as `Fix` declares them."""

    edits: tuple[Edit, ...]
    adds: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()


def add_flag(call: PackageCall, run: Run, flag: str) -> Rewrite | Refusal:
    """Put `flag` right behind the manager's verb (`pip install` → `pip install --no-cache-dir`)."""
    return insert_word(call.command, run, call.verb, flag)


def insert_word(command: Command, run: Run, after: ShellWord, word: str) -> Rewrite | Refusal:
    """Put a plain word behind another one of a command, in the shell form or the exec form."""
    if not command.certain:
        return Refusal("the shell command cannot be read with certainty")
    at = Span(after.span.end, after.span.end)
    edit = Edit(at, f" {word}")
    if any(doc.body.start <= at.start < doc.body.end for doc in run.instruction.heredocs):
        source = run.stage.build.source
        start, end = source.line_starts[source.line_of(at.start)], source.text.find("\n", at.start)
        before, behind = source.text[start : at.start], source.text[at.start : end]
        return Rewrite((edit,), (f"{before} {word}{behind}",), (before + behind,))
    if "substitution" in command.within:
        body = run.instruction.arguments
        index = body.index(at.start - 1) + 1
        old = Counter(shell_words(body.text))
        new = Counter(shell_words(f"{body.text[:index]} {word}{body.text[index:]}"))
        return Rewrite((edit,), tuple((new - old).elements()), tuple((old - new).elements()))
    if not run.exec_form:
        return Rewrite((edit,), (word,))
    elements = run.instruction.json or ()
    if all(element.span != after.span for element in elements):
        text = next(
            element.value for element in elements if element.span.start <= at.start <= element.span.end
        )
        index = at.start - next(e.span.start for e in elements if e.span.covers(at.start)) - 1
        return Rewrite((edit,), (f"{text[:index]} {word}{text[index:]}",), (text,))
    return Rewrite((Edit(at, f", {json.dumps(word)}"),), (word,))


def append_command(run: Run, text: str, build: Build) -> Rewrite | Refusal:
    """Let `text` run behind everything else in the RUN, and only if that succeeded."""
    script = run.script
    if run.exec_form or script is None or not script.items:
        return Refusal("there is no shell to run another command in")
    if not script.certain:
        return Refusal("the shell command cannot be read with certainty")
    last = script.items[-1]
    if last.operator:
        return Refusal(f"the command ends with {last.operator!r}")
    if any(command.name in ("exec", "exit", "return") for command in last.commands):
        return Refusal("the last command leaves the shell")
    # Behind `set -e`, a failure in the middle of `a && b` or of `for …` is not what a failed command is.
    plain = last.kind in ("command", "pipeline")
    alone = plain and (len(script.items) == 1 or script.items[-2].operator in (";", "\n"))
    stops = effects.stops_on_error(run)
    if stops and not plain:
        return Refusal("`set -e` has no effect in front of `&&`")
    if run.instruction.heredocs:
        return _append_to_heredoc(run, text, own_line=stops and alone)
    if script.comments:
        return Refusal("a comment ends the command")
    at = run.instruction.arguments_span.end
    own_statement = stops and alone and len(script.items) > 1
    line = f"{run.instruction.escape}{line_end(build)}{indent_of(run, build)}{text}"
    edit = Edit(Span(at, at), f"; {line}" if own_statement else f" && {line}")
    return Rewrite((edit,), (";" if own_statement else "&&", *shell_words(text)))


def _append_to_heredoc(run: Run, text: str, *, own_line: bool) -> Rewrite | Refusal:
    doc = run.instruction.heredocs[0]
    if len(run.instruction.words) != 1 or not doc.closer:
        return Refusal("the heredoc is input of a command")
    newline = "\r\n" if doc.text.endswith("\r\n") else "\n"
    body = doc.text.rstrip()
    last = body.rpartition("\n")[2]
    indent = last[: len(last) - len(last.lstrip())]
    if own_line:
        edit = Edit(Span(doc.body.end, doc.body.end), f"{indent}{text}{newline}")
        return Rewrite((edit,), (edit.text.rstrip("\n"),))
    assert run.script
    at = run.script.items[-1].span.end
    if at != doc.body.start + len(body):
        return Refusal("a comment ends the script")
    new = f" &&{newline}{indent}{INDENT}{text}"
    rest = doc.text[len(body) :].partition("\n")[0]
    return Rewrite((Edit(Span(at, at), new),), tuple(f"{last}{new}{rest}".split("\n")), (last + rest,))


def line_end(build: Build) -> str:
    """The line end that the file uses."""
    return "\r\n" if "\r\n" in build.file.text else "\n"


def indent_of(run: Run, build: Build) -> str:
    """The indentation of the RUN's continued lines, or the guide's where it has none."""
    return _own_indent(run, build) or INDENT


def _own_indent(run: Run, build: Build) -> str:
    for line in build.source[run.span].split("\n")[1:]:
        stripped = line.lstrip(" \t")
        if stripped.strip() and not stripped.startswith("#"):
            return line[: len(line) - len(stripped)]
    return ""


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
    indent = next((found for run in group if (found := _own_indent(run, build))), INDENT)
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
            edits.append(Edit(gap, f" && {escape}{newline}{lines}{indent}"))
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
