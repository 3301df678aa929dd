"""Texts of steps and members, as they are and with other words."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence

from ..model.build import Build, Copy, Step
from ..rewrite import line_end
from ..syntax.dockerfile import Instruction
from ..text import Edit, Span, apply
from .parts import Member

KEPT = frozenset(
    (
        "ENV", "EXPOSE", "VOLUME", "LABEL", "HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT", "CMD", "USER", "WORKDIR",
        "COPY", "ADD", "ARG", "SHELL", "MAINTAINER",
    )
)  # fmt: skip
"""Instructions that make the shipped image what it is, beside RUN."""
RUNNERS = ("uv", "poetry", "pipenv", "pdm")


def line_of(build: Build, step: Step) -> int:
    return build.source.line_of(step.span.start) + 1


def shown(step: Step) -> str:
    return step.instruction.joined.text + "".join(doc.text for doc in step.instruction.heredocs)


def whole(build: Build, instruction: Instruction, edits: Sequence[Edit] = ()) -> str:
    """Its lines, with an end of line."""
    start, end = instruction.extent
    moved = [Edit(edit.span.moved(-start), edit.text) for edit in edits]
    text = apply(build.source.text[start:end], moved)
    return text if text.endswith("\n") else text + line_end(build)


def text_of(member: Member) -> str:
    if member.run.exec_form:
        return shlex.join(member.commands[0].values)
    return member.run.stage.build.source[member.span]


def reworded(
    member: Member, replacing: Mapping[int, str | None], after: Mapping[int, str] | None = None
) -> str:
    """A command with words replaced (None: taken out), and words put behind others."""
    after = after or {}
    words = member.commands[0].words
    if member.run.exec_form:
        pieces: list[str] = []
        for index, value in enumerate(member.commands[0].values):
            piece = replacing[index] if index in replacing else shlex.quote(value)
            pieces += [part for part in (piece, after.get(index)) if part]
        return " ".join(pieces)
    source = member.run.stage.build.source
    edits: list[Edit] = []
    index = 0
    while index < len(words):
        word = words[index]
        extra = f" {after[index]}" if index in after else ""
        if replacing.get(index, "") is not None:
            if index in replacing or extra:
                edits.append(Edit(word.span, (replacing.get(index) or word.text) + extra))
            index += 1
            continue
        stop = index + 1
        while stop < len(words) and replacing.get(stop, "") is None:
            stop += 1
        # The first words of a line make way for those behind them, others go with the blanks before them.
        opens = index == 0 or "\n" in source[Span(words[index - 1].span.end, word.span.start)]
        goes_on = (
            stop < len(words) and "\n" not in source[Span(words[stop - 1].span.end, words[stop].span.start)]
        )
        if index == 0 or (opens and goes_on):
            edits.append(Edit(Span(word.span.start, words[stop].span.start), ""))
        else:
            edits.append(Edit(Span(words[index - 1].span.end, words[stop - 1].span.end), ""))
        index = stop
    start, end = member.span
    moved = [Edit(edit.span.moved(-start), edit.text) for edit in edits]
    return apply(source.text[start:end], moved)


def started(step: Step) -> list[Edit] | None:
    """Edits that start a program without `poetry run` and its like; None where that is not possible."""
    instruction = step.instruction.inner or step.instruction
    if instruction.json:
        values = [element.value for element in instruction.json]
        if values[0] not in RUNNERS:
            return []
        if len(values) < 3 or values[1] != "run" or values[2].startswith("-"):
            return None
        python = '"python", ' if _is_script(values[0], values[2]) else ""
        return [Edit(Span(instruction.json[0].span.start, instruction.json[2].span.start), python)]
    text = instruction.arguments.text
    match = re.match(r"(?:exec\s+)?((uv|poetry|pipenv|pdm)\s+)(run\s+(?!-))?(\S*)", text)
    if not match:
        return []
    if not match[3]:
        return None
    python = "python " if _is_script(match[2], match[4]) else ""
    return [Edit(instruction.arguments.span(match.start(1), match.end(3)), python)]


def _is_script(runner: str, program: str) -> bool:
    """Whether a program is one that `uv run` hands to Python."""
    return runner == "uv" and program.endswith(".py")


def finished(build: Build, step: Step, named: Edit | None = None) -> str:
    """An instruction as it is in the final stage; `named` starts a program by its name."""
    if step.instruction.keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
        return whole(build, step.instruction, [named] if named else started(step) or ())
    return whole(build, step.instruction)


def brings_installer(step: Step) -> bool:
    """Whether it copies uv out of its own image."""
    return (
        isinstance(step, Copy)
        and bool(re.search(r"\buv\b", step.origin or ""))
        and all(source and re.fullmatch(r"(/usr/local/bin)?/uvx?", source) for source in step.sources)
    )
