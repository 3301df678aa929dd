r"""`FROM` and its `AS` are written in different letter cases.

They are one instruction, and read more easily as one. Off by default, for that is a matter of taste.

## Example

```dockerfile
FROM debian:12-slim as builder
```

Use instead:

```dockerfile
FROM debian:12-slim AS builder
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import From
from ..text import Edit, Fix, Safety
from . import Finding, Severity, Topic, rule


@rule(Severity.HINT, topic=Topic.STYLE, aliases=("FromAsCasing",), default=False)
def check(opening: From) -> Iterator[Finding]:
    if not opening.alias:
        return
    instruction = opening.instruction
    keyword, word = instruction.joined.text[: len(instruction.keyword)], instruction.words[1]
    meant = "AS" if keyword.isupper() else "as" if keyword.islower() else word.text
    if word.text != meant:
        edit = Edit(word.span, meant)
        yield Finding(
            word.span,
            "`{keyword}` and `{word}` are written in different letter cases: write `{meant}`.",
            Fix(f"Write {meant}", (edit,), Safety.SAFE, (meant,), (word.text,)),
            {"keyword": keyword, "word": word.text, "meant": meant},
        )
