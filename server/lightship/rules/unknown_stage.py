r"""Files are taken from a stage that is not there, or not there yet.

`COPY --from` and `RUN --mount=from=` see the stages above their own. A name that is none of them is taken for an
image or for a build context that `docker build --build-context` gives; so only a name that nearly is a stage's
is told, and what no build can mean. Contexts that Compose and Bake files name are known.

## Example

```dockerfile
FROM golang:1.24 AS builder
RUN go build -o /app .

FROM debian:12-slim
COPY --from=buidler /app /app
```

Use instead:

```dockerfile
FROM golang:1.24 AS builder
RUN go build -o /app .

FROM debian:12-slim
COPY --from=builder /app /app
```
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..knowledge import images
from ..model.build import Copy, Run, Step
from ..options import option
from ..syntax.dockerfile import Flag
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule

_UNKNOWN, _ITSELF = "DL3022", "DL3023"


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False, "Report a COPY from anything that is neither a stage nor an image with a tag.", hadolint=True
    )


@rule(Severity.ERROR, topic=Topic.STAGES, aliases=(_UNKNOWN, _ITSELF), options=Options)
def check(step: Step, options: Options) -> Iterator[Finding]:
    if not isinstance(step, Copy if options.strict else (Copy, Run)) or step.triggered:
        return
    build, stage = step.stage.build, step.stage
    for flag, name, span in _origins(step):
        earlier = [other.name for other in build.stages[: stage.index] if other.name]
        meant = build.stage(name, None)
        if isinstance(step, Copy) and name.isdecimal():
            if int(name) < stage.index:
                continue
            template = "There is no stage {name} above this one: stages are counted from 0."
            yield Finding(span, template, None, {"name": name}, aliases=(_UNKNOWN,))
        elif name.lower() in earlier or build.context_named(name) is not None:
            continue
        elif meant is stage and not name.isdecimal():
            template = "`{name}` is the stage that is being built: its files are here."
            yield Finding(span, template, None, {"name": name}, aliases=(_ITSELF,))
        elif meant and not name.isdecimal():
            template = "The stage `{name}` comes only below: a stage sees those above it."
            yield Finding(span, template, None, {"name": name}, aliases=(_UNKNOWN,))
        elif re.fullmatch(r"[\w-]+", name) and (
            close := difflib.get_close_matches(name.lower(), earlier, 1, 0.8)
        ):
            yield Finding(
                span,
                "There is no stage `{name}`, so it is taken for an image: is `{close}` meant?",
                _fix(flag, span, close[0]),
                {"name": name, "close": close[0]},
                severity=Severity.WARNING,
                aliases=(_UNKNOWN,),
            )
        elif isinstance(step, Copy) and images.parse(name) is None:
            template = "There is no stage `{name}`, and no image may be called that."
            yield Finding(span, template, None, {"name": name}, aliases=(_UNKNOWN,))
        elif options.strict and ":" not in name:
            template = "There is no stage `{name}`, and an image would have a tag."
            yield Finding(span, template, None, {"name": name}, aliases=(_UNKNOWN,))


def _origins(step: Step) -> Iterator[tuple[Flag, str, Span]]:
    """What `--from` and `from=` name, where that is plain to read."""
    for flag in step.instruction.flags:
        value = flag.value
        if not value or value.span.end - value.span.start != len(value.text):
            continue
        wanted = r"()(.+)" if isinstance(step, Copy) else r"(|.*,)from=([^,]+).*"
        match = re.fullmatch(wanted, value.text)
        if (
            flag.name.text == ("from" if isinstance(step, Copy) else "mount")
            and match
            and "$" not in match[2]
        ):
            start = value.span.start + match.start(2)
            yield flag, match[2], Span(start, start + len(match[2]))


def _fix(flag: Flag, span: Span, name: str) -> Fix | None:
    value = flag.value
    if not value:
        return None
    start, end = span.start - value.span.start, span.end - value.span.start
    old, head = value.text, f"--{flag.name.text}="
    new = old[:start] + name + old[end:]
    return Fix(f"Change it to {name}", (Edit(span, name),), Safety.UNSAFE, (head + new,), (head + old,))
