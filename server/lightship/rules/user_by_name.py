r"""`USER` is a name, which Kubernetes cannot tell from root.

With `runAsNonRoot: true` a container whose user is not a number does not start. Off by default: elsewhere a name
reads better. A user that the file itself creates is left alone.

## Example

```dockerfile
FROM nginx:1.27
USER nginx
```

Use instead:

```dockerfile
FROM nginx:1.27
USER 101
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..model.build import Arg, User
from ..options import option
from . import Finding, Severity, Topic, rule


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False, "Report every name, also that of root and of a user whom the file creates.", hadolint=True
    )


@rule(Severity.INFO, topic=Topic.SECURITY, aliases=("DL3066",), default=False, options=Options)
def check(step: User, options: Options) -> Iterator[Finding]:
    name = step.name
    if options.strict:
        if _is_name(step):
            yield Finding(
                step.operands[0],
                "Kubernetes does not know whether this user is root: give the user's number.",
            )
        return
    if not name or name.isdecimal() or name == "root" or "$" in step.instruction.arguments.text:
        return
    created = any(
        command.name in ("useradd", "adduser") and name in command.values
        for stage in step.stage.lineage
        for run in stage.runs
        for command in run.commands
    )
    if not created and not re.search(r"administrator|containeruser", name, re.IGNORECASE):
        yield Finding(
            step.operands[0],
            "Kubernetes does not know whether `{name}` is root: give the user's number.",
            None,
            {"name": name},
        )


def _is_name(step: User) -> bool:
    """Whether something else than a number is written, and no argument of the build, which may be one."""
    text = step.instruction.arguments.text
    used = {reference.name.text for reference in step.instruction.variables}
    declared = (
        pair.key.text
        for arg in step.stage.build.steps
        if used and isinstance(arg, Arg) and arg.span.start < step.span.start
        for pair in arg.instruction.pairs
    )
    return (
        bool(text)
        and not step.triggered
        and not text.partition(":")[0].isdecimal()
        and used.isdisjoint(declared)
    )
