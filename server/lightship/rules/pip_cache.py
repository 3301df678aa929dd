r"""`pip install` keeps what it downloads in a cache that nobody will use again.

The cache stays in the layer: 18 MB beside numpy's 79. Tell pip to keep none with `--no-cache-dir` (or
`ENV PIP_NO_CACHE_DIR=1`), or let it live outside of the layer with
`RUN --mount=type=cache,target=/root/.cache/pip`, which also makes the next build faster.

Where pip only renews itself, its cache is small, and the rule speaks only where it is selected. Stages that are only
copied from are left alone, and so is what a file named `pip.conf` may decide. What is alike in a stage is one finding.

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
from dataclasses import dataclass

from ..knowledge.caches import off_by_environment, off_by_flag
from ..knowledge.packages import Action, Manager
from ..model.build import PackageCall, Run
from ..model.layers import Kind, history
from ..options import option
from ..rewrite import Refusal, add_flag
from ..text import Fix, Safety
from . import Finding, Severity, Topic, rule

_SMALL = frozenset(("pip", "setuptools", "wheel"))
"""Packages of a few megabytes that need nothing else."""
_VARIABLE = "PIP_NO_CACHE_DIR"


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Ask for the flag or the variable, in stages that are not shipped too: whatever else empties the cache.",
        hadolint=True,
    )


@rule(Severity.WARNING, topic=Topic.PACKAGES, aliases=("DL3042",), options=Options)
def check(run: Run, options: Options) -> Iterator[Finding]:
    if options.strict:
        for install in run.calls_to({Manager.PIP}, Action.INSTALL):
            if install.bare and not _told(run, install):
                message = "pip keeps what it downloads in a cache: add --no-cache-dir."
                yield Finding(install.span, message, _fix(run, install))
        return
    if not run.stage.shipped:
        return
    layers = history(run.stage.build)
    for content in layers.left[run]:
        call = content.call
        if content.kind is not Kind.CACHE or not call or call.meaning.manager is not Manager.PIP:
            continue
        if layers.taken_late(content) or _emptied(run, call):
            continue
        unknown = run.state.user_set is not None and run.state.user is None
        it = call.meaning
        elsewhere = any(mount.kind == "cache" and "/.cache" in (mount.target or "") for mount in run.mounts)
        yield Finding(
            call.span,
            "pip runs as {user} and keeps its cache in {folder}, which is not what is mounted: it stays in this layer."
            if elsewhere
            else "pip keeps what it downloads in {folder}, which stays in this layer: add --no-cache-dir.",
            _fix(run, call),
            {
                "user": run.state.user or "root",
                "folder": "its cache" if unknown else re.sub(r"^/home/\d+", "~", content.name),
            },
            quiet=not it.requirements
            and not it.from_manifest
            and {each.name.lower() for each in it.packages} <= _SMALL,
            group=(run.stage, elsewhere),
        )


def _emptied(run: Run, call: PackageCall) -> bool:
    """Whether the cache is removed by a path that does not say where it begins."""
    return any(
        command.name == "rm" and re.search(r"(^|\s)\.cache(/pip)?(/\*?)?(\s|$)", " ".join(command.values))
        for command in run.commands
        if command.span.start > call.span.start
    )


def _told(run: Run, call: PackageCall) -> bool:
    """Whether pip is told to keep no cache, or to keep it in a mount."""
    variable = run.scope.get(_VARIABLE)
    return (
        off_by_flag(call.meaning)
        or (variable is not None and off_by_environment(Manager.PIP, {_VARIABLE: variable.value}))
        or _VARIABLE in run.instruction.joined.text
        or any(
            mount.kind in ("cache", "tmpfs") and (mount.target or "").endswith(("/.cache", "/.cache/pip"))
            for mount in run.mounts
        )
    )


def _fix(run: Run, call: PackageCall) -> Fix | None:
    added = add_flag(call, run, "--no-cache-dir")
    if isinstance(added, Refusal):
        return None
    return Fix("Add --no-cache-dir", added.edits, Safety.SAFE, added.adds, added.removes)
