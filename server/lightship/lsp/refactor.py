"""Refactorings as code actions: `refactor.rewrite.NAME`, greyed out with the reason where they are not possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from ..text import Fix, Refusal, Span
from . import edits

if TYPE_CHECKING:
    from ..knowledge.images import ImageReference
    from ..model.build import Build, Registries
    from .documents import Document
    from .server import Server

KIND = types.CodeActionKind.RefactorRewrite


def offered(
    server: Server, document: Document, span: Span, wanted: Callable[[str], bool]
) -> Iterator[types.CodeAction]:
    """What is on offer in the selection. The edit is left for `resolve` where the client asks for it then."""
    from ..refactorings import all_refactorings

    lazy = server.client("textDocument", "codeAction", "resolveSupport")
    build = _build(server, document, _Promised() if lazy and server.configuration.asks_registries else None)
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
    """Fill in the edit of an action of this title, as the document is now; or tell why it cannot be made after all."""
    from ..refactorings import all_refactorings

    build = _build(server, document, _network() if server.configuration.asks_registries else None)
    for refactoring in all_refactorings():
        if refactoring.name != name:
            continue
        for offer in refactoring.offers(build, span):
            if offer.title == action.title:
                if isinstance(offer.outcome, Fix):
                    action.edit = edits.annotated(server, document, offer.outcome)
                else:
                    server.warn(f"{offer.title}: {offer.outcome.reason}")
                return


class _Promised:
    """Stands in for registries as long as nobody has chosen what they have to be asked for."""

    def digest(self, reference: ImageReference) -> str:
        return f"sha256:{'0' * 64}"

    def platforms(self, reference: ImageReference) -> tuple[str, ...]:
        from ..model.build import Unanswered

        raise Unanswered


def _network() -> Registries:
    from ..sources.registry import Network

    return Network()


def _build(server: Server, document: Document, registries: Registries | None) -> Build:
    """The document with its build context, which what is found as one types does without."""
    from ..model import analyze

    return analyze(document.source, document.build.context or server.contexts.of(document), registries)
