"""Words as BuildKit's parser splits and reads them: quotes, escapes and `${variables}`.

Everything here takes plain text (the joined text of an instruction) and gives indices into it. The
escape character is the one that `# escape=` sets; white space is what Go's `unicode.IsSpace` accepts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .. import regex

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space to Go: Python's `str.isspace` also accepts the separators from `\\x1c` to `\\x1f`."""
_SPACES = frozenset(SPACE)
_ASCII_SPACES = frozenset("\t\n\v\f\r ")
_SPECIAL = frozenset("@*#!?-$0")
_PLAIN = regex.compile(r"[^\s'\"\\`$\x1c-\x1f]+")
_LITERAL = regex.compile(r"[^'\"\\`$}/]+")
_DEEPEST = 50
"""How many `${a:-${b:-…}}` may nest. BuildKit knows no limit, Python's stack does."""


_END = "\ufffd"
"""How BuildKit writes the character behind the last one."""


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

    A backslash escapes here whatever the escape directive says, and only ASCII has white space: BuildKit's
    own reading.
    """
    found: list[Extent] = []
    end = len(text)
    while True:
        while at < end and text[at] in _ASCII_SPACES:
            at += 1
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
            elif char in _ASCII_SPACES:
                break
            elif char in "'\"":
                quote = char
            at += 1
        at = min(at, end)
        if text[start:at] == "--":
            return found, at
        found.append(Extent(start, at))


def unquoted_flag(text: str) -> str:
    """A flag, or part of one, without its quotes and backslashes."""
    if "\\" not in text and '"' not in text and "'" not in text:
        return text
    chars: list[str] = []
    quote, at = "", 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
            chars.append(text[at : at + 1])
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        else:
            chars.append(char)
        at += 1
    return "".join(chars)


class Text(NamedTuple):
    """Characters that mean themselves: `value` has no quotes and escapes, the place includes them."""

    start: int
    end: int
    value: str
    quoted: bool


class Variable(NamedTuple):
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


def parts(text: str, escape: str, quotes: bool = True) -> tuple[Part, ...]:
    """Take a word apart as BuildKit's expansion does; the parts cover it. Unclosed quotes run to its end.

    In the body of a heredoc `quotes` mean nothing.
    """
    return _Reader(text, escape, quotes).read(0, "", raw=False)[0]


def failure(text: str, escape: str, quotes: bool = True) -> str:
    """BuildKit's words for why it cannot expand a text, or ''."""
    reader = _Reader(text, escape, quotes)
    reader.read(0, "", raw=False)
    return reader.error


def variables(found: tuple[Part, ...]) -> Iterator[Variable]:
    """Every variable of the parts, those inside `${A:-$B}` after the one they stand in."""
    for part in found:
        if isinstance(part, Variable):
            yield part
            yield from variables(part.word)
            yield from variables(part.replacement)


class _Reader:
    """Reads one text. `error` is what stops BuildKit first; everything behind it is read all the same."""

    def __init__(self, text: str, escape: str, quotes: bool) -> None:
        self.text = text
        self.escape = escape
        self.quotes = "'\"" if quotes else ""
        self.error = ""
        self.error_at = 0
        self.depth = 0

    def fail(self, error: str, at: int) -> str:
        if not self.error:
            self.error, self.error_at = error, at
        return error

    def read(self, at: int, stop: str, raw: bool) -> tuple[tuple[Part, ...], int]:
        """Parts from `at` to the end or an unquoted character of `stop`. `raw` keeps escapes."""
        found: list[Part] = []
        text, escape, end = self.text, self.escape, len(self.text)
        start, quote = at, ""
        chars: list[str] = []

        def flush(to: int, quoted: bool) -> None:
            nonlocal start
            if to > start:
                found.append(Text(start, to, "".join(chars), quoted))
            chars.clear()
            start = to

        while at < end:
            literal = _LITERAL.match(text, at)
            if literal:
                chars.append(literal[0])
                at = literal.end()
                continue
            char = text[at]
            if char == quote:
                flush(at + 1, True)
                quote = ""
                at += 1
            elif quote == "'":
                chars.append(char)
                at += 1
            elif char == "$":
                flush(at, bool(quote))
                variable, at = self.variable(at)
                if variable:
                    found.append(variable)
                    start = at
                else:
                    chars.append("$")
            elif char == escape:
                following = text[at + 1 : at + 2]
                # Inside double quotes an escape counts only before these; elsewhere it is itself.
                if raw or (quote and following not in ('"', "$", escape, "")):
                    chars.append(escape)
                chars.append(following)
                at += 2
            elif not quote and char in stop:
                break
            elif not quote and char in self.quotes:
                flush(at, False)
                quote = char
                at += 1
            else:
                chars.append(char)
                at += 1
        at = min(at, end)
        flush(at, bool(quote))
        if quote:
            kind = "double" if quote == '"' else "single"
            self.fail(f"unexpected end of statement while looking for matching {kind}-quote", end)
        return tuple(found), at

    def name(self, at: int) -> int:
        """The index behind the variable name that starts at `at` (`at` itself where there is none)."""
        text, end = self.text, len(self.text)
        if text[at : at + 1].isdigit():
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
        text, end = self.text, len(self.text)
        if not text.startswith("{", at + 1):
            stop = self.name(at + 1)
            if stop == at + 1:
                return None, stop
            return Variable(at, stop, text[at + 1 : stop], at + 1), stop
        start = at + 2
        stop = self.name(start)
        name, operator = text[start:stop], text[stop : stop + 1]
        if operator == "}" and name:
            return Variable(at, stop + 1, name, start), stop + 1
        error = ""
        if start >= end:
            error = "syntax error: missing '}'"
        elif not name and operator in "{}:":
            error = "syntax error: bad substitution"
        elif self.depth >= _DEEPEST:
            error = "variables are nested too deeply"
        elif not operator or operator not in ":+-?#%/":
            error = f"unsupported modifier ({operator or _END}) in substitution"
        if error:
            close = self.close(stop)
            self.fail(error, stop + 1)
            return Variable(at, close, name, start, error=error), close
        self.depth += 1
        found, after = self.substitution(at, name, start, stop)
        self.depth -= 1
        return found, after

    def substitution(self, at: int, name: str, start: int, stop: int) -> tuple[Variable, int]:
        """The variable at `at` with the operator that stands at `stop`."""
        text, end = self.text, len(self.text)
        operator, error, missing = text[stop], "", "syntax error: missing '}'"
        word: tuple[Part, ...] = ()
        replacement: tuple[Part, ...] = ()
        after = stop + 1
        failed = bool(self.error)
        if operator == ":":
            operator += text[after : after + 1] or _END
            after = min(after + 1, end)
            if operator in (":#", ":%"):
                error = self.fail(f"unsupported modifier ({operator}) in substitution", after)
        elif operator in "#%/" and text.startswith(operator, after):
            operator *= 2
            after += 1
        if operator[0] == "/":
            word, after = self.read(after, "/", raw=True)
            if after < end:
                replacement, after = self.read(after + 1, "}", raw=True)
            else:
                missing = "syntax error: missing '/' in ${}"
        else:
            word, after = self.read(after, "}", raw=operator[0] in "#%")
        if after >= end:
            error = missing
            if not failed and (not self.error or self.error_at >= end):
                self.error, self.error_at = error, end
        elif len(operator) == 2 and operator[0] == ":" and operator[1] not in "-+?":
            error = self.fail(f"unsupported modifier ({operator}) in substitution", after)
        after = min(after + 1, end)
        return Variable(at, after, name, start, operator, word, replacement, error), after

    def close(self, at: int) -> int:
        """The index behind the next `}`, or the end."""
        found = self.text.find("}", at)
        return len(self.text) if found < 0 else found + 1
