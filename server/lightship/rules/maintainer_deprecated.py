r"""`MAINTAINER` is deprecated: a label can be read with `docker inspect`, and takes more than a name.

`org.opencontainers.image.authors` is the label that the OCI specification has for it. Off by default, for it still
does what it always did, and BuildKit itself says so in each build.

## Example

```dockerfile
FROM debian:12-slim
MAINTAINER Ada Lovelace <ada@example.com>
```

Use instead:

```dockerfile
FROM debian:12-slim
LABEL org.opencontainers.image.authors="Ada Lovelace <ada@example.com>"
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model.build import Maintainer
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Tag, Topic, rule


@rule(
    Severity.INFO,
    topic=Topic.STYLE,
    aliases=("DL4000", "MaintainerDeprecated"),
    tags=(Tag.DEPRECATED,),
    default=False,
)
def check(step: Maintainer) -> Iterator[Finding]:
    yield Finding(
        step.instruction.keyword_span,
        "MAINTAINER is deprecated: use the label `org.opencontainers.image.authors`.",
        _fix(step),
    )


def _fix(step: Maintainer) -> Fix | None:
    instruction = step.instruction
    if not instruction.words or instruction.comments or instruction.blanks or step.triggered:
        return None
    (name,) = instruction.words
    text = re.sub(r'^(["\'])(.*)\1$', r"\2", name.text)
    # What MAINTAINER takes as it stands, LABEL would expand.
    escaped = re.sub(
        r'["$\\`]' if instruction.escape == "`" else r'["$\\]', rf"{re.escape(instruction.escape)}\g<0>", text
    )
    label = f'org.opencontainers.image.authors="{escaped}"'
    edit = Edit(Span(instruction.keyword_span.start, name.span.end), f"LABEL {label}")
    removes = ("MAINTAINER", name.text)
    return Fix("Write it as a LABEL", (edit,), Safety.SAFE, ("LABEL", label), removes)
