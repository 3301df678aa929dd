"""Make dockerfile-parse see instructions where BuildKit sees them.

dockerfile-parse groups lines into instructions; it is wrong on heredocs, blank lines in a continuation,
a BOM, `# check=` above `# escape=`, an escape at the end of the file and a doubled one at the end of a
line, and it takes some characters for white space that Go does not. This module hands it a buffer of as
many lines as the file has, in which none of these occurs, and remembers where heredocs end.
"""

from __future__ import annotations

import io
import logging
import re
from typing import NamedTuple

from dockerfile_parse import DockerfileParser

from .. import regex
from . import words
from .words import SPACE

logging.getLogger("dockerfile_parse").setLevel(logging.CRITICAL)

_DIRECTIVE = regex.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*+=\s*+(.*\S)", re.ASCII)
_DIRECTIVES = frozenset(("syntax", "escape", "check"))
_HEREDOC = regex.compile(r"(\d*)<<(-?+)([^<]+)")
_BARE = regex.compile(r"\d*<<")
_HOLDS_HEREDOC = regex.compile(r"(?:ONBUILD[\t\v\f\r ]+)?(?:RUN|COPY|ADD)(?:[\t\v\f\r ]|$)", re.IGNORECASE)
_ODD = regex.compile(r"[^\n\r\t -~]")
_LONGEST_SHOWN = 100
"""dockerfile-parse takes quadratic time in the length of a continuation; behind this many of its lines it
is shown comments, which changes neither where the instruction starts nor where it ends."""


class DirectiveLine(NamedTuple):
    """A parser directive: `line` is 0-based, the rest are indices into that line."""

    line: int
    name: tuple[int, int]
    value: tuple[int, int]


class HeredocLines(NamedTuple):
    """A heredoc of the instruction that starts at some line. `last` is its terminator's 0-based line, or that
    of the file's last line where it is `terminated` by none."""

    first: int
    last: int
    terminated: bool


class Block(NamedTuple):
    """The lines of an instruction, 0-based and inclusive: `end` is the last one of its continuation."""

    start: int
    end: int
    heredocs: tuple[HeredocLines, ...] = ()

    @property
    def last(self) -> int:
        return self.heredocs[-1].last if self.heredocs else self.end


class Heredoc(NamedTuple):
    """What the word `<<-"EOF"` announces."""

    name: str
    expand: bool
    chomp: bool


def continued(line: str, escape: str) -> str | None:
    """What the next line continues: `line` without the escape at its end, None where there is none."""
    stripped = line.rstrip("\t ")
    if stripped.endswith(escape) and not stripped.endswith(escape * 2):
        return stripped[:-1]
    return None


def heredoc(word: str) -> Heredoc | None:
    """Read a whole word as the opener of a heredoc. It must be nothing else: `cat<<E` is none to BuildKit."""
    match = _HEREDOC.fullmatch(word)
    if not match or words.failure(match[3], "\\"):
        return None
    rest = match[3]
    name, expand = "", True
    for part in words.parts(rest, "\\"):
        match part:
            case words.Text():
                name += part.value
                # A backslash is not enough for BuildKit, though it is for a shell.
                expand = expand and not part.quoted
            case words.Variable(operator=""):
                name += rest[part.start : part.end]
            case _:
                return None
    return Heredoc(name, expand, bool(match[2])) if name else None


def heredoc_words(line: str) -> list[tuple[words.Extent, Heredoc]]:
    """The openers on a joined instruction line: `<<EOF`, and also `<< EOF`.

    BuildKit reads its quotes with a backslash, whatever the escape directive says, and sees no opener at
    all where a quote or a `${` is left open.
    """
    if "<<" not in line or words.failure(line, "\\"):
        return []
    found: list[tuple[words.Extent, Heredoc]] = []
    start = -1
    for extent in words.split_quoted(line, 0, "\\"):
        word = line[slice(*extent)]
        if start >= 0:
            word, extent = line[start : start + 2] + word, words.Extent(start, extent.end)
        bare = _BARE.fullmatch(word)
        start = extent.end - 2 if bare else -1
        opener = heredoc(word)
        if opener:
            found.append((extent, opener))
    return found


def holds_heredoc(line: str) -> bool:
    """Whether heredocs may follow an instruction of this joined text."""
    return "<<" in line and bool(_HOLDS_HEREDOC.match(line))


def directives(lines: list[str]) -> tuple[list[DirectiveLine], str]:
    """The block of parser directives at the top, and the escape character that they set."""
    found: list[DirectiveLine] = []
    seen: set[str] = set()
    escape = "\\"
    for number, line in enumerate(lines):
        indent = words.skip_space(line, line.startswith("\ufeff") and number == 0)
        match = _DIRECTIVE.match(line.rstrip("\r"), indent)
        name = match[1].lower() if match else ""
        if not match or name not in _DIRECTIVES:
            break
        if name == "escape" and name not in seen and match[2] in ("`", "\\"):
            escape = match[2]
        seen.add(name)
        found.append(DirectiveLine(number, match.span(1), match.span(2)))
    return found, escape


def blocks(lines: list[str], first: int, escape: str) -> list[Block]:
    """Where each instruction of the file starts and ends, reading from line `first` on."""
    shown = _ODD.sub("?", "\n".join(lines)).split("\n")
    for number in range(first):
        shown[number] = "# syntax=x"
    if escape != "\\":
        shown[first - 1] = f"# escape={escape}"
    heredocs: dict[int, tuple[HeredocLines, ...]] = {}
    at, count = first, len(lines)
    while at < count:
        line = lines[at]
        if at == 0 and line.startswith("\ufeff"):
            line = line[1:]
            shown[0] = _ODD.sub("?", line)
        line = line.lstrip(SPACE)
        if not line or line[0] == "#":
            shown[at] = ""
            at += 1
            continue
        start = at
        joined, end = _continued(lines, shown, at, line.rstrip("\r"), escape)
        at = end + 1
        if holds_heredoc(joined):
            found, at = _heredocs(joined, lines, at)
            if found:
                heredocs[start] = found
                shown[end + 1 : at] = [""] * (at - end - 1)
    parser = DockerfileParser(fileobj=io.BytesIO("\n".join((*shown, "")).encode()))
    return [
        Block(part["startline"], part["endline"], heredocs.get(part["startline"], ()))
        for part in parser.structure
        if part["instruction"] != "COMMENT"
    ]


def _continued(lines: list[str], shown: list[str], start: int, text: str, escape: str) -> tuple[str, int]:
    """The joined text of the instruction that starts with `text`, and the last line of its continuation.

    What dockerfile-parse would misread of these lines is mended in `shown`.
    """
    joined: list[str] = []
    end = start
    while (kept := continued(text, escape)) is not None:
        joined.append(kept)
        at = end + 1
        while at < len(lines) and (not (rest := lines[at].lstrip(SPACE)) or rest[0] == "#"):
            shown[at] = "#"
            at += 1
        if at == len(lines):
            shown[end] = shown[end].rstrip()[:-1] + " x"
            return "".join(joined), end
        if start + _LONGEST_SHOWN < end:
            shown[end] = "#"
        end, text = at, lines[at].rstrip("\r")
    if text.rstrip().endswith(escape):
        shown[end] += " x"
    joined.append(text)
    return "".join(joined), end


def _heredocs(joined: str, lines: list[str], at: int) -> tuple[tuple[HeredocLines, ...], int]:
    """The heredocs that an instruction's joined text announces, read from line `at` on."""
    found: list[HeredocLines] = []
    for _, opener in heredoc_words(joined):
        first = at
        while at < len(lines):
            line = lines[at].rstrip("\r")
            if (line.lstrip("\t") if opener.chomp else line) == opener.name:
                break
            at += 1
        terminated = at < len(lines)
        found.append(HeredocLines(first, at if terminated else len(lines) - 1, terminated))
        at += 1
    return tuple(found), min(at, len(lines))
