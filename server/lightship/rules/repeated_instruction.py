r"""A stage has several `CMD`, `ENTRYPOINT` or `HEALTHCHECK` instructions, of which only the last one counts.

The others are ignored without a word. To start several programs, let one command start them.

## Example

```dockerfile
FROM python:3.12-slim
CMD ["python", "-m", "http.server"]
CMD ["python", "-m", "app"]
```

Use instead:

```dockerfile
FROM python:3.12-slim
CMD ["python", "-m", "app"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import Cmd, Entrypoint, Healthcheck, Stage, Step
from ..proof import words
from ..text import Edit, Fix, Safety
from . import Finding, Related, Severity, Tag, Topic, rule


@rule(
    Severity.WARNING,
    topic=Topic.CORRECTNESS,
    aliases=("DL3012", "DL4003", "DL4004", "MultipleInstructionsDisallowed"),
    tags=(Tag.UNNECESSARY,),
)
def check(stage: Stage) -> Iterator[Finding]:
    for kind in (Cmd, Entrypoint, Healthcheck):
        found = [step for step in stage.steps if isinstance(step, kind)]
        for step in found[:-1]:
            last = found[-1].span
            yield Finding(
                step.instruction.keyword_span,
                "This {keyword} is ignored, because the one in line {line} replaces it: keep only one.",
                _fix(step),
                {"keyword": step.instruction.keyword, "line": stage.build.source.line_of(last.start) + 1},
                (Related(last, "the one that counts"),),
            )


def _fix(step: Step) -> Fix | None:
    """Take the instruction out. The image stays the same, but whoever wrote it meant something by it."""
    instruction = step.instruction
    if instruction.heredocs or instruction.comments:
        return None
    return Fix(
        f"Remove this {instruction.keyword}",
        (Edit(instruction.extent, ""),),
        Safety.UNSAFE,
        (),
        tuple(words((instruction,))),
    )
