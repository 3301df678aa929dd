"""What Go reads in a value, and its words for what it cannot: '' where all is well."""

from __future__ import annotations

import re
from functools import lru_cache

from .. import regex

_UNITS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
"""In nanoseconds. BuildKit reads flags byte by byte, so there is no `µs`."""
_AMOUNT = regex.compile(r"(\d*)(?:\.(\d*))?", re.ASCII)
_UNIT = regex.compile(r"[^.0-9]*")
_PORTS = regex.compile(r"\+?(\d+)(?:-\+?(\d+))?", re.ASCII)
_LAST_PORT = 65535


def quote(text: str) -> str:
    """The text as Go's `%q` shows it."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    code = ord(char)
    if short := {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r"}.get(code):
        return "\\" + short
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if code == 0x7F or code < 0x20:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def interval(name: str, text: str) -> str:
    """What the flag `name` takes: a duration like `1m30s`, at least a millisecond or none at all."""
    rest = text[1:] if text[:1] in ("+", "-") else text
    if rest == "0":
        return ""
    total = 0.0
    invalid = f"time: invalid duration {quote(text)}"
    if not rest:
        return invalid
    while rest:
        amount = _AMOUNT.match(rest)
        if not amount or not (amount[1] or amount[2]):
            return invalid
        rest = rest[amount.end() :]
        unit = _UNIT.match(rest)
        symbol = unit[0] if unit else ""
        if not symbol:
            return f"time: missing unit in duration {quote(text)}"
        if symbol not in _UNITS:
            return f"time: unknown unit {quote(symbol)} in duration {quote(text)}"
        total += float(f"{amount[1] or 0}.{amount[2] or 0}") * _UNITS[symbol]
        rest = rest[len(symbol) :]
    if total > 2**63:
        return invalid
    if total and (total < _UNITS["ms"] or text[0] == "-"):
        return f"Interval {quote(name)} cannot be less than 1ms"
    return ""


def integer(text: str) -> str:
    """A 32-bit number as `strconv.ParseInt` takes it."""
    failed = f"strconv.ParseInt: parsing {quote(text)}: "
    if not re.fullmatch(r"[-+]?[0-9]+", text):
        return failed + "invalid syntax"
    digits = text.lstrip("+-").lstrip("0")
    if len(digits) > 10 or int(digits or "0") >= 2**31:
        return failed + "value out of range"
    return ""


def boolean(text: str) -> bool:
    """Whether `strconv.ParseBool` takes it."""
    return text in {"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"}


def port(text: str) -> str:
    """What EXPOSE takes: a port or a range of them, and a protocol."""
    ports, _, protocol = text.partition("/")
    if protocol.lower() not in {"", "tcp", "udp", "sctp"}:
        return f"invalid port: {quote(text)}: invalid proto: {protocol.lower()}"
    rest, _, container = ports.rpartition(":")
    if not container:
        return f"invalid port: {quote(text)}: no port specified"
    if not _is_range(container):
        return f"invalid containerPort: {container}"
    host = rest.rpartition(":")[2]
    return f"invalid hostPort: {host}" if host and not _is_range(host) else ""


def _is_range(ports: str) -> bool:
    match = _PORTS.fullmatch(ports)
    if not match or len(ports) > 20:
        return False
    first = int(match[1])
    return first <= int(match[2] or first) <= _LAST_PORT


@lru_cache(maxsize=1024)
def suggestion(word: str, known: tuple[str, ...]) -> str:
    """` (did you mean …?)` with what is at most two letters from the word, '' where nothing is.

    The first of the nearest ones, in lower case unless the word is all in upper case.
    """
    if len(word) > 20:
        return ""
    written = word.lower()
    nearest, found = 3, ""
    for candidate in known:
        if abs(len(candidate) - len(written)) < nearest:
            apart = distance(written, candidate.lower())
            if apart == 0:
                return ""
            if apart < nearest:
                nearest, found = apart, candidate
    if not found:
        return ""
    return f" (did you mean {found.upper() if word == word.upper() != word.lower() else found.lower()}?)"


def distance(one: str, other: str) -> int:
    """Levenshtein's distance."""
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        above, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (left != right))
    return row[-1]
