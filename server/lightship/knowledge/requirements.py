"""A file of requirements as pip reads it: which of its lines say exactly what is installed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .. import regex
from . import specifiers
from .specifiers import Kind

_MOVING = frozenset(("master", "main", "develop", "dev", "trunk", "HEAD"))
_EXACT = regex.compile(r"===?\s*[^\s*;,]+(?=[\s;,)]|\Z)")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A line that names a package. `name` is as written, or the line itself where it names none."""

    name: str
    pinned: bool
    hashed: bool


@dataclass(frozen=True, slots=True)
class Include:
    """A line that names another file, of requirements or of constraints, relative to this one."""

    path: str
    constraints: bool


def read(text: str) -> Iterator[Requirement | Include]:
    """The lines that mean something, in order. Local folders and files are left out: they are what they are."""
    for line in re.sub(r"\\\r?\n", " ", text.removeprefix("\ufeff")).splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        include = re.match(r"(-r|--requirement|-c|--constraint)[\s=]*(\S+)", line)
        if include:
            yield Include(include[2], "c" in include[1][:3])
            continue
        line = re.sub(r"^(-e|--editable)[\s=]*", "", line)
        if line and not line.startswith("-"):
            requirement = _requirement(line)
            if requirement:
                yield requirement


def _requirement(line: str) -> Requirement | None:
    bare, *options = re.split(r"\s--?(?=[a-z])", line)
    it = specifiers.python(bare.strip())
    hashed = any(option.startswith("hash") for option in options) or "#sha256=" in bare
    match it.kind:
        case Kind.PACKAGE:
            return (
                Requirement(it.name, bool(_EXACT.search(bare.partition(";")[0])), hashed) if it.name else None
            )
        case Kind.VCS:
            return Requirement(it.name or bare, it.version is not None and it.version not in _MOVING, hashed)
        case Kind.URL:
            return Requirement(it.name or bare, True, hashed)
    return None
