r"""The image does not say how to find out whether its app is well.

Off by default, for Kubernetes and others have checks of their own and do not look at it. Docker itself and Swarm do.

## Example

```dockerfile
FROM nginx:1.27
COPY site /usr/share/nginx/html
```

Use instead:

```dockerfile
FROM nginx:1.27
COPY site /usr/share/nginx/html
HEALTHCHECK CMD curl -f http://localhost/ || exit 1
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..model.build import Build, Healthcheck
from ..options import option
from . import Finding, Severity, Topic, rule


@dataclass(frozen=True)
class Options:
    stages: Literal["last", "all"] = option("last", "Which stages must have one.", hadolint="all")


@rule(Severity.INFO, topic=Topic.DEBUGGING, aliases=("DL3057",), default=False, options=Options)
def check(build: Build, options: Options) -> Iterator[Finding]:
    # What a stage built on it has, a stage need not have.
    spared = {each for stage in build.stages if stage.last(Healthcheck) for each in stage.lineage}
    for stage in build.stages if options.stages == "all" else build.stages[-1:]:
        inherits = any(each.last(Healthcheck) for each in stage.lineage)
        if stage.opening and not inherits and stage not in spared:
            span = stage.opening.image.span if stage.opening.image else stage.opening.span
            yield Finding(span, "This image has no HEALTHCHECK: say how to find out whether the app is well.")
