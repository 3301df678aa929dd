"""Tree → `Build`: stages and what each instruction sees where it stands."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from .. import regex
from ..syntax.dockerfile import Instruction, parse
from ..text import Source
from .build import DEFAULT_SHELL, WINDOWS_SHELL, Build, From, Stage, State, step
from .scope import PLATFORM_ARGUMENTS, Scope, Variable

if TYPE_CHECKING:
    from ..context import BuildContext
    from .build import Registries

_WINDOWS_BASE = regex.compile(
    r"(^|/)(windows|nanoserver|servercore)\b|windowsservercore|nanoserver", re.IGNORECASE
)


@lru_cache(maxsize=4)
def analyze(
    source: Source, context: BuildContext | None = None, registries: Registries | None = None
) -> Build:
    """Read a Dockerfile. Never raises; the same text is read only once."""
    return read(source, context, registries)


def read(source: Source, context: BuildContext | None = None, registries: Registries | None = None) -> Build:
    """The same for who looks at many files, each once, and takes them apart afterwards."""
    file = parse(source.text)
    build = Build(source, file, context, registries)
    outside = Stage(-1, "", None, None, build)
    state = State(Scope().having(*(Variable(name, None, None, "predefined") for name in PLATFORM_ARGUMENTS)))
    arguments = []
    instructions = list(file.instructions)
    while instructions and instructions[0].keyword == "ARG":
        argument = instructions.pop(0)
        arguments.append(step(argument, outside, state))
        state = replace(state, scope=state.scope.with_args(argument.pairs, file.escape, None))
    build.arguments, build.scope = tuple(arguments), state.scope
    for instruction in instructions:
        if instruction.keyword == "FROM" or not build.stages:
            _open(build, instruction)
        stage = build.stages[-1]
        before = State(build.scope) if instruction.keyword == "FROM" else stage.end
        stage.steps.append(step(instruction, stage, before))
        stage.end = _after(stage.end, instruction, build)
    if build.final:
        for stage in build.final.lineage:
            stage.shipped = True
    return build


def take_apart(build: Build) -> None:
    """Cut the circles in which a build, its stages and steps hold each other: nobody may use them afterwards.

    They are freed at once then. To find them as garbage would take a sixth of the time of a check of many files.
    """
    for each in (*build.stages, build):
        vars(each).clear()


def _open(build: Build, instruction: Instruction) -> None:
    """Begin a stage with its FROM (or with what stands in a FROM's place)."""
    index = len(build.stages)
    stage = Stage(index, "", None, None, build)
    opening = step(instruction, stage, State(build.scope))
    start = State()
    if isinstance(opening, From):
        stage.name = opening.alias.text.lower() if opening.alias else ""
        stage.value = opening.expand(opening.image)
        stage.parent = (
            build.stage(stage.value, index) if stage.value and not stage.value.isdecimal() else None
        )
        if stage.parent:
            start = stage.parent.end
        elif _WINDOWS_BASE.search(stage.value or ""):
            start = replace(start, shell=WINDOWS_SHELL)
        stage.end = start
    else:
        # The FROM is yet to be written; until it is, all that stands there is in one scope.
        stage.end = State(build.scope)
    build.stages.append(stage)


def _after(state: State, instruction: Instruction, build: Build) -> State:
    """What is in force behind an instruction."""
    escape = instruction.escape
    match instruction.keyword:
        case "ENV":
            return replace(state, scope=state.scope.with_env(instruction.pairs, escape))
        case "ARG":
            return replace(state, scope=state.scope.with_args(instruction.pairs, escape, build.scope))
        case "SHELL" if instruction.json:
            words = tuple(element.value for element in instruction.json)
            return replace(state, shell=words or DEFAULT_SHELL, shell_set=instruction.span)
        case "USER" if instruction.words:
            user = state.scope.expand(instruction.words[0].text, escape)
            return replace(state, user=user, user_set=instruction.span)
        case "WORKDIR" if instruction.words:
            path = state.scope.expand(instruction.words[0].text, escape)
            if path is not None and not path.startswith("/"):
                path = posixpath.join(state.workdir, path) if state.workdir else None
            return replace(state, workdir=path and posixpath.normpath(path), workdir_set=instruction.span)
    return state
