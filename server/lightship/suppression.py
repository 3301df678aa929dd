"""Comments that silence findings: `# lightship: ignore[rule, DL3042] reason` and `# lightship: ignore-file[…]`.

The first kind speaks for the instruction below it (blank lines and other comments between them do not
matter) or, inside a continuation, for the instruction it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .syntax.dockerfile import Comment, File, Instruction
from .text import Edit, Fix, Safety, Span

_IGNORE = re.compile(r"lightship:\s*ignore(-file)?\s*(?:\[([^\]]*)\])?(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Name:
    """A rule's name or alias as written in a suppression."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Suppression:
    """`scope` is the whole lines it speaks for, None for the whole file. `names` is empty where the brackets
    are missing or empty: such a comment silences nothing."""

    comment: Comment
    scope: Span | None
    names: tuple[Name, ...]


def suppressions(file: File) -> Iterator[Suppression]:
    """All suppression comments of the file, in order."""
    waiting: list[Comment] = []
    for node in file.nodes:
        match node:
            case Comment() if "lightship" in node.text:
                waiting.append(node)
            case Instruction():
                for comment in (*waiting, *node.comments):
                    yield from _read(comment, node.extent)
                waiting.clear()
    for comment in waiting:
        yield from _read(comment, Span(comment.extent.end, comment.extent.end))


def _read(comment: Comment, scope: Span) -> Iterator[Suppression]:
    match = _IGNORE.match(comment.text)
    if not match:
        return
    start = comment.span.end - len(comment.text)
    names = (
        Name(Span(*name.span()).moved(start + match.start(2)), name[0])
        for name in re.finditer(r"[^\s,]+", match[2] or "")
    )
    yield Suppression(comment, None if match[1] else scope, tuple(names))


def suppress(file: File, offset: int, rule: str) -> Fix:
    """Write a suppression of `rule` for the instruction at `offset`, or add it to the one that is there."""
    instruction = next(
        (each for each in file.instructions if each.extent.start <= offset < each.extent.end), None
    )
    title = f"Ignore {rule} here"
    if instruction is None:
        return _suppress_in_file(file, rule)
    for known in suppressions(file):
        if known.scope == instruction.extent and known.names:
            at = known.names[-1].span.end
            old = f"# {known.comment.text}"
            cut = known.comment.text.index("]")
            new = f"{old[: cut + 2]}, {rule}{old[cut + 2 :]}"
            return Fix(title, (Edit(Span(at, at), f", {rule}"),), Safety.MANUAL, (new,), (old,))
    start = instruction.keyword_span.start
    line = instruction.extent.start
    if file.text.startswith("\ufeff") and line == 0:
        line = 1
    indent = file.text[line:start]
    comment = f"# lightship: ignore[{rule}]"
    newline = "\r\n" if "\r\n" in file.text else "\n"
    return Fix(title, (Edit(Span(line, line), f"{indent}{comment}{newline}"),), Safety.MANUAL, (comment,))


def _suppress_in_file(file: File, rule: str) -> Fix:
    at = file.directives[-1].extent.end if file.directives else file.text.startswith("\ufeff")
    comment = f"# lightship: ignore-file[{rule}]"
    newline = "\r\n" if "\r\n" in file.text else "\n"
    return Fix(
        f"Ignore {rule} in this file", (Edit(Span(at, at), comment + newline),), Safety.MANUAL, (comment,)
    )


def remove(file: File, suppression: Suppression, name: Name | None) -> Fix:
    """Take one name out of a suppression, or the whole comment where it is the last."""
    comment = suppression.comment
    old = f"# {comment.text}"
    if name is None or len(suppression.names) == 1:
        return Fix("Remove the suppression", (Edit(comment.extent, ""),), Safety.SAFE, (), (old,))
    others = ", ".join(other.text for other in suppression.names if other is not name)
    span = Span(suppression.names[0].span.start, suppression.names[-1].span.end)
    start = comment.span.end - len(comment.text)
    new = f"# {comment.text[: span.start - start]}{others}{comment.text[span.end - start :]}"
    return Fix(f"Remove {name.text} from the suppression", (Edit(span, others),), Safety.SAFE, (new,), (old,))
