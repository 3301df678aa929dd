r"""All of the source is copied before the dependencies are installed, so every edit installs them again.

When a step changes, the builder repeats it and all that follow. Dependencies change seldom and take minutes;
the source changes all the time. Copy the file that lists them first, install, then copy the rest.

The fix needs a look, for Lightship cannot know everything that an install reads: files that a requirements file
includes, or a script that `npm ci` runs. No fix is offered where the `RUN` does more than install, or installs the
project as well (poetry without `--no-root`, uv without `--no-install-project`).

## Example

```dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
```

Use instead:

```dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import Stage
from ..model.manifests import WITHOUT_PROJECT, Installation
from ..rewrite import Refusal
from ..rewrite.order import early_copies, is_there, reorder
from . import Finding, Related, Severity, Topic, rule


@rule(Severity.WARNING, topic=Topic.ORDER)
def check(stage: Stage) -> Iterator[Finding]:
    for early in early_copies(stage):
        install = early.install
        line = stage.build.source.line_of(install.call.span.start) + 1
        fix = reorder(early)
        yield Finding(
            early.copy.span,
            "Every edit of the source repeats the install of line {line}, which has its files already: {install} first, then copy."
            if is_there(early)
            else "Every edit of the source repeats the install of line {line}: copy {files} first, {install}, then copy the rest.",
            None if isinstance(fix, Refusal) else fix,
            {
                "line": line,
                "files": early.shown,
                "install": f"install{_without_project(install)}",
            },
            (Related(install.call.span, "installs from what is copied here"),),
        )


def _without_project(install: Installation) -> str:
    """The flag by which the manager would install without the project itself."""
    flags = WITHOUT_PROJECT.get(install.call.meaning.manager)
    return f" with {flags[0]}" if flags and install.needs_source else ""
