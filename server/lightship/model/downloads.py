"""What a RUN downloads: whom it asks, whether it checks what comes, and what runs it at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from .. import regex
from ..syntax.shell import Command, ShellWord
from ..text import Span
from .build import Run

_CHECKED = regex.compile(
    r"\b(sha\d+sum|shasum|md5sum|b2sum|cksum|rhash|gpgv|cosign|minisign|slsa-verifier|openssl\s+(dgst|sha\d+))\b|--verify\b"
)
_CHECKS = ("sum", "rhash", "gpgv", "cosign", "minisign", "slsa-verifier", "openssl", "--verify")
"""Without one of these words there is nothing to look for: to find them takes a tenth of the time."""
_LOCAL = regex.compile(
    r"[\"']?\$|[\"']?(\w+://)?([^/@]*@)?(localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[?::1"
    r"|host\.docker\.internal|[\w-]+(:\d+)?(/|\Z)|[\w.-]+\.(local|internal|lan|corp|intranet)\b)"
)
_VALUED = frozenset("AbcCdDeEFhHKmoPQrtTuUwxXyYz")
"""Letters of curl's options that take the rest of their word, or the next one."""
_SHELLS = regex.compile(r"(ba|da|a|z|k)?sh")
_INTERPRETERS = regex.compile(r"python[\d.]*|perl|ruby|node|php\d*")
_WRAPPERS = frozenset(("sudo", "env", "exec", "nohup", "-E", "-H", "-i"))


def checks(run: Run) -> bool:
    """Whether a RUN compares sums or signatures of something."""
    text = text_of(run)
    return any(map(text.__contains__, _CHECKS)) and bool(_CHECKED.search(text))


def text_of(run: Run) -> str:
    """All of a RUN's text, its heredocs too."""
    return run.instruction.joined.text + "".join(doc.text for doc in run.instruction.heredocs)


def is_local(address: str) -> bool:
    """Whether an address or host is this machine's or a private network's, or nobody knows it."""
    return bool(_LOCAL.match(address))


def host(address: str) -> str:
    """The server of an address, as messages name it."""
    match = re.match(r"[\"']?\w+://(?:[^/@]*@)?([^/\"'$?#]+)", address)
    return match[1] if match else "the server"


def address(command: Command) -> ShellWord | None:
    """The first address among a command's words."""
    return next((word for word in command.arguments if re.match(r"[\"']?https?://", word.text)), None)


def trusts_anyone(command: Command) -> ShellWord | None:
    """The option by which `curl` or `wget` does not look at certificates."""
    if any("://" in word.text and is_local(word.text) for word in command.arguments):
        return None
    for word in command.arguments:
        if command.name == "curl" and (word.text == "--insecure" or _has_k(word.text)):
            return word
        if command.name == "wget" and word.text == "--no-check-certificate":
            return word
    return None


def _has_k(option: str) -> bool:
    """Whether a word of curl's short options holds `-k`."""
    for letter in option[1:] if re.match(r"-[a-zA-Z]", option) else "":
        if letter in _VALUED:
            return False
        if letter == "k":
            return True
    return False


def run_unseen(run: Run) -> Iterator[Command]:
    """The downloads that go right into an interpreter: `curl … | sh`, `sh -c "$(curl …)"`."""
    text = run.stage.build.source.text
    for first, second in pairwise(run.commands):
        between = re.sub(r"\\\r?\n|\s", "", text[first.span.end : second.span.start])
        if first.name in ("curl", "wget") and between in ("|", "|&") and _reads_script(second):
            yield first
    for inner in run.commands:
        if inner.name in ("curl", "wget") and "substitution" in inner.within:
            outer = [each for each in run.commands if each is not inner and covers(each.span, inner.span)]
            if any(each.name in ("eval", "source", ".") or _SHELLS.fullmatch(each.name) for each in outer):
                yield inner


def covers(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _reads_script(command: Command) -> bool:
    """Whether a command is an interpreter that takes its script from the pipe."""
    values = list(command.values)
    while values and (values[0] in _WRAPPERS or "=" in values[0]):
        values.pop(0)
    if not values:
        return False
    name, rest = values[0].rpartition("/")[2], values[1:]
    if _SHELLS.fullmatch(name):
        options = all(value.startswith("-") for value in rest[:2]) and not re.match(
            r"-\w*c", "".join(rest[:1])
        )
        return not rest or "-s" in rest[:2] or options
    return bool(_INTERPRETERS.fullmatch(name)) and (not rest or rest[0] in ("-", "--"))
