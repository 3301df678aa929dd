"""Refactorings as code actions: `refactor.rewrite.NAME`, greyed out with the reason where they are not possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from ..rewrite import Refusal
from ..text import Fix, Span
from . import context, edits

if TYPE_CHECKING:
    from ..model.build import Build
    from .documents import Document
    from .server import Server

KIND = types.CodeActionKind.RefactorRewrite


def offered(
    server: Server, document: Document, span: Span, wanted: Callable[[str], bool]
) -> Iterator[types.CodeAction]:
    """What is on offer in the selection. The edit is left for `resolve` where the client asks for it then."""
    from ..refactorings import all_refactorings

    lazy = server.client("textDocument", "codeAction", "resolveSupport")
    build = _build(document)
    greyed = server.client("textDocument", "codeAction", "disabledSupport")
    for refactoring in all_refactorings():
        kind = f"{KIND.value}.{refactoring.name}"
        if not wanted(kind):
            continue
        for offer in refactoring.offers(build, span):
            action = types.CodeAction(title=offer.title, kind=kind)
            fix = offer.outcome
            reason = fix.reason if isinstance(fix, Refusal) else edits.why_not(server, fix)
            if reason is not None:
                if not greyed:
                    continue
                action.disabled = types.CodeActionDisabled(reason)
            elif lazy:
                action.data = {"uri": document.uri, "refactoring": refactoring.name, "span": list(offer.span)}
            elif isinstance(fix, Fix):
                action.edit = edits.annotated(server, document, fix)
            yield action


def resolve(server: Server, document: Document, action: types.CodeAction, name: str, span: Span) -> None:
    """Fill in the edit of an action of this title, as the document is now."""
    from ..refactorings import all_refactorings

    for refactoring in all_refactorings():
        if refactoring.name != name:
            continue
        for offer in refactoring.offers(_build(document), span):
            if isinstance(offer.outcome, Fix) and offer.title == action.title:
                action.edit = edits.annotated(server, document, offer.outcome)
                return


def _build(document: Document) -> Build:
    """The document with its build context, which what is found as one types does without."""
    from ..model import analyze

    return document.build if document.build.context else analyze(document.source, context.of(document))
