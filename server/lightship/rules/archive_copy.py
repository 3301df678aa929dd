r"""An archive is copied into the image and unpacked there: it is stored twice.

`ADD` unpacks a local tar archive as it copies it. Any archive can be mounted instead, for the one `RUN` that needs
it: `RUN --mount=type=bind,source=app.zip,target=/tmp/app.zip unzip /tmp/app.zip -d /opt`.

## Example

```dockerfile
FROM debian:12-slim
COPY app.tar.gz /tmp/
RUN tar -xzf /tmp/app.tar.gz -C /opt
```

Use instead:

```dockerfile
FROM debian:12-slim
ADD app.tar.gz /opt/
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import regex
from ..model.build import Copy, Run, Stage
from ..syntax.shell import Command
from . import Finding, Related, Severity, Topic, rule

_ARCHIVE = regex.compile(r"\.(tar(\.\w+)?|tgz|tbz2?|txz|tzst|zip)$", re.IGNORECASE)


@rule(Severity.INFO, topic=Topic.COPYING, aliases=("DL3010",))
def check(stage: Stage) -> Iterator[Finding]:
    for index, copy in enumerate(stage.steps):
        if not isinstance(copy, Copy) or not copy.from_context:
            continue
        for source, span in zip(copy.sources, copy.operands, strict=False):
            if not source or not _ARCHIVE.search(source):
                continue
            unpacking = _unpacking(stage, index + 1, _place(source, copy.target or ""))
            if unpacking:
                zipped = source.lower().endswith(".zip")
                yield Finding(
                    span,
                    "The image holds `{archive}` packed and unpacked: {advice}.",
                    None,
                    {
                        "archive": source,
                        "advice": "mount it into the RUN instead"
                        if zipped
                        else "ADD unpacks it as it copies",
                    },
                    (Related(unpacking.span, "unpacked here"),),
                )


def _place(source: str, target: str) -> str:
    """The name of the copied file."""
    name = source.rpartition("/")[2]
    return target.rpartition("/")[2] if _ARCHIVE.search(target) else name


def _unpacking(stage: Stage, start: int, name: str) -> Command | None:
    for run in stage.steps[start:]:
        if isinstance(run, Run):
            for command in run.commands:
                if _unpacks(command) and any(value.rpartition("/")[2] == name for value in command.values):
                    return command
    return None


def _unpacks(command: Command) -> bool:
    if command.name == "unzip":
        return True
    options = command.values[1:]
    return command.name in ("tar", "bsdtar") and any(
        option in ("--extract", "--get") or re.fullmatch(r"-?[a-zA-Z]*x[a-zA-Z]*", option)
        for option in options
    )
