"""`textDocument/hover`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from . import ignore_file

if TYPE_CHECKING:
    from .documents import Document
    from .server import Server


def hover(server: Server, document: Document, params: types.HoverParams) -> types.Hover | None:
    from ..features.build_context import about
    from ..features.hover import hover
    from ..rules import all_rules

    if not document.is_dockerfile:
        return ignore_file.hover(server, document, document.convert.offset(params.position))
    pages = {rule.name: rule.page for rule in all_rules()}
    offset = document.convert.offset(params.position)
    found = hover(document.build, offset, server.check(document), pages)
    if found is None:
        return None
    place = server.contexts.place(document)
    built = about(document.build, offset, place) if place else ""
    return types.Hover(
        types.MarkupContent(
            types.MarkupKind.Markdown, "\n\n---\n\n".join(filter(None, (found.markdown, built)))
        ),
        document.convert.range(found.span),
    )
