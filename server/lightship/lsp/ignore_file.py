"""A `.dockerignore` file: what is found in it, as findings like any other, and what its patterns do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from ..lint import Diagnostic
    from .documents import Document
    from .server import Server


def check(server: Server, document: Document) -> tuple[Diagnostic, ...]:
    from ..features import ignore_file
    from ..lint import Diagnostic
    from ..terms import Tag

    context = server.contexts.of(document)
    server.contexts.complete(context)
    found = ignore_file.findings(document.text, context)
    if not server.contexts.complete(context):
        found = ignore_file.findings(document.text, None)
    return tuple(
        Diagnostic(
            each.code,
            (),
            each.severity,
            each.span,
            each.message,
            tags=(Tag.UNNECESSARY,) if each.unnecessary else (),
        )
        for each in found
    )


def hover(server: Server, document: Document, offset: int) -> types.Hover | None:
    from ..features import ignore_file

    found = ignore_file.hover(document.text, offset, server.contexts.of(document))
    if found is None:
        return None
    markdown, span = found
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, markdown), document.convert.range(span))
