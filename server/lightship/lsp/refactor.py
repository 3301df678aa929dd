"""Refactorings as code actions: `refactor.rewrite.NAME`, greyed out with the reason where they are not possible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from ..rewrite import Refusal
from ..text import Edit, Fix, Safety, Span

if TYPE_CHECKING:
    from .documents import Document
    from .server import Server

KIND = types.CodeActionKind.RefactorRewrite

MakeEdit = Callable[["Server", "Document", Iterable[Edit]], types.WorkspaceEdit]


def offered(
    server: Server, document: Document, span: Span, wanted: Callable[[str], bool], edit: MakeEdit
) -> Iterator[types.CodeAction]:
    """What is on offer in the selection. The edit is left for `resolve` where the client asks for it then."""
    from ..refactorings import all_refactorings

    lazy = server.client("textDocument", "codeAction", "resolveSupport")
    greyed = server.client("textDocument", "codeAction", "disabledSupport")
    for refactoring in all_refactorings():
        kind = f"{KIND.value}.{refactoring.name}"
        if not wanted(kind):
            continue
        for offer in refactoring.offers(document.build, span):
            action = types.CodeAction(title=offer.title, kind=kind)
            if isinstance(offer.outcome, Refusal):
                if not greyed:
                    continue
                action.disabled = types.CodeActionDisabled(offer.outcome.reason)
            elif lazy:
                action.data = {"uri": document.uri, "refactoring": refactoring.name, "span": list(offer.span)}
            else:
                action.edit = _edit(server, document, offer.outcome, edit)
            yield action


def resolve(
    server: Server, document: Document, action: types.CodeAction, name: str, span: Span, edit: MakeEdit
) -> None:
    """Fill in the edit of an action of this title, as the document is now."""
    from ..refactorings import all_refactorings

    for refactoring in all_refactorings():
        if refactoring.name != name:
            continue
        for offer in refactoring.offers(document.build, span):
            if isinstance(offer.outcome, Fix) and offer.title == action.title:
                action.edit = _edit(server, document, offer.outcome, edit)
                return


def _edit(server: Server, document: Document, fix: Fix, edit: MakeEdit) -> types.WorkspaceEdit:
    """One edit, to be undone at once. Where the client can, it shows what is not proven to be safe before it does it."""
    made = edit(server, document, fix.edits)
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
    made.change_annotations = {
        name: types.ChangeAnnotation(fix.title, needs_confirmation=fix.safety is not Safety.SAFE)
    }
    return made
