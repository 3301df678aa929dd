r"""An empty line stands inside an instruction that goes on behind it.

Docker skips the line and goes on, with a warning; later versions will refuse it. A reader takes the empty
line for the end of the instruction.

## Example

```dockerfile
FROM debian:12-slim
RUN apt-get update && \

    apt-get install -y --no-install-recommends curl && \
    rm -rf /var/lib/apt/lists/*
```

Use instead:

```dockerfile
FROM debian:12-slim
RUN apt-get update && \
    apt-get install -y --no-install-recommends curl && \
    rm -rf /var/lib/apt/lists/*
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model.build import Build
from ..syntax.keywords import KEYWORDS
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule


@rule(Severity.WARNING, topic=Topic.STYLE, aliases=("NoEmptyContinuation",))
def check(build: Build) -> Iterator[Finding]:
    for instruction in build.file.instructions:
        lines = [
            Span(blank.start, min(blank.end + 1, instruction.extent.end)) for blank in instruction.blanks
        ]
        if not lines:
            continue
        # What stands behind ONBUILD is meant to be there.
        behind = (instruction.inner or instruction).keyword_span.end
        keyword = _swallowed(build.source[Span(behind, instruction.extent.end)])
        if keyword:
            yield Finding(
                lines[0],
                "Empty lines do not end an instruction: {keyword} below is part of {outer}, whose last line goes on.",
                None,
                {"keyword": keyword, "outer": instruction.keyword},
                severity=Severity.ERROR,
            )
        else:
            message = "The instruction goes on behind this empty line: remove the line, which hides that."
            fix = Fix("Remove the empty lines", tuple(Edit(line, "") for line in lines), Safety.SAFE)
            yield Finding(lines[0], message, fix)


def _swallowed(text: str) -> str | None:
    """The instruction that an empty line was to keep apart from the one above it."""
    match = re.search(rf"\n\s*\n(?:[ \t]*#.*\n|\s*\n)*({'|'.join(KEYWORDS)})[ \t]+\S", text)
    return match[1] if match else None
