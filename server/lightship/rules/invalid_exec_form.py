r"""An exec form that is not JSON is run by a shell, which looks for a program called `[myapp]`.

Docker reads `[…]` as an exec form only where it is a JSON array of strings: double quotes, commas between,
none behind the last. Anything else silently becomes the shell form; the build succeeds, and the container
ends with status 127.

## Example

```dockerfile
FROM python:3.12-slim
CMD ['myapp']
```

Use instead:

```dockerfile
FROM python:3.12-slim
CMD ["myapp"]
```
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ..model.build import Add, Cmd, Copy, Entrypoint, Healthcheck, Run, Step, Volume
from ..proof import shell_words
from ..syntax.dockerfile import Instruction
from ..text import Edit, Fix, Safety
from . import Finding, Severity, Topic, rule

_READS_JSON = (Add, Cmd, Copy, Entrypoint, Healthcheck, Run, Volume)
_ELEMENT = re.compile(
    r"""\s*(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>[^']*)'|“(?P<curly>[^”]*)”|(?P<bare>[^\s,'"“”\[\]&|;<>()`\\]+))\s*"""
)


@rule(Severity.ERROR, topic=Topic.CORRECTNESS)
def check(step: Step) -> Iterator[Finding]:
    instruction = step.instruction.inner if isinstance(step, Healthcheck) else step.instruction
    if not isinstance(step, _READS_JSON) or instruction is None or instruction.json is not None:
        return
    text = instruction.arguments.text
    if not text.startswith("["):
        return
    elements = _meant(text)
    if elements is None and not re.match(r"""\[["'“]""", text):
        return
    yield Finding(
        instruction.arguments_span,
        "This is no JSON array of strings, so {reading}.",
        _fix(instruction, elements) if elements else None,
        {"reading": _reading(step, text)},
    )


def _reading(step: Step, text: str) -> str:
    if isinstance(step, (Add, Copy, Volume)):
        return "its brackets and quotes become part of the paths"
    words = shell_words(text)
    program = re.sub(r"""['"]""", "", words[0]) if words else text
    return f"a shell looks for a program called `{program}`"


def _meant(text: str) -> list[str] | None:
    """The elements that the writer had in mind, or None where that is not plain: `[ -f x ]` is a test."""
    body = text[1:].rstrip()
    closed = body.endswith("]")
    if not closed and not re.match(r"""\s*["']""", body):
        return None
    body = body[:-1] if closed else body
    elements: list[str] = []
    at, commas = 0, 0
    while body[at:].strip():
        match = _ELEMENT.match(body, at)
        if not match:
            return None
        kind = match.lastgroup
        value = match[str(kind)]
        if kind == "double":
            try:
                value = json.loads(f'"{value}"')
            except ValueError:
                return None
        elements.append(value)
        at = match.end()
        if body.startswith(",", at):
            commas += 1
            at += 1
        elif at < len(body):
            return None
    if not elements or (not commas and not re.match(r"""\[\s*["'“]|\[[^\s\]]+\]$""", text)):
        return None
    return elements


def _fix(instruction: Instruction, elements: list[str]) -> Fix | None:
    if instruction.comments or instruction.heredocs:
        return None
    text = json.dumps(elements, ensure_ascii=False)
    # The exec form expands no variables: where there is one, a person has to say what was meant.
    safety = Safety.UNSAFE if any("$" in element for element in elements) else Safety.SAFE
    removes = (
        shell_words(instruction.arguments.text)
        if instruction.keyword in ("RUN", "CMD", "ENTRYPOINT")
        else [word.text for word in instruction.words]
    )
    edit = Edit(instruction.arguments_span, text)
    return Fix("Write a JSON array", (edit,), safety, ("[", *elements, "]"), tuple(removes))
