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

from ..model.build import User
from . import Finding, Severity, Topic, rule


@rule(Severity.INFO, topic=Topic.SECURITY, aliases=("DL3066",), default=False)
def check(step: User) -> Iterator[Finding]:
    name = step.name
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
