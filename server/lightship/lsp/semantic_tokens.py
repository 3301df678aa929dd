"""`textDocument/semanticTokens/full`, `full/delta` and `range`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import TYPE_CHECKING

from lsprotocol import types

from ..syntax.lexing import MODIFIERS, TYPES
from .convert import Encoding, column_in_line, line_starts

if TYPE_CHECKING:
    from ..syntax.lexing import Token
    from .documents import Document
    from .server import Server

LEGEND = types.SemanticTokensLegend(TYPES, MODIFIERS)

_KINDS = {name: number for number, name in enumerate(TYPES)}
_BITS = {"": 0, **{name: 1 << number for number, name in enumerate(MODIFIERS)}}
_numbers = count(1)


def full(server: Server, document: Document, params: types.SemanticTokensParams) -> types.SemanticTokens:
    return _remembered(server, document)


def delta(
    server: Server, document: Document, params: types.SemanticTokensDeltaParams
) -> types.SemanticTokens | types.SemanticTokensDelta:
    """The one edit that makes the new tokens of the old ones; all of them where the old are not known any more."""
    before = server.tokens.get(document.uri)
    after = _remembered(server, document)
    if before is None or before.result_id != params.previous_result_id:
        return after
    old, new = before.data, after.data
    start = next(
        (at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]),
        min(len(old), len(new)),
    )
    start -= start % 5
    rest = min(len(old), len(new)) - start
    same = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    same -= same % 5
    edits = []
    if len(old) != len(new) or start < len(new):
        data = new[start : len(new) - same]
        edits = [types.SemanticTokensEdit(start, len(old) - same - start, data)]
    return types.SemanticTokensDelta(edits, after.result_id)


def part(server: Server, document: Document, params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
    from ..features.semantic_tokens import tokens

    span = document.convert.span(params.range)
    found = (
        each for each in tokens(document.build, span) if each.start <= span.end and span.start <= each.end
    )
    return types.SemanticTokens(_encoded(document, found))


def _remembered(server: Server, document: Document) -> types.SemanticTokens:
    from ..features.semantic_tokens import tokens

    result = types.SemanticTokens(_encoded(document, tokens(document.build)), str(next(_numbers)))
    server.tokens[document.uri] = result
    return result


def _encoded(document: Document, found: Iterable[Token]) -> list[int]:
    """Five numbers for each token: how many lines and columns behind the one before, its length, type and modifiers."""
    text, encoding = document.text, document.encoding
    narrow = encoding is Encoding.Utf32 or text.isascii()
    starts = [*line_starts(text), len(text) + 1]
    line, start, stop = 0, 0, starts[1]
    wide = not narrow and not text[start:stop].isascii()
    before_line = before = 0
    data: list[int] = []
    for begin, end, kind, modifier in found:
        if begin >= stop:
            while begin >= starts[line + 1]:
                line += 1
            start, stop = starts[line], starts[line + 1]
            wide = not narrow and not text[start:stop].isascii()
        end = min(end, stop - 1)  # an editor ends lines at a lone `\\r` too
        column, length = begin - start, end - begin
        if wide:
            column = column_in_line(text, start, begin, encoding)
            length = column_in_line(text, begin, end, encoding)
        if line != before_line:
            before = 0
        data += (line - before_line, column - before, length, _KINDS[kind], _BITS[modifier])
        before_line, before = line, column
    return data
