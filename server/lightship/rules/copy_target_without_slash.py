r"""Several sources are copied to a target that does not end in a slash.

Unless the target is a directory already, each file is written over the one before, and only the last is left.

## Example

```dockerfile
FROM python:3.12-slim
COPY pyproject.toml uv.lock /app
```

Use instead:

```dockerfile
FROM python:3.12-slim
COPY pyproject.toml uv.lock /app/
```
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..model.build import Add, Copy, Step
from ..options import option
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Judge what is written: a variable does not end in a slash either. Of an ADD nothing is said.",
        hadolint=True,
    )


@rule(Severity.WARNING, topic=Topic.COPYING, aliases=("DL3021",), options=Options)
def check(step: Step, options: Options) -> Iterator[Finding]:
    if not isinstance(step, (Add, Copy)) or len(step.sources) < 2:
        return
    target = step.target
    if options.strict:
        words = step.instruction.words
        target = words[-1].text.strip("\"'") if words and isinstance(step, Copy) else target
    if target and not re.search(r"(^|[/\\])\.{0,2}$", target):
        yield Finding(
            step.operands[-1],
            "Unless `{target}` is a directory already, each file overwrites the one before: end it with a slash.",
            _fix(step),
            {"target": target},
        )


def _fix(step: Add | Copy) -> Fix | None:
    """Put a slash at the end, inside quotes where there are any."""
    span = step.operands[-1]
    if step.instruction.json is None:
        old = step.instruction.words[-1].text
        quoted = old[-1] in "\"'"
        new = f"{old[:-1]}/{old[-1]}" if quoted else f"{old}/"
    else:
        old = step.instruction.json[-1].value
        quoted = True
        new = f"{old}/"
        if step.stage.build.source[span] != json.dumps(old, ensure_ascii=False):
            return None
    at = span.end - quoted
    return Fix("End it with a slash", (Edit(Span(at, at), "/"),), Safety.UNSAFE, (new,), (old,))
