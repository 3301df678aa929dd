"""The plain part of HCL, as Bake files are written in: blocks, and attributes that are text, numbers, lists or tables.

Variables, and text with nothing but variables in it, are their defaults. Whatever else would have to be computed
(functions, conditions) is `UNKNOWN`.
https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

_DEEPEST = 50
_LONGEST = 200
"""Characters of a default that are put in the place of a variable, however often that is."""


class Unknown:
    """Stands for a value that would have to be computed."""


UNKNOWN: Final = Unknown()


class Default(str):
    """Text that is made of variables' defaults: the environment may say otherwise."""


class Template(NamedTuple):
    """Text with `${…}` in it, as it stands between its quotes."""

    text: str


Value = str | bool | float | list["Value"] | dict[str, "Value"] | Unknown | None


class Block(NamedTuple):
    """`target "app" { context = "." }`: its kind, its labels and its attributes; blocks inside it are left out."""

    kind: str
    labels: tuple[str, ...]
    attributes: Mapping[str, Value]


class Malformed(ValueError):
    """The text is no HCL; the message names the line."""


_TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+|\#[^\n]*|//[^\n]*|/\*.*?\*/)
    |(?P<line>\n)
    |(?P<heredoc><<-?(?=\w+[ \t]*\r?\n))
    |(?P<quote>")
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<name>[^\W\d][\w-]*)
    |(?P<mark>=(?!=)|[{}\[\](),:]|.)""",
    re.VERBOSE | re.DOTALL,
)
_HEREDOC = re.compile(r"(?P<end>\w+)[ \t]*\r?\n(?:.*?\n)??[ \t]*(?P=end)(?=\s|\Z)", re.DOTALL)
_IN_QUOTES = re.compile(r'\\.|\$\$\{|%%\{|[$%]\{|"|\{|\}|\n|[^"\\{}$%\n]+|.', re.DOTALL)
_VARIABLE = re.compile(r"\$\$\{|%%\{|\$\{\s*(\w+)\s*\}|[$%]\{")
_OPENING = {"{": "}", "[": "]", "(": ")"}


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    value: Value | Template = None


def parse(text: str) -> list[Block]:
    """The blocks of a file. Raises `Malformed`."""
    parser = _Parser([*_tokens(text)], text, {})
    blocks = parser.body("", 0)[1]
    defaults = {
        block.labels[0]: default
        for block in blocks
        if block.kind == "variable"
        and block.labels
        and (default := written(block.attributes.get("default"))) is not None
    }
    return parser.again(defaults).body("", 0)[1] if defaults else blocks


def written(value: object) -> str | None:
    """A value as text has it."""
    match value:
        case bool():
            return str(value).lower()
        case str() if len(value) <= _LONGEST:
            return value
        case int() | float():
            return f"{value:g}"
    return None


def filled(text: str, defaults: Mapping[str, str]) -> Value:
    """Text as it stands between quotes, with the defaults of its variables."""
    unknown = False

    def value(match: re.Match[str]) -> str:
        nonlocal unknown
        if match[0] in ("$${", "%%{"):
            return match[0]
        known = defaults.get(match[1] or "")
        unknown = unknown or known is None
        return json.dumps(known or "")[1:-1].replace("${", "$${").replace("%{", "%%{")

    found = _unescaped(_VARIABLE.sub(value, text))
    return Default(found) if isinstance(found, str) and not unknown else UNKNOWN


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match is not None, "the last alternative takes anything"
        kind, start, at = str(match.lastgroup), at, match.end()
        if match["heredoc"]:
            body = _HEREDOC.match(text, at)
            if body is None:
                raise Malformed(f"line {text.count(chr(10), 0, start) + 1}: the heredoc does not end")
            at = body.end()
            yield _Token("value", text[start:at], start, UNKNOWN)
        elif kind == "quote":
            value, at = _quoted(text, at)
            yield _Token("value", text[start:at], start, value)
        elif kind != "space":
            yield _Token(kind, match[0], start)
    yield _Token("end", "", len(text))


def _quoted(text: str, at: int) -> tuple[Value | Template, int]:
    """What stands in quotes from `at` on, and where it ends; a template may hold quotes of its own."""
    begin = at
    open_, template = ['"'], False
    while at < len(text) and len(open_) < _DEEPEST:
        match = _IN_QUOTES.match(text, at)
        assert match is not None
        piece, at = match[0], match.end()
        if open_[-1] == '"':
            if piece == '"':
                open_.pop()
                if not open_:
                    inner = text[begin : at - 1]
                    return (Template(inner) if template else _unescaped(inner)), at
            elif piece in ("${", "%{"):
                template = True
                open_.append("}")
            elif piece == "\n":
                break
        elif piece in ('"', "{", "${"):
            open_.append('"' if piece == '"' else "}")
        elif piece == "}":
            open_.pop()
    raise Malformed(f"line {text.count(chr(10), 0, begin) + 1}: the quotes are not closed")


def _unescaped(inner: str) -> Value:
    try:
        return str(json.loads(f'"{inner}"', strict=False)).replace("$${", "${").replace("%%{", "%{")
    except ValueError:
        return UNKNOWN


class _Parser:
    def __init__(self, tokens: list[_Token], text: str, defaults: Mapping[str, str]) -> None:
        self._text = text
        self._tokens = tokens
        self._defaults = defaults
        self._at = 0

    def again(self, defaults: Mapping[str, str]) -> _Parser:
        """The same text, now that the defaults of its variables are known."""
        return _Parser(self._tokens, self._text, defaults)

    def body(self, end: str, depth: int) -> tuple[dict[str, Value], list[Block]]:
        """Attributes and blocks up to the mark that ends them."""
        attributes: dict[str, Value] = {}
        blocks: list[Block] = []
        while True:
            token = self._next()
            if token.kind == "line":
                continue
            if token.text == end and token.kind in ("mark", "end"):
                return attributes, blocks
            if token.kind != "name" or depth > _DEEPEST:
                raise self._malformed(token)
            if self._peek().text == "=":
                self._next()
                attributes[token.text] = self._expression(depth)
            else:
                labels = []
                while (label := self._next()).kind in ("value", "name"):
                    labels.append(label.value if isinstance(label.value, str) else label.text)
                if label.text != "{":
                    raise self._malformed(label)
                blocks.append(Block(token.text, tuple(labels), self.body("}", depth + 1)[0]))

    def _expression(self, depth: int, ends: tuple[str, ...] = ()) -> Value:
        """A value, and nothing more, up to the end of the line or one of `ends`; else it is `UNKNOWN`."""
        start = self._at
        value = self._literal(depth)
        token = self._peek()
        if token.kind in ("line", "end") or token.text in ("}", *ends):
            return value
        self._at = start
        self._skip(ends)
        return UNKNOWN

    def _literal(self, depth: int) -> Value:
        token = self._next()
        if depth > _DEEPEST:
            raise self._malformed(token)
        if token.kind == "value":
            return (
                filled(token.value.text, self._defaults) if isinstance(token.value, Template) else token.value
            )
        if token.kind == "number":
            return float(token.text)
        match token.text:
            case "true" | "false":
                return token.text == "true"
            case "null":
                return None
            case "[":
                return self._list(depth + 1)
            case "{":
                return self._table(depth + 1)
        if token.kind == "name" and token.text in self._defaults:
            return Default(self._defaults[token.text])
        self._at -= token.kind in ("line", "end")
        if token.text in _OPENING:
            self._at -= 1
            self._skip((",", "]", "}"))
        return UNKNOWN

    def _list(self, depth: int) -> Value:
        found: list[Value] = []
        while not self._ends("]"):
            found.append(self._expression(depth, (",", "]")))
        return found

    def _table(self, depth: int) -> Value:
        found: dict[str, Value] = {}
        while not self._ends("}"):
            key = self._next()
            name = key.value if key.kind == "value" else key.text
            if key.kind == "mark":  # a computed key
                self._at -= 1
                self._skip(("=", ":"))
                name = UNKNOWN
            if self._next().text not in ("=", ":"):
                raise self._malformed(key)
            value = self._expression(depth, (",", "}"))
            if isinstance(name, str):
                found[name] = value
        return found

    def _ends(self, mark: str) -> bool:
        """Whether the list or table ends here, behind commas and ends of lines."""
        while self._peek().kind == "line" or self._peek().text == ",":
            self._at += 1
        if self._peek().kind == "end":
            raise self._malformed(self._peek())
        if self._peek().text == mark:
            self._at += 1
            return True
        return False

    def _skip(self, ends: tuple[str, ...]) -> None:
        """Go to the end of an expression that is not understood: brackets close what they open."""
        open_: list[str] = []
        while (token := self._peek()).kind != "end":
            if not open_ and (token.kind == "line" or token.text in ("}", *ends)):
                return
            if token.text in _OPENING and token.kind == "mark":
                open_.append(_OPENING[token.text])
            elif open_ and token.text == open_[-1]:
                open_.pop()
            self._at += 1
        if open_:
            raise self._malformed(token)

    def _peek(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _malformed(self, token: _Token) -> Malformed:
        line = self._text.count("\n", 0, token.start) + 1
        what = f"`{token.text[:20].strip()}`" if token.text.strip() else "an end"
        return Malformed(f"line {line}: {what} is not expected here")
