"""The file's parts as an editor shows them: symbols, folds, and what a selection grows to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from ..features.symbols import Symbol
    from .documents import Document
    from .server import Server

_KIND = types.SymbolKind
_KINDS = {
    "directive": _KIND.Property,
    "stage": _KIND.Class,
    "ARG": _KIND.Variable,
    "ENV": _KIND.Constant,
    "LABEL": _KIND.Key,
    "COPY": _KIND.File,
    "ADD": _KIND.File,
    "EXPOSE": _KIND.Interface,
    "USER": _KIND.Property,
    "WORKDIR": _KIND.Property,
    "SHELL": _KIND.Property,
    "STOPSIGNAL": _KIND.Property,
    "VOLUME": _KIND.Property,
    "ENTRYPOINT": _KIND.Event,
    "CMD": _KIND.Event,
}
"""RUN and all others are functions: they do something."""


def symbols(
    server: Server, document: Document, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
    from ..features.symbols import symbols

    found = symbols(document.build)
    if server.client("textDocument", "documentSymbol", "hierarchicalDocumentSymbolSupport"):
        return [_tree(document, symbol) for symbol in found]
    return [each for symbol in found for each in _flat(document, symbol, None)]


def _tree(document: Document, symbol: Symbol) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        name=symbol.name,
        detail=symbol.detail or None,
        kind=_KINDS.get(symbol.kind, _KIND.Function),
        range=document.convert.range(symbol.span),
        selection_range=document.convert.range(symbol.name_span),
        children=[_tree(document, child) for child in symbol.children] or None,
    )


def _flat(document: Document, symbol: Symbol, within: str | None) -> Iterator[types.SymbolInformation]:
    place = types.Location(document.uri, document.convert.range(symbol.span))
    kind = _KINDS.get(symbol.kind, _KIND.Function)
    yield types.SymbolInformation(location=place, name=symbol.name, kind=kind, container_name=within)
    for child in symbol.children:
        yield from _flat(document, child, symbol.name)


def folding(server: Server, document: Document, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    from ..features.folding import folding

    most = server.client("textDocument", "foldingRange", "rangeLimit")
    found = folding(document.build)
    lines = [(document.convert.range(fold.span), fold.comment) for fold in found]
    return [
        types.FoldingRange(
            start_line=where.start.line,
            end_line=where.end.line,
            kind=types.FoldingRangeKind.Comment if comment else None,
        )
        for where, comment in lines[: most if isinstance(most, int) else None]
    ]


def selections(
    server: Server, document: Document, params: types.SelectionRangeParams
) -> list[types.SelectionRange]:
    from ..features.selection import selection

    found = []
    for position in params.positions:
        grown: types.SelectionRange | None = None
        for span in reversed(selection(document.build, document.convert.offset(position))):
            grown = types.SelectionRange(document.convert.range(span), grown)
        assert grown is not None
        found.append(grown)
    return found
