"""`textDocument/didOpen`, `didChange` and `didClose`.

They run on the thread that reads, for the next message may already be about the new text. What follows
from a change is left to the worker, once for as many changes as have come by the time it gets there.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from .diagnostics import publish
from .worker import Pace

if TYPE_CHECKING:
    from .documents import Change, Document
    from .server import Server

logger = logging.getLogger(__name__)


def did_open(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    server.documents.open(document.uri, document.version, document.text)
    server.workspace_check.opened(document.uri)
    announce(server, document.uri)


def did_change(server: Server, params: Any) -> None:
    """From plain JSON, with all the ways in which clients leave a member out: one change that is not made, and the
    text is another than the editor's from then on."""
    match params:
        case {"textDocument": {"uri": str(uri)}}:
            document = server.documents.get(uri)
        case _:
            raise JsonRpcInvalidParams
    if document is None:
        logger.warning("a change to %s, which is not open", uri)
        return
    version = params["textDocument"].get("version")
    try:
        changes = [*map(_change, params["contentChanges"])]
    except (LookupError, TypeError, ValueError):
        # No findings rather than wrong ones, and no edits of a text that is not there.
        _close(server, uri)
        server.warn(
            f"The editor sent a change to {uri} that makes no sense: close the file and open it again."
        )
    else:
        server.documents.change(uri, version if isinstance(version, int) else document.version, changes)
    announce(server, uri)
    _others(server, server.documents.get(uri))


def _change(raw: Any) -> Change:
    """Raises TypeError or ValueError for what is no change."""
    match raw:
        case {
            "text": str(text),
            "range": {
                "start": {"line": int(line), "character": int(column)},
                "end": {"line": int(last), "character": int(end)},
            },
        }:
            place = types.Range(types.Position(line, column), types.Position(last, end))
            return types.TextDocumentContentChangePartial(place, text)
        case {"text": str(text)} if raw.get("range") is None:
            return types.TextDocumentContentChangeWholeDocument(text)
    raise TypeError


def did_close(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    uri = params.text_document.uri
    closed = server.documents.get(uri)
    _close(server, uri)
    announce(server, uri)
    _others(server, closed)


def _close(server: Server, uri: str) -> None:
    server.documents.close(uri)
    server.worker.submit(partial(server.forget, uri))
    server.worker.submit(partial(server.contexts.close, uri))


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
        server.worker.submit(partial(publish, server, uri), once=uri, pace=Pace.LONG)
