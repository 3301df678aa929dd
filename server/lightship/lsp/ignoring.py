"""Ignoring a rule in the whole project: an edit to its settings file, which is created where there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lsprotocol import types

from ..text import Span
from . import edits
from .convert import Converter
from .settings import file_path

if TYPE_CHECKING:
    from .documents import Document
    from .server import Server


def in_project(server: Server, document: Document) -> Callable[[str], types.WorkspaceEdit | None]:
    """Gives the edit after which the settings in force for the document ignore a rule.

    That is None for a document that is no file, and where the client or the settings file does not allow it.
    """
    path = file_path(document.uri)
    if path is None:
        return lambda rule: None
    from ..config_edits import ignoring
    from ..config_reading import section_of
    from ..rules import known_names
    from ..sources import settings

    file, text = settings.home(path)

    def edit_for(rule: str) -> types.WorkspaceEdit | None:
        edit = ignoring(text or "", rule, *section_of(file.name)) if rule in known_names() else None
        if edit is None:
            return None
        if text is None:
            return edits.new_file(server, file.as_uri(), edit.text)
        change = types.TextEdit(Converter(text, document.encoding).range(Span(*edit.span)), edit.text)
        return edits.of_file(server, file.as_uri(), None, [change])

    return edit_for
