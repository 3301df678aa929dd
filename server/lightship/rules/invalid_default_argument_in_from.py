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
from ..model.scope import Scope, Variable
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
    undeclared = {
        reference.name.text: Variable(reference.name.text, "", None, "ARG")
        for reference in opening.instruction.variables
        if reference.name.text not in opening.scope.variables
    }
    empty = Scope(
        undeclared
        | {
            name: replace(variable, value="")
            if variable.kind == "ARG" and variable.value is None
            else variable
            for name, variable in opening.scope.variables.items()
        }
    )
    value = empty.expand(image.text, opening.instruction.escape)
    if value is None or _REFERENCE.fullmatch(value) or opening.stage.build.stage(value, opening.stage.index):
        return
    if any(empty.value(reference.name.text) == "" for reference in opening.instruction.variables):
        yield Finding(
            image.span,
            "Without build arguments the base image is `{value}`, which names none: give the ARG a default.",
            None,
            {"value": value},
            quiet=bool(undeclared),  # that nothing declares them is the matter of another rule
        )
