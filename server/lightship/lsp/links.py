"""`textDocument/documentLink` and `documentLink/resolve`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from lsprotocol import types

if TYPE_CHECKING:
    from .documents import Document
    from .server import Server


def links(server: Server, document: Document, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
    """Files are linked where they are there. Where they lead to is worked out for the one that is opened."""
    from ..features.links import links

    seen = server.contexts.of(document)
    return [
        types.DocumentLink(
            document.convert.range(link.span),
            target=link.address,
            data=None if link.path is None else {"uri": document.uri, "path": link.path},
        )
        for link in links(server.contexts.built(document))
        if link.path is None or (seen and seen.exists(link.path) and not seen.is_folder(link.path))
    ]


def resolve(server: Server, link: types.DocumentLink) -> types.DocumentLink:
    match link.data:
        case {"uri": str(uri), "path": str(path)} if document := server.documents.get(uri):
            seen = server.contexts.of(document)
            if seen and seen.root:
                link.target = f"{seen.root.as_uri()}/{quote(path.lstrip('/'), errors='replace')}"
    return link
