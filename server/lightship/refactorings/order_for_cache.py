r"""Copy what an install reads, install, and only then copy the rest, so that the cache keeps the install.

```dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
```

becomes

```dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
```

When a step changes, the builder repeats it and all that follow: so an edit of the source no longer installs everything
again. It needs a look, for nobody knows all that an install reads: a requirements file may include another one, and
`npm ci` may run a script. The rule `copy-before-install` finds the places.

Declined where the `RUN` does more than install, where the install needs the source as well (`pip install .`, poetry
without `--no-root`, uv without `--no-install-project`), and where a step between the two may.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import Build
from ..rewrite import Refusal
from ..rewrite.order import early_copies, reorder
from ..text import Span
from . import Offer, refactoring, touched


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    for stage in build.stages:
        for early in early_copies(stage):
            if touched(build, Span(early.copy.span.start, early.install.run.span.end), span):
                outcome = reorder(early)
                title = "Copy the source after the install" if isinstance(outcome, Refusal) else outcome.title
                yield Offer(early.copy.span, title, outcome)
