"""A `.dockerignore` file: what is found in it, as findings like any other, and what its patterns do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from ..lint import Diagnostic
    from .documents import Document
    from .server import Server


def check(server: Server, document: Document) -> tuple[Diagnostic, ...]:
    from ..lint import check_ignore_file

    context = server.contexts.of(document)
    server.contexts.complete(context)
    found = check_ignore_file(document.text, context)
    return found if server.contexts.complete(context) else check_ignore_file(document.text, None)


def hover(server: Server, document: Document, offset: int) -> types.Hover | None:
    from ..features import ignore_file

    found = ignore_file.hover(document.text, offset, server.contexts.of(document))
    if found is None:
        return None
    markdown, span = found
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, markdown), document.convert.range(span))
