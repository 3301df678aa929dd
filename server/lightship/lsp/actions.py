"""`textDocument/codeAction` and `codeAction/resolve`: fixes one by one, all the safe ones at once, and refactorings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from lsprotocol import types

from ..text import Edit, Fix, Safety, Span
from . import edits, ignoring, refactor
from .diagnostics import to_lsp

if TYPE_CHECKING:
    from ..lint import Diagnostic
    from .documents import Document
    from .server import Server

FIX_ALL = "source.fixAll.lightship"

MOST = 20
"""Findings in one selection that are offered fixes: each is proven by parsing its result, and editors ask at
every move of the cursor. Who selects more wants all fixed at once."""


def actions(server: Server, document: Document, params: types.CodeActionParams) -> list[types.CodeAction]:
    wanted = params.context.only
    offered: list[types.CodeAction] = []
    if _wanted(types.CodeActionKind.QuickFix, wanted):
        offered += _quick_fixes(server, document, document.convert.span(params.range))
    if _wanted(FIX_ALL, wanted) and any(
        diagnostic.fix and diagnostic.fix.safety is Safety.SAFE for diagnostic in server.check(document)
    ):
        offered += _fix_all(server, document, wanted is not None)
    span = document.convert.span(params.range)
    # What mends a finding here is not offered once more under the same words.
    titles = {action.title for action in offered}
    refactorings = refactor.offered(server, document, span, lambda kind: _wanted(kind, wanted))
    return offered + [action for action in refactorings if action.title not in titles]


def resolve(server: Server, action: types.CodeAction) -> types.CodeAction:
    """Fill in the edit of an action that was offered without."""
    match action.data:
        case {"uri": str(uri), "refactoring": str(name), "span": [int(start), int(end)]}:
            if document := server.documents.get(uri):
                refactor.resolve(server, document, action, name, Span(start, end))
        case {"uri": str(uri)} if document := server.documents.get(uri):
            action.edit = _fixed(server, document)
    return action


def _wanted(kind: str, wanted: Iterable[str] | None) -> bool:
    """Kinds are paths: who asks for `source` is offered `source.fixAll` too."""
    return wanted is None or any(kind == prefix or kind.startswith(f"{prefix}.") for prefix in wanted)


def _quick_fixes(server: Server, document: Document, span: Span) -> Iterator[types.CodeAction]:
    from .. import lint
    from ..features import corrections

    here = [
        diagnostic
        for diagnostic in server.check(document)
        if diagnostic.span.start <= span.end and span.start <= diagnostic.span.end
    ][:MOST]
    # One fix or one comment may do for several findings.
    fixes: dict[Fix, list[Diagnostic]] = {}
    comments: dict[Fix, list[Diagnostic]] = {}
    by_code: dict[str, list[Diagnostic]] = {}
    for diagnostic in here:
        if diagnostic.fix is not None:
            fixes.setdefault(diagnostic.fix, []).append(diagnostic)
        if diagnostic.code not in lint.ENGINE_CODES:
            by_code.setdefault(diagnostic.code, []).append(diagnostic)
            comments.setdefault(lint.suppress(document.build, diagnostic), []).append(diagnostic)
    for code, diagnostics in by_code.items():
        comments.setdefault(lint.suppress_in_file(document.build, code), []).extend(diagnostics)
    # What a finding offers already is not offered twice.
    made = {fix.edits for fix in fixes}
    fixes |= {fix: [] for fix in corrections.offered(document.build.file, span) if fix.edits not in made}
    # Silence is the last thing to offer, the widest at the end.
    for fix, diagnostics in (*fixes.items(), *comments.items()):
        if edits.why_not(server, fix) is None and lint.holds(document.build, fix):
            yield types.CodeAction(
                title=fix.title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[to_lsp(document, diagnostic) for diagnostic in diagnostics] or None,
                is_preferred=(diagnostics and fix.safety is Safety.SAFE) or None,
                edit=edits.of_fix(server, document, fix),
            )
    edit_for = ignoring.in_project(server, document) if by_code else None
    for code, diagnostics in by_code.items():
        if edit_for and (edit := edit_for(code)):
            yield types.CodeAction(
                title=f"Ignore {code} in the project",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[to_lsp(document, diagnostic) for diagnostic in diagnostics],
                edit=edit,
            )


def _fix_all(server: Server, document: Document, asked: bool) -> Iterator[types.CodeAction]:
    action = types.CodeAction(title="Fix all that is safe to fix", kind=FIX_ALL)
    if server.client("textDocument", "codeAction", "resolveSupport"):
        action.data = {"uri": document.uri}
        yield action
    elif asked:
        # Not at every move of the cursor, which is when editors ask for all kinds there are.
        action.edit = _fixed(server, document)
        if action.edit is not None:
            yield action


def _fixed(server: Server, document: Document) -> types.WorkspaceEdit | None:
    from .. import lint

    settings = server.configuration.of(document.uri)
    fixed, _ = lint.fix_all(document.source, settings, context=document.build.context)
    changes = tuple(difference(document.text, fixed))
    return edits.of(server, document, changes) if changes else None


def difference(old: str, new: str) -> Iterator[Edit]:
    """Edits that turn `old` into `new` and leave alone the lines that both have, so that cursors stay."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    for tag, first, last, new_first, new_last in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if tag != "equal":
            yield Edit(Span(starts[first], starts[last]), "".join(after[new_first:new_last]))
