r"""`useradd` with a great user id writes log files of gigabytes, most of them holes.

`/var/log/lastlog` and `faillog` have a place for each id up to the greatest. They take no room on disk, but some
ways of storing and sending layers write out the holes. `--no-log-init` leaves them alone.

## Example

```dockerfile
FROM debian:12-slim
RUN useradd --uid 1234567 app
```

Use instead:

```dockerfile
FROM debian:12-slim
RUN useradd --no-log-init --uid 1234567 app
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model.build import Run
from ..rewrite import Refusal, insert_word
from ..syntax.shell import Command
from ..text import Fix, Safety
from . import Finding, Severity, Topic, rule


@rule(Severity.WARNING, topic=Topic.LAYERS, aliases=("DL3046",))
def check(run: Run) -> Iterator[Finding]:
    for command in run.commands:
        uid = _great(command.values) if command.name == "useradd" else None
        if uid:
            yield Finding(
                next(word.span for word in command.words if uid in word.text),
                "With a user id this great, useradd writes log files of gigabytes: add --no-log-init.",
                _fix(run, command),
            )


def _great(values: tuple[str, ...]) -> str | None:
    """A user id of six digits or more, unless the log files are left alone."""
    uid = re.search(r" (?:-[a-zA-Z]*u|--uid)[ =]?([0-9]{6,})( |$)", " ".join(values))
    logs = not any(re.match(r"--no-log-init|-[a-zA-Z]*l", value) for value in values[1:])
    return uid[1] if uid and logs else None


def _fix(run: Run, command: Command) -> Fix | None:
    added = insert_word(command, run, command.words[0], "--no-log-init")
    if isinstance(added, Refusal):
        return None
    return Fix("Add --no-log-init", added.edits, Safety.SAFE, added.adds, added.removes)
