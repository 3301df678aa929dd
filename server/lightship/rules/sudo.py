r"""`sudo` does nothing for root, as who a build runs, and a user who may use it is root in all but name.

It also drops most of the environment, so `ENV` and `ARG` have no effect on what it runs. Where a step needs to be
root, say `USER root` before it and the other user behind it. What is alike in a stage is one finding.

## Example

```dockerfile
FROM debian:12-slim
RUN sudo apt-get update
```

Use instead:

```dockerfile
FROM debian:12-slim
RUN apt-get update
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..knowledge import images
from ..model.build import Run
from ..syntax.shell import Command
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule


@rule(Severity.WARNING, topic=Topic.SECURITY, aliases=("DL3004",))
def check(run: Run) -> Iterator[Finding]:
    found = [command for command in run.commands if command.name == "sudo"]
    if not found:
        return
    user = run.state.user or _user_of_base(run)
    root = user in ("root", "0")
    plain = root and not any(_becomes_another(command) for command in found)
    yield Finding(
        found[0].words[0].span,
        "A build step runs as root unless USER says otherwise: leave sudo out."
        if plain
        else "Let USER say who runs a step, and leave sudo out.",
        _fix(run, found) if plain else None,
        group=(run.stage, plain),
    )


def _user_of_base(run: Run) -> str | None:
    reference = images.parse(run.stage.base or "")
    return images.default_user(reference) if reference else None


def _becomes_another(command: Command) -> bool:
    return any(re.match(r"-[a-zA-Z]*[ugi]|--(user|group|login)", value) for value in command.values[1:3])


def _fix(run: Run, found: list[Command]) -> Fix | None:
    """Take the word away. Some of what sudo keeps from the command reaches it then: the environment."""
    edits = []
    for command in found:
        if len(command.words) < 2 or not command.certain or run.exec_form:
            return None
        sudo, program = command.words[:2]
        if program.text.startswith("-") or "=" in program.text or sudo.text != "sudo":
            return None
        edits.append(Edit(Span(sudo.span.start, program.span.start), ""))
    return Fix("Leave sudo out", tuple(edits), Safety.UNSAFE, (), ("sudo",) * len(edits))
