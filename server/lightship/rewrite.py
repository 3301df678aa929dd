"""Edits that several rules and refactorings need, and the reasons for which they decline.

A `Refusal` says in words why an edit cannot be made without changing what the image holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from .model.build import Build, PackageCall, Run, Stage
from .proof import shell_words
from .syntax.dockerfile import Comment
from .syntax.shell import Command, Script, ShellWord
from .text import Edit, Span

INDENT = "    "

_LEAKS = frozenset(
    (
        "cd", "pushd", "popd", "umask", "set", "shopt", "export", "unset", "alias", "unalias", "trap", "exec", "exit",
        "return", "source", ".", "eval", "read", "ulimit", "declare", "typeset", "local", "readonly", "hash", "getopts",
        "shift", "mapfile", "readarray", "enable", "builtin", "command_not_found_handle",
    )
)  # fmt: skip
"""Commands whose effect the next command of the same shell feels."""

_STARTS_PROCESSES = re.compile(
    r"(service|systemctl|start-stop-daemon|nohup|setsid|daemonize|supervisord|dockerd|invoke-rc\.d|rc-service"
    r"|.*ctl|mysqld.*|.*_ctl.*|Xvfb|xvfb-run|redis-server|mongod|postgres|nginx|apachectl|httpd|sshd|crond?)$"
)
"""Programs that may leave a process behind, which dies with its RUN."""


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
    if not run.exec_form:
        return Rewrite((Edit(at, f" {word}"),), (word,))
    elements = run.instruction.json or ()
    if all(element.span != after.span for element in elements):
        old = next(
            element.value for element in elements if element.span.start <= at.start <= element.span.end
        )
        index = at.start - next(e.span.start for e in elements if e.span.covers(at.start)) - 1
        return Rewrite((Edit(at, f" {word}"),), (f"{old[:index]} {word}{old[index:]}",), (old,))
    return Rewrite((Edit(at, f", {json.dumps(word)}"),), (word,))


def append_command(run: Run, text: str, build: Build) -> Rewrite | Refusal:
    """Let `text` run behind everything else in the RUN, and only if that succeeded."""
    script = run.script
    if run.exec_form or script is None or not script.items:
        return Refusal("there is no shell to run another command in")
    if not script.certain:
        return Refusal("the shell command cannot be read with certainty")
    instruction = run.instruction
    if instruction.heredocs:
        return _append_to_heredoc(run, script, text)
    last = script.items[-1]
    if script.comments:
        return Refusal("a comment ends the command")
    if last.operator:
        return Refusal(f"the command ends with {last.operator!r}")
    if any(command.name in ("exec", "exit", "return") for command in last.commands):
        return Refusal("the last command leaves the shell")
    at = instruction.arguments_span.end
    newline = line_end(build)
    edit = Edit(Span(at, at), f" && {instruction.escape}{newline}{indent_of(run, build)}{text}")
    return Rewrite((edit,), ("&&", *shell_words(text)))


def _append_to_heredoc(run: Run, script: Script, text: str) -> Rewrite | Refusal:
    doc = run.instruction.heredocs[0]
    if len(run.instruction.words) != 1 or not doc.closer:
        return Refusal("the heredoc is input of a command")
    first = script.items[0].commands
    stops = (
        first and first[0].name == "set" and any(re.match(r"-\w*e", value) for value in first[0].values[1:])
    )
    if not stops:
        return Refusal("the script goes on after a command that fails")
    newline = "\r\n" if doc.text.endswith("\r\n") else "\n"
    last = doc.text.rstrip("\r\n").rpartition("\n")[2]
    indent = last[: len(last) - len(last.lstrip())]
    return Rewrite(
        (Edit(Span(doc.body.end, doc.body.end), f"{indent}{text}{newline}"),), (f"{indent}{text}",)
    )


def line_end(build: Build) -> str:
    """The line end that the file uses."""
    return "\r\n" if "\r\n" in build.file.text else "\n"


def indent_of(run: Run, build: Build) -> str:
    """The indentation of the RUN's continued lines, or the guide's where it has none."""
    text = build.source[run.span]
    for line in text.split("\n")[1:]:
        stripped = line.lstrip(" \t")
        if stripped.strip() and not stripped.startswith("#"):
            return line[: len(line) - len(stripped)] or INDENT
    return INDENT


def mergeable(first: Run, second: Run) -> Refusal | None:
    """Why two neighbouring RUNs cannot be one, or None where they can."""
    for run in (first, second):
        if run.triggered:
            return Refusal("one of them runs in a later build (ONBUILD)")
        if run.exec_form:
            return Refusal("one of them has no shell (exec form)")
        if run.instruction.heredocs:
            return Refusal("one of them is a heredoc")
        script = run.script
        if script is None or not script.items:
            return Refusal("the shell is not one that Lightship reads")
        if not script.certain:
            return Refusal("the shell command cannot be read with certainty")
        if script.comments:
            return Refusal("a comment hides the rest of the line from the shell")
        if any("background" in command.within for command in script.commands):
            return Refusal("a command runs in the background")
    if _flags(first) != _flags(second):
        return Refusal("their flags differ")
    if first.state.shell != second.state.shell:
        return Refusal("their shells differ")
    script = first.script
    assert script
    if script.items[-1].operator == "&" or (
        second.script and any(i.operator == "&" for i in second.script.items)
    ):
        return Refusal("a command runs in the background")
    for command in script.commands:
        if command.name == "set" and any(_stops_on_error(value) for value in command.values[1:]):
            return Refusal("`set -e` has no effect in front of `&&`")
        if _STARTS_PROCESSES.match(command.name):
            return Refusal(f"`{command.name}` may leave a process behind, which dies with its RUN")
    if any(_stops_on_error(word) for word in first.state.shell[1:]) and _wraps(script):
        return Refusal("the shell stops on errors (`-e`), which has no effect in front of `&&`")
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
    for position, run in enumerate(group):
        script = run.script
        assert script
        start, end = run.instruction.arguments_span
        opening, closing = _brackets(script, first=position == 0, last=position == len(group) - 1)
        if opening:
            edits += (Edit(Span(start, start), opening), Edit(Span(end, end), closing))
            adds += shell_words(opening + closing)
        if position + 1 < len(group):
            following = group[position + 1].instruction
            comments = _comments_between(build, end, following.keyword_span.start)
            indent = indent_of(run, build)
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


def _comments_between(build: Build, start: int, end: int) -> list[Comment]:
    return [comment for comment in build.file.comments if start <= comment.span.start < end]


def _stops_on_error(word: str) -> bool:
    return bool(re.match(r"-[a-zA-Z]*e", word)) or word == "errexit"


def leaks(script: Script) -> bool:
    """Whether the shell is another one behind the script: folder, variables, options, or gone."""
    return any(
        (command.name in _LEAKS or not command.words or "function" in command.within)
        and not {"subshell", "substitution", "pipeline"} & {*command.within}
        for command in script.commands
    ) or any(item.kind == "function" for item in script.items)


def _wraps(script: Script) -> bool:
    return leaks(script) or bool(script.items[-1].operator)


def _brackets(script: Script, *, first: bool, last: bool) -> tuple[str, str]:
    """What to put around a script that becomes a step of a chain."""
    if not last and _wraps(script):
        return "(", ")"
    operators = [item.operator for item in script.items]
    if not first and any(operator in ("||", ";", "\n") for operator in operators[:-1]):
        return "{ ", "; }" if not operators[-1] else " }"
    return "", ""


def run_groups(stage: Stage) -> Iterable[list[Run]]:
    """The longest rows of neighbouring RUNs that can be merged, each of two or more.

    A pair of which the first only refreshes a package index is left out: that is a matter of its own.
    """
    group: list[Run] = []
    for step in stage.steps:
        if isinstance(step, Run) and group and not group[-1].only_updates and not mergeable(group[-1], step):
            group.append(step)
            continue
        if len(group) > 1:
            yield group
        group = [step] if isinstance(step, Run) else []
    if len(group) > 1:
        yield group
