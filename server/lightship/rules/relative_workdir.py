r"""A relative `WORKDIR` starts from whichever directory the base image left.

When the base image changes its own, the path means another place. Behind an absolute `WORKDIR` a relative one is
fine.

## Example

```dockerfile
FROM debian:12-slim
WORKDIR app
```

Use instead:

```dockerfile
FROM debian:12-slim
WORKDIR /app
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .. import regex
from ..knowledge import environments
from ..model.build import Workdir
from ..options import option
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule

_ABSOLUTE = regex.compile(r"[/\\]|[A-Za-z]:")


@dataclass(frozen=True)
class Options:
    strict: bool = option(False, "Report every relative path, below another WORKDIR too.", hadolint=True)


@rule(Severity.WARNING, topic=Topic.CORRECTNESS, aliases=("DL3000", "WorkdirRelativePath"), options=Options)
def check(step: Workdir, options: Options) -> Iterator[Finding]:
    if options.strict:
        if _is_relative(step):
            yield Finding(step.operands[0], "Write an absolute path.", _fix(step))
        return
    path = step.values[0] if step.values else None
    if path and path.startswith("~"):
        template = "Docker does not know `~`, and makes a directory of that name: write an absolute path."
        # BuildKit asks only where the first one starts.
        aliases = ("DL3000",) if step.state.workdir_set else None
        yield Finding(step.operands[0], template, aliases=aliases)
    elif path and not _ABSOLUTE.match(path) and not step.state.workdir_set and not step.triggered:
        yield Finding(
            step.operands[0],
            "`{path}` starts from whatever directory the base image left: write an absolute path.",
            _fix(step),
            {"path": path},
        )


def _is_relative(step: Workdir) -> bool:
    """Whether what is written is neither absolute nor begins with a variable."""
    written = step.instruction.arguments.text.strip("\"'")
    return bool(written) and not step.triggered and not re.match(r"[/$]|[A-Za-z]:", written)


def _fix(step: Workdir) -> Fix | None:
    word = step.instruction.words[0]
    match = re.match(r"""(["']?)(\./)?(?=[\w$])""", word.text)
    if not match or word.span.end - word.span.start != len(word.text):
        return None
    new = f"{match[1]}/{word.text[match.end() :]}"
    span = Span(word.span.start + len(match[1]), word.span.start + match.end())
    safety = Safety.SAFE if environments.starts_in_root(step.stage.base) else Safety.UNSAFE
    return Fix("Write an absolute path", (Edit(span, "/"),), safety, (new,), (word.text,))
