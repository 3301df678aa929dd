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
from ..rewrite import without_flag
from ..syntax import words
from ..text import Fix, Safety
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
            it = without_flag(opening, flag)
            yield Finding(
                flag.span,
                "The platform that is built for is the default: leave the flag out.",
                Fix("Remove the flag", it.edits, Safety.SAFE, it.adds, it.removes),
            )
