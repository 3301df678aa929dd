r"""A stage's name has capital letters, though Docker does not tell them apart.

`FROM builder` and `COPY --from=BUILDER` both mean the stage `Builder`: one spelling, in lower case, keeps the
name and its uses easy to find.

## Example

```dockerfile
FROM python:3.12 AS Builder
RUN pip wheel --wheel-dir /wheels flask==3.1.0

FROM python:3.12-slim
COPY --from=Builder /wheels /wheels
```

Use instead:

```dockerfile
FROM python:3.12 AS builder
RUN pip wheel --wheel-dir /wheels flask==3.1.0

FROM python:3.12-slim
COPY --from=builder /wheels /wheels
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model.build import Copy, From, Run, Stage, Step
from ..syntax.dockerfile import Flag, Word
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule


@rule(Severity.INFO, topic=Topic.STYLE, aliases=("StageNameCasing",))
def check(opening: From) -> Iterator[Finding]:
    alias = opening.alias
    if alias and alias.text != alias.text.lower():
        yield Finding(
            alias.span,
            "The stage's name has capital letters, which Docker takes for small ones: write `{name}`.",
            _fix(alias, opening.stage),
            {"name": alias.text.lower()},
        )


def _fix(alias: Word, stage: Stage) -> Fix:
    """Change the name and what refers to it in the same spelling or another one."""
    name = alias.text.lower()
    edits, adds, removes = [Edit(alias.span, name)], [name], [alias.text]
    for span, word in _uses(stage):
        old = stage.build.source[span]
        if old != name:
            edits.append(Edit(span, name))
            adds.append(word.replace(old, name))
            removes.append(word)
    return Fix("Write the name in lower case", tuple(edits), Safety.SAFE, tuple(adds), tuple(removes))


def _uses(stage: Stage) -> Iterator[tuple[Span, str]]:
    """Where later stages name this one, and the word that holds the name."""
    build = stage.build
    for step in build.steps:
        if step.stage.index <= stage.index or build.stage(stage.name, step.stage.index) is not stage:
            continue
        if isinstance(step, From) and step.image and step.image.text.lower() == stage.name:
            yield step.image.span, step.image.text
        for flag in _referring(step):
            found = re.search(r"(?:^|,)from=([^,]+)", flag.value.text) if flag.value else None
            value = found[1] if found else flag.value.text if flag.value else ""
            if flag.value and value.lower() == stage.name and _plain(flag):
                start = flag.value.span.start + (found.start(1) if found else 0)
                yield Span(start, start + len(value)), f"--{flag.name.text}={flag.value.text}"


def _referring(step: Step) -> Iterator[Flag]:
    for flag in step.instruction.flags:
        if (isinstance(step, Copy) and flag.name.text == "from") or (
            isinstance(step, Run) and flag.name.text == "mount"
        ):
            yield flag


def _plain(flag: Flag) -> bool:
    """Whether the value stands in the file as it is read, without a line break in it."""
    return flag.value is not None and flag.value.span.end - flag.value.span.start == len(flag.value.text)
