"""Words as BuildKit's parser splits and reads them: quotes, escapes and `${variables}`.

Everything here takes plain text (the joined text of an instruction) and gives indices into it. The
escape character is the one that `# escape=` sets; white space is what Go's `unicode.IsSpace` accepts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space to Go: Python's `str.isspace` also accepts the separators from `\\x1c` to `\\x1f`."""
_SPACES = frozenset(SPACE)
_SPECIAL = frozenset("@*#!?-$0")
_PLAIN = re.compile(r"[^\s'\"\\`$\x1c-\x1f]+")


class Extent(NamedTuple):
    """A stretch of the text, by index."""

    start: int
    end: int


def skip_space(text: str, at: int) -> int:
    """The index of the first character from `at` on that is not white space."""
    while at < len(text) and text[at] in _SPACES:
        at += 1
    return at


def split_space(text: str, at: int = 0, spaces: frozenset[str] = frozenset("\t\v\f\r ")) -> Iterator[Extent]:
    """Words between white space, whatever the quotes: how FROM, EXPOSE, COPY and VOLUME are read."""
    end = len(text)
    while at < end:
        while at < end and text[at] in spaces:
            at += 1
        start = at
        while at < end and text[at] not in spaces:
            at += 1
        if at > start:
            yield Extent(start, at)


def split_quoted(text: str, at: int, escape: str) -> Iterator[Extent]:
    """Words in which quotes and escapes guard white space: how ENV, ARG and LABEL are read."""
    end = len(text)
    while True:
        at = start = skip_space(text, at)
        if at >= end:
            return
        quote = ""
        while at < end:
            plain = _PLAIN.match(text, at)
            if plain:
                at = plain.end()
                continue
            char = text[at]
            if quote:
                if char == escape and quote != "'":
                    at += 1
                elif char == quote:
                    quote = ""
            elif char in _SPACES:
                break
            elif char in "'\"":
                quote = char
            elif char == escape:
                at += 1
            at += 1
        at = min(at, end)
        yield Extent(start, at)


def flags(text: str, at: int) -> tuple[list[Extent], int]:
    """The `--flags` that stand first, and the index at which the arguments start.

    A backslash escapes here whatever the escape directive says: BuildKit's own reading.
    """
    found: list[Extent] = []
    end = len(text)
    while True:
        at = skip_space(text, at)
        if not text.startswith("--", at):
            return found, at
        start, quote = at, ""
        while at < end:
            char = text[at]
            if char == "\\":
                at += 1
            elif quote:
                if char == quote:
                    quote = ""
            elif char in _SPACES:
                break
            elif char in "'\"":
                quote = char
            at += 1
        at = min(at, end)
        if text[start:at] == "--":
            return found, skip_space(text, at)
        found.append(Extent(start, at))


@dataclass(frozen=True, slots=True)
class Text:
    """Characters that mean themselves, quotes and escapes already taken off."""

    start: int
    end: int
    value: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Variable:
    """`$NAME` or `${NAME…}`: `operator` is one of `:-` `-` `:+` `+` `:?` `?` `#` `##` `%` `%%` `/` `//` or ''.

    `word` is what stands behind the operator, and `replacement` behind the second slash. `error` has
    BuildKit's words where it cannot be read.
    """

    start: int
    end: int
    name: str
    name_start: int
    operator: str = ""
    word: tuple[Part, ...] = ()
    replacement: tuple[Part, ...] = ()
    error: str = ""


Part = Text | Variable


def parts(text: str, escape: str, start: int = 0, end: int | None = None) -> tuple[Part, ...]:
    """Take `text[start:end]` apart as BuildKit's word expansion does. Unclosed quotes run to the end."""
    return _Reader(text, len(text) if end is None else end, escape).read(start, "", False)[0]


def unclosed_quote(text: str, escape: str, start: int, end: int) -> str:
    """The quote character that `text[start:end]` opens and never closes, or ''."""
    quote = ""
    at = start
    while at < end:
        char = text[at]
        if char == escape and quote != "'":
            at += 1
        elif quote:
            if char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        at += 1
    return quote


def variable(text: str, at: int, escape: str = "\\") -> tuple[Variable | None, int]:
    """The variable whose `$` stands at index `at`, and the index behind it; none for a lone `$`."""
    return _Reader(text, len(text), escape).variable(at)


def variables(found: tuple[Part, ...]) -> Iterator[Variable]:
    """Every variable of the parts, those inside `${A:-$B}` after the one they stand in."""
    for part in found:
        if isinstance(part, Variable):
            yield part
            yield from variables(part.word)
            yield from variables(part.replacement)


class _Reader:
    def __init__(self, text: str, end: int, escape: str) -> None:
        self.text = text
        self.end = end
        self.escape = escape

    def read(self, at: int, stop: str, quoted: bool) -> tuple[tuple[Part, ...], int]:
        """Parts from `at` to the end or an unquoted character of `stop`."""
        found: list[Part] = []
        text, end, escape = self.text, self.end, self.escape
        start, chars = at, list[str]()

        def flush(to: int, quoted: bool) -> None:
            nonlocal start
            if to > start:
                found.append(Text(start, to, "".join(chars), quoted))
            chars.clear()
            start = to

        quote = '"' if quoted else ""
        while at < end:
            char = text[at]
            if quote == "'":
                if char == "'":
                    flush(at + 1, True)
                    quote = ""
                    start = at + 1
                else:
                    chars.append(char)
                at += 1
            elif char == "$":
                flush(at, bool(quote))
                variable, at = self.variable(at)
                if variable is None:
                    chars.append("$")
                else:
                    found.append(variable)
                    start = at
            elif quote:
                if char == '"':
                    flush(at + 1, True)
                    quote = ""
                    at += 1
                elif char == escape:
                    following = text[at + 1] if at + 1 < end else ""
                    # Inside double quotes an escape counts only before these; elsewhere it is itself.
                    if following not in {'"', "$", escape}:
                        chars.append(escape)
                    chars.append(following)
                    at += 2
                else:
                    chars.append(char)
                    at += 1
            elif char in stop:
                break
            elif char in "'\"":
                flush(at, False)
                quote = char
                at += 1
            elif char == escape:
                chars.append(text[at + 1] if at + 1 < end else "")
                at += 2
            else:
                chars.append(char)
                at += 1
        at = min(at, end)
        flush(at, bool(quote))
        return tuple(found), at

    def name(self, at: int) -> int:
        """The index behind the variable name that starts at `at` (`at` itself where there is none)."""
        text, end = self.text, self.end
        if at < end and text[at].isdigit():
            while at < end and text[at].isdigit():
                at += 1
            return at
        if at < end and text[at] in _SPECIAL:
            return at + 1
        while at < end and (text[at].isalnum() or text[at] == "_"):
            at += 1
        return at

    def variable(self, at: int) -> tuple[Variable | None, int]:
        """The variable whose `$` stands at `at`, and the index behind it; none for a lone `$`."""
        text, end = self.text, self.end
        if not text.startswith("{", at + 1) or at + 1 >= end:
            stop = self.name(at + 1)
            if stop == at + 1:
                return None, stop
            return Variable(at, stop, text[at + 1 : stop], at + 1), stop
        start = at + 2
        stop = self.name(start)
        name = text[start:stop]
        if start >= end:
            return Variable(at, end, "", start, error="syntax error: missing '}'"), end
        if stop == start:
            close = self.close(stop)
            return Variable(at, close, "", start, error="syntax error: bad substitution"), close
        if stop >= end:
            return Variable(at, end, name, start, error="syntax error: missing '}'"), end
        if text[stop] == "}":
            return Variable(at, stop + 1, name, start), stop + 1
        operator = text[stop]
        at_word = stop + 1
        if operator == ":":
            operator += text[at_word : min(at_word + 1, end)]
            at_word += 1
            if operator not in {":-", ":+", ":?"}:
                close = self.close(stop)
                error = f"unsupported modifier ({operator}) in substitution"
                return Variable(at, close, name, start, operator, error=error), close
        elif operator in "#%/":
            if text.startswith(operator, at_word) and at_word < end:
                operator *= 2
                at_word += 1
        elif operator not in "-+?":
            close = self.close(stop)
            error = f"unsupported modifier ({operator}) in substitution"
            return Variable(at, close, name, start, operator, error=error), close
        replacement: tuple[Part, ...] = ()
        word, after = self.read(at_word, "/}" if operator[0] == "/" else "}", False)
        if operator[0] == "/" and after < end and text[after] == "/":
            replacement, after = self.read(after + 1, "}", False)
        if after >= end:
            error = "syntax error: missing '}'"
            return Variable(at, end, name, start, operator, word, replacement, error), end
        return Variable(at, after + 1, name, start, operator, word, replacement), after + 1

    def close(self, at: int) -> int:
        """The index behind the next `}`, or the end."""
        found = self.text.find("}", at, self.end)
        return self.end if found < 0 else found + 1
