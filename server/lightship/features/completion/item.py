"""What is offered at a place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ...text import Span


class Kind(StrEnum):
    """What an item stands for: it gets a symbol in the list."""

    KEYWORD = "keyword"
    FLAG = "flag"
    VALUE = "value"
    VARIABLE = "variable"
    STAGE = "stage"
    IMAGE = "image"
    FILE = "file"
    FOLDER = "folder"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Item:
    """`text` replaces what stands in `span`. In a `snippet` for it `${1:…}` marks what is to be filled in; '' where
    nothing is. `topic` is what `documentation.about` is asked for once somebody looks at the item."""

    label: str
    kind: Kind
    span: Span
    text: str
    snippet: str = ""
    detail: str = ""
    topic: str = ""
    deprecated: bool = False


_PLACEHOLDER = re.compile(r"\$\{\d+:([^}]*)\}")


def filled(snippet: str) -> str:
    """A snippet as it is inserted, its placeholders with the words that stand in them."""
    return _PLACEHOLDER.sub(r"\1", snippet)


def begins(word: str, typed: str) -> bool:
    """Whether `typed` may become `word`: case does not matter, and a word that is complete is none to offer."""
    return word.lower().startswith(typed.lower()) and word != typed
