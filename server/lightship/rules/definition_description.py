r"""The comment above an `ARG` or a stage does not begin with its name, so Docker cannot show it as a description.

`docker build --call=outline` and `--call=targets` show what arguments and stages are for, from comments of the form
`# name description`. Off by default: a comment may be meant for readers of the file alone.

## Example

```dockerfile
# Which Python to use.
ARG PYTHON_VERSION=3.12
FROM python:${PYTHON_VERSION}-slim
```

Use instead:

```dockerfile
# PYTHON_VERSION is the Python to use.
ARG PYTHON_VERSION=3.12
FROM python:${PYTHON_VERSION}-slim
```
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import regex
from ..model.build import Arg, Build, From, Step
from ..syntax.dockerfile import Comment
from . import Finding, Severity, Topic, rule

_FOR_TOOLS = regex.compile(r"(hadolint|lightship|check)\b")


@rule(Severity.HINT, topic=Topic.STYLE, aliases=("InvalidDefinitionDescription",), default=False)
def check(build: Build) -> Iterator[Finding]:
    steps = {step.instruction.extent.start: step for step in build.steps if not step.triggered}
    block: list[Comment] = []
    for node in build.file.nodes:
        if isinstance(node, Comment):
            block += [node] if node.text else []
            continue
        step = steps.get(node.extent.start)
        names = _names(step) if step and block else []
        told = any(comment.text.split(None, 1)[:1] == [name] for comment in block for name in names)
        if names and not told and not any(_FOR_TOOLS.match(comment.text) for comment in block):
            message = (
                "Docker shows this as the description of {name} if it begins with the name: `# {name} …`."
            )
            yield Finding(block[-1].span, message, None, {"name": names[0]})
        block = []


def _names(step: Step | None) -> list[str]:
    """What the step defines; Docker knows stages by their names in small letters."""
    if isinstance(step, Arg):
        return [pair.key.text for pair in step.instruction.pairs]
    return [step.alias.text.lower()] if isinstance(step, From) and step.alias else []
