r"""An exec form that is not JSON is run by a shell, which looks for a program called `[myapp]`.

Docker reads `[…]` as an exec form only where it is a JSON array of strings: double quotes, commas between,
none behind the last, nothing behind the bracket. Anything else silently becomes the shell form; the build
succeeds, and the container ends with status 127. A `VOLUME` or `COPY` takes the brackets as part of a path.

A real test (`RUN [ -f x ]`) is left alone.

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

from .. import regex
from ..model.build import Add, Cmd, Copy, Entrypoint, Healthcheck, Run, Step, Volume
from ..proof import shell_words
from ..syntax.dockerfile import Instruction
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule

_READS_JSON = (Add, Cmd, Copy, Entrypoint, Healthcheck, Run, Volume)
_ELEMENT = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[“”„][^“”"]*[“”]|[‘’][^‘’']*[‘’]|[^\s,'"“”„‘’\[\]&|;<>()`\\]+)"""
_ARRAY = regex.compile(
    rf"""\[\s*{_ELEMENT}(?:(?:\s*,\s*|\s+(?=["'“”„‘’])){_ELEMENT})*\s*(?P<comma>,)?\s*(?P<close>\]?)\s*"""
)
_QUOTED = regex.compile(r"""\[\s*["'“”„‘’]""")
_TEST = regex.compile(r"\[\s[^,]*\s\]$")
"""What a shell may well run as a test."""
_COMMAND_LINE = regex.compile(r"[\w./:=@-]+(?: [\w./:=@-]+)+")
_COMMENTED = regex.compile(r"(?P<array>\[.*\])(?P<comment>\s+#.*)")


@rule(Severity.ERROR, topic=Topic.CORRECTNESS)
def check(step: Step) -> Iterator[Finding]:
    instruction = step.instruction.inner if isinstance(step, Healthcheck) else step.instruction
    if not isinstance(step, _READS_JSON) or instruction is None or instruction.json is not None:
        return
    text = instruction.arguments.text
    if not text.startswith("[") or instruction.heredocs or (isinstance(step, Run) and _TEST.match(text)):
        return
    fix = _fix(instruction, text) or _comment_above(step, instruction, text)
    if fix or re.match(r"""\[["'“]""", text) or (_QUOTED.match(text) and _ARRAY.fullmatch(text)):
        yield Finding(
            instruction.arguments_span,
            "This is no JSON array of strings, so {reading}.",
            fix,
            {"reading": _reading(step, text)},
        )


def _reading(step: Step, text: str) -> str:
    if isinstance(step, (Add, Copy, Volume)):
        return "its brackets and quotes become part of the paths"
    words = shell_words(text)
    program = re.sub(r"""['"]""", "", words[0]) if words else text
    if program == "[":
        return "a shell runs it as a test, `[ … ]`, and not as the command"
    return f"a shell looks for a program called `{program}`"


def _fix(instruction: Instruction, text: str) -> Fix | None:
    """Write as JSON what the writer plainly had in mind; None where that is not plain: `[ -f x ]` is a test."""
    array = _ARRAY.fullmatch(text)
    found = list(re.finditer(_ELEMENT, text))
    if not array or not (_QUOTED.match(text) or (array["close"] and ("," in text or len(found) == 1))):
        return None
    elements: list[str] = []
    changes: list[tuple[int, int, str]] = []
    safety = Safety.SAFE
    for index, match in enumerate(found):
        values, sure = _values(match[0], alone=len(found) == 1)
        # The exec form expands no variables: where there is one, a person has to say what was meant.
        if not sure or any("$" in value for value in values):
            safety = Safety.UNSAFE
        elements += values
        if index and "," not in text[found[index - 1].end() : match.start()]:
            changes.append((found[index - 1].end(), found[index - 1].end(), ","))
        written = ", ".join(json.dumps(value, ensure_ascii=False) for value in values)
        if not (match[0].startswith('"') and sure):
            changes.append((*match.span(), written))
    if not elements[0] or (len(elements) == 1 and len(elements[0].split()) > 1):
        return None
    if array["comma"]:
        changes.append((found[-1].end(), array.end("comma"), ""))
    if not array["close"]:
        end = array.end("comma") if array["comma"] else found[-1].end()
        changes.append((end, end, "]"))
    edits = tuple(Edit(_span(instruction, start, end), new) for start, end, new in changes)
    return Fix("Write a JSON array", edits, safety, ("[", *elements, "]"), _words(instruction))


def _values(written: str, *, alone: bool) -> tuple[list[str], bool]:
    """What an element means, and whether that is certain."""
    if written[0] == '"':
        try:
            return [json.loads(written)], True
        except ValueError:
            return [written[1:-1]], False
    value = written[1:-1] if written[0] in "'“”„‘’" else written
    if alone and _COMMAND_LINE.fullmatch(value):
        return value.split(), False
    return [value], True


def _comment_above(step: Step, instruction: Instruction, text: str) -> Fix | None:
    """Move what was meant as a comment to a line of its own: Docker knows no other comments."""
    match = _COMMENTED.fullmatch(text)
    try:
        elements = json.loads(match["array"]) if match else None
    except ValueError:
        return None
    if not match or not isinstance(elements, list) or not all(isinstance(each, str) for each in elements):
        return None
    source = step.stage.build.source
    line = source.line_span(source.line_of(instruction.span.start))
    start = source[line]
    indent = start[: len(start) - len(start.lstrip())]
    comment = match["comment"].strip()
    newline = "\r\n" if source.text.startswith("\r\n", line.end) else "\n"
    edits = (
        Edit(Span(line.start, line.start), f"{indent}{comment}{newline}"),
        Edit(_span(instruction, *match.span("comment")), ""),
    )
    adds = (f"# {comment[1:].strip()}", "[", *elements, "]")
    return Fix("Put the comment on a line of its own", edits, Safety.SAFE, adds, _words(instruction))


def _span(instruction: Instruction, start: int, end: int) -> Span:
    if start == end:
        at = instruction.arguments.offset(start - 1) + 1
        return Span(at, at)
    return instruction.arguments.span(start, end)


def _words(instruction: Instruction) -> tuple[str, ...]:
    if instruction.keyword in ("RUN", "CMD", "ENTRYPOINT"):
        return tuple(shell_words(instruction.arguments.text))
    return tuple(word.text for word in instruction.words)
