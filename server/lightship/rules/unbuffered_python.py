r"""What a Python app prints waits in a buffer: it comes late to `docker logs`, and never if the app is killed.

Where standard output is no terminal, Python collects some 8 kB of it before it writes. Set `PYTHONUNBUFFERED=1`, or
run `python -u`. The price is a write for each line: it matters to what prints a great deal, as a filter does, and
to hardly any service. `logging` writes to standard error, which is not held back since Python 3.9.

Only images whose command is `python` itself are meant, on bases of which it is known that they set no such variable.

Of the variables that are often set along with it, `PYTHONDONTWRITEBYTECODE=1` saves little: pip compiles what it
installs anyway, and what is not compiled in the image has to be at each start of a container. Set it in a build
stage, or where the file system is read-only.

The fix is unsafe: lines of several processes mix where blocks did.

## Example

```dockerfile
FROM python:3.12-slim
COPY app.py /srv/
CMD ["python", "/srv/app.py"]
```

Use instead:

```dockerfile
FROM python:3.12-slim
COPY app.py /srv/
ENV PYTHONUNBUFFERED=1
CMD ["python", "/srv/app.py"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model.build import Build
from ..model.interpreter import interpreter
from ..rewrite import set_above
from . import Finding, Severity, Topic, rule


@rule(Severity.INFO, topic=Topic.DEBUGGING, default=False)
def check(build: Build) -> Iterator[Finding]:
    python = interpreter(build)
    if python is None or python.set_by("PYTHONUNBUFFERED"):
        return
    if any(re.match(r"-[a-zA-Z]*u", option) for option in python.options):
        return
    yield Finding(
        python.word.span,
        "What this prints waits in a buffer, and is lost when it is killed: set PYTHONUNBUFFERED=1, or run python -u.",
        set_above(python.step, "PYTHONUNBUFFERED=1"),
    )
