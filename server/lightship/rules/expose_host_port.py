r"""`EXPOSE` is given an address or a port of the host, which it does not know.

It tells which ports the container listens on; to publish them is for `docker run --publish`. Docker ignores
everything but the port of the container.

## Example

```dockerfile
FROM nginx:1.27
EXPOSE 127.0.0.1:8080:80
```

Use instead:

```dockerfile
FROM nginx:1.27
EXPOSE 80
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import Expose
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule


@rule(Severity.WARNING, topic=Topic.CORRECTNESS, aliases=("ExposeInvalidFormat",))
def check(step: Expose) -> Iterator[Finding]:
    for word in step.instruction.words:
        host, colon, port = (step.expand(word) or "").rpartition(":")
        if not colon or not port:
            continue
        fix = None
        if word.text == f"{host}:{port}" and word.span.end - word.span.start == len(word.text):
            edit = Edit(Span(word.span.start, word.span.start + len(host) + 1), "")
            fix = Fix("Leave the host out", (edit,), Safety.SAFE, (port,), (word.text,))
        yield Finding(
            word.span,
            "EXPOSE publishes nothing on the host: name the container's port alone, without `{host}:`.",
            fix,
            {"host": host},
            aliases=None if host else (),
        )
