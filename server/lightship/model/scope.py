"""What a variable is worth at an instruction, by BuildKit's rules.

ARG and ENV share one name space in which the later one counts, also an ARG behind an ENV (the manual says
otherwise; BuildKit does this). A stage sees a global ARG only once it declares it; both are inherited
through `FROM stage`; an instruction sees the values from before itself. A value that depends on the base
image or on what is passed to the build is unknown (None), never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from ..syntax import words
from ..syntax.dockerfile import Pair
from ..text import Span
from .shared import Shared

PLATFORM_ARGUMENTS = frozenset(
    f"{side}{part}" for side in ("TARGET", "BUILD") for part in ("PLATFORM", "OS", "ARCH", "VARIANT")
) | frozenset(("TARGETSTAGE", "TARGETOSVERSION"))
"""In scope of FROM without being declared."""

PROXY_ARGUMENTS = frozenset(
    name
    for upper in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
    for name in (upper, upper.lower())
)
"""In scope of RUN without being declared."""

LONGEST = 1 << 16
"""Characters of a value: one that refers to itself twice, line by line, would soon fill the memory."""
LONGEST_MATCHED = 1 << 12
"""Characters of a value in which patterns are looked for."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable and where it comes from. `value` is None where it cannot be known; `overridable` says that
    a build argument may replace it."""

    name: str
    value: str | None
    origin: Span | None
    kind: Literal["ARG", "ENV", "predefined"]
    overridable: bool = False


@dataclass(frozen=True)
class Scope:
    """The variables in force, by name."""

    variables: Shared[Variable] = field(default_factory=Shared)

    def get(self, name: str) -> Variable | None:
        return self.variables.find(name)

    def value(self, name: str) -> str | None:
        variable = self.get(name)
        return variable.value if variable else None

    def expand(self, text: str, escape: str = "\\") -> str | None:
        """What BuildKit makes of a word: quotes taken off, variables replaced. None where that is unknown."""
        return expand(text, self.get, escape)

    def having(self, *variables: Variable) -> Scope:
        """This scope with some variables new or changed."""
        return Scope(self.variables.plus({each.name: each for each in variables}))

    def with_env(self, pairs: Iterable[Pair], escape: str) -> Scope:
        """After an ENV. All of its pairs see the values from before it."""
        found = ((self.expand(pair.key.text, escape), pair) for pair in pairs)
        return self.having(
            *(
                Variable(name, self.expand(pair.value.text, escape) if pair.value else "", pair.span, "ENV")
                for name, pair in found
                if name
            )
        )

    def with_args(self, pairs: Iterable[Pair], escape: str, outer: Scope | None) -> Scope:
        """After an ARG; `outer` holds the global ones for a stage, None outside of stages."""
        scope = self
        for pair in pairs:
            name = pair.key.text
            if not name:
                continue
            known = outer.get(name) if outer else None
            if pair.value is not None:
                value = scope.expand(pair.value.text, escape)
                scope = scope.having(Variable(name, value, pair.span, "ARG", overridable=True))
            elif name in PLATFORM_ARGUMENTS or name in PROXY_ARGUMENTS:
                scope = scope.having(Variable(name, None, pair.span, "predefined"))
            elif known:
                scope = scope.having(replace(known, overridable=True))
            elif name not in scope.variables:
                scope = scope.having(Variable(name, None, pair.span, "ARG", overridable=True))
        return scope


Lookup = Callable[[str], Variable | None]
"""The variable of a name, None where there is none."""


def expand(text: str, lookup: Lookup, escape: str = "\\") -> str | None:
    """What becomes of a word where variables are looked up so: quotes taken off, variables replaced. None where that
    is unknown."""
    if "$" not in text and "'" not in text and '"' not in text and escape not in text:
        return text
    return _expand(words.parts(text, escape), lookup)


def _expand(found: tuple[words.Part, ...], lookup: Lookup) -> str | None:
    pieces: list[str] = []
    for part in found:
        piece = part.value if isinstance(part, words.Text) else _value(part, lookup)
        if piece is None:
            return None
        pieces.append(piece)
    return "".join(pieces) if sum(map(len, pieces)) <= LONGEST else None


def _value(variable: words.Variable, lookup: Lookup) -> str | None:
    if variable.error:
        return None
    known = lookup(variable.name)
    value = known.value if known else None
    operator = variable.operator
    if not operator:
        return value
    word = _expand(variable.word, lookup)
    match operator:
        case ":-" | "-":
            if known is None or (value == "" and operator == ":-"):
                return word
            return value
        case ":+" | "+":
            if known is None or (value == "" and operator == ":+"):
                return ""
            return word if value is not None else None
        case ":?" | "?":
            return value or (value if operator == "?" else None)
    if value is None or word is None or len(value) > LONGEST_MATCHED:
        return None
    if operator[0] == "/":
        replacement = _expand(variable.replacement, lookup)
        if replacement is None or len(replacement) > LONGEST_MATCHED:
            return None
        pattern = re.compile(_glob(word, greedy=True), re.DOTALL)
        return pattern.sub(lambda _: replacement, value, count=operator == "/")
    pattern_text = _glob(word, greedy=len(operator) == 2)
    if operator[0] == "#":
        match = re.match(pattern_text, value, re.DOTALL)
        return value[match.end() :] if match else value
    starts = range(len(value) + 1) if len(operator) == 2 else range(len(value), -1, -1)
    whole = re.compile(_glob(word, greedy=True), re.DOTALL)
    return next((value[:start] for start in starts if whole.fullmatch(value, start)), value)


def _glob(pattern: str, *, greedy: bool) -> str:
    """A shell pattern as a regular expression: `*` and `?` are special, a backslash takes that away. What stands
    between two `*` matches where it first can, which is never wrong; to try other places could take for ever."""
    parts = [""]
    for char in re.findall(r"\\?.", pattern, re.DOTALL):
        match char:
            case "*":
                parts.append("")
            case "?":
                parts[-1] += "."
            case _:
                parts[-1] += re.escape(char[-1])
    first, *between = parts
    if not between:
        return first
    *between, last = between
    return f"{first}{''.join(f'(?>.*?{each})' for each in between)}.*{'' if greedy else '?'}{last}"
