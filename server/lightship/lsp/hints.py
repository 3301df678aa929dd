"""What is shown in and between the lines: `textDocument/inlayHint` and `textDocument/codeLens`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from ..text import Refusal, Span
from . import edits

if TYPE_CHECKING:
    from .documents import Document
    from .server import Server

REFACTOR = "lightship.refactor"
"""The command behind a lens: it has the client make the edits of a refactoring."""
_MOST = 100
"""Instructions of a file beyond which it is not tried, each time that it changes, whether it converts."""
_CONVERSION = "convert-to-multi-stage"
_REFRESHED = (
    ("inlayHint", types.WORKSPACE_INLAY_HINT_REFRESH),
    ("codeLens", types.WORKSPACE_CODE_LENS_REFRESH),
    ("semanticTokens", types.WORKSPACE_SEMANTIC_TOKENS_REFRESH),
)


def inlay_hints(server: Server, document: Document, params: types.InlayHintParams) -> list[types.InlayHint]:
    from ..features.inlay_hints import inlay_hints

    build = server.contexts.built(document)
    found = inlay_hints(build, document.convert.span(params.range), server.contexts.of(document))
    return [
        types.InlayHint(
            document.convert.position(hint.offset), hint.label, tooltip=hint.tooltip, padding_left=True
        )
        for hint in found
    ]


def code_lenses(server: Server, document: Document, params: types.CodeLensParams) -> list[types.CodeLens]:
    from ..features.code_lens import code_lenses

    shown = [
        types.CodeLens(document.convert.range(lens.span), types.Command(lens.title, ""))
        for lens in code_lenses(server.contexts.built(document), server.contexts.of(document))
    ]
    return [*shown, *_conversions(server, document)]


def _conversions(server: Server, document: Document) -> Iterator[types.CodeLens]:
    """Buttons for what is the product's own: a large image made small."""
    if not server.client("workspace", "applyEdit") or len(document.build.file.instructions) > _MOST:
        return
    for span, title in _offered(document):
        argument = {"uri": document.uri, "refactoring": _CONVERSION, "span": list(span)}
        yield types.CodeLens(
            document.convert.range(span), types.Command(title, REFACTOR, arguments=[argument])
        )


def _offered(document: Document) -> Iterator[tuple[Span, str]]:
    """The places of conversions that are possible: the keyword that begins each."""
    from ..refactorings import all_refactorings

    whole = Span(0, len(document.text))
    for refactoring in all_refactorings():
        if refactoring.name == _CONVERSION:
            for offer in refactoring.offers(document.build, whole):
                if not isinstance(offer.outcome, Refusal):
                    step = document.build.step_at(offer.span.start)
                    yield step.instruction.keyword_span if step else offer.span, offer.title


def execute(server: Server, params: types.ExecuteCommandParams) -> object:
    """Have the edits of a refactoring made, as the document is when this comes to its turn."""
    match params.command, params.arguments:
        case str(command), [{"uri": str(uri), "refactoring": str(name), "span": [int(start), int(end)]}] if (
            command == REFACTOR
        ):
            return lambda: _refactor(server, uri, name, Span(start, end))
    return None


def _refactor(server: Server, uri: str, name: str, span: Span) -> None:
    from ..refactorings import all_refactorings

    document = server.documents.get(uri)
    if document is None:
        return
    for refactoring in all_refactorings():
        if refactoring.name != name:
            continue
        for offer in refactoring.offers(document.build, span):
            if not isinstance(offer.outcome, Refusal):
                edit = edits.annotated(server, document, offer.outcome)
                server.protocol.send_request(
                    types.WORKSPACE_APPLY_EDIT, types.ApplyWorkspaceEditParams(edit, offer.title)
                )
                return


def refresh(server: Server) -> None:
    """Have what depends on settings and files asked for again, where the client can be told so."""
    for name, method in _REFRESHED:
        if server.client("workspace", name, "refreshSupport"):
            server.protocol.send_request(method)
