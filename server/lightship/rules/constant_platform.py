r"""`FROM --platform=linux/amd64` builds for that platform wherever the image is meant to run.

On other machines it is emulated, and a build for several platforms holds the same programs under each name. Where
only this platform will do, give `--platform` to `docker build` instead. A stage whose name tells of a platform
is taken to be meant so.

## Example

```dockerfile
FROM --platform=linux/amd64 debian:12-slim
```

Use instead:

```dockerfile
FROM debian:12-slim
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..model.build import From
from ..options import option
from ..rewrite import without_flag
from ..text import Fix, Safety
from . import Finding, Severity, Topic, rule


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Report every platform but `$BUILDPLATFORM` and `$TARGETPLATFORM`, whatever the stage is called.",
        hadolint=True,
    )


@rule(
    Severity.INFO,
    topic=Topic.BASE_IMAGE,
    aliases=("DL3029", "FromPlatformFlagConstDisallowed"),
    default=False,
    options=Options,
)
def check(opening: From, options: Options) -> Iterator[Finding]:
    flag = opening.platform
    if not flag or not flag.value:
        return
    if options.strict:
        if not re.fullmatch(r"\$\{?(BUILD|TARGET)PLATFORM\}?", flag.value.text.strip("\"'")):
            yield Finding(flag.value.span, "Leave the platform to `docker build --platform`.")
        return
    if "$" in flag.value.text:
        return
    alias = opening.alias.text.lower() if opening.alias else ""
    parts = re.split(r"[/,]", flag.value.text.strip("\"'").lower())
    if any(part in alias for part in parts if len(part) > 2):
        return
    it = without_flag(opening, flag)
    yield Finding(
        flag.value.span,
        "The stage is built for {platform} wherever it is meant to run: leave that to `docker build --platform`.",
        Fix("Remove the flag", it.edits, Safety.UNSAFE, it.adds, it.removes),
        {"platform": flag.value.text},
    )
