"""What an editor asks about the name under the cursor: its declaration, its places, another name for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from ..text import Refusal
from . import edits
from .protocol import Json

if TYPE_CHECKING:
    from .documents import Document
    from .server import Server


class Refused(JsonRpcException):
    """The editor shows the message to its user."""

    CODE = types.LSPErrorCodes.RequestFailed
    MESSAGE = "refused"


def definition(
    server: Server, document: Document, params: types.DefinitionParams
) -> list[types.Location] | list[types.LocationLink]:
    from ..features.definition import definition

    found = definition(document.build, document.convert.offset(params.position))
    if found is None:
        return []
    targets = map(document.convert.range, found.declarations)
    if server.client("textDocument", "definition", "linkSupport"):
        name = document.convert.range(found.span)
        return [types.LocationLink(document.uri, target, target, name) for target in targets]
    return [types.Location(document.uri, target) for target in targets]


def references(server: Server, document: Document, params: types.ReferenceParams) -> Json:
    from ..features.references import references

    offset = document.convert.offset(params.position)
    spans = references(document.build, offset, declarations=params.context.include_declaration)
    uri, place = json.dumps(document.uri), document.convert.json_range
    return Json.array(f'{{"uri":{uri},"range":{place(*span)}}}' for span in spans)


def highlights(server: Server, document: Document, params: types.DocumentHighlightParams) -> Json:
    from ..features.references import highlights

    read, write = types.DocumentHighlightKind.Read.value, types.DocumentHighlightKind.Write.value
    found = highlights(document.build, document.convert.offset(params.position))
    place = document.convert.json_range
    return Json.array(
        f'{{"range":{place(*span)},"kind":{write if written else read}}}' for span, written in found
    )


def prepare_rename(
    server: Server, document: Document, params: types.PrepareRenameParams
) -> types.Range | None:
    from ..features.rename import prepare

    found = prepare(document.build, document.convert.offset(params.position))
    if isinstance(found, Refusal):
        raise Refused(found.reason)
    return document.convert.range(found) if found else None


def rename(server: Server, document: Document, params: types.RenameParams) -> types.WorkspaceEdit | None:
    from ..features.rename import rename

    found = rename(document.build, document.convert.offset(params.position), params.new_name)
    if isinstance(found, Refusal):
        raise Refused(found.reason)
    return edits.of(server, document, found) if found else None
