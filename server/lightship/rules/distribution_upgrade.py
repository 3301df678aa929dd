r"""`zypper dist-upgrade` makes another release of the distribution out of the one that the base image names.

Choose the release in `FROM`; `zypper patch` brings its fixes.

## Example

```dockerfile
FROM opensuse/leap:15.6
RUN zypper --non-interactive dist-upgrade
```

Use instead:

```dockerfile
FROM opensuse/leap:15.6
RUN zypper --non-interactive patch
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..knowledge.packages import Action, Manager
from ..model.build import Run
from . import Finding, Severity, Topic, rule


@rule(Severity.WARNING, topic=Topic.REPRODUCIBILITY, aliases=("DL3035",))
def check(run: Run) -> Iterator[Finding]:
    for call in run.calls_to({Manager.ZYPPER}, Action.UPGRADE):
        if call.meaning.name in ("dist-upgrade", "dup"):
            yield Finding(call.verb.span, "This changes the release that FROM names: choose it there.")
