r"""Write the `&&` chain of a `RUN` as a heredoc: a script, line by line, that stops at the first failure.

```dockerfile
FROM debian:12
RUN apt-get update && \
    # What the app needs.
    apt-get install -y --no-install-recommends curl && \
    rm -rf /var/lib/apt/lists/*
```

becomes

```dockerfile
FROM debian:12
RUN <<EOF
set -e
apt-get update
# What the app needs.
apt-get install -y --no-install-recommends curl
rm -rf /var/lib/apt/lists/*
EOF
```

Heredocs need BuildKit (Docker 23, or `# syntax=docker/dockerfile:1.4`). `set -e` and `&&` differ for compound commands,
functions, command substitutions and `!`, so a chain with one of these is declined, as are other operators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model import effects
from ..model.build import Build, Run
from ..rewrite import Refusal, line_end
from ..syntax.shell import Item
from ..text import Safety, Span
from . import Offer, comments_before, refactoring, rewritten, touched

TITLE = "Write as a heredoc"


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    for stage in build.stages:
        for run in stage.runs:
            if not touched(build, run.span, span) or run.script is None or len(run.script.items) < 2:
                continue
            if run.instruction.heredocs:
                continue
            refusal = _refusal(build, run)
            yield Offer(
                run.span, TITLE, refusal or rewritten(build, TITLE, _heredoc(build, run), Safety.SAFE)
            )


def _refusal(build: Build, run: Run) -> Refusal | None:
    script = run.script
    assert script
    text = build.source[run.instruction.arguments_span]
    if run.triggered:
        return Refusal("it runs in a later build (ONBUILD)")
    syntax = build.file.directive("syntax")
    if build.file.escape != "\\" or (
        syntax and re.search(r":1\.[0-3](\D|$)|experimental", syntax.value.text)
    ):
        return Refusal("this Dockerfile's syntax has no heredocs")
    if run.exec_form or not script.certain or script.comments or not effects.pipes_in_subshells(run):
        return Refusal("the shell command cannot be read with certainty")
    if any(item.operator != "&&" for item in script.items[:-1]) or script.items[-1].operator:
        return Refusal("its commands are not joined by && alone")
    if not all(map(_plain, script.items)) or effects.needs_errexit(run):
        return Refusal("`set -e` and && differ for a command that is not simple")
    inside = [
        comment
        for comment in run.instruction.comments
        if any(item.span.start < comment.span.start < item.span.end for item in script.items)
    ]
    if inside or run.instruction.blanks or "EOF" in text or "\r" in text:
        return Refusal("a comment or a blank line stands inside a command")
    return None


def _plain(item: Item) -> bool:
    """Whether it fails as a whole or not at all, with `set -e` and without."""
    return item.kind in ("command", "pipeline") and all(
        {*command.within} <= {"pipeline"}
        and not {
            "set",
            "eval",
            ".",
            "source",
            "trap",
            "exec",
            "exit",
            "return",
            "shopt",
            "command",
            "builtin",
            "alias",
        }
        & {command.name}
        and command.words
        and command.words[0].value is not None
        for command in item.commands
    )


def _heredoc(build: Build, run: Run) -> str:
    instruction, source = run.instruction, build.source
    assert run.script
    newline = line_end(build)
    flags = "".join(f"{source[flag.span]} " for flag in instruction.flags)
    lines = [f"{source[instruction.keyword_span]} {flags}<<EOF", "set -e"]
    before = instruction.keyword_span.end
    for item in run.script.items:
        lines += [*comments_before(run, before, item.span.start), source[item.span]]
        before = item.span.end
    start, end = instruction.span
    return source.text[:start] + newline.join([*lines, "EOF"]) + source.text[end:]
