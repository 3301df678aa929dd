"""`textDocument/documentLink` and `documentLink/resolve`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from lsprotocol import types

from .settings import file_path

if TYPE_CHECKING:
    from ..context import BuildContext
    from .documents import Document
    from .server import Server


def links(server: Server, document: Document, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
    """Files are linked where they are there. Where they lead to is worked out for the one that is opened."""
    from ..features.links import links

    context = _context(document)
    return [
        types.DocumentLink(
            document.convert.range(link.span),
            target=link.address,
            data=None if link.path is None else {"uri": document.uri, "path": link.path},
        )
        for link in links(document.build)
        if link.path is None or (context and context.exists(link.path) and not context.is_folder(link.path))
    ]


def resolve(server: Server, link: types.DocumentLink) -> types.DocumentLink:
    match link.data:
        case {"uri": str(uri), "path": str(path)} if document := server.documents.get(uri):
            context = _context(document)
            if context and context.root:
                link.target = f"{context.root.as_uri()}/{quote(path.lstrip('/'))}"
    return link


def _context(document: Document) -> BuildContext | None:
    """What the build is known to be given, or else the folder that the Dockerfile is in."""
    from ..sources.context import context

    path = file_path(document.uri)
    return document.build.context or (context(path.parent, path) if path else None)
