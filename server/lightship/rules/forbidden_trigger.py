"""`ONBUILD` is given what it may not put off: another `ONBUILD`, a `FROM` or a `MAINTAINER`.

A trigger belongs to the build that starts from this image. That one has its own `FROM`, and triggers do not go on
from there to the next. Docker refuses the file.

## Example

```dockerfile
FROM python:3.12-slim
ONBUILD ONBUILD COPY . /app
```

Use instead:

```dockerfile
FROM python:3.12-slim
ONBUILD COPY . /app
```

It is off by default, for what Docker refuses is reported anyway, as `syntax`; this rule gives it a name.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import Onbuild
from . import Finding, Severity, Topic, rule


@rule(Severity.ERROR, topic=Topic.CORRECTNESS, aliases=("DL3043",), default=False)
def check(step: Onbuild) -> Iterator[Finding]:
    inner = step.instruction.inner
    if inner and inner.keyword in ("FROM", "MAINTAINER", "ONBUILD"):
        yield Finding(
            inner.keyword_span, "{keyword} may not stand behind ONBUILD.", None, {"keyword": inner.keyword}
        )
