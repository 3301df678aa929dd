r"""The image has not all the labels that the project wants.

The rule says nothing until the settings name the labels. A label that an earlier stage brings by `FROM` counts.

## Example

With these settings:

```toml
[rules.missing-label]
labels = ["org.opencontainers.image.source"]
```

```dockerfile
FROM debian:12-slim
```

Use instead:

```dockerfile
FROM debian:12-slim
LABEL org.opencontainers.image.source="https://github.com/example/app"
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..model.build import Build, From, Label, Stage
from ..options import option
from . import Finding, Severity, Topic, rule


@dataclass(frozen=True)
class Options:
    labels: tuple[str, ...] = option((), "The labels that an image must have.")
    stages: Literal["last", "all"] = option("last", "Which stages must have them.", hadolint="all")


@rule(Severity.WARNING, topic=Topic.CORRECTNESS, aliases=("DL3049",), options=Options)
def check(build: Build, options: Options) -> Iterator[Finding]:
    for stage in build.stages if options.stages == "all" else build.stages[-1:]:
        if stage.opening and options.labels:
            yield from _missing(stage, stage.opening, options.labels)


def _missing(stage: Stage, opening: From, labels: tuple[str, ...]) -> Iterator[Finding]:
    keys = {
        step.expand(pair.key)
        for each in stage.lineage
        for step in each.steps
        if isinstance(step, Label)
        for pair in step.instruction.pairs
    }
    missing = [label for label in labels if label not in keys]
    # A key that only the build knows may be any of them.
    if missing and None not in keys:
        image = opening.image
        yield Finding(
            image.span if image else opening.span,
            "The image has no label {labels}.",
            None,
            {"labels": ", ".join(missing)},
        )
