"""Fixes as the client makes them: in one step, which is undone in one step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from lsprotocol import types

from ..text import Edit, Fix, Safety

if TYPE_CHECKING:
    from .documents import Document
    from .server import Server


def why_not(server: Server, fix: Fix) -> str | None:
    """Why this client cannot make the fix; None where it can."""
    return "the editor creates no files" if fix.creates and not _creates(server) else None


def of(server: Server, document: Document, edits: Iterable[Edit]) -> types.WorkspaceEdit:
    """Bound to the version it was worked out for, where the client knows how to refuse one that came too late."""
    changes = [types.TextEdit(document.convert.range(edit.span), edit.text) for edit in edits]
    return of_file(server, document.uri, document.version, changes)


def of_file(
    server: Server, uri: str, version: int | None, changes: Sequence[types.TextEdit]
) -> types.WorkspaceEdit:
    """The same for any file; `version` is None for what is on disk."""
    if not _versioned(server):
        return types.WorkspaceEdit(changes={uri: changes})
    identifier = types.OptionalVersionedTextDocumentIdentifier(uri, version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, changes)])


def new_file(server: Server, uri: str, text: str) -> types.WorkspaceEdit | None:
    """A file with that text; None for a client that creates none. One that is there already is left alone."""
    return types.WorkspaceEdit(document_changes=_new(uri, text)) if _creates(server) else None


def of_fix(server: Server, document: Document, fix: Fix) -> types.WorkspaceEdit:
    """With the files that it creates, which the client does not do where there is one already."""
    if not fix.creates:
        return of(server, document, fix.edits)
    made: list[types.CreateFile | types.TextDocumentEdit] = []
    for new in fix.creates:
        made += _new(f"{_root(server, document)}/{quote(new.path)}", new.text)
    rest = of(server, document, fix.edits).document_changes or [] if fix.edits else []
    return types.WorkspaceEdit(document_changes=[*made, *rest])


def annotated(server: Server, document: Document, fix: Fix) -> types.WorkspaceEdit:
    """The same; where the client can, it shows what is not proven to be safe, and asks, before it does it."""
    made = of_fix(server, document, fix)
    able = server.client("workspace", "workspaceEdit", "changeAnnotationSupport") is not None
    if not able or not made.document_changes:
        return made
    name = "refactoring"
    for change in made.document_changes:
        if isinstance(change, types.TextDocumentEdit):
            change.edits = [
                types.AnnotatedTextEdit(name, each.range, each.new_text)
                for each in change.edits
                if isinstance(each, types.TextEdit)
            ]
        else:
            change.annotation_id = name
    made.change_annotations = {
        name: types.ChangeAnnotation(fix.title, needs_confirmation=fix.safety is not Safety.SAFE)
    }
    return made


def _new(uri: str, text: str) -> list[types.CreateFile | types.TextDocumentEdit]:
    start = types.Range(types.Position(0, 0), types.Position(0, 0))
    identifier = types.OptionalVersionedTextDocumentIdentifier(uri, None)
    options = types.CreateFileOptions(overwrite=False, ignore_if_exists=False)
    return [
        types.CreateFile(uri, options=options),
        types.TextDocumentEdit(identifier, [types.TextEdit(start, text)]),
    ]


def _creates(server: Server) -> bool:
    operations = server.listed("workspace", "workspaceEdit", "resourceOperations")
    return _versioned(server) and "create" in operations


def _versioned(server: Server) -> bool:
    return bool(server.client("workspace", "workspaceEdit", "documentChanges"))


def _root(server: Server, document: Document) -> str:
    """The URI of the build context: the document's own folder where it is not known to be another."""
    found = server.contexts.of(document)
    return found.root.as_uri() if found and found.root else document.uri.rpartition("/")[0]
