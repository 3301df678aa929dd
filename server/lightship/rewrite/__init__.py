"""Edits that several rules and refactorings need, and the reasons for which they decline.

A `Refusal` says in words why an edit cannot be made without changing what the image holds.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from ..model import effects
from ..model.build import Build, PackageCall, Run, Step
from ..proof import shell_words
from ..syntax.dockerfile import Flag
from ..syntax.shell import Command, ShellWord
from ..text import Edit, Fix, Safety, Span
from ..text import Refusal as Refusal

INDENT = "    "
_FAR = 12


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
    new_line = f"{run.instruction.escape}{line_end(build)}{indent_of(run, build)}"
    operator = ";" if own_statement else " &&"
    leading = not own_statement and has_leading_operators(run, build)
    edit = Edit(Span(at, at), f" {new_line}&& {text}" if leading else f"{operator} {new_line}{text}")
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


def without_flag(step: Step, flag: Flag) -> Rewrite:
    """Take a flag out of an instruction, with the blanks behind it."""
    text = step.stage.build.source.text
    end = len(text) - len(text[flag.span.end :].lstrip(" \t"))
    value = f"={flag.value.text}" if flag.value else ""
    return Rewrite((Edit(Span(flag.span.start, end), ""),), (), (f"--{flag.name.text}{value}",))


def set_above(step: Step, pair: str) -> Fix:
    """Set a variable in an ENV above the instruction, for what runs there and in the container."""
    at = step.instruction.extent.start
    edit = Edit(Span(at, at), f"ENV {pair}{line_end(step.stage.build)}")
    return Fix(f"Set {pair}", (edit,), Safety.UNSAFE, ("ENV", pair))


def line_end(build: Build) -> str:
    """The line end that the file uses."""
    return build.file.newline


def has_leading_operators(run: Run, build: Build) -> bool:
    """Whether the RUN's lines begin with `&&` rather than end with it."""
    lines = [line.strip() for line in build.source[run.span].split("\n")]
    ending = sum(line.removesuffix(run.instruction.escape).rstrip().endswith("&&") for line in lines)
    return sum(line.startswith("&&") for line in lines) > ending


def indent_of(run: Run, build: Build) -> str:
    """The indentation of the RUN's continued lines, or the guide's where it has none."""
    return own_indent(run, build) or INDENT


def own_indent(run: Run, build: Build) -> str:
    """The indentation of the RUN's first line that begins a command, or else of its first continued line, unless that
    is far in, below a word of the line above; empty where there is none."""
    first, *lines = build.source[run.span].split("\n")
    above, found = first, None
    for line in lines:
        stripped = line.lstrip(" \t")
        if not stripped.strip() or stripped.startswith("#"):
            continue
        indent = line[: len(line) - len(stripped)]
        ended = above.rstrip().removesuffix(run.instruction.escape).rstrip()
        if stripped.startswith("&&") or ended.endswith(("&&", ";", "||")):
            return indent
        found = indent if found is None else found
        above = line
    return found if found and len(found.expandtabs(4)) <= _FAR else ""
