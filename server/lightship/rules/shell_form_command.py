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

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .. import regex
from ..model.build import Cmd, Entrypoint, Healthcheck, Stage, Step
from ..options import option
from ..rewrite import Refusal
from ..rewrite.exec_form import plain_words, without_shell
from ..text import Fix
from . import Finding, Severity, Topic, rule

_PROMPT = regex.compile(r"(?:/(?:usr/)?bin/)?(?:ba|da|a|k|z|fi)?sh")


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Report every CMD and ENTRYPOINT in shell form, under a SHELL of its own too, and every HEALTHCHECK.",
        hadolint=True,
    )


@rule(Severity.WARNING, topic=Topic.DEBUGGING, aliases=("DL3025", "JSONArgsRecommended"), options=Options)
def check(stage: Stage, options: Options) -> Iterator[Finding]:
    for step in stage.all_steps:
        if options.strict:
            yield from _in_shell_form(step)
            continue
        if not isinstance(step, (Cmd, Entrypoint)) or step.exec_form or step.state.shell_set:
            continue
        if not step.instruction.words:
            continue
        aliases = ("DL3025",) if step.triggered else None  # BuildKit does not look behind ONBUILD
        words = plain_words(step)
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
        fix = without_shell(step, words)
        yield Finding(
            step.span,
            "{keyword} in shell form: the shell does not pass signals on, so `docker stop` waits and then kills the app."
            if not words[0].startswith("-")
            else "CMD in shell form: the ENTRYPOINT gets `/bin/sh -c …` as its arguments, and not `{first}`.",
            None if isinstance(fix, Refusal) else fix,
            {"keyword": step.instruction.keyword, "first": words[0]},
            aliases=aliases,
            quiet=_is_prompt(words),
        )


def _is_prompt(words: list[str]) -> bool:
    """Whether it is a shell for a person, who leaves it by `exit`."""
    return bool(_PROMPT.fullmatch(words[0])) and all(
        re.fullmatch(r"-[il]+|--login", word) for word in words[1:]
    )


def _in_shell_form(step: Step) -> Iterator[Finding]:
    instruction = step.instruction.inner if isinstance(step, Healthcheck) else step.instruction
    if (
        isinstance(step, (Cmd, Entrypoint, Healthcheck))
        and not (step.triggered or (isinstance(step, Healthcheck) and step.kind != "CMD"))
        and instruction
        and instruction.json is None
    ):
        message = "{keyword} in shell form: write its command as a JSON array."
        yield Finding(step.span, message, _exec(step), {"keyword": step.instruction.keyword})


def _exec(step: Step) -> Fix | None:
    words = plain_words(step) if isinstance(step, (Cmd, Entrypoint)) else None
    fix = without_shell(step, words) if words and isinstance(step, (Cmd, Entrypoint)) else None
    return None if isinstance(fix, Refusal) else fix
