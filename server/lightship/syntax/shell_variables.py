"""The variables in the body of a RUN: where a shell reads and where it sets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from .. import regex
from ..text import Span
from . import shell

if TYPE_CHECKING:
    from tree_sitter import Node


class ShellVariable(NamedTuple):
    """A variable's name at a place of the body. `sets`: `A=b`, `export A`, `for A in`, `read A`. `quoted`: it
    stands in single quotes, so that this shell does not replace it but one that it starts may (`sh -c '$A'`)."""

    span: Span
    name: str
    sets: bool = False
    quoted: bool = False


_IN_QUOTES = regex.compile(r"\$\{?([A-Za-z_]\w*)", re.ASCII)
_NAME = regex.compile(r"[A-Za-z_]\w*", re.ASCII)
_READ = regex.compile(r"read\s")
_SETTING = frozenset(("variable_assignment", "declaration_command", "for_statement", "unset_command"))


@lru_cache(maxsize=4096)
def variables(text: str) -> tuple[ShellVariable, ...]:
    """Every variable of a body, in order; places count from the body's start."""
    return tuple(sorted(_found(shell.tree(text), text)))


def _found(root: Node, text: str) -> Iterator[ShellVariable]:
    pending = [root]
    while pending:
        node = pending.pop()
        span = Span(node.start_byte, node.end_byte)
        match node.type:
            case "variable_name":
                name = text[span.start : span.end]
                if _NAME.fullmatch(name):
                    yield ShellVariable(span, name, node.parent is not None and node.parent.type in _SETTING)
            case "raw_string":
                for match in _IN_QUOTES.finditer(text, *span):
                    yield ShellVariable(Span(*match.span(1)), match[1], quoted=True)
            case "command" if _READ.match(text, span.start):
                # `read A B`: to the grammar, words like any other.
                for word in node.children:
                    name = text[word.start_byte : word.end_byte]
                    if word.type == "word" and _NAME.fullmatch(name):
                        yield ShellVariable(Span(word.start_byte, word.end_byte), name, sets=True)
                pending += node.children
            case _:
                pending += node.children


_ELSEWHERE = {
    "powershell": regex.compile(r"\$\{?env:(\w+)", re.IGNORECASE),
    "cmd": regex.compile(r"%(\w+)%"),
}


def of_windows(text: str, program: str) -> Iterator[ShellVariable]:
    """`$env:NAME` in PowerShell and `%NAME%` in cmd, where `program` is one of these."""
    name = program.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
    pattern = _ELSEWHERE.get("powershell" if name == "pwsh" else name)
    for match in pattern.finditer(text) if pattern else ():
        yield ShellVariable(Span(*match.span(1)), match[1])
