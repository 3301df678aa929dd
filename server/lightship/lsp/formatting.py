"""`textDocument/formatting`, `rangeFormatting` and `onTypeFormatting`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from ..features.formatting import Layout
    from ..text import Edit
    from .documents import Document
    from .server import Server

TRIGGERS = types.DocumentOnTypeFormattingOptions("\\", ["`"])
"""The two escape characters: one behind a line makes the next one continue it."""


def document(
    server: Server, document: Document, params: types.DocumentFormattingParams
) -> list[types.TextEdit]:
    from ..features import formatting

    return _edits(document, formatting.document(document.build.file, _layout(params.options)))


def selection(
    server: Server, document: Document, params: types.DocumentRangeFormattingParams
) -> list[types.TextEdit]:
    from ..features import formatting

    span = document.convert.span(params.range)
    return _edits(document, formatting.selection(document.build.file, _layout(params.options), span))


def typed(
    server: Server, document: Document, params: types.DocumentOnTypeFormattingParams
) -> list[types.TextEdit]:
    from ..features import formatting

    offset = document.convert.offset(params.position)
    return _edits(document, formatting.typed(document.build.file, _layout(params.options), offset, params.ch))


def _layout(options: types.FormattingOptions) -> Layout:
    from ..features.formatting import Layout

    return Layout(
        options.tab_size,
        options.insert_spaces,
        bool(options.trim_trailing_whitespace),
        bool(options.insert_final_newline),
        bool(options.trim_final_newlines),
    )


def _edits(document: Document, edits: Iterable[Edit]) -> list[types.TextEdit]:
    return [types.TextEdit(document.convert.range(edit.span), edit.text) for edit in edits]
