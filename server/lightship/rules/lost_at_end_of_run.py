r"""A `RUN` ends with a command that only changes its shell, and the shell ends with it.

The next `RUN` starts anew: in the `WORKDIR`, with the variables of `ENV`. So `cd`, `export` and
`source …/activate` have no effect behind their own `RUN`.

## Example

```dockerfile
FROM python:3.12-slim
RUN cd /srv/app
RUN pip install --no-cache-dir .
```

Use instead:

```dockerfile
FROM python:3.12-slim
WORKDIR /srv/app
RUN pip install --no-cache-dir .
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import regex
from ..model.build import Run, Step, Workdir
from ..syntax.shell import Command
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule

_INSTEAD = {
    "cd": "use WORKDIR",
    "pushd": "use WORKDIR",
    "export": "use ENV",
    "alias": "write it to a file that the shell reads",
    "source": "use ENV, or do it in the RUN that needs it",
    ".": "use ENV, or do it in the RUN that needs it",
    "umask": "set it in the RUN that needs it",
    "ulimit": "set it in the RUN that needs it",
}
_ENVIRONMENT = regex.compile(
    r"(^|/)(activate|\.?bashrc|\.?profile|\.bash_profile|nvm\.sh|setup\.(ba)?sh|environment|\.env)$"
)


@rule(Severity.WARNING, topic=Topic.CORRECTNESS)
def check(run: Run) -> Iterator[Finding]:
    script = run.script
    if script is None or run.exec_form or not script.items or not script.certain:
        return
    item = script.items[-1]
    if item.kind != "command" or item.operator or len(item.commands) != 1:
        return
    (command,) = item.commands
    if (
        len(script.items) > 1
        and command.name == "cd"
        and re.fullmatch(r"(\.\./?)+|-|/|~?|\$HOME", command.values[-1])
    ):
        return  # back to where one came from
    sourced = command.name in ("source", ".")
    if command.name in _INSTEAD and not (sourced and not _ENVIRONMENT.search(command.values[-1])):
        sets = _INSTEAD[command.name] == "use WORKDIR" and isinstance(_next(run), Workdir)
        yield Finding(
            command.span,
            "`{name}` has no effect behind this RUN: {advice}.",
            _fix(run, command) if len(script.items) == 1 and not sets else None,
            {"name": command.name, "advice": "leave it out" if sets else _INSTEAD[command.name]},
        )


def _next(run: Run) -> Step | None:
    """The step behind the RUN in its stage."""
    steps = run.stage.steps
    at = steps.index(run) + 1 if run in steps else len(steps)
    return steps[at] if at < len(steps) else None


def _fix(run: Run, command: Command) -> Fix | None:
    """`RUN cd /x` → `WORKDIR /x`, which has the effect that was meant."""
    instruction = run.instruction
    if command.name != "cd" or len(command.words) != 2 or instruction.flags or instruction.heredocs:
        return None
    folder = command.words[1]
    if run.triggered or instruction.comments or not re.fullmatch(r"/[\w./-]*", folder.text):
        return None
    edit = Edit(Span(instruction.keyword_span.start, folder.span.start), "WORKDIR ")
    return Fix("Use WORKDIR", (edit,), Safety.UNSAFE, ("WORKDIR",), ("RUN", "cd"))
