"""Comments that silence findings, in the three dialects that people write.

- Ours: `# lightship: ignore[rule, DL3042] reason`, and `ignore-file[…]` for the whole file.
- hadolint's: `# hadolint ignore=DL3042`, `stage ignore=` for the rest of the stage, `global ignore=`.
- BuildKit's: `# check=skip=JSONArgsRecommended` among the parser directives, for the whole file, or above an
  instruction; `skip=all` means every rule that is one of BuildKit's checks.

What speaks for an instruction stands above it (blank lines and other comments between them do not matter)
or inside its continuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from . import regex
from .syntax.dockerfile import Comment, Directive, File, Instruction
from .text import Edit, Fix, Safety, Span


class Dialect(StrEnum):
    """Whose words a suppression is written in."""

    LIGHTSHIP = "lightship"
    HADOLINT = "hadolint"
    BUILDKIT = "BuildKit"


_LIGHTSHIP = regex.compile(r"lightship:\s*ignore(?P<file>-file)?\s*(?:\[(?P<names>[^\]]*)\])?", re.IGNORECASE)
_HADOLINT = regex.compile(
    r"hadolint\s+(?:(?P<reach>global|stage)\s+)?ignore\s*=\s*(?P<names>\w+(?:\s*,\s*\w+)*)"
)
_BUILDKIT = regex.compile(r"check\s*=\s*(?:[^;]*;)*\s*skip\s*=\s*(?P<names>[^;\s]*(?:\s*,\s*[^;\s,]+)*)")
_SHELL = regex.compile(r"hadolint\s+shell\s*=\s*(\S+)")
BUILDKIT_CHECK = regex.compile(r"(?!DL\d|SC\d)[A-Z]\w+")
"""How BuildKit calls its checks."""
ALL = "all"
EXPERIMENTAL = ("InvalidDefinitionDescription",)
"""BuildKit's checks that run only where a file asks for them."""


@dataclass(frozen=True, slots=True)
class Name:
    """A rule's name or alias as written in a suppression."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Suppression:
    """`scope` is the whole lines that it speaks for, None for the whole file. `names` is empty where the
    brackets of our own dialect are missing or empty: such a comment silences nothing."""

    dialect: Dialect
    extent: Span
    span: Span
    text: str
    scope: Span | None
    names: tuple[Name, ...]

    def covers(self, offset: int) -> bool:
        return self.scope is None or self.scope.start <= offset < self.scope.end

    def silences(self, names: set[str]) -> Iterator[Name]:
        """Those of its names that mean a rule of these `names`."""
        for name in self.names:
            if name.text in names or (
                name.text == ALL
                and self.dialect is Dialect.BUILDKIT
                and any(map(BUILDKIT_CHECK.fullmatch, names))
            ):
                yield name


def suppressions(file: File) -> list[Suppression]:
    """All of the file's, in order of position."""
    found: list[Suppression] = []
    waiting: list[Comment] = []
    directive = file.directive("check")
    if directive:
        found += _directive(directive)
    for node in file.nodes:
        match node:
            case Comment():
                if _is_suppression(node.text):
                    waiting.append(node)
            case Instruction():
                for comment in (*waiting, *node.comments):
                    found += _read(comment, node.extent, file)
                waiting.clear()
    for comment in waiting:
        found += _read(comment, Span(comment.extent.end, comment.extent.end), file)
    return found


def _is_suppression(text: str) -> bool:
    return text.startswith(("lightship", "Lightship", "hadolint", "check"))


def _directive(directive: Directive) -> Iterator[Suppression]:
    match = _BUILDKIT.match(text := f"check={directive.value.text}")
    if match:
        names = _names(match, directive.value.span.end - len(text))
        yield Suppression(Dialect.BUILDKIT, directive.extent, directive.span, text, None, names)


class CheckOptions(NamedTuple):
    """What else `# check=` among the directives asks of BuildKit's checks."""

    error: bool = False
    """Whether what they find fails the build."""
    experimental: tuple[str, ...] = ()
    """Checks to run that are not among the usual ones."""


def check_options(file: File) -> CheckOptions:
    directive = file.directive("check")
    if not directive:
        return CheckOptions()
    pairs = (option.partition("=") for option in directive.value.text.split(";"))
    asked = {key.strip(): value.strip() for key, _, value in pairs}
    names = [name.strip() for name in asked.get("experimental", "").split(",") if name.strip()]
    return CheckOptions(
        asked.get("error") in ("1", "t", "T", "TRUE", "true", "True"),
        EXPERIMENTAL if ALL in names else tuple(names),
    )


def _read(comment: Comment, scope: Span, file: File) -> Iterator[Suppression]:
    text = comment.text
    start = comment.span.end - len(text)
    reach: Span | None = scope
    for dialect, pattern in (
        (Dialect.LIGHTSHIP, _LIGHTSHIP),
        (Dialect.HADOLINT, _HADOLINT),
        (Dialect.BUILDKIT, _BUILDKIT),
    ):
        match = pattern.match(text)
        if not match:
            continue
        groups = match.groupdict()
        if groups.get("file") or groups.get("reach") == "global":
            reach = None
        elif groups.get("reach") == "stage":
            reach = Span(scope.start, _end_of_stage(file, scope.start))
        yield Suppression(dialect, comment.extent, comment.span, text, reach, _names(match, start))


def _names(match: re.Match[str], start: int) -> tuple[Name, ...]:
    at = start + match.start("names")
    return tuple(
        Name(Span(*name.span()).moved(at), name[0]) for name in re.finditer(r"[^\s,]+", match["names"] or "")
    )


def _end_of_stage(file: File, offset: int) -> int:
    """Where the stage that `offset` stands in ends: at the next FROM behind it."""
    for instruction in file.instructions:
        if instruction.extent.start > offset and instruction.keyword == "FROM":
            return instruction.extent.start
    return len(file.text)


def shell_pragma(file: File, offset: int) -> str | None:
    """The shell that the last `# hadolint shell=` above `offset` in its stage names."""
    shell = None
    for node in file.nodes:
        if node.extent.start >= offset:
            break
        if isinstance(node, Instruction) and node.keyword == "FROM":
            shell = None
        elif isinstance(node, Comment) and (match := _SHELL.match(node.text)):
            shell = match[1]
    return shell


def suppress(file: File, offset: int, rule: str) -> Fix:
    """Write a suppression of `rule` for the instruction at `offset`, or add it to the one that is there."""
    instruction = next(
        (each for each in file.instructions if each.extent.start <= offset < each.extent.end), None
    )
    if instruction is None:
        return suppress_in_file(file, rule)
    title = f"Ignore {rule} here"
    for known in suppressions(file):
        if known.dialect is Dialect.LIGHTSHIP and known.scope == instruction.extent and known.names:
            return _add(known, rule, title)
    line = instruction.extent.start
    if file.text.startswith("\ufeff") and line == 0:
        line = 1
    indent = file.text[line : instruction.keyword_span.start]
    comment = f"# lightship: ignore[{rule}]"
    edit = Edit(Span(line, line), f"{indent}{comment}{file.newline}")
    return Fix(title, (edit,), Safety.MANUAL, (comment,))


def suppress_in_file(file: File, rule: str) -> Fix:
    """Write a suppression of `rule` for the whole file below its parser directives, or add it to the one that is there."""
    title = f"Ignore {rule} in this file"
    for known in suppressions(file):
        if known.dialect is Dialect.LIGHTSHIP and known.scope is None and known.names:
            return _add(known, rule, title)
    at = file.directives[-1].extent.end if file.directives else int(file.text.startswith("\ufeff"))
    comment = f"# lightship: ignore-file[{rule}]"
    edit = Edit(Span(at, at), comment + file.newline)
    return Fix(title, (edit,), Safety.MANUAL, (comment,))


def _add(known: Suppression, rule: str, title: str) -> Fix:
    """Add a name to those of a suppression."""
    at = known.names[-1].span.end
    old = f"# {known.text}"
    cut = at - (known.span.end - len(known.text)) + 2
    new = f"{old[:cut]}, {rule}{old[cut:]}"
    return Fix(title, (Edit(Span(at, at), f", {rule}"),), Safety.MANUAL, (new,), (old,))


def remove(suppression: Suppression, name: Name) -> Fix:
    """Take one name out of a suppression, or the whole comment where it is the only one."""
    old = f"# {suppression.text}"
    if len(suppression.names) == 1:
        return Fix("Remove the suppression", (Edit(suppression.extent, ""),), Safety.MANUAL, (), (old,))
    others = ", ".join(other.text for other in suppression.names if other is not name)
    span = Span(suppression.names[0].span.start, suppression.names[-1].span.end)
    start = suppression.span.end - len(suppression.text)
    new = f"# {suppression.text[: span.start - start]}{others}{suppression.text[span.end - start :]}"
    title = f"Remove {name.text} from the suppression"
    return Fix(title, (Edit(span, others),), Safety.MANUAL, (new,), (old,))
