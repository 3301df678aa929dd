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

from ..model.build import Stage
from . import Finding, Related, Severity, Topic, rule


@rule(Severity.HINT, topic=Topic.PACKAGES, aliases=("DL4001",), default=False)
def check(stage: Stage) -> Iterator[Finding]:
    first = {
        command.name: command
        for run in reversed(stage.runs)
        for command in reversed(run.commands)
        if command.name in ("wget", "curl")
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
