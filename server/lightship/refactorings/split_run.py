r"""Take the `&&` chain of a `RUN` apart into RUNs, to find out which of its commands fails.

```dockerfile
FROM debian:12
RUN --network=none mkdir /srv/app && \
    # Mine.
    chmod 700 /srv/app && echo done
```

becomes

```dockerfile
FROM debian:12
RUN --network=none mkdir /srv/app
# Mine.
RUN --network=none chmod 700 /srv/app
RUN --network=none echo done
```

The inverse of merge-runs, for debugging: each command gets a layer of its own, so what one deletes stays in another's.
Declined where a command leaves something in the shell that the next one may need (`cd`, `export`, assignments …),
where `;`, `||` or `&` join them, and for heredocs, ONBUILD and the exec form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model import effects
from ..model.build import Build, Run
from ..rewrite import Refusal, line_end
from ..text import Safety, Span
from . import Offer, comments_before, refactoring, rewritten, touched

TITLE = "Split into a RUN for each command"


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    for stage in build.stages:
        for run in stage.runs:
            if not touched(build, run.span, span) or run.script is None or len(run.script.items) < 2:
                continue
            refusal = _refusal(run)
            yield Offer(run.span, TITLE, refusal or rewritten(build, TITLE, _split(build, run), Safety.SAFE))


def _refusal(run: Run) -> Refusal | None:
    script = run.script
    assert script
    if run.triggered:
        return Refusal("it runs in a later build (ONBUILD)")
    if run.instruction.heredocs:
        return Refusal("it is a heredoc")
    if not script.certain or script.comments or not effects.pipes_in_subshells(run):
        return Refusal("the shell command cannot be read with certainty")
    if any(item.operator != "&&" for item in script.items[:-1]) or script.items[-1].operator:
        return Refusal("its commands are not joined by && alone")
    if effects.leaks(run):
        return Refusal("a command leaves something in the shell that the next may need")
    if effects.has_background(script) or effects.starts_process(script):
        return Refusal("a command may leave a process behind, which dies with its RUN")
    if re.search(
        r"\$[?!_$]|\$\{[?!_$]\}|/tmp/\.|/dev/shm|/etc/(hosts|resolv\.conf|hostname)|\btimes\b|\bwait\b|\bhash\b",
        run.instruction.arguments.text,
    ):
        return Refusal("a command looks at what is made anew for every RUN")
    return None


def _split(build: Build, run: Run) -> str:
    instruction, source, newline = run.instruction, build.source, line_end(build)
    assert run.script
    head = source.text[instruction.keyword_span.start : instruction.arguments_span.start]
    if instruction.escape in head and newline in head:
        flags = "".join(f"{source[flag.span]} " for flag in instruction.flags)
        head = f"{source[instruction.keyword_span]} {flags}"
    pieces: list[str] = []
    before = instruction.keyword_span.end
    for item in run.script.items:
        pieces += [*comments_before(run, before, item.span.start), head + source[item.span]]
        before = item.span.end
    start, end = instruction.span
    return source.text[:start] + newline.join(pieces) + source.text[end:]
