r"""`COPY --from=stage / /` brings the whole filesystem of a stage, tools, caches and all.

Copy what the image needs. On `FROM scratch` it is a way to make one layer of an image, and is left alone.

## Example

```dockerfile
FROM golang:1.24 AS build
RUN go build -o /usr/local/bin/app .

FROM debian:12-slim
COPY --from=build / /
```

Use instead:

```dockerfile
FROM golang:1.24 AS build
RUN go build -o /usr/local/bin/app .

FROM debian:12-slim
COPY --from=build /usr/local/bin/app /usr/local/bin/app
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import Copy
from . import Finding, Severity, Topic, rule


@rule(Severity.WARNING, topic=Topic.COPYING, aliases=("DL3067",))
def check(step: Copy) -> Iterator[Finding]:
    stage = step.stage.build.stage(step.origin or "", step.stage.index)
    if stage and step.sources == ("/",) and step.target == "/" and step.stage.image != "scratch":
        yield Finding(
            step.operands[0],
            "This brings everything that `{stage}` holds: copy only what the image needs.",
            None,
            {"stage": step.origin},
        )
