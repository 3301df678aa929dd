r"""A credential is written into the image or its history, where everyone who has the image can read it.

`ENV` is part of the image, and the values of `ARG` are kept in its history; deleting a file in a later layer does
not take it out of the earlier one. A secret mount shows a secret to one `RUN` and keeps it nowhere:
`RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci`. A credential that was published has to be changed.

Names count only where they name the secret itself (`API_TOKEN`, not `TOKEN_URL` or `TOKEN_FILE`), and values
that hold none (empty, a switch, a path) are left alone. BuildKit's check looks at words of the name alone, and so
does the rule under its preset.

## Example

```dockerfile
FROM node:22-slim
ARG NPM_TOKEN
RUN npm ci
```

Use instead:

```dockerfile
FROM node:22-slim
RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..knowledge import secrets
from ..model.build import Add, Arg, Copy, Env, Onbuild, Step
from ..options import option
from ..syntax.dockerfile import Heredoc, Pair
from ..syntax.joined import Joined
from ..text import Span
from . import Finding, Severity, Topic, rule


@dataclass(frozen=True)
class Options:
    names: Literal["precise", "buildkit", "hadolint"] = option(
        "precise",
        "Which variables count: those that hold a credential, or all that BuildKit or hadolint is wary of.",
        buildkit="buildkit",
        hadolint="hadolint",
    )


@rule(
    Severity.WARNING,
    topic=Topic.SECURITY,
    aliases=("DL3064", "SecretsUsedInArgOrEnv"),
    options=Options,
)
def check(step: Step, options: Options) -> Iterator[Finding]:
    if isinstance(step, Onbuild):
        return
    pairs = step.instruction.pairs if isinstance(step, (Arg, Env)) else ()
    named = [pair for pair in pairs if _is_named(step, pair, options)]
    for span, what in _written(step):
        known = next((pair for pair in named if pair.span.overlaps(span)), None)
        if known:
            named.remove(known)
        yield Finding(
            span,
            "This is {what}, and everyone who has the image can read it: use a secret mount, and change it.",
            None,
            {"what": what},
            severity=Severity.ERROR,
            aliases=None if known else (),
        )
    for pair in named:
        template = (
            "The value of {name} is kept in the image's history: use a secret mount."
            if isinstance(step, Arg)
            else "The value of {name} is kept in the image: use a secret mount, or pass it to the container."
        )
        yield Finding(pair.key.span, template, None, {"name": pair.key.text})
    if isinstance(step, (Copy, Add)) and step.stage.shipped and not step.instruction.flag("from"):
        for source, span in zip(step.sources, step.operands, strict=False):
            if source and secrets.file(source):
                yield Finding(
                    span,
                    "`{file}` is where credentials are kept, and stays in the image: use a secret mount.",
                    None,
                    {"file": source},
                    aliases=(),
                )


def _written(step: Step) -> Iterator[tuple[Span, str]]:
    """Credentials that are recognised by what they look like."""
    instruction = step.instruction
    for text in (instruction.arguments, *map(_body, instruction.heredocs)):
        for start, end, what in secrets.in_text(text.text):
            yield text.span(start, end), what


def _body(doc: Heredoc) -> Joined:
    return Joined(doc.text, (0,), (doc.body.start,))


def _is_named(step: Step, pair: Pair, options: Options) -> bool:
    """Whether the variable is called a credential; a value may say that it is none."""
    name = pair.key.text
    if options.names == "buildkit":
        outside = step.triggered or step in step.stage.build.arguments
        return secrets.sounds_like(name) and not outside
    if options.names == "hadolint":
        return secrets.reminds(name)
    value = step.expand(pair.value)
    if isinstance(step, Env) and (value == "" or _is_unset(step, pair)):
        return False
    if value and secrets.harmless(value):
        return False
    return secrets.named(name)


def _is_unset(step: Env, pair: Pair) -> bool:
    """Whether a variable is given its own value, and nothing in the file sets that."""
    written = pair.value.text.strip("\"'") if pair.value else ""
    return (
        written in (f"${pair.key.text}", f"${{{pair.key.text}}}")
        and pair.key.text not in step.scope.variables
    )
