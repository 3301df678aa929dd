"""Text → tree. Never raises: what cannot be read becomes a `Problem`, and everything around it a node."""

from __future__ import annotations

from dataclasses import replace

from .. import regex
from ..remembered import remembered
from ..text import Span
from . import jsonarray, normalise, problems, words
from .joined import Joined, join
from .keywords import JSON_FORMS, KEYWORDS, PAIRED
from .nodes import (
    Blank,
    Comment,
    Directive,
    File,
    Flag,
    Heredoc,
    Instruction,
    JsonString,
    Node,
    Pair,
    Problem,
    VariableReference,
    Word,
)
from .words import SPACE, Extent

__all__ = [
    "Blank",
    "Comment",
    "Directive",
    "File",
    "Flag",
    "Heredoc",
    "Instruction",
    "JsonString",
    "Node",
    "Pair",
    "Problem",
    "VariableReference",
    "Word",
    "parse",
]

_KEYWORD_END = regex.compile(r"[\t\v\f\r ]+")


def parse(text: str) -> File:
    """The tree of a Dockerfile's text. Linear in its length."""
    lines = text.split("\n")
    starts = _line_starts(lines)
    found, escape = normalise.directives(lines)
    nodes: list[Node] = [_directive(text, each, starts) for each in found]
    at = len(found)
    instructions: list[Instruction] = []
    for block in normalise.blocks(lines, at, escape):
        if block.start > at:
            _between(nodes, lines, starts, at, block.start)
        start, end = starts[block.start], starts[block.last + 1]
        bom = start == 0 and text.startswith("\ufeff")
        heredocs = tuple(
            (doc.first - block.start, doc.last - block.start, doc.terminated) for doc in block.heredocs
        )
        instruction = _instruction(start, text[start:end], bom, block.end - block.start, heredocs, escape)
        nodes.append(instruction)
        instructions.append(instruction)
        at = block.last + 1
    _between(nodes, lines, starts, at, len(lines))
    tree = File(text, escape, tuple(nodes), tuple(instructions), ())
    refused = problems.of_file(tree)
    return replace(tree, problems=refused) if refused else tree


def _line_starts(lines: list[str]) -> list[int]:
    """Each line's offset, then the text's length."""
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line) + 1
    return [*starts, at - 1]


def _directive(text: str, found: normalise.DirectiveLine, starts: list[int]) -> Directive:
    start = starts[found.line]
    name = Span(*found.name).moved(start)
    value = Span(*found.value).moved(start)
    return Directive(
        Span(start, starts[found.line + 1]),
        Span(text.index("#", start), value.end),
        text[name.start : name.end].lower(),
        name,
        Word(value, text[value.start : value.end]),
    )


def _between(nodes: list[Node], lines: list[str], starts: list[int], first: int, last: int) -> None:
    """The comments and blank lines from line `first` up to `last`."""
    blank = -1
    for number in range(first, last):
        line = lines[number]
        indent = words.skip_space(line, number == 0 and line.startswith("\ufeff"))
        if line.startswith("#", indent):
            if blank >= 0:
                nodes.append(Blank(Span(starts[blank], starts[number])))
                blank = -1
            nodes.append(_comment(line, indent, starts[number], starts[number + 1]))
        elif blank < 0:
            blank = number
    if blank >= 0 and starts[last] > starts[blank]:
        nodes.append(Blank(Span(starts[blank], starts[last])))


def _comment(line: str, indent: int, start: int, end: int) -> Comment:
    stripped = line.rstrip("\r")
    span = Span(start + indent, start + len(stripped))
    return Comment(Span(start, end), span, stripped[indent + 1 :].strip(SPACE))


Extents = tuple[tuple[int, int, bool], ...]
"""Of heredocs: the first and last lines, counted from the instruction's own first, and whether they are terminated."""


def _instruction(start: int, text: str, bom: bool, end: int, heredocs: Extents, escape: str) -> Instruction:
    """The instruction whose whole lines are `text`, at offset `start` of the file; `end` is the last line of its
    continuation.

    One that was read before is only moved: below a keystroke, all are.
    """
    read = _last_read(text, bom, end, heredocs, escape)
    instruction = (
        read[0].moved(start - read[0].extent.start)
        if read
        else _read_lines(start, text, bom, end, heredocs, escape)
    )
    read[:] = (instruction,)
    return instruction


@remembered(1 << 21)
def _last_read(text: str, bom: bool, end: int, heredocs: Extents, escape: str) -> list[Instruction]:
    """What these lines were read as, wherever they stood last. Filled by the caller, who knows where."""
    return []


def _read_lines(start: int, text: str, bom: bool, end: int, heredocs: Extents, escape: str) -> Instruction:
    lines = text.split("\n")
    pieces: list[tuple[str, int]] = []
    comments: list[Comment] = []
    blanks: list[Span] = []
    at = start
    for number in range(end + 1):
        line = lines[number]
        stripped = line.rstrip("\r")
        indent = words.skip_space(stripped, bom and not number)
        if pieces and indent == len(stripped):
            blanks.append(Span(at, at + len(line)))
        elif number and stripped[indent] == "#":
            comments.append(_comment(line, indent, at, at + len(line) + 1))
        else:
            goes_on = normalise.continued(stripped, escape)
            kept = stripped if goes_on is None else goes_on
            # What is trimmed of the joined text may stand on more than its first line.
            indent = min(indent, len(kept)) if not any(piece for piece, _ in pieces) else 0
            pieces.append((kept[indent:], at + indent))
        at += len(line) + 1
    joined = join(pieces)
    docs: tuple[Heredoc, ...] = ()
    stop = joined.span(0, len(joined.text.rstrip(SPACE))).end
    if heredocs:
        openers = normalise.heredoc_words(joined.text)
        starts = _line_starts(lines)
        docs = tuple(
            _heredoc(text, start, starts, shape, joined.span(*extent), opener)
            for shape, (extent, opener) in zip(heredocs, openers, strict=True)
        )
        stop = (docs[-1].closer or docs[-1].body).end
    span = Span(joined.offset(0), stop)
    extent = Span(start, start + len(text))
    return _read(joined, span, extent, escape, docs, tuple(comments), tuple(blanks))


def _heredoc(
    text: str,
    start: int,
    starts: list[int],
    shape: tuple[int, int, bool],
    opener: Span,
    word: normalise.Heredoc,
) -> Heredoc:
    """A heredoc of the instruction whose lines are `text`, at offset `start`; `starts` counts from there."""
    first, last, terminated = shape
    begin = starts[min(first, len(starts) - 1)]
    end = starts[last] if terminated else starts[-1]
    closer = None
    if terminated:
        stop = start + end + len(text[end : starts[last + 1]].rstrip("\r\n"))
        closer = Span(stop - len(word.name), stop)
    body = Span(begin, end).moved(start)
    return Heredoc(word.name, opener, body, closer, word.expand, word.chomp, text[begin:end])


def _read(
    joined: Joined,
    span: Span,
    extent: Span,
    escape: str,
    heredocs: tuple[Heredoc, ...] = (),
    comments: tuple[Comment, ...] = (),
    blanks: tuple[Span, ...] = (),
    outer: str = "",
) -> Instruction:
    """Take the joined text of an instruction apart. `outer` is the keyword that it stands behind."""
    text = joined.text
    end = len(text.rstrip(SPACE))
    head = _KEYWORD_END.search(text, 0, end)
    stop, at = head.span() if head else (end, end)
    keyword = text[:stop].upper()
    if keyword in KEYWORDS and not text[:stop].isascii():
        keyword = text[:stop]  # `ſ` in upper case is an S to Python, and not to Go.
    found: list[Extent] = []
    # HEALTHCHECK's own flags stand before CMD.
    if outer != "HEALTHCHECK" and text.startswith("--", at):
        found, at = words.flags(text[:end], at)
        at = min(words.skip_space(text, at), end)
    arguments = joined.cut(at, end)
    pairs: tuple[Pair, ...] = ()
    array: jsonarray.JsonArray | None = None
    inner: Instruction | None = None
    if keyword in PAIRED:
        pairs = _pairs(arguments, keyword, escape)
    elif keyword in JSON_FORMS or outer == "HEALTHCHECK":
        array = jsonarray.read(arguments)
    # BuildKit allows no ONBUILD behind another, and a thousand of them would be too deep for Python.
    elif (keyword == "HEALTHCHECK" or (keyword == "ONBUILD" and not outer)) and arguments.text:
        within = Span(arguments.offset(0), span.end)
        inner = _read(arguments, within, extent, escape, heredocs, outer=keyword)
    instruction = Instruction(
        keyword=keyword,
        keyword_span=joined.span(0, stop),
        span=span,
        extent=extent,
        escape=escape,
        joined=joined,
        flags=tuple([_flag(joined, flag) for flag in found]),
        arguments=arguments,
        pairs=pairs,
        json=array.strings if array else None,
        heredocs=heredocs,
        comments=comments,
        blanks=blanks,
        inner=inner,
        problems=(),
    )
    refused = problems.of_instruction(instruction, array.other if array else None, bool(outer))
    return replace(instruction, problems=refused) if refused else instruction


def _flag(joined: Joined, flag: Extent) -> Flag:
    start, end = flag
    equals = joined.text.find("=", start, end)
    name = _word(joined, start + 2, end if equals < 0 else equals)
    value = None if equals < 0 else _word(joined, equals + 1, end)
    return Flag(joined.span(start, end), name, value)


def _pairs(arguments: Joined, keyword: str, escape: str) -> tuple[Pair, ...]:
    """The pairs of ENV, LABEL and ARG, in either form."""
    text = arguments.text
    found = list(words.split_quoted(text, 0, escape))
    if keyword != "ARG" and found and "=" not in text[slice(*found[0])]:
        space = _KEYWORD_END.search(text)
        if space:
            key = _word(arguments, 0, space.start())
            value = _word(arguments, space.end(), len(text))
            return (Pair(arguments.span(0, len(text)), key, value, legacy=True),)
    return tuple([_pair(arguments, word) for word in found])


def _pair(arguments: Joined, word: Extent) -> Pair:
    start, end = word
    equals = arguments.text.find("=", start, end)
    key = _word(arguments, start, end if equals < 0 else equals)
    value = None if equals < 0 else _word(arguments, equals + 1, end)
    return Pair(arguments.span(start, end), key, value)


def _word(joined: Joined, start: int, end: int) -> Word:
    return Word(joined.span(start, end), joined.text[start:end])
