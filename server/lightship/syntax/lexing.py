"""Text → tokens to be coloured: shell scripts and Python, word by word and without a grammar.

These look at each character once and are never at a loss. They are not what rules go by (`shell` is): half a
command gets the colours that it will have when it is finished.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from .. import regex
from ..remembered import remembered

TYPES = (
    "keyword", "comment", "parameter", "property", "namespace", "class", "macro", "string", "variable", "operator",
    "function", "number",
)  # fmt: skip
"""Every kind of token: the editor's legend. `macro` is what says where lines and heredocs end."""
MODIFIERS = ("declaration", "deprecated")


class Token(NamedTuple):
    """A stretch of one kind: one of `TYPES`, with one of `MODIFIERS` or none; never over more than a line."""

    start: int
    end: int
    kind: str
    modifier: str = ""


_SHELL = regex.compile(
    r"""
    (?P<space>[ \t\r\f\v]+)
  | (?P<plain>[^\s'"\\$;&|()<>`\#{}!=0-9]+[^\s'"\\$;&|()<>`=]*)
  | (?P<newline>\n)
  | (?P<single>'[^']*'?)
  | (?P<double>"(?:[^"\\]|\\.)*(?:"|\\?\Z))
  | (?P<escaped>\\(?P<quote>['"])(?:[^\s\\'"]*\\(?P=quote))?)
  | (?P<tick>`)
  | (?P<open>\$\(\(?|<\(|>\()
  | (?P<variable>\$(?:\{|\w+|[@*\#?!$-]))
  | (?P<redirect>\d*(?:<<<|<<-?|<>|>>|>\||<|&?>)(?:&[\d-]+)?)
  | (?P<operator>&&|\|\||;;&?|;&|\|&|[;&|()])
  | (?P<other>\\.|[^\s'"\\$;&|()<>`=]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_EXPANSION = regex.compile(r"""\$(?:\{[#!]?\w*(?:\[[^\]\n]*\])?|\w+|[@*#?!$-])""")
_QUOTED_OR_END = regex.compile(r"""'[^']*'?|"(?:[^"\\]|\\.)*(?:"|\\?\Z)|\}|\$|\n""", re.DOTALL)
_OPERATOR_OF = regex.compile(r":(?:[^'\"}])?|##?|%%?|//?|\^\^?|,,?|[-+=?@]")
_ASSIGNMENT = regex.compile(r"[A-Za-z_]\w*(?:\[[^\]\s]*\])?\+?=")
_WORDS = regex.compile(r"\S+")
_RESERVED = frozenset(
    ("if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "select", "function",
     "{", "}", "!", "[[", "time")
)  # fmt: skip
_BREAKS = frozenset(("space", "newline", "operator", "open", "tick", "redirect"))
_NAMING = frozenset(("for", "case", "select", "function"))


@remembered(1 << 20)
def shell(text: str) -> tuple[Token, ...]:
    """Commands, keywords, options, operators, strings, variables and comments of a shell script."""
    found: list[Token] = []
    add = found.append
    at, end = 0, len(text)
    command, fresh, target = (
        True,
        True,
        False,
    )  # a command may start; a word may; what was redirected to is next
    naming, ticked = "", False
    match_at = _SHELL.match
    while at < end:
        match = match_at(text, at)
        if match is None:
            break
        kind, start, at = match.lastgroup, at, match.end()
        if kind == "space":
            fresh = True
            continue
        if kind == "newline":
            command = fresh = True
            target = False
        elif kind in ("operator", "open"):
            add(Token(start, at, "operator"))
            command, fresh, target = text[start] != ")", True, False
        elif kind == "tick":
            add(Token(start, at, "operator"))
            ticked = not ticked
            command, fresh = ticked, True
        elif kind == "redirect":
            add(Token(start, at, "operator"))
            target = fresh = True
        elif text[start] == "#" and fresh:
            at = text.find("\n", start)
            at = end if at < 0 else at
            add(Token(start, start + len(text[start:at].rstrip()), "comment"))
        else:
            word = fresh
            fresh = False
            if kind == "plain" or kind == "other":
                assignment = _ASSIGNMENT.match(text, start) if word and command else None
                if assignment:
                    at = assignment.end()
                    add(Token(start, at - 1, "variable", "declaration"))
                    add(Token(at - 1, at, "operator"))
                    # Its value is no command, and what stands behind it may be.
                    at = _value(text, at, found)
                elif word and target:
                    target = False
                elif word:
                    piece = text[start:at]
                    if naming == "for" and piece == "in":
                        add(Token(start, at, "keyword"))
                        naming = ""
                    elif naming and command:
                        add(
                            Token(
                                start, at, "variable" if naming != "function" else "function", "declaration"
                            )
                        )
                        command = False
                        naming = "for" if naming in ("for", "case", "select") else ""
                    elif command and piece in _RESERVED:
                        add(Token(start, at, "keyword"))
                        naming = piece if piece in _NAMING else ""
                    elif command:
                        add(Token(start, at, "function"))
                        command = False
                    elif piece[0] == "-" and len(piece) > 1:
                        add(Token(start, at, "parameter"))
                continue
            if word:
                command, target = (command, False) if target else (False, False)
            at = _within_word(text, start, at, str(kind), found)
    return tuple(found)


def _within_word(text: str, start: int, at: int, kind: str, found: list[Token]) -> int:
    """Add what a piece of a word holds, which is no plain text; the index behind it."""
    if kind == "variable":
        return _variable(text, start, found)
    if kind == "escaped":
        strings(text, start + 1, at, found)
    else:
        strings(text, start, at, found)
    return at


def _value(text: str, at: int, found: list[Token]) -> int:
    """Add what stands in the value of an assignment; the index behind it."""
    while at < len(text):
        match = _SHELL.match(text, at)
        if match is None or match.lastgroup in _BREAKS:
            break
        kind = str(match.lastgroup)
        start, at = at, match.end()
        if kind not in ("plain", "other"):
            at = _within_word(text, start, at, kind, found)
    return at


def strings(text: str, start: int, end: int, found: list[Token]) -> None:
    """Add a string: its words, and the variables among them, also those that another program expands."""
    at = start
    while at < end:
        dollar = text.find("$", at, end)
        expansion = _EXPANSION.match(text, dollar, end) if dollar >= 0 else None
        if dollar >= 0 and (expansion is None or (dollar > start and text[dollar - 1] == "\\")):
            stop, after = dollar + 1, dollar + 1
        elif expansion is None:
            stop = after = end
        else:
            stop, after = dollar, expansion.end()
        found += [Token(*match.span(), "string") for match in _WORDS.finditer(text, at, stop)]
        if expansion is not None and stop == dollar:
            after = _variable(text, dollar, found, end)
        at = after


def _variable(text: str, start: int, found: list[Token], end: int | None = None) -> int:
    """Add the variable that starts with a `$`, and what stands in its braces; the index behind it."""
    end = len(text) if end is None else end
    match = _EXPANSION.match(text, start, end)
    if match is None:
        return start + 1
    at = match.end()
    if not match[0].startswith("${"):
        found.append(Token(start, at, "variable"))
        return at
    if text.startswith("}", at):
        found.append(Token(start, at + 1, "variable"))
        return at + 1
    found.append(Token(start, at, "variable"))
    operator = _OPERATOR_OF.match(text, at, end)
    if operator:
        first = at + 1 if text[at] == ":" else operator.end()
        found.append(Token(at, first, "operator"))
        if operator.end() > first:
            found.append(Token(first, operator.end(), "operator"))
        at = operator.end()
    while at < end:
        piece = _QUOTED_OR_END.search(text, at, end)
        if piece is None or piece[0] == "\n":
            break
        if piece[0] == "}":
            found.append(Token(at, piece.end(), "variable"))
            return piece.end()
        if piece.start() > at:
            found.append(Token(at, piece.start(), "variable"))
        if piece[0] == "$":
            at = _variable(text, piece.start(), found, end)
        else:
            found += [Token(*match.span(), "string") for match in _WORDS.finditer(text, *piece.span())]
            at = piece.end()
    return at


_PIECES = regex.compile(r"""'[^']*'?|"(?:[^"\\]|\\.)*(?:"|\\?\Z)|\\.|\$[\w{]""", re.DOTALL)


@lru_cache(maxsize=1024)
def words(text: str) -> tuple[Token, ...]:
    """The strings and variables among plain words."""
    found: list[Token] = []
    at = 0
    while match := _PIECES.search(text, at):
        at = match.end()
        if match[0][0] == "$":
            at = _variable(text, match.start(), found)
        elif match[0][0] != "\\":
            strings(text, *match.span(), found)
    return tuple(found)


_PYTHON = regex.compile(
    r"""
    (?P<comment>\#[^\n]*)
  | (?P<string>[rRbBfFuU]{0,2}(?:'{3}.*?(?:'{3}|\Z)|"{3}.*?(?:"{3}|\Z)|'(?:[^'\\\n]|\\.)*'?|"(?:[^"\\\n]|\\.)*"?))
  | (?P<decorator>(?m:^)[ \t]*@[\w.]+)
  | (?P<defined>\b(?:def|class)[ \t]+\w+)
  | (?P<keyword>\b(?:False|None|True|and|as|assert|async|await|break|continue|del|elif|else|except|finally|for|from
        |global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield)\b)
  | (?P<call>\b[^\W\d]\w*(?=\())
  | (?P<number>\b\d[\w.]*)
  | (?P<word>\w+)
    """,
    re.VERBOSE | re.DOTALL,
)


@lru_cache(maxsize=256)
def python(text: str) -> tuple[Token, ...]:
    """Keywords, names that are defined or called, strings, numbers and comments of a Python script."""
    found: list[Token] = []
    for match in _PYTHON.finditer(text):
        start, end = match.span()
        match match.lastgroup:
            case "comment" | "keyword" | "number" as kind:
                found.append(Token(start, start + len(match[0].rstrip()), kind))
            case "string":
                found += [Token(*line.span(), "string") for line in _WORDS.finditer(text, start, end)]
            case "decorator":
                found.append(Token(text.index("@", start), end, "function"))
            case "defined":
                word, name = match[0].split()
                found.append(Token(start, start + len(word), "keyword"))
                named = "function" if word == "def" else "class"
                found.append(Token(end - len(name), end, named, "declaration"))
            case "call":
                found.append(Token(start, end, "function"))
    return tuple(found)


@lru_cache(maxsize=1024)
def quoted(text: str) -> tuple[Token, ...]:
    """The strings of a JSON array in which nothing is replaced."""
    return tuple(
        Token(match.start() + word.start(), match.start() + word.end(), "string")
        for match in re.finditer(r'"(?:[^"\\]|\\.)*"?', text)
        for word in _WORDS.finditer(match[0])
    )


@lru_cache(maxsize=256)
def plain(text: str) -> tuple[Token, ...]:
    """A text of which nothing is known."""
    return tuple(Token(*match.span(), "string") for match in re.finditer(r"\S[^\n]*\S|\S", text))


@lru_cache(maxsize=256)
def expanded(text: str) -> tuple[Token, ...]:
    """A text in which variables are replaced."""
    found: list[Token] = []
    strings(text, 0, len(text), found)
    return tuple(found)


def language(text: str, name: str = "") -> Callable[[str], tuple[Token, ...]] | None:
    """How to read a script: by its `#!` line, or by the name of the file that it becomes. None where neither says."""
    head = text.lstrip("\t").partition("\n")[0] if text.lstrip("\t").startswith("#!") else ""
    program = re.sub(r"[\d.]+$", "", re.split(r"[/\s]", head.strip())[-1]) if head else ""
    words = {program, *re.split(r"[/\s!]+", head)}
    if any(re.fullmatch(r"python[\d.]*|pypy[\d.]*", word) for word in words) or name.endswith(".py"):
        return python
    if words & {"sh", "bash", "dash", "ash", "zsh", "ksh"} or name.endswith((".sh", ".bash")):
        return shell
    return None
