"""What was probably meant where BuildKit refuses a file: misspelt words, and what is written once too often.

The first correction of a place is the likeliest. Those that may be made without anybody's choice say so by their
safety; the others (`Safety.MANUAL`) are for a person to pick from.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..knowledge import signals
from ..proof import changes
from ..syntax import values, words
from ..syntax.dockerfile import Comment, Directive, File, Flag, Instruction, Node, Problem, Word
from ..syntax.keywords import FLAGS, KEYWORDS
from ..text import Edit, Fix, Safety, Span

_TYPES = ("CMD", "NONE")
"""What may stand behind HEALTHCHECK."""
_ESCAPES = {"\\": "a backslash", "`": "a backtick"}
_ESCAPE = re.compile(r"escape[ \t]*=[ \t]*\Z", re.IGNORECASE)
_REPOSITORY = re.compile(r"(?:[^/]*[.:][^/]*/)?(?P<name>[^:@]+)")
"""The part of an image's name that has to be in lower case: behind a registry, in front of tag and digest."""


def of_problem(file: File, problem: Problem) -> Fix | None:
    """The correction of a problem that needs nobody's choice."""
    if not file.nodes:
        return None
    node = file.nodes[max(bisect_right(file.starts, problem.span.start) - 1, 0)]
    return next(
        (
            fix
            for fix in of_node(file, node)
            if fix.safety is not Safety.MANUAL and problem.span.overlaps(fix.span)
        ),
        None,
    )


def of_node(file: File, node: Node) -> Iterator[Fix]:
    """All corrections of an instruction or a directive, the likeliest of each place first."""
    match node:
        case Directive():
            yield from _directive(file, node)
        case Comment():
            yield from _begun(file, node)
        case Instruction() if not file.custom_frontend:
            yield from _keyword(file, node, KEYWORDS)
            if node.inner:
                yield from _keyword(file, node.inner, _TYPES if node.keyword == "HEALTHCHECK" else KEYWORDS)
                yield from _flags(node.inner)
            yield from _flags(node)
            yield from _arguments(node)
            if node.keyword == "FROM":
                yield from _image(file, node)


def _directive(file: File, directive: Directive) -> Iterator[Fix]:
    value, line = directive.value, f"# {directive.name}={directive.value.text}"
    earlier = [each for each in file.directives if each.name == directive.name]
    if earlier and earlier[0] is not directive:
        safety = Safety.SAFE if earlier[0].value.text == value.text else Safety.MANUAL
        yield Fix(
            f"Remove the second {directive.name} directive",
            (Edit(directive.extent, ""),),
            safety,
            removes=(line,),
        )
    elif directive.name == "escape" and value.text not in _ESCAPES:
        yield from _escapes(value.span, line)


def _escapes(span: Span, line: str) -> Iterator[Fix]:
    for escape, name in _ESCAPES.items():
        yield Fix(f"Write {name}", (Edit(span, escape),), Safety.MANUAL, (f"# escape={escape}",), (line,))


def _begun(file: File, comment: Comment) -> Iterator[Fix]:
    """A value for `# escape=`, which is a comment without one."""
    begun = _ESCAPE.match(comment.text)
    if begun and all(isinstance(each, Directive) for each in file.nodes[: file.nodes.index(comment)]):
        behind = Span(file.text.index("=", comment.span.start) + 1, comment.span.end)
        yield from _escapes(behind, f"# {comment.text}")


def _keyword(file: File, instruction: Instruction, known: tuple[str, ...]) -> Iterator[Fix]:
    written = instruction.joined.text[: len(instruction.keyword)]
    meant = "" if instruction.keyword in known else _meant(written, known)
    if meant:
        fix = _replaced(instruction.keyword_span, meant.lower() if written.islower() else meant)
        # All that stands behind it is read as something else.
        added, removed = changes(file, fix)
        yield replace(fix, adds=tuple(added.elements()), removes=tuple(removed.elements()))


def _flags(instruction: Instruction) -> Iterator[Fix]:
    kinds = FLAGS.get(instruction.keyword, {})
    seen: dict[str, Flag] = {}
    for flag in instruction.flags:
        name = words.unquoted_flag(flag.name.text)
        if name not in kinds:
            taken = {each.name.text for each in instruction.flags}
            yield from _renamed(flag, name, [each for each in kinds if each not in taken])
        elif name in seen and kinds[name] != "list":
            same = _value(seen[name]) == _value(flag)
            gone = Span(flag.span.start, _next_word(instruction, flag.span.end))
            safety = Safety.SAFE if same else Safety.MANUAL
            yield Fix(f"Remove the second --{name}", (Edit(gone, ""),), safety, removes=(_written(flag),))
        else:
            seen[name] = flag


def _renamed(flag: Flag, name: str, known: list[str]) -> Iterator[Fix]:
    """What an unknown flag was meant to be; where that could be anything, all that there is to choose from."""
    meant = _meant(name, known)
    safety = Safety.MANUAL
    if meant:
        safety = Safety.SAFE if meant == name.lower() else Safety.UNSAFE
    for each in [meant] if meant else known:
        new = f"--{each}"
        yield Fix(
            f"Write {new}",
            (Edit(Span(flag.span.start, flag.name.span.end), new),),
            safety,
            (new if flag.value is None else f"{new}={flag.value.text}",),
            (_written(flag),),
        )


def _arguments(instruction: Instruction) -> Iterator[Fix]:
    found = instruction.words
    match instruction.keyword:
        case "FROM" if len(found) == 3 and found[1].text.lower() != "as" and len(found[1].text) < 4:
            if _meant(found[1].text, ("AS",)):
                yield _replaced(found[1].span, "AS", (found[1].text,))
        case "STOPSIGNAL" if found:
            yield from _signal(instruction, found[0])


def _image(file: File, instruction: Instruction) -> Iterator[Fix]:
    """An image's name in small letters, unless it is a stage's."""
    for span, text in instruction.words[:1]:
        stages = (each.words[2].text for each in file.instructions if len(each.words) == 3)
        match = _REPOSITORY.match(text) if "$" not in text else None
        if match and not match["name"].islower() and text.lower() not in map(str.lower, stages):
            start, end = match.span("name")
            lower = text[:start] + match["name"].lower() + text[end:]
            if lower != text:
                yield _replaced(span, lower, (text,))


def _signal(instruction: Instruction, argument: Word) -> Iterator[Fix]:
    first, *rest = words.split_space(argument.text)
    signal = argument.text[slice(*first)]
    if rest and signals.known(signal):
        behind = instruction.arguments.span(rest[0][0], len(argument.text))
        title = f"Remove what stands behind {signal}"
        yield Fix(title, (Edit(behind, ""),), Safety.UNSAFE, (signal,), (argument.text,))


def _replaced(span: Span, meant: str, removes: Iterable[str] = ()) -> Fix:
    return Fix(
        f"Write {meant}", (Edit(span, meant),), Safety.UNSAFE, (meant,) if removes else (), tuple(removes)
    )


def _meant(written: str, known: Iterable[str]) -> str:
    """The only word that has the same letters in another order, or all but one; '' where there are more, or none.
    BuildKit guesses further, and takes `RNU` for `ENV`."""
    word = written.lower()
    if word in (each.lower() for each in known):
        return next(each for each in known if each.lower() == word)
    near = [each for each in known if sorted(each.lower()) == sorted(word) or _one_apart(each.lower(), word)]
    return near[0] if len(near) == 1 else ""


def _one_apart(one: str, other: str) -> bool:
    return abs(len(one) - len(other)) <= 1 and values.distance(one, other) == 1


def _written(flag: Flag) -> str:
    return f"--{flag.name.text}" if flag.value is None else f"--{flag.name.text}={flag.value.text}"


def _value(flag: Flag) -> str | None:
    return flag.value.text if flag.value else None


def _next_word(instruction: Instruction, offset: int) -> int:
    """Where the blanks behind a flag end, on its own line."""
    at = instruction.joined.index(offset - 1) + 1
    blank = re.compile(r"[ \t]*").match(instruction.joined.text, at)
    end = blank.end() if blank else at
    return offset + (end - at) if instruction.joined.offset(end - 1) == offset + end - at - 1 else offset
