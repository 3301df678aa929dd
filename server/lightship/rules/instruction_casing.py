r"""An instruction is written in another letter case than most of the file's instructions.

Docker does not mind, but by convention instructions are in capital letters, which tells them from their
arguments. Whichever case most of the file uses is taken as the one that is meant. Off
by default, for that is a matter of taste.

## Example

```dockerfile
FROM debian:12-slim
WORKDIR /srv
copy . .
```

Use instead:

```dockerfile
FROM debian:12-slim
WORKDIR /srv
COPY . .
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import Build
from ..syntax.keywords import KEYWORDS
from ..text import Edit, Fix, Safety
from . import Finding, Severity, Topic, rule


@rule(Severity.HINT, topic=Topic.STYLE, aliases=("ConsistentInstructionCasing",), default=False)
def check(build: Build) -> Iterator[Finding]:
    found = [
        (instruction.keyword_span, instruction.joined.text[: len(instruction.keyword)])
        for instruction in build.file.instructions
        if instruction.keyword in KEYWORDS
    ]
    upper = sum(keyword.isupper() for _, keyword in found)
    lower = sum(keyword.islower() for _, keyword in found)
    for span, keyword in found:
        meant = keyword.lower() if lower > upper else keyword.upper()
        if keyword != meant:
            yield Finding(
                span,
                "Most instructions of this file are in {case} case: write `{meant}`.",
                Fix(f"Write {meant}", (Edit(span, meant),), Safety.SAFE),
                {"case": "lower" if lower > upper else "upper", "meant": meant},
            )
