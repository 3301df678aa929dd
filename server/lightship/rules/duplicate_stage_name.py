r"""Two stages have the same name, so that only one of them can be referred to.

`COPY --from` and `FROM` take the last stage of that name above them, `docker build --target` the last one of
the file. Letter case does not tell names apart.

## Example

```dockerfile
FROM golang:1.24 AS build
RUN go version

FROM node:22 AS build
RUN node --version
```

Use instead:

```dockerfile
FROM golang:1.24 AS build-server
RUN go version

FROM node:22 AS build-client
RUN node --version
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import Build
from ..text import Span
from . import Finding, Related, Severity, Topic, rule


@rule(Severity.ERROR, topic=Topic.STAGES, aliases=("DL3024", "DuplicateStageName"))
def check(build: Build) -> Iterator[Finding]:
    first: dict[str, Span] = {}
    for stage in build.stages:
        alias = stage.opening.alias if stage.opening else None
        if not alias:
            continue
        if stage.name in first:
            yield Finding(
                alias.span,
                "There is a stage `{name}` in line {line} already: give this one another name.",
                None,
                {"name": stage.name, "line": build.source.line_of(first[stage.name].start) + 1},
                (Related(first[stage.name], "the first stage of that name"),),
            )
        first.setdefault(stage.name, alias.span)
