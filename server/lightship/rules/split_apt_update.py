r"""`apt-get update` stands in a layer of its own, before the install that needs it.

The builder reuses the cached update for as long as its line stays the same, so a package added to the next
`RUN` is looked up in an old index: the build fails, or installs an old version. And the index, 20 MB, stays
in its layer for good.

## Example

```dockerfile
FROM debian:12
RUN apt-get update
RUN apt-get install -y curl
```

Use instead:

```dockerfile
FROM debian:12
RUN apt-get update && \
    apt-get install -y curl
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..knowledge.packages import APT_FAMILY, Action
from ..model.build import Run, Stage
from ..rewrite import Refusal
from ..rewrite.merge import merge_runs
from ..text import Fix, Safety
from . import Finding, Related, Severity, Topic, rule


@rule(Severity.WARNING, topic=Topic.REPRODUCIBILITY)
def check(stage: Stage) -> Iterator[Finding]:
    for index, update in enumerate(stage.steps):
        if not (
            isinstance(update, Run) and update.only_updates and update.calls_to(APT_FAMILY, Action.UPDATE)
        ):
            continue
        install = _install_that_relies_on(stage, index + 1)
        if install is None:
            continue
        neighbours = stage.steps[index + 1] is install
        yield Finding(
            update.span,
            "The package index is cached apart from the install of line {line} that needs it, and goes stale: "
            "run both in one RUN.",
            _join(update, install, stage) if neighbours else None,
            {"line": stage.build.source.line_of(install.span.start) + 1},
            (Related(install.span, "installs from this index"),),
        )


def _install_that_relies_on(stage: Stage, start: int) -> Run | None:
    """The next RUN of apt's that installs something, unless it refreshes the index itself."""
    for step in stage.steps[start:]:
        if isinstance(step, Run) and step.calls_to(APT_FAMILY, Action.INSTALL, Action.UPDATE, Action.UPGRADE):
            return None if step.calls_to(APT_FAMILY, Action.UPDATE) else step
    return None


def _join(update: Run, install: Run, stage: Stage) -> Fix | None:
    merged = merge_runs((update, install), stage.build)
    if isinstance(merged, Refusal):
        return None
    return Fix("Join with the next RUN", merged.edits, Safety.SAFE, merged.adds, merged.removes)
