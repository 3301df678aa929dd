r"""A stage is called `scratch` or `context`, which mean something else to Docker.

`scratch` is the empty image and `context` the build context: whoever writes `FROM scratch` below will not get
this stage, or will not expect to.

## Example

```dockerfile
FROM debian:12-slim AS context
COPY . /src
```

Use instead:

```dockerfile
FROM debian:12-slim AS sources
COPY . /src
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import From
from . import Finding, Severity, Topic, rule

_MEANINGS = {"scratch": "the empty image", "context": "the build context"}


@rule(Severity.ERROR, topic=Topic.STAGES, aliases=("DL3063", "ReservedStageName"))
def check(opening: From) -> Iterator[Finding]:
    alias = opening.alias
    meaning = _MEANINGS.get(alias.text.lower()) if alias else None
    if alias and meaning:
        yield Finding(
            alias.span,
            "`{name}` means {meaning} to Docker: give the stage another name.",
            None,
            {"name": alias.text, "meaning": meaning},
        )
