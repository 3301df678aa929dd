r"""`ENV key value` is an old form that takes one pair, and everything behind the key for its value.

`ENV A b C=d` sets `A` to `b C=d`. The form with `=` sets what it says, and several at once. All of a
file are one finding, and none where each has one word behind its key, unless the rule is selected.

## Example

```dockerfile
FROM debian:12-slim
ENV GREETING Hello World
```

Use instead:

```dockerfile
FROM debian:12-slim
ENV GREETING="Hello World"
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import regex
from ..model.build import Build, Env, Label, Step
from ..syntax import words
from ..syntax.dockerfile import Pair, parse
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule

_ONE_WORD = regex.compile(r"""[^\s"'=]*|"[^"]*"|'[^']*'""")
"""A value that nobody can take for two, nor for a pair."""
_PLAIN = regex.compile(r"[\w./:@+,$-]+", re.ASCII)


@rule(Severity.INFO, topic=Topic.STYLE, aliases=("LegacyKeyValueFormat",))
def check(build: Build) -> Iterator[Finding]:
    found = [
        (step, pair)
        for step in build.steps
        if isinstance(step, (Env, Label))
        for pair in step.instruction.pairs
        if pair.legacy and pair.value
    ]
    mistaken = [pair for _, pair in found if pair.value and pair.value.text.startswith("=")]
    for pair in mistaken:
        yield Finding(
            pair.span,
            "The value of {key} begins with the equals sign: leave no space before it.",
            None,
            {"key": pair.key.text},
            severity=Severity.WARNING,
        )
    others = [(step, pair) for step, pair in found if pair not in mistaken]
    others.sort(key=lambda each: _is_one_word(each[1]))
    for step, pair in others:
        yield Finding(
            pair.key.span,
            "All behind {key} is its value in this old form: write `{keyword} {key}=…`.",
            _fix(step, pair),
            {"keyword": step.instruction.keyword, "key": pair.key.text},
            aliases=() if step.triggered else None,  # BuildKit does not look behind ONBUILD
            quiet=all(_is_one_word(pair) for _, pair in others),
            group="old form",  # they come in heaps, and are mended as one
        )


def _is_one_word(pair: Pair) -> bool:
    return pair.value is not None and bool(_ONE_WORD.fullmatch(pair.value.text))


def _fix(step: Step, pair: Pair) -> Fix | None:
    value, escape = pair.value, step.instruction.escape
    if not value or step.instruction.comments or not re.fullmatch(r"[\w./-]+", pair.key.text):
        return None
    plain = _PLAIN.fullmatch(value.text)
    for text in (value.text, None if plain else _quoted(value.text, escape)):
        new = f"{pair.key.text}={text}"
        if text is None or not (plain or _means(new, value.text, escape)):
            continue
        edits = [Edit(Span(pair.key.span.end, value.span.start), "=")]
        if text == f'"{value.text}"':  # which leaves lines as they are laid out
            gap, end = Span(pair.key.span.end, value.span.start), Span(value.span.end, value.span.end)
            edits = [Edit(gap, '="'), Edit(end, '"')]
        elif text != value.text:
            edits = [Edit(Span(pair.key.span.end, value.span.end), f"={text}")]
        removes = (f"{pair.key.text}={value.text}",)
        return Fix("Write it with =", tuple(edits), Safety.SAFE, (new,), removes)
    return None


def _quoted(text: str, escape: str) -> str | None:
    """The value as a single word in double quotes."""
    pieces = []
    for part in words.parts(text, escape):
        match part:
            case words.Text():
                pieces.append(re.sub(rf'["${re.escape(escape)}]', lambda it: escape + it[0], part.value))
            case words.Variable(operator=""):
                pieces.append(text[part.start : part.end])
            case _:
                return None
    return f'"{"".join(pieces)}"'


def _means(new: str, old: str, escape: str) -> bool:
    """Whether the new form sets a single variable to what the old one did."""
    file = parse(f"# escape={escape}\nFROM scratch\nENV {new}\n")
    pairs = file.instructions[1].pairs if len(file.instructions) == 2 else ()
    value = pairs[0].value if len(pairs) == 1 else None
    return not file.problems and value is not None and _meaning(value.text, escape) == _meaning(old, escape)


def _meaning(text: str, escape: str) -> list[str]:
    """Characters that mean themselves, and variables as written."""
    return [
        char
        for part in words.parts(text, escape)
        for char in (part.value if isinstance(part, words.Text) else [text[part.start : part.end]])
    ]
