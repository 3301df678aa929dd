"""`textDocument/hover`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from . import ignore_file

if TYPE_CHECKING:
    from .documents import Document
    from .server import Server


def hover(server: Server, document: Document, params: types.HoverParams) -> types.Hover | None:
    from ..features.hover import hover
    from ..rules import all_rules

    if not document.is_dockerfile:
        return ignore_file.hover(document, document.convert.offset(params.position))
    pages = {rule.name: rule.page for rule in all_rules()}
    found = hover(document.build, document.convert.offset(params.position), server.check(document), pages)
    if found is None:
        return None
    return types.Hover(
        types.MarkupContent(types.MarkupKind.Markdown, found.markdown),
        document.convert.range(found.span),
    )
