r"""A Python app that crashes below Python, or hangs, says nothing of where.

A segmentation fault in a C extension ends the process without a traceback. `PYTHONFAULTHANDLER=1` (or `python -X
faulthandler`) makes Python write where each thread was, also upon `SIGABRT`. It costs nothing until then.

Only images whose command is `python` itself are meant, on bases of which it is known that they set no such variable.

The fix is unsafe, for it changes what stands in the logs.

## Example

```dockerfile
FROM python:3.12-slim
COPY app.py /srv/
CMD ["python", "/srv/app.py"]
```

Use instead:

```dockerfile
FROM python:3.12-slim
COPY app.py /srv/
ENV PYTHONFAULTHANDLER=1
CMD ["python", "/srv/app.py"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model.build import Build
from ..model.interpreter import interpreter
from ..rewrite import set_above
from . import Finding, Severity, Topic, rule


@rule(Severity.INFO, topic=Topic.DEBUGGING, default=False)
def check(build: Build) -> Iterator[Finding]:
    python = interpreter(build)
    if (
        python is None
        or python.set_by("PYTHONFAULTHANDLER")
        or "PYTHONDEVMODE" in python.stage.end.scope.variables
    ):
        return
    if any(re.match(r"-[a-zA-Z]*X(faulthandler|dev)\b", option) for option in python.options):
        return
    yield Finding(
        python.word.span,
        "A crash below Python leaves no traceback: set PYTHONFAULTHANDLER=1, or run python -X faulthandler.",
        set_above(python.step, "PYTHONFAULTHANDLER=1"),
    )
