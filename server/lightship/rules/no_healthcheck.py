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

from ..model.build import Build, Healthcheck
from . import Finding, Severity, Topic, rule


@rule(Severity.INFO, topic=Topic.DEBUGGING, aliases=("DL3057",), default=False)
def check(build: Build) -> Iterator[Finding]:
    final = build.final
    if final and final.opening and not any(stage.last(Healthcheck) for stage in final.lineage):
        span = final.opening.image.span if final.opening.image else final.opening.span
        yield Finding(span, "This image has no HEALTHCHECK: say how to find out whether the app is well.")
