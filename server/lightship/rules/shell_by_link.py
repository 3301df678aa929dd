r"""`/bin/sh` is exchanged for another shell, to have `RUN` use it.

Every script of the image that asks for `/bin/sh` now gets the other one. `SHELL` sets what `RUN` uses, and changes
nothing else.

## Example

```dockerfile
FROM ubuntu:24.04
RUN rm /bin/sh && ln -s /bin/bash /bin/sh
```

Use instead:

```dockerfile
FROM ubuntu:24.04
SHELL ["/bin/bash", "-c"]
```
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..model.build import Run
from ..proof import shell_words
from ..syntax.shell import Command
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule


@rule(Severity.WARNING, topic=Topic.CORRECTNESS, aliases=("DL4005",))
def check(run: Run) -> Iterator[Finding]:
    for command in run.commands:
        if command.name == "ln" and command.values[-1] == "/bin/sh" and len(command.words) > 2:
            yield Finding(
                command.span,
                "This changes what all scripts of the image get for /bin/sh: use SHELL, which is for the build alone.",
                _fix(run, command),
            )


def _fix(run: Run, link: Command) -> Fix | None:
    """Where the RUN does nothing else, a SHELL takes its place."""
    instruction, shell = run.instruction, link.values[-2]
    others = [command for command in run.commands if command is not link]
    if any(command.name not in ("rm", "mv") or "/bin/sh" not in command.values for command in others):
        return None
    if run.exec_form or instruction.flags or instruction.heredocs or instruction.comments or run.triggered:
        return None
    shell = f"/bin/{shell}" if "/" not in shell else shell
    words = (shell, "-c")
    edit = Edit(Span(instruction.keyword_span.start, run.span.end), f"SHELL {json.dumps(words)}")
    removes = ("RUN", *shell_words(instruction.arguments.text))
    return Fix("Use SHELL", (edit,), Safety.UNSAFE, ("SHELL", "[", *words, "]"), removes)
