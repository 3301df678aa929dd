r"""A stage uses both `wget` and `curl`, which do the same.

Off by default: where both are there already, it does no harm.

## Example

```dockerfile
FROM debian:12-slim
RUN wget -q https://example.com/a.txt && curl -fsSLO https://example.com/b.txt
```

Use instead:

```dockerfile
FROM debian:12-slim
RUN curl -fsSLO https://example.com/a.txt && curl -fsSLO https://example.com/b.txt
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..model.build import Stage
from ..options import option
from . import Finding, Related, Severity, Topic, rule

_BOTH = frozenset(("wget", "curl"))


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False, "Report every RUN that uses one of the two, once the stage has used both.", hadolint=True
    )


@rule(Severity.HINT, topic=Topic.PACKAGES, aliases=("DL4001",), default=False, options=Options)
def check(stage: Stage, options: Options) -> Iterator[Finding]:
    if options.strict:
        yield from _each(stage)
        return
    first = {
        command.name: command
        for run in reversed(stage.runs)
        for command in reversed(run.commands)
        if command.name in _BOTH
    }
    if len(first) == 2:
        one, other = sorted(first.values(), key=lambda command: command.span)
        yield Finding(
            other.words[0].span,
            "{one} and {other} do the same: install and use only one of them.",
            None,
            {"one": one.name, "other": other.name},
            (Related(one.words[0].span, f"{one.name} is used here"),),
        )


def _each(stage: Stage) -> Iterator[Finding]:
    seen: set[str] = set()
    for run in stage.runs:
        used = [command for command in run.commands if command.name in _BOTH]
        seen.update(command.name for command in used)
        if used and seen == _BOTH:
            yield Finding(
                used[0].words[0].span, "wget and curl do the same: install and use only one of them."
            )
