r"""Create a `.dockerignore` for what the build context really holds.

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

```__pycache__/app.cpython-312.pyc
...
```

brings

```.dockerignore
.dockerignore
.git
**/__pycache__
```

In it are version control, what tools and editors make on their own, virtual environments, `node_modules`, credentials,
and Dockerfiles: nothing of that belongs into an image, and each change of it would repeat the `COPY` and all behind it.
The title says how much that is.

Not in it is what a `COPY`, an `ADD` or a bind mount names, in this or another Dockerfile at the context's root; `.git`
where something seems to read the version from it; `node_modules` where nothing installs them; and credentials that a
command names. It needs a look all the same: an app may read its `.env` on its own.

Declined where the build context is not known (`--context DIR` names it), and where there is such a file: that one is
never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import Build
from ..model.copies import sources
from ..rewrite import Refusal, dockerignore
from ..text import Span
from . import Offer, refactoring, touched


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    context = build.context
    for step in build.steps:
        if step.triggered or not touched(build, step.span, span):
            continue
        if any(source.whole or (context and context.is_folder(source.path)) for source in sources(step)):
            outcome = dockerignore.create(build)
            title = f"Create {dockerignore.NAME}" if isinstance(outcome, Refusal) else outcome.title
            yield Offer(step.span, title, outcome)
            return
