"""The names that a Dockerfile gives and uses: stages, variables and heredocs, each with all of its places.

A variable belongs to a stage, to the stages built on that one, and to the part above the first FROM where the
stage repeats a global `ARG` without a default. What BuildKit, the shell and shells started by it read under
one name is one variable; one that only a script sets is that script's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .. import regex
from ..syntax.dockerfile import Heredoc, Word
from ..syntax.shell_variables import ShellVariable, of_windows, variables
from ..text import Span
from .build import Arg, Build, From, Healthcheck, Onbuild, Shellish, Stage, Step, step

Kind = Literal["stage", "variable", "heredoc"]

_KEY = regex.compile(r"""(["']?)([^"'\\`$]+)\1""")
_OPENER = regex.compile(r"""(\d*<<-?)(["']?)([^"'\\]+)\2""")
_ORIGIN = regex.compile(r"(?:^|,)from=([^,]+)", re.IGNORECASE)


class Use(NamedTuple):
    """A place where a name stands, as `text` has it there. `declares`: a stage's, variable's or heredoc's
    declaration; `sets`: a script gives the variable another value."""

    span: Span
    text: str
    step: Step
    declares: bool = False
    sets: bool = False


@dataclass(frozen=True)
class Name:
    """A name and its places, in order. `text` is '' for a stage without a name."""

    kind: Kind
    text: str
    uses: tuple[Use, ...]

    @property
    def declarations(self) -> tuple[Use, ...]:
        return tuple(use for use in self.uses if use.declares)

    def at(self, offset: int) -> Use | None:
        return next((use for use in self.uses if use.span.covers(offset)), None)


def name_at(build: Build, offset: int) -> Name | None:
    """The name under the cursor: of the variable where a stage's name comes from one."""
    here = next((each for each in build.outer_steps if each.span.covers(offset)), None)
    if here is None:
        return None
    for doc in here.instruction.heredocs:
        name = _heredoc(here, doc)
        if name and name.at(offset):
            return name
    if use := next((each for each in _variables(here) if each.span.covers(offset)), None):
        return _variable(build, use)
    if use := next((each for each in _stages(here) if each.span.covers(offset)), None):
        return _stage(build, use)
    return None


# Heredocs


def _heredoc(step: Step, doc: Heredoc) -> Name | None:
    opener = _OPENER.fullmatch(step.stage.build.source[doc.opener])
    if opener is None:
        return None
    uses = [Use(Span(*opener.span(3)).moved(doc.opener.start), doc.name, step, declares=True)]
    if doc.closer:
        uses.append(Use(doc.closer, doc.name, step))
    return Name("heredoc", doc.name, tuple(uses))


# Variables


def _variable(build: Build, use: Use) -> Name:
    uses = variables_at(build, use.step, use.text)
    if not any(each.declares for each in uses):
        setting = {each.step for each in uses if each.sets}
        if use.step in setting:
            uses = [each._replace(declares=each.sets) for each in uses if each.step is use.step]
        else:
            uses = [each for each in uses if each.step not in setting]
    return Name("variable", use.text, tuple(sorted(uses, key=lambda each: each.span)))


def variables_at(build: Build, step: Step, name: str) -> list[Use]:
    """Every place where a variable of that name, at home where the step is, stands; scripts' own ones too."""
    homes = _homes(build, name)
    home = homes[_home(step, name)]
    return [
        use
        for each in build.outer_steps
        if homes[_home(each, name)] == home and _mentions(each, name)
        for use in _variables(each)
        if use.text == name
    ]


_GLOBAL, _NOWHERE = -1, -2
"""Where an argument of FROM is at home, and where a variable in a FROM is that no ARG declares."""


def _home(step: Step, name: str) -> int:
    """The index of the stage whose variable `name` is at a step."""
    if isinstance(step, From):
        known = step.stage.build.scope.get(name)
        return _GLOBAL if known and known.origin else _NOWHERE
    return step.stage.index


def _homes(build: Build, name: str) -> dict[int, int]:
    """For each home of a variable the first one that shares it."""
    known = build.scope.get(name)
    homes = {_NOWHERE: _NOWHERE, _GLOBAL: _GLOBAL}
    for stage in build.stages:
        homes[stage.index] = stage.index
        inherited = stage.parent.end.scope.get(name) if stage.parent else None
        if stage.parent and inherited and inherited.kind != "predefined":
            homes[stage.index] = homes[stage.parent.index]
        elif stage.opening is None or (known and known.origin and _repeats(stage, name)):
            homes[stage.index] = _GLOBAL
    return homes


def _repeats(stage: Stage, name: str) -> bool:
    return any(
        pair.value is None and pair.key.text == name
        for step in stage.steps
        if isinstance(step, Arg)
        for pair in step.instruction.pairs
    )


def _mentions(step: Step, name: str) -> bool:
    instruction = step.instruction
    return name in instruction.joined.text or any(name in doc.text for doc in instruction.heredocs)


def _variables(outer: Step) -> Iterator[Use]:
    """The places of all variables in an instruction, by BuildKit's reading and by the shell's."""
    instruction = outer.instruction.inner or outer.instruction
    for reference in outer.instruction.variables:
        yield Use(reference.name.span, reference.name.text, outer)
    if instruction.keyword in ("ARG", "ENV"):
        for pair in instruction.pairs:
            if key := _KEY.fullmatch(pair.key.text):
                span = instruction.place(pair.key).span(*key.span(2))
                yield Use(span, key[2], outer, declares=True)
    match outer:
        case Shellish():
            yield from _in_shell(outer, outer)
        case Onbuild() | Healthcheck() if outer.instruction.inner:
            inner = step(outer.instruction.inner, outer.stage, outer.state)
            if isinstance(inner, Shellish):
                yield from _in_shell(outer, inner)


def _in_shell(outer: Step, command: Shellish) -> Iterator[Use]:
    body = command.body
    found: Iterator[ShellVariable]
    if body is not None:
        found = iter(variables(body.text))
    elif command.exec_form or command.state.posix or not command.state.shell:
        return
    else:
        body = command.instruction.arguments
        found = of_windows(body.text, command.state.shell[0])
    for variable in found:
        yield Use(body.span(*variable.span), variable.name, outer, sets=variable.sets)


# Stages


def _stage(build: Build, use: Use) -> Name:
    stage = _target(use)
    wanted = use.text.lower() if stage is None else None
    uses = [
        each
        for step in build.outer_steps
        for each in _stages(step)
        if (each.text.lower() == wanted and _target(each) is None if wanted else _same(_target(each), stage))
    ]
    if stage and not stage.name and stage.opening and stage.opening.image:
        image = stage.opening.image
        uses.append(Use(image.span, image.text, stage.opening, declares=True))
    name = (stage.name if stage else wanted) or ""
    return Name("stage", name, tuple(sorted(uses, key=lambda each: each.span)))


def _same(one: Stage | None, other: Stage | None) -> bool:
    """Whether two are the same stage, or have the same name by mistake."""
    return one is other or bool(one and other and one.name and one.name == other.name)


def _target(use: Use) -> Stage | None:
    """The stage that a use means; one further down too, which is a mistake, but a clear one."""
    stage = use.step.stage
    if use.declares:
        return stage
    if isinstance(use.step, From):
        return stage.parent
    return stage.build.stage(use.text, stage.index) or (
        None if use.text.isdecimal() else stage.build.stage(use.text)
    )


def _stages(outer: Step) -> Iterator[Use]:
    """The places of stages' names in an instruction, and of what stands where one could."""
    instruction = outer.instruction.inner or outer.instruction
    if isinstance(outer, From):
        if outer.image and outer.stage.parent:
            yield Use(outer.image.span, outer.image.text, outer)
        if outer.alias:
            yield Use(outer.alias.span, outer.alias.text, outer, declares=True)
    for flag in instruction.flags:
        if flag.value is None:
            continue
        match instruction.keyword, flag.name.text:
            case "COPY", "from":
                yield from _plain(outer, flag.value)
            case "RUN", "mount":
                value = instruction.place(flag.value)
                for origin in _ORIGIN.finditer(value.text):
                    yield from _plain(outer, Word(value.span(*origin.span(1)), origin[1]))


def images_named(step: Step) -> Iterator[Use]:
    """What a step's `--from` and `from=` name that are no stages: images, or contexts that the build is given."""
    return (use for use in _stages(step) if _target(use) is None)


def _plain(outer: Step, word: Word) -> Iterator[Use]:
    if _KEY.fullmatch(word.text) and word.text[0] not in "\"'":
        yield Use(word.span, word.text, outer)
