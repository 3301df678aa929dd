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
from dataclasses import dataclass

from ..model.build import Copy
from ..options import option
from . import Finding, Severity, Topic, rule


@dataclass(frozen=True)
class Options:
    strict: bool = option(False, "Report it of any image, not of stages alone.", hadolint=True)


@rule(Severity.WARNING, topic=Topic.COPYING, aliases=("DL3067",), options=Options)
def check(step: Copy, options: Options) -> Iterator[Finding]:
    if options.strict:
        if step.instruction.flag("from") and step.sources == ("/",) and step.target == "/":
            yield Finding(step.operands[0], "This brings a whole filesystem: copy only what the image needs.")
        return
    stage = step.stage.build.stage(step.origin or "", step.stage.index)
    if stage and step.sources == ("/",) and step.target == "/" and step.stage.image != "scratch":
        yield Finding(
            step.operands[0],
            "This brings everything that `{stage}` holds: copy only what the image needs.",
            None,
            {"stage": step.origin},
        )
