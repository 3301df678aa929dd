r"""`wget` prints a line of dots for every 50 kB that it loads, which buries the rest of the log.

Off by default: it is a matter of the log alone.

## Example

```dockerfile
FROM debian:12-slim
RUN wget https://example.com/app.tar.gz
```

Use instead:

```dockerfile
FROM debian:12-slim
RUN wget --progress=dot:giga https://example.com/app.tar.gz
```
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import regex
from ..model.build import Run
from ..rewrite import Refusal, insert_word
from ..syntax.shell import Command
from ..text import Fix, Safety
from . import Finding, Severity, Topic, rule

_QUIET = regex.compile(
    r"--(quiet|progress|no-verbose|output-file|append-output|show-progress)|-[a-zA-Z]*(q|nv|o|a)"
)


@rule(Severity.HINT, topic=Topic.STYLE, aliases=("DL3047",), default=False)
def check(run: Run) -> Iterator[Finding]:
    for command in run.commands:
        if command.name == "wget" and not any(_QUIET.match(value) for value in command.values[1:]):
            message = "wget fills the log with its progress: add --progress=dot:giga, or -q."
            yield Finding(command.words[0].span, message, _fix(run, command))


def _fix(run: Run, command: Command) -> Fix | None:
    added = insert_word(command, run, command.words[0], "--progress=dot:giga")
    if isinstance(added, Refusal):
        return None
    return Fix("Add --progress=dot:giga", added.edits, Safety.SAFE, added.adds, added.removes)
