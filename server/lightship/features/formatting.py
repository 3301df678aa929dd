"""The layout of a Dockerfile: what stands in front of its lines, and nothing else.

Instructions and comments start at the left; lines that continue an instruction are indented by one step, and
stay nested in each other as they were. Comments among them stand above the line that they speak of. Heredocs
are left alone, and so is every line whose indentation is part of a word: inside quotes, or where no white
space stands before it. What BuildKit reads is the same before and after, with one exception: words that were
glued together by such a line break are parted where BuildKit refuses the one and takes the other
(`EXPOSE 80\\` above `81`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .. import regex
from ..syntax import normalise
from ..syntax.dockerfile import Blank, Comment, Directive, File, Instruction, parse
from ..syntax.keywords import ONE_ARGUMENT
from ..text import Edit, Source, Span, apply

WIDEST = 80
"""Columns of a step at most: an editor may ask for more than memory has."""


class Layout(NamedTuple):
    """What an editor calls formatting options; the last three are about white space at the ends of lines and of
    the file."""

    tab_size: int = 4
    insert_spaces: bool = True
    trim_trailing_whitespace: bool = False
    insert_final_newline: bool = False
    trim_final_newlines: bool = False

    def indentation(self, columns: int) -> str:
        if self.insert_spaces:
            return " " * columns
        tabs, spaces = divmod(columns, self.step)
        return "\t" * tabs + " " * spaces

    @property
    def step(self) -> int:
        return min(max(self.tab_size, 1), WIDEST)


_INDENTATION = regex.compile(r"[ \t]*")
_INDENTING = ("", " ", "\t", "\ufeff")
"""What a line begins with that may have to move."""
_QUOTED = regex.compile(
    r"""(?:[^'"\\$]|\\.|\$(?!'))++|\$'(?:[^'\\]|\\.)*+(?:'|\\?\Z)|'[^']*+(?:'|\Z)|"(?:[^"\\]|\\.)*+(?:"|\\?\Z)""",
    re.DOTALL,
)


def document(file: File, layout: Layout, span: Span | None = None) -> list[Edit]:
    """The edits that lay out the whole file, or what `span` touches of it: one for each line that changes, in order."""
    file = _as_shown(file)
    source = Source(file.text)
    wanted: dict[int, int] = {}
    behind = 0
    nodes = file.nodes
    if span:
        # An instruction says how what follows is to stand: begin with the one above.
        first = max(bisect_right(file.starts, span.start) - 1, 0)
        while first and not isinstance(nodes[first], Instruction):
            first -= 1
        nodes = nodes[first : bisect_right(file.starts, span.end)]
    for node in nodes:
        first = source.line_of(node.extent.start)
        match node:
            case Instruction():
                wanted[first] = 0
                if len(node.joined.starts) > 1 or node.comments or node.blanks:
                    wanted |= _continuation(source, node, layout)
                # Where an escape ends the last line of all, comments may still follow.
                if node is file.instructions[-1] and _goes_on(source, node):
                    behind = layout.step
            case Comment() | Directive():
                wanted[first] = behind
            case Blank():
                last = source.line_of(max(node.extent.end - 1, node.extent.start))
                wanted |= dict.fromkeys(range(first, last + 1), 0)
    edits = list(_edits(source, wanted, layout))
    if layout.trim_trailing_whitespace:
        edits += _trimmed(file, source)
    return _at_the_end(file, layout, edits)


def selection(file: File, layout: Layout, span: Span) -> list[Edit]:
    """Those edits of the lines that `span` touches."""
    source = Source(_as_shown(file).text)
    start = source.line_span(source.line_of(span.start)).start
    end = source.line_span(source.line_of(span.end)).end
    edits = document(file, layout, Span(start, end))
    return [edit for edit in edits if start <= edit.span.start and edit.span.end <= end]


def typed(file: File, layout: Layout, offset: int, character: str) -> list[Edit]:
    """The edits of the next line, once `character` has been typed in front of `offset`: the escape character at
    a line's end makes it continue this one. An editor may ask before it tells of the character."""
    if character != file.escape:
        return []
    after = _as_shown(file)
    missing = after.text[max(offset - 1, 0) : offset] != character
    if missing:
        after = parse(after.text[:offset] + character + after.text[offset:])
    offset += missing
    source = Source(after.text)
    line = source.line_of(offset)
    if after.text[offset : source.line_span(line).end].strip() or line + 1 == len(source.line_starts):
        return []
    if not any(each.extent.start < offset <= each.extent.end for each in after.instructions):
        return []
    edits = selection(after, layout, source.line_span(line + 1))
    return [Edit(edit.span.moved(-missing), edit.text) for edit in edits]


def result(text: str, layout: Layout) -> str:
    """The text laid out."""
    return apply(text, document(parse(text), layout))


def _as_shown(file: File) -> File:
    """The file with the lines that an editor shows, where all of them end with a lone `\\r`: to BuildKit, that is
    white space in one single line, whatever is done to it."""
    if "\r" in file.text and "\n" not in file.text:
        return parse(file.text.replace("\r", "\n"))
    return file


def _edits(source: Source, wanted: dict[int, int], layout: Layout) -> Iterator[Edit]:
    """From columns by line to edits."""
    text, starts = source.text, source.line_starts
    for line, columns in sorted(wanted.items()):
        if not columns and text[starts[line] : starts[line] + 1] not in _INDENTING:
            continue  # as most lines are
        start, end = _line(source, line)
        found = _INDENTATION.match(source.text, start, end)
        stop = found.end() if found else start
        if stop == end:  # nothing else on it
            columns = 0
        new = layout.indentation(columns)
        if source.text[start:stop] != new:
            yield Edit(Span(start, stop), new)


def _goes_on(source: Source, instruction: Instruction) -> bool:
    last = source.line_span(source.line_of(max(instruction.extent.end - 1, instruction.extent.start)))
    return not instruction.heredocs and normalise.continued(source[last], instruction.escape) is not None


def _continuation(source: Source, instruction: Instruction, layout: Layout) -> dict[int, int]:
    """The columns at which the lines behind an instruction's first one start."""
    first = source.line_of(instruction.extent.start)
    last = source.line_of(instruction.joined.offset(max(len(instruction.joined.text) - 1, 0)))
    last = max([last, *(source.line_of(comment.span.start) for comment in instruction.comments)])
    if last == first:
        return {}
    comments = {source.line_of(comment.span.start) for comment in instruction.comments}
    blank = {source.line_of(span.start) for span in instruction.blanks}
    free, glued = _lines(instruction, source, range(first + 1, last + 1), comments | blank)
    wanted = _nested(source, free, layout)
    if glued and instruction.problems:
        parted = _nested(source, free | glued, layout)
        edits = list(_edits(source, parted, layout))
        if not _problems(apply(source.text, edits), instruction, edits):
            wanted = parted
    for line in sorted(comments, reverse=True):
        # Above the line that it speaks of; one that speaks of a line that stays stands where that does.
        below = next((at for at in range(line + 1, last + 1) if at not in blank), None)
        if below is None:
            wanted[line] = layout.step
        else:
            wanted[line] = wanted.get(below, max(_columns(source, below, layout), layout.step))
    return wanted | dict.fromkeys(blank, 0)


def _problems(text: str, instruction: Instruction, edits: Iterable[Edit]) -> bool:
    """Whether BuildKit refuses the instruction in the changed text."""
    longer = sum(len(edit.text) - (edit.span.end - edit.span.start) for edit in edits)
    whole = text[instruction.extent.start : instruction.extent.end + longer]
    escape = "" if instruction.escape == "\\" else f"# escape={instruction.escape}\n"
    found = parse(escape + whole).instructions
    return any(each.problems for each in found)


def _lines(
    instruction: Instruction, source: Source, lines: Iterable[int], others: set[int]
) -> tuple[set[int], set[int]]:
    """The lines whose indentation separates words, and those that have none and go on with a word."""
    joined = instruction.joined
    at = {source.line_of(origin): start for start, origin in zip(joined.starts, joined.origins, strict=True)}
    kept = list(_kept(instruction))
    free: set[int] = set()
    glued: set[int] = set()
    for line in lines:
        if line in others:
            continue
        index = at.get(line)
        if index is None:  # nothing but an escape
            continue
        if any(start < index < end for start, end in kept):
            continue
        if joined.text[index - 1 : index].isspace() or not joined.text[index : index + 1].strip(" \t"):
            free.add(line)
        else:
            glued.add(line)
    return free, glued


def _kept(instruction: Instruction) -> Iterator[tuple[int, int]]:
    """The parts of the joined text in which white space is part of a word."""
    joined = instruction.joined
    for match in _QUOTED.finditer(joined.text):
        if match[0][0] in "'\"" or match[0].startswith("$'"):
            # Who takes which character for an escape is hard to say where it is not the usual one.
            yield match.start(), match.end() if instruction.escape == "\\" else len(joined.text)
    for each in (instruction, instruction.inner):
        if each is None or not each.arguments.text:
            continue
        start = joined.index(each.arguments.offset(0))
        if each.keyword in ONE_ARGUMENT:
            yield start, start + len(each.arguments.text)
        for pair in each.pairs:
            if pair.legacy and pair.value and pair.value.text:
                begin = joined.index(pair.value.span.start)
                yield begin, begin + len(pair.value.text)


def _nested(source: Source, lines: set[int], layout: Layout) -> dict[int, int]:
    """One step for the outermost of the lines, and for the others as much more as they had."""
    columns = {line: _columns(source, line, layout) for line in lines}
    least = min(columns.values(), default=0)
    return {line: layout.step + found - least for line, found in columns.items()}


def _columns(source: Source, line: int, layout: Layout) -> int:
    start, end = source.line_span(line)
    found = _INDENTATION.match(source.text, start, end)
    indentation = found[0] if found else ""
    return len(indentation.expandtabs(layout.step) if "\t" in indentation else indentation)


def _trimmed(file: File, source: Source) -> Iterator[Edit]:
    """White space at the ends of lines that have anything else."""
    for line in range(len(source.line_starts)):
        start, end = _line(source, line)
        stop = start + len(source.text[start:end].rstrip(" \t"))
        if start < stop < end and not _in_heredoc(file, stop):
            yield Edit(Span(stop, end), "")


def _at_the_end(file: File, layout: Layout, edits: list[Edit]) -> list[Edit]:
    """The edits, and one of how the file ends where an editor asks for that."""
    text = file.text
    end = len(text.rstrip(" \t\r\n\ufeff"))
    behind = text.find("\n", end) + 1
    if not end or _in_heredoc(file, end):
        return edits
    if behind and layout.trim_final_newlines and behind < len(text):
        return [*(edit for edit in edits if edit.span.start < behind), Edit(Span(behind, len(text)), "")]
    if not behind and layout.insert_final_newline:
        edits.append(Edit(Span(len(text), len(text)), "\r\n" if "\r\n" in text else "\n"))
    return edits


def _line(source: Source, line: int) -> Span:
    """A line without its end, and without a byte order mark."""
    start, end = source.line_span(line)
    return Span(start + (line == 0 and source.text.startswith("\ufeff")), end)


def _in_heredoc(file: File, offset: int) -> bool:
    return any(
        doc.body.start <= offset < (doc.closer or doc.body).end
        for instruction in file.instructions
        for doc in instruction.heredocs
    )
