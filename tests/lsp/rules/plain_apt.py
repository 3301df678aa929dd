r"""`apt` is for people.

A rule for the tests of the server alone, so that they need not follow what the real ones find and say.

## Example

```dockerfile
FROM debian:12
RUN apt install
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.model.build import Run
from lightship.rules import Finding, Related, Severity, Tag, Topic, rule
from lightship.text import Edit, Fix, Safety, Span


@rule(Severity.INFO, topic=Topic.STYLE, aliases=("XX1",), tags=(Tag.DEPRECATED,))
def check(run: Run) -> Iterator[Finding]:
    text = run.stage.build.source.text
    if "explode" in text:
        raise RuntimeError("on purpose")
    at = text.find("apt ", run.span.start, run.span.end)
    if at >= 0:
        span = Span(at, at + 3)
        safety = Safety.UNSAFE if "really" in text else Safety.SAFE
        fix = Fix("Use apt-get", (Edit(span, "apt-get"),), safety, ("apt-get",), ("apt",))
        related = Related(run.stage.opening.span, "on this") if run.stage.opening else None
        yield Finding(span, "apt is for people.", fix, related=(related,) if related else ())
