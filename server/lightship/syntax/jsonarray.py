"""The JSON form of arguments: `["a", "b"]`, each string with its place in the file."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from .. import regex
from ..text import Span
from .joined import Joined, join
from .nodes import JsonString

_STRING = regex.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_PIECE = regex.compile(r"[^\\]+|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.", re.DOTALL)
_SPACE = regex.compile(r"[ \t\r\n]*")


class JsonArray(NamedTuple):
    """The strings of an array, and the place of its first element that is none."""

    strings: tuple[JsonString, ...]
    other: Span | None


def read(arguments: Joined) -> JsonArray | None:
    """The array that the arguments are, or None: BuildKit then reads the shell form."""
    text = arguments.text
    if not text.startswith("["):
        return None
    strings: list[JsonString] = []
    other: Span | None = None
    at = _skip(text, 1)
    closed = text.startswith("]", at)
    while not closed:
        match = _STRING.match(text, at)
        if match:
            end = match.end()
            content = _content(arguments, at + 1, end - 1)
            strings.append(JsonString(arguments.span(at, end), content))
        else:
            try:
                _, end = _DECODER.raw_decode(text, at)
            except (ValueError, RecursionError):
                return None
            other = other or arguments.span(at, end)
        at = _skip(text, end)
        closed = text.startswith("]", at)
        if not closed:
            if not text.startswith(",", at):
                return None
            at = _skip(text, at + 1)
    return JsonArray(tuple(strings), other) if _skip(text, at + 1) == len(text) else None


def _content(arguments: Joined, start: int, end: int) -> Joined:
    """What the string between the quotes says."""
    inside = arguments.cut(start, end)
    if "\\" not in inside.text:
        return inside
    return join(
        (piece if piece[0] != "\\" else json.loads(f'"{piece}"'), inside.offset(match.start()))
        for match in _PIECE.finditer(inside.text)
        for piece in (match[0],)
    )


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    assert match  # the pattern matches the empty string
    return match.end()


def _refuse(constant: str) -> None:
    raise ValueError(constant)


_DECODER = json.JSONDecoder(parse_constant=_refuse)
