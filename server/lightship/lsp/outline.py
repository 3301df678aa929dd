"""The file's parts as an editor shows them: symbols, folds, and what a selection grows to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from .protocol import Plain

if TYPE_CHECKING:
    from ..features.symbols import Symbol
    from .documents import Document
    from .server import Server

_KIND = types.SymbolKind
_FUNCTION = _KIND.Function.value
_KINDS: dict[str, int] = {
    "directive": _KIND.Property.value,
    "stage": _KIND.Class.value,
    "ARG": _KIND.Variable.value,
    "ENV": _KIND.Constant.value,
    "LABEL": _KIND.Key.value,
    "COPY": _KIND.File.value,
    "ADD": _KIND.File.value,
    "EXPOSE": _KIND.Interface.value,
    "USER": _KIND.Property.value,
    "WORKDIR": _KIND.Property.value,
    "SHELL": _KIND.Property.value,
    "STOPSIGNAL": _KIND.Property.value,
    "VOLUME": _KIND.Property.value,
    "ENTRYPOINT": _KIND.Event.value,
    "CMD": _KIND.Event.value,
}
"""RUN and all others are functions: they do something."""


def symbols(server: Server, document: Document, params: types.DocumentSymbolParams) -> Plain:
    """As `DocumentSymbol`s where the client knows trees, or else as `SymbolInformation`."""
    from ..features.symbols import symbols

    found = symbols(document.build)
    if server.client("textDocument", "documentSymbol", "hierarchicalDocumentSymbolSupport"):
        return Plain(_tree(document, symbol) for symbol in found)
    return Plain(_flat(document, found))


def _tree(document: Document, symbol: Symbol) -> dict[str, object]:
    place = document.convert.plain
    start = place(symbol.span.start)
    tree: dict[str, object] = {
        "name": symbol.name,
        "kind": _KINDS.get(symbol.kind, _FUNCTION),
        "range": {"start": start, "end": place(symbol.span.end)},
        "selectionRange": {"start": start, "end": place(symbol.name_span.end)},
    }
    if symbol.detail:
        tree["detail"] = symbol.detail
    if symbol.children:
        tree["children"] = [_tree(document, child) for child in symbol.children]
    return tree


def _flat(document: Document, symbols: Iterable[Symbol], within: str = "") -> Iterator[dict[str, object]]:
    uri, place = document.uri, document.convert.plain_range
    for symbol in symbols:
        information: dict[str, object] = {
            "name": symbol.name,
            "kind": _KINDS.get(symbol.kind, _FUNCTION),
            "location": {"uri": uri, "range": place(symbol.span)},
        }
        if within:
            information["containerName"] = within
        yield information
        if symbol.children:
            yield from _flat(document, symbol.children, symbol.name)


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
