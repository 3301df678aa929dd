r"""`ENV` uses a variable that the same `ENV` sets.

All values of one instruction are made from the variables before it: the new one is not there yet.

## Example

```dockerfile
FROM debian:12-slim
ENV APP_HOME=/srv/app PATH=$APP_HOME/bin:$PATH
```

Use instead:

```dockerfile
FROM debian:12-slim
ENV APP_HOME=/srv/app
ENV PATH=$APP_HOME/bin:$PATH
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..knowledge import environments
from ..model.build import Env
from ..syntax.dockerfile import Pair, VariableReference
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule


@rule(Severity.ERROR, topic=Topic.CORRECTNESS, aliases=("DL3044",))
def check(step: Env) -> Iterator[Finding]:
    instruction = step.instruction
    known = environments.of(step.stage.base) or ()
    for reference in instruction.variables:
        name = reference.name.text
        pair = next(pair for pair in instruction.pairs if pair.span.covers(reference.span.start))
        others = [other for other in instruction.pairs if other is not pair and other.key.text == name]
        if others and pair.key.text != name and name not in step.scope.variables and name not in known:
            yield Finding(
                reference.span,
                "{name} is not set yet where this value is made: set it in an ENV of its own, above.",
                _fix(step, pair, reference, others[0]),
                {"name": name},
            )


def _fix(step: Env, pair: Pair, reference: VariableReference, source: Pair) -> Fix | None:
    """End the instruction before the pair that needs the other one."""
    instruction, build = step.instruction, step.stage.build
    before = [each for each in instruction.pairs if each.span.end <= pair.span.start]
    if instruction.comments or instruction.blanks or step.triggered or source not in before:
        return None
    newline = build.file.newline
    edit = Edit(
        Span(before[-1].span.end, pair.span.start), f"{newline}{build.source[instruction.keyword_span]} "
    )
    return Fix("Set it in an ENV of its own", (edit,), Safety.UNSAFE, ("ENV",))
