"""What languages whose programs are compiled have in common.

The build stage is the file as it was up to its last build. The final one does everything else again, on an image that
has the same C library or the same Java but no compiler, and takes what was built.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from re import Pattern
from typing import NamedTuple

from ...knowledge.toolchains import Runtime
from ...model.build import Run, Stage, Step, Workdir
from ...model.paths import Reader, absolute
from ...model.scope import Scope, Variable
from ...syntax.shell import Command, ShellWord
from ..parts import Member
from ..plan import Plan


class Kind(Enum):
    FILE = auto()
    FOLDER = auto()
    """All that is in it is taken."""
    TREE = auto()
    """Only what is started of it is taken."""


class Output(NamedTuple):
    """What a command makes, at an absolute path. `names` are the programs there that are known to be the file's own:
    None where all are. Others may well call the compiler."""

    path: str
    kind: Kind = Kind.FILE
    names: frozenset[str] | None = None


def expanded(text: str, scope: Scope, variables: Mapping[str, str]) -> str | None:
    """A word's value where the compiler's image sets these variables; None where it is not known."""
    for name, value in variables.items():
        if scope.get(name) is None:
            text = re.sub(rf"\$\{{{name}\}}|\${name}\b", value, text)
    return scope.expand(text)


def folder_at(stage: Stage, end: Step | None, runtime: Runtime, variables: Mapping[str, str]) -> str | None:
    """The working directory before a step, or that of a container; None where it is not known."""
    folder: str | None = runtime.workdir
    for step in stage.steps:
        if step is end:
            break
        if isinstance(step, Workdir) and step.instruction.words:
            value = expanded(step.instruction.arguments.text, step.scope, variables)
            folder = absolute(value, folder) if value else None
    return folder


class BuildReader(Reader):
    """A reader that knows what the compiler's image sets. What a build argument decides is not known."""

    def __init__(self, run: Run, runtime: Runtime, variables: Mapping[str, str]) -> None:
        super().__init__(run)
        self.given = variables
        self.folder = folder_at(run.stage, run, runtime, variables)

    def variable(self, name: str) -> Variable | None:
        found = super().variable(name)
        if found and found.overridable:
            return None
        if found is None and name in self.given:
            return Variable(name, self.given[name], None, "ENV")
        return found


class Use(NamedTuple):
    """A command of a compiler's. Its `folder` is absolute; `reader` stands at it."""

    run: Run
    command: Command
    reader: BuildReader
    folder: str

    def path(self, word: ShellWord, option: str = "") -> str | None:
        """The absolute path that a word, or the value of the option that it is, means; None where it is not known."""
        value = self.reader.value(word)
        path = value.removeprefix(option) if value else ""
        return absolute(path, self.folder) if path and not re.search(r"[$*?\[{~\s]", path) else None

    def below(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(self.folder, path))


class Compiler(NamedTuple):
    """What is particular to a language.

    `programs` are the names of its commands; `builds` says whether one makes a program, and `makes` what it makes.
    `started` are the files that a command line starts: None where it starts something else; one that has no slash is
    looked for on the PATH. `takes` is what of a tree is taken where a path in it is started: None where that is nothing
    that was built. `runtime` is the image of the final stage, None where the base is not one of the language's own;
    `packages` is what running needs of a system package that compiles, None for another one. `sources` are names of
    files that nothing but a compiler reads, `variables` what its image sets; `fetches` says that it calls git.
    """

    programs: Pattern[str]
    builds: Callable[[Command], bool]
    makes: Callable[[Use], Iterator[Output]]
    started: Callable[[Sequence[str]], Sequence[str] | None]
    takes: Callable[[str, str], str | None]
    runtime: Callable[[Stage], Runtime | None]
    packages: Callable[[str], tuple[str, ...] | None]
    sources: Pattern[str]
    variables: Mapping[str, str]
    fetches: bool = False


@dataclass
class Work:
    """A stage, and what is built where. `taken` are the files and folders that the final stage takes, by what builds
    them; `by_name` says that one is looked for in the folder on the PATH of the compiler's image."""

    stage: Stage
    compiler: Compiler
    runtime: Runtime
    plan: Plan
    made: list[tuple[Member, Output]]
    taken: dict[Member, list[str]] = field(default_factory=dict)
    by_name: bool = False
