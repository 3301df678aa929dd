r"""A label's key is not of the form that Docker recommends, or in a name space that it keeps for itself.

Keys are small letters and digits, with single dots and hyphens between; `com.docker.*`, `io.docker.*` and
`org.dockerproject.*` are Docker's own. Off by default: nothing fails because of it.

## Example

```dockerfile
FROM debian:12-slim
LABEL Version_Number="1.0"
```

Use instead:

```dockerfile
FROM debian:12-slim
LABEL org.opencontainers.image.version="1.0"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import regex
from ..model.build import Label
from . import Finding, Severity, Topic, rule

_KEY = regex.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*(?:/[a-z0-9]+(?:[.-][a-z0-9]+)*)?")
_RESERVED = regex.compile(r"(com\.docker|io\.docker|org\.dockerproject)\.")


@rule(Severity.HINT, topic=Topic.STYLE, aliases=("DL3048",), default=False)
def check(step: Label) -> Iterator[Finding]:
    for pair in step.instruction.pairs:
        key = step.expand(pair.key)
        if not key:
            continue
        if _RESERVED.match(key):
            yield Finding(
                pair.key.span,
                "Docker keeps keys like `{key}` for itself: use your own domain.",
                None,
                {"key": key},
            )
        elif not _KEY.fullmatch(key):
            message = (
                "`{key}`: a label's key is of small letters and digits, with single dots and hyphens between."
            )
            yield Finding(pair.key.span, message, None, {"key": key})
