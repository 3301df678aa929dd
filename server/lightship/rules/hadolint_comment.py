r"""A comment tells hadolint to ignore something.

Off by default. It is for projects that want exceptions in their settings alone, where they can be seen at once.

## Example

```dockerfile
# hadolint ignore=DL3008
FROM debian:12-slim
```

Use instead:

```dockerfile
FROM debian:12-slim
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model.build import Build
from ..text import Edit, Fix, Safety
from . import Finding, Severity, Topic, rule


@rule(Severity.INFO, topic=Topic.STYLE, aliases=("DL1001",), default=False)
def check(build: Build) -> Iterator[Finding]:
    for comment in build.file.comments:
        match = re.match(r"hadolint\s+((global|stage)\s+)?ignore\s*=", comment.text)
        if match:
            fix = Fix(
                "Remove the comment", (Edit(comment.extent, ""),), Safety.UNSAFE, (), (f"# {comment.text}",)
            )
            yield Finding(
                comment.span,
                "This project wants its exceptions in the settings, not in comments.",
                fix,
                aliases=() if match[2] else None,  # hadolint's check speaks of single instructions
            )
