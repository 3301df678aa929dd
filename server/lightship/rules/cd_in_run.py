r"""`cd` in a `RUN`, where `WORKDIR` says for all following steps where they work.

Off by default, for in a chain of commands `cd` is often the plainest.

## Example

```dockerfile
FROM python:3.12-slim
RUN cd /srv/app && pip install --no-cache-dir .
```

Use instead:

```dockerfile
FROM python:3.12-slim
WORKDIR /srv/app
RUN pip install --no-cache-dir .
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import Run
from . import Finding, Severity, Topic, rule


@rule(Severity.HINT, topic=Topic.STYLE, aliases=("DL3003",), default=False)
def check(run: Run) -> Iterator[Finding]:
    if run.triggered:
        return
    first = next((command for command in run.commands if command.name == "cd"), None)
    if first:
        yield Finding(
            first.words[0].span, "WORKDIR says where all following steps work: use it instead of cd."
        )
