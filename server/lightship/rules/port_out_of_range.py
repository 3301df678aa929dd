r"""A port is greater than 65535, the greatest there is.

Docker refuses such an `EXPOSE`, also once a variable is put in.

## Example

```dockerfile
FROM nginx:1.27
ENV PORT=80800
EXPOSE $PORT
```

Use instead:

```dockerfile
FROM nginx:1.27
ENV PORT=8080
EXPOSE $PORT
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model.build import Expose
from . import Finding, Severity, Topic, rule

_LAST_PORT = 65535


@rule(Severity.ERROR, topic=Topic.CORRECTNESS, aliases=("DL3011",))
def check(step: Expose) -> Iterator[Finding]:
    for word, value in zip(step.instruction.words, step.values, strict=False):
        if value and any(int(port) > _LAST_PORT for port in re.findall(r"[0-9]{1,9}", value)):
            yield Finding(word.span, "There is no port {value}: 65535 is the last.", None, {"value": value})
