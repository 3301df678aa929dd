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
from ..syntax.dockerfile import Instruction
from ..syntax.keywords import KEYWORDS
from ..text import Edit, Fix, Safety
from . import Finding, Severity, Topic, rule


@rule(Severity.HINT, topic=Topic.STYLE, aliases=("ConsistentInstructionCasing",), default=False)
def check(build: Build) -> Iterator[Finding]:
    outer = [each for each in build.file.instructions if each.keyword in KEYWORDS]
    written = [_keyword(each) for each in outer]
    lower = sum(keyword.islower() for keyword in written) > sum(keyword.isupper() for keyword in written)
    for instruction in outer:
        yield from _finding(instruction, lower, None)
        inner = instruction.inner
        if inner and inner.keyword in KEYWORDS:
            # BuildKit does not look behind ONBUILD.
            yield from _finding(inner, lower, ())


def _keyword(instruction: Instruction) -> str:
    return instruction.joined.text[: len(instruction.keyword)]


def _finding(instruction: Instruction, lower: bool, aliases: tuple[str, ...] | None) -> Iterator[Finding]:
    meant = instruction.keyword.lower() if lower else instruction.keyword
    if _keyword(instruction) != meant:
        yield Finding(
            instruction.keyword_span,
            "Most instructions of this file are in {case} case: write `{meant}`.",
            Fix(f"Write {meant}", (Edit(instruction.keyword_span, meant),), Safety.SAFE),
            {"case": "lower" if lower else "upper", "meant": meant},
            aliases=aliases,
        )
