r"""Make one `RUN`, and one layer, of neighbouring ones.

What a later layer deletes stays in the one that brought it, and a step that prepares the next is never reused from
the cache without it. The price: a change rebuilds all of it.

```dockerfile
FROM debian:12
RUN apt-get update
# What the app needs.
RUN apt-get install -y --no-install-recommends curl
RUN rm -rf /var/lib/apt/lists/*
```

becomes

```dockerfile
FROM debian:12
RUN apt-get update && \
# What the app needs.
    apt-get install -y --no-install-recommends curl && \
    rm -rf /var/lib/apt/lists/*
```

It joins what is selected, or the `RUN` at the cursor and the one below it. `cd`, `export`, `set`, assignments and the
like go into a subshell, lists with `;` and `||` into braces, so that each step does what it did. Declined, with the
reason: other flags or shells, the exec form, heredocs, ONBUILD, background processes, and what cannot be read with
certainty. RUNs with a `COPY` between them cannot be one: use `RUN --mount=type=bind`, a multi-stage build, or
docker-squash.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..knowledge import sizes
from ..knowledge.packages import APT_FAMILY
from ..model.build import Build, Run, Stage
from ..model.layers import APT_LISTS, Kind, history
from ..rewrite import Refusal
from ..rewrite.merge import merge_runs, mergeable
from ..text import Fix, Safety, Span
from . import Offer, refactoring, touched

TITLE = "Merge the RUNs"


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    for stage in build.stages:
        rows = list(_rows(stage, span))
        for row in rows:
            yield from _merged(row, build)
        apart = [run for run in stage.runs if touched(build, run.span, span)]
        if not rows and len(apart) > 1 and not touched(build, stage.steps[0].span, span):
            between = stage.steps[stage.steps.index(apart[0]) + 1].instruction.keyword
            hint = (
                "use a bind mount, or docker-squash"
                if between in ("COPY", "ADD")
                else "move one of them first"
            )
            yield Offer(apart[0].span, TITLE, Refusal(f"a {between} stands between them: {hint}"))


def _rows(stage: Stage, span: Span) -> Iterator[list[Run]]:
    """Rows of neighbouring RUNs of which more than one is selected, or the first is where the cursor stands."""
    build = stage.build
    row: list[Run] = []
    for step in (*stage.steps, None):
        goes_on = isinstance(step, Run) and (
            touched(build, step.span, span) or (len(row) == 1 and span.end <= row[0].instruction.extent.end)
        )
        if goes_on and isinstance(step, Run):
            row.append(step)
            continue
        if len(row) > 1:
            yield row
        row = []


def _merged(row: list[Run], build: Build) -> Iterator[Offer]:
    """As many as can be, in one go each."""
    group = row[:1]
    refusal: Refusal | None = None
    made = False
    for run in (*row[1:], None):
        found = mergeable(group[-1], run) if run else Refusal("")
        if run and not found:
            group.append(run)
            continue
        refusal = refusal or found
        if len(group) > 1:
            merged = merge_runs(group, build)
            if not isinstance(merged, Refusal):
                made = True
                saves = _saved(group, build)
                title = f"{TITLE} (saves at least {sizes.human(saves)})" if saves else TITLE
                fix = Fix(title, merged.edits, Safety.SAFE, merged.adds, merged.removes)
                yield Offer(group[0].span, title, fix, saves)
        group = [run] if run else []
    if not made and refusal:
        yield Offer(row[0].span, TITLE, refusal)


def _saved(group: list[Run], build: Build) -> int:
    """Bytes that one of them brings and another one removes, which no layer will hold, as far as they are known."""
    saved = 0
    for late in history(build).late:
        inside = [it for it in late.taken if it.step in group and late.removal.run in group]
        saved += sum(sizes.APT_LISTS for it in inside if it.name == APT_LISTS)
        packages = [
            it
            for it in inside
            if it.call and it.call.meaning.manager in APT_FAMILY and it.kind is Kind.PACKAGE
        ]
        if late.removal.with_dependencies:
            saved += sizes.closure_size((it.name for it in packages), recommends=False) or 0
    return saved
