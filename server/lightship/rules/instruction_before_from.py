"""An instruction stands above the first `FROM`, where only `ARG` may.

There is no image yet that it could be about, and Docker refuses the file.

## Example

```dockerfile
LABEL org.opencontainers.image.title="app"
FROM python:3.12-slim
```

Use instead:

```dockerfile
FROM python:3.12-slim
LABEL org.opencontainers.image.title="app"
```

It is off by default, for what Docker refuses is reported anyway, as `syntax`; this rule gives it a name.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import Arg, Stage
from . import Finding, Severity, Topic, rule


@rule(Severity.ERROR, topic=Topic.CORRECTNESS, aliases=("DL3061",), default=False)
def check(stage: Stage) -> Iterator[Finding]:
    for step in stage.steps if stage.opening is None else ():
        if not isinstance(step, Arg):
            keyword = step.instruction.keyword
            message = "Only ARG may stand above the first FROM, and not {keyword}."
            yield Finding(step.instruction.keyword_span, message, None, {"keyword": keyword})
