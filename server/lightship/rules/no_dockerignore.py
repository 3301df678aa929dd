r"""The whole folder is copied, and no `.dockerignore` says what to leave out.

So `.git`, virtual environments, caches and `.env` go into the image, and each change of any of them, of the
Dockerfile too, makes this step and all behind it run again. Put a `.dockerignore` at the root of the build
context, or a `Dockerfile.dockerignore` beside the Dockerfile.

This is only said where the build context is at hand, and once for a file. It is a mere hint where nothing in the
folder calls for it. The fix creates one for what the folder holds, in an editor or by
`lightship refactor create-dockerignore`; `lightship fix` leaves it to you, for an app may need what it leaves out.

## Example

```dockerfile
FROM python:3.12-slim
COPY . /app
```

```.git/HEAD
ref: refs/heads/main
```

```app.py
print("Ahoy")
```

Use instead:

```dockerfile
FROM python:3.12-slim
COPY . /app
```

```.git/HEAD
ref: refs/heads/main
```

```app.py
print("Ahoy")
```

```.dockerignore
.git
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import Build
from ..model.copies import described, sources, unwanted
from ..rewrite import Refusal, dockerignore
from . import Finding, Severity, Topic, rule


@rule(Severity.WARNING, topic=Topic.COPYING, looks=True)
def check(build: Build) -> Iterator[Finding]:
    context = build.context
    if context is None or context.dockerignore is not None or not context.entries():
        return
    wide = (source for step in build.steps if not step.triggered for source in sources(step) if source.whole)
    source = next(wide, None)
    if source is None:
        return
    found = unwanted(context, "")
    fix = dockerignore.create(build)
    yield Finding(
        source.span,
        "There is no .dockerignore, so this copies {clutter}: leave out what the image does not need."
        if found
        else "There is no .dockerignore: whatever comes to lie in this folder is copied, and each change of it"
        " makes this step run again.",
        None if isinstance(fix, Refusal) else fix,
        {"clutter": described(found) if found else ""},
        severity=None if found else Severity.HINT,
    )
