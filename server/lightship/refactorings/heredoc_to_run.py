r"""Write a heredoc that begins with `set -e` as a `&&` chain, for builders that know no heredocs.

```dockerfile
FROM debian:12
RUN <<EOF
set -e
apt-get update
# What the app needs.
apt-get install -y --no-install-recommends curl
EOF
```

becomes

```dockerfile
FROM debian:12
RUN apt-get update && \
    # What the app needs.
    apt-get install -y --no-install-recommends curl
```

Without `set -e` a script goes on after a failure, which a chain does not: that is declined, as are compound commands
(for which `set -e` and `&&` differ), a shebang, several heredocs, and one that is the input of a command.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model import effects
from ..model.build import Build, Run
from ..rewrite import INDENT, Refusal, line_end
from ..text import Safety, Span
from . import Offer, refactoring, rewritten, touched
from .run_to_heredoc import _plain

TITLE = "Write as a chain of commands"


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    for stage in build.stages:
        for run in stage.runs:
            if not run.instruction.heredocs or not touched(build, run.span, span):
                continue
            refusal = _refusal(run)
            yield Offer(run.span, TITLE, refusal or rewritten(build, TITLE, _chain(build, run), Safety.SAFE))


def _refusal(run: Run) -> Refusal | None:
    script, instruction = run.script, run.instruction
    (doc, *others) = instruction.heredocs
    if run.triggered:
        return Refusal("it runs in a later build (ONBUILD)")
    if others or len(instruction.words) != 1 or instruction.comments:
        return Refusal("the heredoc is not all there is")
    if (
        doc.text.lstrip().startswith("#!")
        or script is None
        or not script.certain
        or not effects.pipes_in_subshells(run)
    ):
        return Refusal("the script is not one that Lightship reads")
    if not doc.closer or "\r" in doc.text or instruction.escape != "\\":
        return Refusal("its lines are not plain")
    if not script.items or [*script.items[0].commands[0].values] != ["set", "-e"] or len(script.items) < 2:
        return Refusal("the script does not begin with `set -e`: it goes on after a failure")
    rest = script.items[1:]
    if any(item.operator not in ("\n", ";") for item in rest[:-1]) or rest[-1].operator not in (
        "",
        "\n",
        ";",
    ):
        return Refusal("its commands are not joined by line ends alone")
    if not all(map(_plain, rest)):
        return Refusal("`set -e` and && differ for a command that is not simple")
    if any(item.span.start < comment.start < item.span.end for item in rest for comment in script.comments):
        return Refusal("a comment stands inside a command")
    lines = {run.stage.build.source.line_of(item.span.end) for item in script.items}
    if any(run.stage.build.source.line_of(comment.start) in lines for comment in script.comments):
        return Refusal("a comment stands behind a command")
    if any(
        "\n" in word.text for command in script.commands for word in command.words if "\\\n" not in word.text
    ):
        return Refusal("a word goes on over several lines")
    return None


def _chain(build: Build, run: Run) -> str:
    instruction, source, newline = run.instruction, build.source, line_end(build)
    assert run.script
    flags = "".join(f"{source[flag.span]} " for flag in instruction.flags)
    text = f"{source[instruction.keyword_span]} {flags}"
    comments = list(run.script.comments)
    items = run.script.items[1:]
    for number, item in enumerate(items):
        above = [source[comment] for comment in comments if comment.start < item.span.start]
        comments = [comment for comment in comments if comment.start >= item.span.start]
        if number:
            text += f" && \\{newline}" + "".join(f"{INDENT}{line}{newline}" for line in above) + INDENT
        elif above:
            text += f"\\{newline}" + "".join(f"{INDENT}{line}{newline}" for line in above) + INDENT
        text += source[item.span]
    left = "".join(newline + source[comment] for comment in comments)
    start, end = instruction.span
    return source.text[:start] + text + left + source.text[end:]
