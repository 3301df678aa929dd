r"""Keep what a package manager downloads from one build to the next, in a cache mount that is in no layer.

```dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir -r requirements.txt
```

becomes

```dockerfile
FROM python:3.12-slim
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
```

This saves time when the step runs again, and no bytes: the option that keeps the cache out of the layer does that
already. That option goes, for with it the mount would stay empty. For pip, uv, poetry, npm, Go and Cargo, run by root.
Declined for apt, whose images delete what is downloaded, and where a variable moves or disables the cache.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..knowledge.caches import CACHES
from ..knowledge.managers import SYSTEM, Action, Manager
from ..model.build import Build, PackageCall, Run
from ..rewrite import Refusal
from ..text import Edit, Safety, Span, apply
from . import Offer, refactoring, rewritten, touched

_TITLE = "Add a cache mount for {} (saves time, not bytes)"
_FOLDERS = {
    Manager.PIP: "/root/.cache/pip",
    Manager.UV: "/root/.cache/uv",
    Manager.POETRY: "/root/.cache/pypoetry",
    Manager.NPM: "/root/.npm",
    Manager.GO: "/go/pkg/mod",
    Manager.CARGO: "/usr/local/cargo/registry",
}


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    for stage in build.stages:
        for run in stage.runs:
            if not touched(build, run.span, span):
                continue
            calls = [
                call
                for call in run.calls
                if call.meaning.action in (Action.INSTALL, Action.DOWNLOAD)
                and call.meaning.manager not in SYSTEM
            ]
            manager = next((call.meaning.manager for call in calls if call.meaning.manager in _FOLDERS), None)
            if manager is None or run.mounted(_FOLDERS[manager]):
                continue
            title = _TITLE.format(manager)
            calls = [call for call in calls if call.meaning.manager is manager]
            refusal = _refusal(run, manager, calls)
            yield Offer(
                run.span,
                title,
                refusal or rewritten(build, title, _mounted(build, run, manager, calls), Safety.SAFE),
            )


def _refusal(run: Run, manager: Manager, calls: list[PackageCall]) -> Refusal | None:
    cache = CACHES.get(manager)
    if run.triggered or run.exec_form or not all(call.command.certain for call in calls):
        return Refusal("the command is not in the shell form, or cannot be read with certainty")
    if run.state.user not in (None, "root", "0") or any(
        "sudo" in value for call in calls for value in call.command.values[:1]
    ):
        return Refusal("the cache belongs to another user")
    names = (
        (*cache.variables, *cache.movers, "GOPATH", "GOMODCACHE", "CARGO_HOME", "npm_config_cache")
        if cache
        else ()
    )
    for name in names:
        if run.scope.get(name):
            return Refusal(f"{name} moves or disables the cache")
    if any(call.meaning.has("--cache-dir", "--cache") for call in calls):
        return Refusal("an option moves the cache")
    return None


def _mounted(build: Build, run: Run, manager: Manager, calls: list[PackageCall]) -> str:
    at = run.instruction.keyword_span.end
    edits = [Edit(Span(at, at), f" --mount=type=cache,target={_FOLDERS[manager]}")]
    cache = CACHES.get(manager)
    for call in calls:
        for flag in call.meaning.flags:
            if cache and flag.name in cache.flags and flag.index > 0 and flag.value is None:
                edits.append(
                    Edit(Span(call.word(flag.index - 1).span.end, call.word(flag.index).span.end), "")
                )
    return apply(build.source.text, edits)
