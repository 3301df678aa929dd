r"""A command in shell form runs under `/bin/sh -c`, which does not pass signals on to it.

`docker stop` then waits ten seconds and kills the app, which never gets to close its connections. And an
`ENTRYPOINT` in exec form gets `/bin/sh -c …` as its arguments. The exec form starts the app itself.

Left alone are commands under a `SHELL` of the file's own choice. Those that need a shell (a variable, `&&`, a
redirection), which may well end in `exec app …`, and a bare shell, which a person leaves by `exit`, are told of
only where the rule is selected. The fix is unsafe where the program may be a script: one
without `#!` runs in a shell only.

## Example

```dockerfile
FROM python:3.12-slim
CMD python -m app
```

Use instead:

```dockerfile
FROM python:3.12-slim
CMD ["python", "-m", "app"]
```
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from .. import regex
from ..model.build import Cmd, Entrypoint, Stage
from ..proof import shell_words
from ..text import Edit, Fix, Safety
from . import Finding, Severity, Topic, rule

_BUILTINS = frozenset(
    (
        ".", ":", "alias", "bg", "break", "cd", "command", "continue", "eval", "exec", "exit", "export", "fg", "getopts",
        "hash", "jobs", "read", "readonly", "return", "set", "shift", "source", "times", "trap", "type", "ulimit",
        "umask", "unalias", "unset", "wait",
    )
)  # fmt: skip
"""Words that only a shell understands."""
_PROMPT = regex.compile(r"(?:/(?:usr/)?bin/)?(?:ba|da|a|k|z|fi)?sh")
_PROGRAM = regex.compile(r"(?:/(?:usr/)?s?bin/)?[^/]+(?<!\.sh)")
"""What is most likely an installed program and no script of the app's."""


@rule(Severity.WARNING, topic=Topic.DEBUGGING, aliases=("DL3025", "JSONArgsRecommended"))
def check(stage: Stage) -> Iterator[Finding]:
    for step in stage.all_steps:
        if not isinstance(step, (Cmd, Entrypoint)) or step.exec_form or step.state.shell_set:
            continue
        if not step.instruction.words:
            continue
        aliases = ("DL3025",) if step.triggered else None  # BuildKit does not look behind ONBUILD
        words = _plain_words(step)
        if not words:
            yield Finding(
                step.span,
                "{keyword} in shell form: in exec form, the app starts without a shell around it.",
                None,
                {"keyword": step.instruction.keyword},
                aliases=aliases,
                quiet=True,
            )
            continue
        yield Finding(
            step.span,
            "{keyword} in shell form: the shell does not pass signals on, so `docker stop` waits and then kills the app."
            if not words[0].startswith("-")
            else "CMD in shell form: the ENTRYPOINT gets `/bin/sh -c …` as its arguments, and not `{first}`.",
            _fix(step, words),
            {"keyword": step.instruction.keyword, "first": words[0]},
            aliases=aliases,
            quiet=_is_prompt(words),
        )


def _plain_words(step: Cmd | Entrypoint) -> list[str] | None:
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


def _is_prompt(words: list[str]) -> bool:
    """Whether it is a shell for a person, who leaves it by `exit`."""
    return bool(_PROMPT.fullmatch(words[0])) and all(
        re.fullmatch(r"-[il]+|--login", word) for word in words[1:]
    )


def _fix(step: Cmd | Entrypoint, words: list[str]) -> Fix | None:
    instruction = step.instruction
    if instruction.comments or (step.script and step.script.comments):
        return None
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
