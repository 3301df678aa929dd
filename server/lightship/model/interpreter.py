"""Whether the command that an image runs is Python's interpreter, and with which options."""

from __future__ import annotations

from dataclasses import dataclass

from .. import regex
from ..knowledge import environments
from ..syntax.shell import Command, ShellWord
from .build import Build, Cmd, Entrypoint, Stage

_PYTHON = regex.compile(r"python([23](\.\d+)?)?")
_VALUED = regex.compile(r"-[A-Za-z]*[WX]")


@dataclass(frozen=True)
class Interpreter:
    """Python as an image's command. `step` is the CMD or ENTRYPOINT that names it, `word` its name; `options` are
    those in front of the script."""

    stage: Stage
    step: Cmd | Entrypoint
    command: Command
    word: ShellWord
    options: tuple[str, ...]

    def set_by(self, variable: str) -> bool:
        """Whether the environment has the variable, or may have it: a base that is not known can set anything."""
        known = self.stage.end.scope.get(variable)
        if known is not None:
            return known.value != ""
        text = self.step.instruction.joined.text
        return variable in text or environments.of(self.stage.base) is None


def interpreter(build: Build) -> Interpreter | None:
    """The interpreter that the last stage runs a script or a module with, where that is plain."""
    stage = build.final
    if stage is None:
        return None
    steps = [_last(stage, Entrypoint), _last(stage, Cmd)]
    given = [word for step in steps if step for command in step.commands for word in command.words]
    for step in steps:
        for command in step.commands if step else ():
            found = _python(command)
            if step and found:
                word, options, rest = found
                # `ENTRYPOINT ["python"]` has its script in CMD.
                script = rest or [each for each in given if each not in command.words]
                if script and not any(option.startswith("-c") for option in options):
                    return Interpreter(stage, step, command, word, options)
    return None


def _last(stage: Stage, kind: type[Cmd] | type[Entrypoint]) -> Cmd | Entrypoint | None:
    step = next((found for each in stage.lineage if (found := each.last(kind))), None)
    return step if isinstance(step, (Cmd, Entrypoint)) else None


def _python(command: Command) -> tuple[ShellWord, tuple[str, ...], list[ShellWord]] | None:
    """Python's name in a command, the options behind it, and what is behind those."""
    words = list(command.words)
    while words and words[0].value in ("exec", "tini", "dumb-init", "--", "/sbin/tini", "/usr/bin/tini"):
        words.pop(0)
    if not words or not _PYTHON.fullmatch((words[0].value or "").rpartition("/")[2]):
        return None
    options: list[str] = []
    rest = words[1:]
    while rest and rest[0].text.startswith("-") and rest[0].value not in ("-m", "-"):
        option = rest.pop(0).text
        if _VALUED.fullmatch(option) and rest:
            option += rest.pop(0).text
        options.append(option)
    return words[0], tuple(options), rest
