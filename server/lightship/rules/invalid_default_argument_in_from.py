r"""`FROM` names no image unless every build passes the argument in it.

An `ARG` without a default is empty. A plain `docker build .` then fails, and so do editors and scanners that
look at the base image.

## Example

```dockerfile
ARG TAG
FROM python:${TAG}
```

Use instead:

```dockerfile
ARG TAG=3.12-slim
FROM python:${TAG}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .. import regex
from ..model.build import From
from ..model.scope import Variable
from . import Finding, Severity, Topic, rule

_PATH = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_REFERENCE = regex.compile(
    rf"(?:[A-Za-z0-9\[][A-Za-z0-9.:\]-]*/)?{_PATH}(?:/{_PATH})*(?::\w[\w.-]{{0,127}})?(?:@[A-Za-z][\w+.-]*:[0-9a-fA-F]{{32,}})?"
)


@rule(Severity.INFO, topic=Topic.BASE_IMAGE, aliases=("InvalidDefaultArgInFrom",))
def check(opening: From) -> Iterator[Finding]:
    image = opening.image
    if not image or "$" not in image.text:
        return
    scope = opening.scope
    names = {reference.name.text for reference in opening.instruction.variables}
    undeclared = [name for name in names if name not in scope.variables]
    empty = scope.having(
        *(Variable(name, "", None, "ARG") for name in undeclared),
        *(
            replace(variable, value="")
            for variable in scope.variables.values()
            if variable.kind == "ARG" and variable.value is None
        ),
    )
    value = empty.expand(image.text, opening.instruction.escape)
    if value is None or _REFERENCE.fullmatch(value) or opening.stage.build.stage(value, opening.stage.index):
        return
    if any(empty.value(name) == "" for name in names):
        yield Finding(
            image.span,
            "Without build arguments the base image is `{value}`, which names none: give the ARG a default.",
            None,
            {"value": value},
            quiet=bool(undeclared),  # that nothing declares them is the matter of another rule
        )
