r"""`FROM --platform=$TARGETPLATFORM` asks for what every `FROM` does anyway.

The platform that is built for is the default.

## Example

```dockerfile
FROM --platform=$TARGETPLATFORM debian:12-slim
```

Use instead:

```dockerfile
FROM debian:12-slim
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import From
from ..syntax import words
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Tag, Topic, rule


@rule(
    Severity.INFO,
    topic=Topic.BASE_IMAGE,
    aliases=("DL3065", "RedundantTargetPlatform"),
    tags=(Tag.UNNECESSARY,),
)
def check(opening: From) -> Iterator[Finding]:
    flag, target = opening.platform, opening.scope.get("TARGETPLATFORM")
    if not flag or not flag.value or not target or target.kind != "predefined":
        return
    match words.parts(flag.value.text.strip("\"'"), opening.instruction.escape):
        case (words.Variable(name="TARGETPLATFORM", operator=""),):
            text = opening.stage.build.source.text
            end = len(text) - len(text[flag.span.end :].lstrip(" \t"))
            fix = Fix(
                "Remove the flag",
                (Edit(Span(flag.span.start, end), ""),),
                Safety.SAFE,
                (),
                (f"--platform={flag.value.text}",),
            )
            yield Finding(
                flag.span, "The platform that is built for is the default: leave the flag out.", fix
            )
