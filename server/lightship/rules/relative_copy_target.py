r"""Files are copied to a relative path, though no `WORKDIR` says where that starts.

They land in the root directory, among those of the system. Where the base image is not known, it may well have
said `WORKDIR`, and the rule is silent.

## Example

```dockerfile
FROM python:3.12-slim
COPY . app/
```

Use instead:

```dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY . .
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..knowledge import environments
from ..model.build import Add, Copy, Step
from . import Finding, Severity, Topic, rule


@rule(Severity.INFO, topic=Topic.CORRECTNESS, aliases=("DL3045",))
def check(step: Step) -> Iterator[Finding]:
    target = step.target if isinstance(step, (Add, Copy)) else None
    if target and re.match(r"~(/|$)", target):
        template = "Docker does not know `~`, and makes a directory of that name: write an absolute path."
        yield Finding(step.operands[-1], template, severity=Severity.WARNING)
    elif (
        target
        and not re.match(r"[/\\]|[A-Za-z]:", target)
        and not (step.triggered or step.state.workdir_set)
        and environments.starts_in_root(step.stage.base)
        and not (step.stage.base == "scratch" and target in (".", "./"))
    ):
        yield Finding(
            step.operands[-1],
            "`{target}` starts from the root directory, for no WORKDIR comes before: set one, or write an absolute path.",
            None,
            {"target": target},
            group=step.stage,
        )
