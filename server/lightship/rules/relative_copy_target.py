r"""Files are copied to a relative path, though no `WORKDIR` says where that starts.

They land in the root directory, among those of the system. Where the base image is not known, it may well have
said `WORKDIR`, and the rule is silent. All of a stage are one finding.

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
from dataclasses import dataclass

from ..knowledge import environments
from ..model.build import Add, Copy, Step
from ..options import option
from . import Finding, Severity, Topic, rule


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False, "Report every COPY, whatever the base image, by what is written: but no ADD.", hadolint=True
    )


@rule(Severity.INFO, topic=Topic.CORRECTNESS, aliases=("DL3045",), options=Options)
def check(step: Step, options: Options) -> Iterator[Finding]:
    if options.strict:
        if isinstance(step, Copy) and _is_relative(step):
            yield Finding(step.operands[-1], "No WORKDIR comes before: set one, or write an absolute path.")
        return
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


def _is_relative(step: Copy) -> bool:
    """Whether what is written is neither absolute nor begins with a variable, and no WORKDIR says where it starts."""
    instruction = step.instruction
    if step.triggered or step.state.workdir_set or not step.operands:
        return False
    written = (
        instruction.words[-1].text.strip("\"'") if instruction.json is None else instruction.json[-1].value
    )
    return not re.match(r"[/$]|[A-Za-z]:", written)
