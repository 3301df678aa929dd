"""`textDocument/didOpen`, `didChange` and `didClose`.

They run on the thread that reads, for the next message may already be about the new text. What follows
from a change is left to the worker, once for as many changes as have come by the time it gets there.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from lsprotocol import types

from .diagnostics import publish

if TYPE_CHECKING:
    from .documents import Document
    from .server import Server

logger = logging.getLogger(__name__)


def did_open(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    server.documents.open(document.uri, document.version, document.text)
    server.workspace_check.opened(document.uri)
    announce(server, document.uri)


def did_change(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    document = params.text_document
    if server.documents.get(document.uri) is None:
        logger.warning("a change to %s, which is not open", document.uri)
        return
    server.documents.change(document.uri, document.version, params.content_changes)
    announce(server, document.uri)
    _others(server, server.documents.get(document.uri))


def did_close(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    uri = params.text_document.uri
    closed = server.documents.get(uri)
    server.documents.close(uri)
    server.worker.submit(partial(server.contexts.close, uri))
    announce(server, uri)
    _others(server, closed)


def _others(server: Server, document: Document | None) -> None:
    """What a file that is no Dockerfile says of build contexts counts as it is being written."""
    if document is not None and not document.is_dockerfile:
        server.worker.submit(partial(_contexts_changed, server), once="written")


def _contexts_changed(server: Server) -> None:
    server.contexts.forget(disk=False)
    if server.pushes:
        for each in server.documents:
            if each.is_dockerfile:
                announce(server, each.uri)
    elif server.client("workspace", "diagnostics", "refreshSupport"):
        server.protocol.send_request(types.WORKSPACE_DIAGNOSTIC_REFRESH)


def announce(server: Server, uri: str) -> None:
    """Have the findings in a document sent, unless the client is one that asks for them."""
    if server.pushes:
        server.worker.submit(partial(publish, server, uri), once=uri)
