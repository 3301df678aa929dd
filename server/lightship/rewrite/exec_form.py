"""CMD and ENTRYPOINT in exec form: without a shell, or in one that makes way for the app."""

from __future__ import annotations

import json
import re

from .. import regex
from ..model import effects
from ..model.build import Cmd, Entrypoint
from ..proof import shell_words
from ..text import Edit, Fix, Safety
from . import Refusal

_BUILTINS = frozenset(
    (
        ".", ":", "[[", "alias", "bg", "break", "builtin", "caller", "cd", "command", "compgen", "complete", "compopt",
        "continue", "declare", "dirs", "disown", "enable", "eval", "exec", "exit", "export", "fc", "fg", "getopts", "hash",
        "help", "history", "jobs", "let", "local", "logout", "mapfile", "popd", "pushd", "read", "readarray", "readonly",
        "return", "set", "shift", "shopt", "source", "suspend", "time", "times", "trap", "type", "typeset", "ulimit",
        "umask", "unalias", "unset", "wait",
    )
)  # fmt: skip
"""Words that only a shell understands."""
_PROGRAM = regex.compile(r"(?:/(?:usr/)?s?bin/)?[^/]+(?<!\.sh)")
"""What is most likely an installed program and no script of the app's."""
_LOGIN = regex.compile(r"-\w*[li]\w*|--login|--rcfile")
"""Shells that read files before they do anything."""


def plain_words(step: Cmd | Entrypoint) -> list[str] | None:
    """The words of a command that needs no shell; None for all others."""
    script = step.script
    if script is None or not script.certain or len(script.items) != 1:
        return None
    (item,) = script.items
    if item.kind != "command" or item.operator or len(item.commands) != 1:
        return None
    (command,) = item.commands
    if command.assignments or command.redirections or command.name in _BUILTINS:
        return None
    words = []
    for word in command.words:
        if word.value is None or (word.text == word.value and re.search(r"[*?\[{~]", word.text)):
            return None
        words.append(word.value)
    return words if words and not words[0].startswith("[") else None


def without_shell(step: Cmd | Entrypoint, words: list[str]) -> Fix | Refusal:
    """The exec form of a command that needs no shell; `words` are its `plain_words`."""
    instruction = step.instruction
    if instruction.comments or (step.script and step.script.comments):
        return Refusal("a comment stands in it")
    edit = Edit(instruction.arguments_span, json.dumps(words, ensure_ascii=False))
    # An ENTRYPOINT in shell form ignores CMD and what `docker run` is given; in exec form it gets both.
    alone = isinstance(step, Cmd) and not any(stage.last(Entrypoint) for stage in step.stage.lineage)
    safety = Safety.SAFE if alone and _PROGRAM.fullmatch(words[0]) else Safety.UNSAFE
    return Fix(
        "Use the exec form",
        (edit,),
        safety,
        ("[", *words, "]"),
        tuple(shell_words(instruction.arguments.text)),
    )


def in_shell(step: Cmd | Entrypoint) -> Fix | Refusal:
    """The exec form that starts the shell in force, whose last command is run in its place."""
    instruction, script = step.instruction, step.script
    if (
        script is None
        or not script.items
        or step.state.shell[-1:] == ()
        or not step.state.shell[-1].endswith("c")
    ):
        return Refusal("the shell is not one that Lightship reads")
    if instruction.comments or instruction.heredocs or script.comments:
        return Refusal("a comment or a heredoc stands in it")
    if instruction.arguments.text.startswith("["):
        return Refusal("it is meant to be the exec form, but is no JSON")
    if not script.certain:
        return Refusal("the shell command cannot be read with certainty")
    if effects.has_background(script) or any(command.name == "trap" for command in script.commands):
        return Refusal("the shell has more to do: it waits for a process in the background, or for a signal")
    last = script.items[-1]
    if last.kind != "command" or last.operator or any(item.kind == "function" for item in script.items):
        return Refusal("the shell has more to do: it does not end with a plain command")
    command = next(command for command in last.commands if not command.within)
    if not command.name:
        return Refusal("which program it ends with is not certain")
    if command.name in _BUILTINS - {"exec"}:
        return Refusal(f"`{command.name}` is a part of the shell")
    body = instruction.arguments
    at = body.index(command.words[0].span.start)
    text = body.text if command.name == "exec" else f"{body.text[:at]}exec {body.text[at:]}"
    if not re.search(r"""['"\\]""", text):
        text = " ".join(text.split())
    words = [*step.state.shell, text]
    return Fix(
        f"Use the exec form, in a shell that makes way for {_program(command.values)}",
        (Edit(instruction.arguments_span, json.dumps(words, ensure_ascii=False)),),
        Safety.SAFE,
        ("[", *words, "]"),
        tuple(shell_words(body.text)),
    )


def _program(values: tuple[str, ...]) -> str:
    return next((value for value in values if value != "exec"), "the app").rpartition("/")[2]


def reads_files(step: Cmd | Entrypoint) -> bool:
    """Whether the shell in force is one that reads its configuration first."""
    return any(map(_LOGIN.fullmatch, step.state.shell[1:]))
