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

from ..model.build import Build, Label
from ..options import option
from . import Finding, Severity, Topic, rule


@dataclass(frozen=True)
class Options:
    labels: tuple[str, ...] = option((), "The labels that an image must have.")


@rule(Severity.WARNING, topic=Topic.CORRECTNESS, aliases=("DL3049",), options=Options)
def check(build: Build, options: Options) -> Iterator[Finding]:
    final = build.final
    if not final or not final.opening or not options.labels:
        return
    keys = {
        step.expand(pair.key)
        for stage in final.lineage
        for step in stage.steps
        if isinstance(step, Label)
        for pair in step.instruction.pairs
    }
    missing = [label for label in options.labels if label not in keys]
    # A key that only the build knows may be any of them.
    if missing and None not in keys:
        image = final.opening.image
        yield Finding(
            image.span if image else final.opening.span,
            "The image has no label {labels}.",
            None,
            {"labels": ", ".join(missing)},
        )
