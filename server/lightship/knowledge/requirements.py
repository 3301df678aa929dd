"""A file of requirements as pip reads it: which of its lines say exactly what is installed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from .. import regex
from . import specifiers
from .specifiers import Kind

_MOVING = frozenset(("master", "main", "develop", "dev", "trunk", "HEAD"))
_NOT_LINUX = regex.compile(
    r"(?:sys_platform|platform_system|os_name)\s*==\s*[\"'](?!linux|posix)", re.IGNORECASE
)
_EXACT = regex.compile(r"===?\s*[^\s*;,]+(?=[\s;,)]|\Z)")


class Sums(Enum):
    """Whether it is known what comes is what was meant. A sum in `--hash` asks for one from all others too, one in an
    address does not."""

    NONE = auto()
    ADDRESS = auto()
    OPTION = auto()


@dataclass(frozen=True, slots=True)
class Requirement:
    """A line that asks for something. `name` is as written, or the line itself where it names none."""

    name: str
    pinned: bool
    """Local folders and files are what they are."""
    sums: Sums
    conditional: bool = False
    """Whether that depends on the Python that is there."""
    remote: bool = False
    """Whether it is to be had from an address of its own."""
    editable: bool = False
    """Whether it is installed in place."""


@dataclass(frozen=True, slots=True)
class RequireHashes:
    """A line after which nothing is installed without a sum."""


@dataclass(frozen=True, slots=True)
class Include:
    """A line that names another file, of requirements or of constraints, relative to this one."""

    path: str
    constraints: bool


Line = Requirement | RequireHashes | Include


def read(text: str) -> Iterator[Line]:
    """The lines that mean something on Linux, in order."""
    for line in re.sub(r"\\\r?\n", " ", text.removeprefix("\ufeff")).splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        include = re.match(r"(-r|--requirement|-c|--constraint)[\s=]*(\S+)", line)
        if include:
            yield Include(include[2], "c" in include[1][:3])
            continue
        if line == "--require-hashes":
            yield RequireHashes()
        bare = re.sub(r"^(-e|--editable)[\s=]*", "", line)
        if bare and not bare.startswith("-"):
            requirement = _requirement(bare)
            if requirement:
                yield replace(requirement, editable=bare != line)


def _requirement(line: str) -> Requirement | None:
    bare, *options = re.split(r"\s--?(?=[a-z])", line)
    bare, _, marker = bare.partition(";" if "://" not in bare else " ;")
    it = specifiers.python(bare.strip())
    sums = Sums.ADDRESS if "#sha256=" in bare else Sums.NONE
    if any(option.startswith("hash") for option in options):
        sums = Sums.OPTION
    name, pinned = it.name or bare.strip(), True
    match it.kind:
        case Kind.PACKAGE if it.name:
            pinned = bool(_EXACT.search(bare))
        case Kind.VCS:
            pinned = it.version is not None and it.version not in _MOVING
        case Kind.PATH | Kind.FILE:
            name = bare.strip()
        case Kind.URL:
            pass
        case _:
            return None
    if _NOT_LINUX.search(marker):
        return None
    return Requirement(name, pinned, sums, bool(marker), it.kind in (Kind.VCS, Kind.URL))
