"""`textDocument/publishDiagnostics` and `textDocument/diagnostic`: findings where they are in the text."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Protocol

from lsprotocol import types

if TYPE_CHECKING:
    from ..lint import Diagnostic
    from .documents import Document
    from .server import Server


class Generations(Protocol):
    generation: int


logger = logging.getLogger(__name__)

SOURCE = "lightship"
_BEGUN = f"{time.time_ns():x}"
"""A client may remember what an earlier server said."""


def publish(server: Server, uri: str) -> None:
    """Send what is found in the newest version of a document; an empty list once it is closed.

    Should anything fail, what the editor shows stays as it is: old findings help more than none.
    """
    document = server.documents.get(uri)
    server.text_document_publish_diagnostics(
        types.PublishDiagnosticsParams(
            uri,
            found(server, document) if document else [],
            document.version if document else None,
        )
    )


def pull(
    server: Server, document: Document, params: types.DocumentDiagnosticParams
) -> types.DocumentDiagnosticReport:
    """The same on request, or word that nothing has changed since the client's last one."""
    id = result_id(document.edition, server.configuration, server.shellcheck, server.contexts)
    last = params.previous_result_id
    if last == id:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=id)
    try:
        return types.RelatedFullDocumentDiagnosticReport(items=found(server, document), result_id=id)
    except Exception:
        if last is None:
            raise
        # An error would make editors clear what they show.
        logger.exception("%s could not be checked", document.uri)
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=last)


def result_id(state: object, *known: Generations) -> str:
    """What findings are told by that were found in this state of a text, with all that was `known`."""
    return ".".join(map(str, (_BEGUN, state, *(each.generation for each in known))))


def found(server: Server, document: Document) -> list[types.Diagnostic]:
    return [to_lsp(document, diagnostic) for diagnostic in server.check(document)]


def to_lsp(document: Document, diagnostic: Diagnostic) -> types.Diagnostic:
    return types.Diagnostic(
        range=document.convert.range(diagnostic.span),
        severity=types.DiagnosticSeverity(diagnostic.severity),
        code=diagnostic.code,
        code_description=types.CodeDescription(diagnostic.url) if diagnostic.url else None,
        source=SOURCE,
        message=diagnostic.message,
        tags=[types.DiagnosticTag(tag) for tag in diagnostic.tags] or None,
        related_information=[
            types.DiagnosticRelatedInformation(
                types.Location(document.uri, document.convert.range(related.span)), related.message
            )
            for related in diagnostic.related
        ]
        or None,
        data={"aliases": list(diagnostic.aliases), "fix": diagnostic.fix.title if diagnostic.fix else None},
    )
