"""The file's parts as an editor shows them: symbols, folds, and what a selection grows to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from .protocol import Json

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


def symbols(server: Server, document: Document, params: types.DocumentSymbolParams) -> Json:
    """As `DocumentSymbol`s where the client knows trees, or else as `SymbolInformation`."""
    from ..features.symbols import symbols

    found = symbols(document.build)
    if server.client("textDocument", "documentSymbol", "hierarchicalDocumentSymbolSupport"):
        return Json.array(_tree(document, symbol) for symbol in found)
    return Json.array(_flat(document, found))


def _tree(document: Document, symbol: Symbol) -> str:
    place = document.convert.json
    name, detail, kind, (first, last), (_, end), children = symbol
    start = place(first)
    more = f',"detail":{json.dumps(detail)}' if detail else ""
    if children:
        more += f',"children":[{",".join([_tree(document, child) for child in children])}]'
    return (
        f'{{"name":{json.dumps(name)},"kind":{_KINDS.get(kind, _FUNCTION)}{more}'
        f',"range":{{"start":{start},"end":{place(last)}}}'
        f',"selectionRange":{{"start":{start},"end":{place(end)}}}}}'
    )


def _flat(document: Document, symbols: Iterable[Symbol], within: str = "") -> Iterator[str]:
    uri, place = json.dumps(document.uri), document.convert.json_range
    more = f',"containerName":{json.dumps(within)}' if within else ""
    for symbol in symbols:
        yield (
            f'{{"name":{json.dumps(symbol.name)},"kind":{_KINDS.get(symbol.kind, _FUNCTION)}{more}'
            f',"location":{{"uri":{uri},"range":{place(*symbol.span)}}}}}'
        )
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
