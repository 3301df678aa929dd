r"""`FROM` uses an argument that no `ARG` above the first `FROM` declares.

It is always empty, also when `docker build --build-arg` gives it a value: only arguments that are declared
before the first stage are known there.

## Example

```dockerfile
ARG PYTHON_VERSION=3.12
FROM python:${PYTHON_VERSON}-slim
```

Use instead:

```dockerfile
ARG PYTHON_VERSION=3.12
FROM python:${PYTHON_VERSION}-slim
```
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from ..model.build import From
from ..syntax.dockerfile import VariableReference
from ..text import Edit, Fix, Safety
from . import Finding, Severity, Topic, rule


@rule(Severity.WARNING, topic=Topic.CORRECTNESS, aliases=("UndefinedArgInFrom",))
def check(opening: From) -> Iterator[Finding]:
    for reference in opening.instruction.variables:
        name = reference.name.text
        if name not in opening.scope.variables and name.isidentifier():
            close = difflib.get_close_matches(name, opening.scope.variables, 1, 0.8)
            yield Finding(
                reference.span,
                "No ARG before the first FROM declares {name}, so it is always empty: {advice}",
                _fix(opening, reference, close[0]) if close else None,
                {"name": name, "advice": f"is {close[0]} meant?" if close else f"put `ARG {name}` there."},
            )


def _fix(opening: From, reference: VariableReference, name: str) -> Fix | None:
    span = reference.name.span
    for word in opening.instruction.words[:1]:
        if word.span.start <= span.start < word.span.end and word.span.end - word.span.start == len(
            word.text
        ):
            start = span.start - word.span.start
            new = word.text[:start] + name + word.text[start + len(reference.name.text) :]
            return Fix(f"Change it to {name}", (Edit(span, name),), Safety.UNSAFE, (new,), (word.text,))
    return None
