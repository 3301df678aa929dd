"""What stands behind an option, read; what it cannot be is told by ArgumentTypeError."""

from __future__ import annotations

from argparse import ArgumentTypeError


def words(text: str) -> list[str]:
    return [word for word in (word.strip() for word in text.split(",")) if word]


def pattern(text: str) -> str:
    if text in ("", "."):  # as `Path.match` has it
        raise ArgumentTypeError(f"{text!r} is no pattern")
    return text


def jobs(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text!r} is not a number of processes")
    return int(text)


def line(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text!r} is not a line's number")
    return int(text)


def columns(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 80:
        raise ArgumentTypeError(f"{text!r} is not a number of columns from 1 to 80")
    return int(text)


def address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise ArgumentTypeError(f"{text!r} is not HOST:PORT, as in 127.0.0.1:2087")
    return host.strip("[]") or "127.0.0.1", int(port)
