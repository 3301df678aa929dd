r"""What is copied here is left out by `.dockerignore`: the builder does not find it.

The build fails with "not found", though the file is there; a wildcard that has nothing left to match copies
nothing, and no one is told. Take the pattern out of `.dockerignore`, or let the file through with a `!` pattern
behind it.

A folder of which some files come through is left alone, as moby's pattern matcher has it. This is only said where
the build context is at hand.

## Example

```dockerfile
FROM python:3.12-slim
COPY settings.toml /app/
```

```settings.toml
debug = false
```

```.dockerignore
*.toml
```

Use instead:

```dockerfile
FROM python:3.12-slim
COPY settings.toml /app/
```

```settings.toml
debug = false
```

```.dockerignore
*.toml
!settings.toml
```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

from ..context import BuildContext
from ..model.build import Step
from ..model.copies import Source, sources
from . import Finding, Severity, Topic, rule


@rule(Severity.WARNING, topic=Topic.COPYING, aliases=("CopyIgnoredFile",), looks=True)
def check(step: Step) -> Iterator[Finding]:
    context = step.stage.build.context
    if context is None or context.dockerignore is None or step.triggered:
        return
    for source in sources(step):
        left_out = _left_out(source, context)
        if left_out is not None:
            yield Finding(
                source.span,
                "{file} is left out by `{pattern}` in .dockerignore: nothing is copied."
                if source.pattern
                else "{file} is left out by `{pattern}` in .dockerignore: the builder does not find it.",
                arguments={"file": f"`{source.path}`", "pattern": _pattern(left_out, context)},
            )


def _left_out(source: Source, context: BuildContext) -> str | None:
    """A path that the source means, where all that it means is left out."""
    if source.whole:
        return None
    paths = [source.path]
    if source.pattern:
        folder, name = posixpath.split(source.path)
        paths = [posixpath.join(folder, each) for each in context.entries(folder) if fnmatchcase(each, name)]
    if not paths or any(not context.leaves_out(path) or any(context.files(path)) for path in paths):
        return None
    unknown = not context.exists(paths[0]) and "!" in (context.dockerignore or "")
    return None if unknown else paths[0]


def _pattern(path: str, context: BuildContext) -> str:
    """The last pattern that leaves the path out."""
    lines = (context.dockerignore or "").splitlines()
    return next(
        (
            line.strip()
            for line in reversed(lines)
            if line.strip() and replace(context, dockerignore=line).leaves_out(path)
        ),
        "a pattern",
    )
