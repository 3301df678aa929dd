"""`textDocument/completion` and `completionItem/resolve`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..features.completion import Item
    from .documents import Document
    from .server import Server

OPTIONS = types.CompletionOptions(
    trigger_characters=["$", "{", "-", "=", ",", ":", "/", "[", "#", '"'], resolve_provider=True
)
"""Letters make a client ask anyway; these are what else an item may begin with or follow."""

_KIND = types.CompletionItemKind
_KINDS = {
    "keyword": _KIND.Keyword,
    "flag": _KIND.Property,
    "value": _KIND.Value,
    "variable": _KIND.Variable,
    "stage": _KIND.Reference,
    "image": _KIND.Module,
    "file": _KIND.File,
    "folder": _KIND.Folder,
    "rule": _KIND.Event,
}


def completion(server: Server, document: Document, params: types.CompletionParams) -> types.CompletionList:
    offset = document.convert.offset(params.position)
    if document.is_dockerfile:
        from ..features.completion import complete

        snippets = bool(server.client(*_ITEM, "snippetSupport"))
        build = server.contexts.built(document)
        found = complete(build, offset, server.contexts.of(document), _pages(summary=True), snippets)
    else:
        from ..features.completion.ignored import pattern

        found = pattern(document.text, offset, server.contexts.of(document))
    items = [_item(server, document, each, at) for at, each in enumerate(found)]
    return types.CompletionList(server.contexts.is_late(document), items)


_ITEM = ("textDocument", "completion", "completionItem")


def _item(server: Server, document: Document, item: Item, at: int) -> types.CompletionItem:
    made = types.CompletionItem(
        label=item.label,
        kind=_KINDS[item.kind],
        detail=item.detail or None,
        sort_text=f"{at:04}",
        filter_text=item.text,
        text_edit=types.TextEdit(document.convert.range(item.span), item.snippet or item.text),
        data={"topic": item.topic} if item.topic else None,
    )
    if item.snippet:
        made.insert_text_format = types.InsertTextFormat.Snippet
    if item.deprecated:
        if server.client(*_ITEM, "tagSupport"):
            made.tags = [types.CompletionItemTag.Deprecated]
        elif server.client(*_ITEM, "deprecatedSupport"):
            made.deprecated = True
    return made


def resolve(server: Server, item: types.CompletionItem) -> types.CompletionItem:
    """The item with its documentation, as Markdown where the client shows that."""
    from ..features.completion import about

    topic = item.data.get("topic") if isinstance(item.data, dict) else None
    text = about(topic, _pages()) if isinstance(topic, str) else ""
    if text:
        formats = server.listed(*_ITEM, "documentationFormat")
        markdown = types.MarkupKind.Markdown.value in formats
        item.documentation = types.MarkupContent(
            types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText, text
        )
    return item


def _pages(*, summary: bool = False) -> Mapping[str, str]:
    """The rules' pages, or their first sentences, by name and alias."""
    from ..rules import all_rules

    return {
        name: rule.page.partition("\n\n")[0].replace("\n", " ") if summary else rule.page
        for rule in all_rules()
        for name in (rule.name, *rule.aliases)
    }
