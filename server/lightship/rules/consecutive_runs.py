r"""Neighbouring `RUN` instructions that could be one, and one layer.

Each `RUN` makes a layer, and what a later layer deletes stays in the one that brought it. One `RUN` also
means that a step which prepares the next is never reused from the cache without it. The price is that a
change rebuilds all of it, so steps that change at different times are better kept apart.

## Example

```dockerfile
FROM python:3.12-slim
RUN mkdir -p /srv/app
RUN useradd --system app
RUN chown app /srv/app
```

Use instead:

```dockerfile
FROM python:3.12-slim
RUN mkdir -p /srv/app && \
    useradd --system app && \
    chown app /srv/app
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import Stage
from ..rewrite import Refusal, merge_runs, run_groups
from ..text import Fix, Safety
from . import Finding, Related, Severity, Topic, rule


@rule(Severity.HINT, topic=Topic.LAYERS, aliases=("DL3059",))
def check(stage: Stage) -> Iterator[Finding]:
    for group in run_groups(stage):
        merged = merge_runs(group, stage.build)
        if isinstance(merged, Refusal):
            continue
        yield Finding(
            group[1].span,
            "{count} neighbouring RUNs make {count} layers: they can be one.",
            Fix("Merge the RUNs", merged.edits, Safety.SAFE, merged.adds, merged.removes),
            {"count": len(group)},
            tuple(Related(run.instruction.keyword_span, "can be merged") for run in group if run is not group[1]),
        )
