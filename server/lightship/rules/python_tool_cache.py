r"""uv, poetry, pipenv, pdm or conda keeps what it downloads in the image, where nobody will use it again.

Turn the cache off (`uv sync --no-cache`, `ENV UV_NO_CACHE=1`, `pdm --no-cache install`), let it live outside
of the layer with `RUN --mount=type=cache,target=/root/.cache/uv`, or empty it in the same `RUN`
(`conda clean --all --yes`). poetry's own `--no-cache` still keeps the wheels, and older versions of pdm know no such
option. A later `RUN` frees nothing.

uv links installed files to its cache where it can, so that little more than its index is stored in vain; with
`UV_LINK_MODE=copy` everything is there twice.

Stages that are only copied from are left alone.

## Example

```dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir uv
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen
```

Use instead:

```dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir uv
COPY pyproject.toml uv.lock ./
RUN uv sync --no-cache --frozen
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..knowledge.caches import CACHES, off_by_environment, off_by_flag
from ..knowledge.packages import CONDA_FAMILY, Action, Manager
from ..model.build import PackageCall, Run
from ..model.paths import home
from ..rewrite import Refusal, append_command, insert_word
from ..text import Fix, Safety
from . import Finding, Severity, Topic, rule

_TOOLS = CONDA_FAMILY | {Manager.UV, Manager.PDM, Manager.POETRY, Manager.PIPENV}


@rule(Severity.WARNING, topic=Topic.PACKAGES)
def check(run: Run) -> Iterator[Finding]:
    if not run.stage.shipped:
        return
    told: set[Manager] = set()
    for call in run.calls_to(_TOOLS, Action.INSTALL, Action.UPGRADE):
        manager = call.meaning.manager
        if manager in told or _off(call, run) or _mounted(run) or _cleaned(call, run):
            continue
        told.add(manager)
        cache = CACHES[manager]
        moved = next(filter(None, map(run.scope.value, cache.movers)), None)
        twice = manager is Manager.UV and "copy" in (
            run.scope.value("UV_LINK_MODE"),
            *call.meaning.values("--link-mode"),
        )
        yield Finding(
            call.span,
            "{manager} keeps {what} in {folder}, which stays in this layer: {advice}.",
            None if moved and manager is not Manager.UV else _fix(call, run, cache.clean),
            {
                "manager": manager,
                "what": "a second copy of all it installs" if twice else "what it downloads",
                "folder": moved
                or ("its pkgs folder" if manager in CONDA_FAMILY else cache.folders(home(run.state))[0]),
                "advice": "add --no-cache"
                if manager is Manager.UV
                else "mount a cache there"
                if moved
                else f"end the RUN with `{cache.clean}`, or mount a cache there",
            },
            severity=Severity.INFO if manager is Manager.UV and not twice else None,
            group=(run.stage, manager),
        )


def _off(call: PackageCall, run: Run) -> bool:
    """Whether a flag or variable keeps the tool from caching, or may do so."""
    manager = call.meaning.manager
    names = (*CACHES[manager].variables, *(("PIP_NO_CACHE_DIR",) if manager is Manager.PIPENV else ()))
    environment = {name: variable.value for name, variable in run.scope.variables.items()}
    return (
        call.meaning.unknown
        or call.meaning.has("--dry-run", "--clear", "--offline", "--clone")
        or off_by_flag(call.meaning)
        or off_by_environment(manager, environment)
        or (manager is Manager.PIPENV and bool(environment.get("PIP_NO_CACHE_DIR")))
        or any(name in run.instruction.joined.text for name in names)
    )


def _mounted(run: Run) -> bool:
    """Whether a mount holds the cache, or something like it: who mounts one has thought of it."""
    kinds = ("cache", "tmpfs")
    return any(
        mount.kind in kinds and re.search(r"cache|/pkgs|\$", mount.target or "") for mount in run.mounts
    )


def _cleaned(call: PackageCall, run: Run) -> bool:
    """Whether the same RUN empties the cache afterwards."""
    family = CONDA_FAMILY if call.meaning.manager in CONDA_FAMILY else {call.meaning.manager}
    if any(each.span.start > call.span.start for each in run.calls_to(family, Action.CLEAN)):
        return True
    return any(
        command.name in ("rm", "find")
        and re.search(r"cache|CACHE|pkgs|conda", " ".join(command.values))
        and command.span.start > call.span.start
        for command in run.commands
    )


def _fix(call: PackageCall, run: Run, clean: str) -> Fix | None:
    manager = call.meaning.manager
    if manager is Manager.UV:
        if call.verb.value is None:
            return None
        change, title = insert_word(call.command, run, call.verb, "--no-cache"), "Add --no-cache"
    elif call.word(call.meaning.start).text == manager:
        change, title = append_command(run, clean, run.stage.build), f"Add {clean}"
    else:
        return None
    if isinstance(change, Refusal):
        return None
    return Fix(title, change.edits, Safety.SAFE, change.adds, change.removes)
