r"""`pip install` keeps what it downloads in a cache that nobody will use again.

The cache stays in the layer: 18 MB beside numpy's 79. Tell pip to keep none with `--no-cache-dir` (or
`ENV PIP_NO_CACHE_DIR=1`), or let it live outside of the layer with
`RUN --mount=type=cache,target=/root/.cache/pip`, which also makes the next build faster.

Where pip only renews itself, its cache is small, and the rule speaks only where it is selected. Stages that are only
copied from are left alone, and so is what a file named `pip.conf` may decide.

## Example

```dockerfile
FROM python:3.12-slim
COPY requirements.txt .
RUN pip install -r requirements.txt
```

Use instead:

```dockerfile
FROM python:3.12-slim
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..knowledge.packages import Manager
from ..model.build import PackageCall, Run
from ..model.layers import Kind, history
from ..rewrite import Refusal, add_flag
from ..text import Fix, Safety
from . import Finding, Severity, Topic, rule

_SMALL = frozenset(("pip", "setuptools", "wheel"))
"""Packages of a few megabytes that need nothing else."""


@rule(Severity.WARNING, topic=Topic.PACKAGES, aliases=("DL3042",))
def check(run: Run) -> Iterator[Finding]:
    if not run.stage.shipped:
        return
    layers = history(run.stage.build)
    for content in layers.left[run]:
        call = content.call
        if content.kind is not Kind.CACHE or not call or call.meaning.manager is not Manager.PIP:
            continue
        if layers.taken_late(content):
            continue
        it = call.meaning
        elsewhere = any(mount.kind == "cache" and "/.cache" in (mount.target or "") for mount in run.mounts)
        yield Finding(
            call.span,
            "pip runs as {user} and keeps its cache in {folder}, which is not what is mounted: it stays in this layer."
            if elsewhere
            else "pip keeps what it downloads in {folder}, which stays in this layer: add --no-cache-dir.",
            _fix(run, call),
            {"user": run.state.user or "root", "folder": re.sub(r"^/home/\d+", "~", content.name)},
            quiet=not it.requirements
            and not it.from_manifest
            and {each.name.lower() for each in it.packages} <= _SMALL,
            group=(run.stage, elsewhere),
        )


def _fix(run: Run, call: PackageCall) -> Fix | None:
    added = add_flag(call, run, "--no-cache-dir")
    if isinstance(added, Refusal):
        return None
    return Fix("Add --no-cache-dir", added.edits, Safety.SAFE, added.adds, added.removes)
