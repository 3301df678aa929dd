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
    from .server import Server

logger = logging.getLogger(__name__)


def did_open(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    server.documents.open(document.uri, document.version, document.text)
    announce(server, document.uri)


def did_change(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    document = params.text_document
    if server.documents.get(document.uri) is None:
        logger.warning("a change to %s, which is not open", document.uri)
        return
    server.documents.change(document.uri, document.version, params.content_changes)
    announce(server, document.uri)


def did_close(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    server.documents.close(params.text_document.uri)
    announce(server, params.text_document.uri)


def announce(server: Server, uri: str) -> None:
    """Have the findings in a document sent, unless the client is one that asks for them."""
    if server.pushes:
        server.worker.submit(partial(publish, server, uri), once=uri)
