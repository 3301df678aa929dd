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
from dataclasses import dataclass

from .. import regex
from ..model.build import Label
from ..options import option
from . import Finding, Severity, Topic, rule

_KEY = regex.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*(?:/[a-z0-9]+(?:[.-][a-z0-9]+)*)?")
_RESERVED = regex.compile(r"(com\.docker|io\.docker|org\.dockerproject)\.")


_ALLOWED = regex.compile(r"(?!.*(?:\.\.|--))[a-z](?:[a-z0-9._/-]*[a-z0-9])?")
"""What hadolint lets pass."""


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False, "Judge what is written, variables too; `_` is allowed inside.", hadolint=True
    )


@rule(Severity.HINT, topic=Topic.STYLE, aliases=("DL3048",), default=False, options=Options)
def check(step: Label, options: Options) -> Iterator[Finding]:
    for pair in step.instruction.pairs:
        key = pair.key.text.strip("\"'") if options.strict else step.expand(pair.key)
        if not key:
            continue
        if _RESERVED.match(key):
            yield Finding(
                pair.key.span,
                "Docker keeps keys like `{key}` for itself: use your own domain.",
                None,
                {"key": key},
            )
        elif not (_ALLOWED if options.strict else _KEY).fullmatch(key):
            message = (
                "`{key}`: a label's key is of small letters and digits, with single dots and hyphens between."
            )
            yield Finding(pair.key.span, message, None, {"key": key})
