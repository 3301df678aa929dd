"""Which method is answered by what: a new feature is a line here.

Capabilities follow from these tables. The modules named here load what they call when they are called, so
that a server which has only just been started knows of all features and has paid for none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types

from . import (
    actions,
    completion,
    diagnostics,
    formatting,
    hints,
    hover,
    links,
    names,
    outline,
    refactor,
    semantic_tokens,
    signature_help,
    synchronisation,
    workspace,
    workspace_check,
)

if TYPE_CHECKING:
    from .server import Server


class Method(NamedTuple):
    """A request about a document, answered by `handler(server, document, params)` on the worker's thread.

    `options` are what is announced of it at `initialize`. It is answered with null for a `.dockerignore`
    file unless `ignore_files` says that the handler deals with them too, and where settings turn the `feature`
    off (`config.FEATURES`). One that needs no `findings` is answered while these are still looked for.
    """

    name: str
    handler: Callable[..., object]
    options: object = None
    ignore_files: bool = False
    feature: str = ""
    findings: bool = False


ABOUT_DOCUMENTS = (
    Method(types.TEXT_DOCUMENT_HOVER, hover.hover, ignore_files=True, feature="hover", findings=True),
    Method(
        types.TEXT_DOCUMENT_COMPLETION,
        completion.completion,
        completion.OPTIONS,
        ignore_files=True,
        feature="completion",
    ),
    Method(
        types.TEXT_DOCUMENT_SIGNATURE_HELP,
        signature_help.signature_help,
        signature_help.OPTIONS,
        feature="signature-help",
    ),
    Method(types.TEXT_DOCUMENT_DEFINITION, names.definition),
    Method(types.TEXT_DOCUMENT_REFERENCES, names.references),
    Method(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, names.highlights),
    Method(types.TEXT_DOCUMENT_PREPARE_RENAME, names.prepare_rename),
    Method(types.TEXT_DOCUMENT_RENAME, names.rename),
    Method(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, outline.symbols, feature="symbols"),
    Method(types.TEXT_DOCUMENT_FOLDING_RANGE, outline.folding, feature="folding"),
    Method(types.TEXT_DOCUMENT_SELECTION_RANGE, outline.selections),
    Method(types.TEXT_DOCUMENT_DOCUMENT_LINK, links.links, types.DocumentLinkOptions(), feature="links"),
    Method(
        types.TEXT_DOCUMENT_INLAY_HINT,
        hints.inlay_hints,
        types.InlayHintOptions(),
        feature="inlay-hints",
    ),
    Method(types.TEXT_DOCUMENT_CODE_LENS, hints.code_lenses, types.CodeLensOptions(), feature="code-lens"),
    Method(
        types.TEXT_DOCUMENT_CODE_ACTION,
        actions.actions,
        types.CodeActionOptions(
            [types.CodeActionKind.QuickFix, actions.FIX_ALL, refactor.KIND], resolve_provider=True
        ),
        findings=True,
    ),
    Method(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        diagnostics.pull,
        types.DiagnosticOptions(
            inter_file_dependencies=False, workspace_diagnostics=False, identifier=diagnostics.SOURCE
        ),
        ignore_files=True,
        findings=True,
    ),
    Method(types.TEXT_DOCUMENT_FORMATTING, formatting.document, feature="formatting"),
    Method(types.TEXT_DOCUMENT_RANGE_FORMATTING, formatting.selection, feature="formatting"),
    Method(
        types.TEXT_DOCUMENT_ON_TYPE_FORMATTING, formatting.typed, formatting.TRIGGERS, feature="formatting"
    ),
    Method(
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        semantic_tokens.full,
        semantic_tokens.LEGEND,
        feature="semantic-tokens",
    ),
    Method(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, semantic_tokens.delta, feature="semantic-tokens"),
    Method(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, semantic_tokens.part, feature="semantic-tokens"),
)

RESOLVED: tuple[tuple[str, Callable[..., object]], ...] = (
    (types.CODE_ACTION_RESOLVE, actions.resolve),
    (types.COMPLETION_ITEM_RESOLVE, completion.resolve),
    (types.DOCUMENT_LINK_RESOLVE, links.resolve),
)
"""Items that an answer left unfinished: `handler(server, item)` on the worker's thread returns them finished."""

COMMANDS: dict[str, Callable[..., object]] = {
    hints.REFACTOR: hints.execute,
    workspace_check.COMMAND: workspace_check.execute,
}
"""What a client may have executed."""


def _execute(server: Server, params: types.ExecuteCommandParams) -> object:
    handler = COMMANDS.get(params.command)
    return handler(server, params) if handler else None


OTHERS: tuple[tuple[str, Callable[..., object]], ...] = (
    (types.INITIALIZED, workspace.initialized),
    (types.TEXT_DOCUMENT_DID_OPEN, synchronisation.did_open),
    (types.TEXT_DOCUMENT_DID_CHANGE, synchronisation.did_change),
    (types.TEXT_DOCUMENT_DID_SAVE, workspace.did_save),
    (types.TEXT_DOCUMENT_DID_CLOSE, synchronisation.did_close),
    (types.WORKSPACE_DID_CHANGE_CONFIGURATION, workspace.did_change_configuration),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, workspace.did_change_watched_files),
    (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, workspace.did_change_folders),
    (types.WORKSPACE_DIAGNOSTIC, workspace_check.pull),
    (types.WORKSPACE_EXECUTE_COMMAND, _execute),
)
"""Notifications and the rest: `handler(server, params)` on the reading thread, see `protocol`."""
