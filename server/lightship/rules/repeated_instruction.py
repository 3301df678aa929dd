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
from dataclasses import dataclass
from typing import Literal

from ..model.build import Cmd, Entrypoint, Healthcheck, Stage, Step
from ..options import option
from ..proof import words
from ..text import Edit, Fix, Safety
from . import Finding, Related, Severity, Tag, Topic, rule

_CODES = {Cmd: "DL4003", Entrypoint: "DL4004", Healthcheck: "DL3012"}
_BUILDKIT = "MultipleInstructionsDisallowed"


@dataclass(frozen=True)
class Options:
    mark: Literal["ignored", "repeated"] = option(
        "ignored", "Which ones to mark: those that do not count, or all but the first.", hadolint="repeated"
    )


@rule(
    Severity.WARNING,
    topic=Topic.CORRECTNESS,
    aliases=(*sorted(_CODES.values()), _BUILDKIT),
    tags=(Tag.UNNECESSARY,),
    options=Options,
)
def check(stage: Stage, options: Options) -> Iterator[Finding]:
    for kind, code in _CODES.items():
        found = [step for step in stage.steps if isinstance(step, kind)]
        aliases = (code, _BUILDKIT)
        if options.mark == "repeated":
            for step in found[1:]:
                message = "A stage has only one {keyword} that counts, the last: keep only one."
                arguments = {"keyword": step.instruction.keyword}
                related = (Related(found[0].span, "the first one"),)
                yield Finding(
                    step.instruction.keyword_span, message, None, arguments, related, aliases=aliases
                )
            continue
        for step in found[:-1]:
            last = found[-1].span
            yield Finding(
                step.instruction.keyword_span,
                "This {keyword} is ignored, because the one in line {line} replaces it: keep only one.",
                _fix(step),
                {"keyword": step.instruction.keyword, "line": stage.build.source.line_of(last.start) + 1},
                (Related(last, "the one that counts"),),
                aliases=aliases,
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
