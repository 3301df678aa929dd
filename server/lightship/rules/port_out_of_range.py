r"""A port is greater than 65535, the greatest there is, once its variable is put in.

Docker refuses such an `EXPOSE`. A port that is written out is told as a syntax error.

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
        if (
            value
            and "$" in word.text
            and any(int(port) > _LAST_PORT for port in re.findall(r"[0-9]{1,9}", value))
        ):
            yield Finding(word.span, "There is no port {value}: 65535 is the last.", None, {"value": value})
