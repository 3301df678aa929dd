"""The signals that the engine knows, by the names without `SIG`; tested against a real one."""

from __future__ import annotations

from .. import regex

NAMES = frozenset(
    (
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
        "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1",
        "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
    )
)  # fmt: skip

_REAL_TIME = regex.compile(r"RTMIN(\+([1-9]|1[0-5]))?|RTMAX(-([1-9]|1[0-4]))?")
_NUMBER = regex.compile(r"[+-]?[0-9]+")


def known(text: str) -> bool:
    """Whether STOPSIGNAL takes it: any number but 0, or a name, in any case, with `SIG` or without."""
    if _NUMBER.fullmatch(text):
        return int(text[-9:]) != 0
    name = text.upper().removeprefix("SIG")
    return name in NAMES or _REAL_TIME.fullmatch(name) is not None
