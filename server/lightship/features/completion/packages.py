"""Packages of Debian's, behind `apt-get install`: those of which is known what they weigh."""

from __future__ import annotations

from collections.abc import Iterator

from ... import regex
from ...knowledge import sizes
from ...knowledge.package_sizes import SIZES
from ...model.cursor import Place
from .item import Item, Kind, begins

_INSTALL = regex.compile(
    r"(?:^|[\s;&|(])(?:apt|apt-get|aptitude)\s(?:[^;&|]*\s)?install\s(?P<before>(?:[^;&|]*\s)?)(?P<typed>[a-z0-9][a-z0-9+.-]*)?\Z"
)


def debian(place: Place) -> Iterator[Item]:
    """Packages that are not named yet, with what each adds to a slim Debian 12."""
    match = _INSTALL.search(place.typed.text)
    if match is None:
        return
    typed, named = match["typed"] or "", match["before"].split()
    span = place.last(len(typed))
    recommends = "--no-install-recommends" not in match[0]
    for name in SIZES:
        if begins(name, typed) and name not in named:
            size = sizes.installed_size(name, recommends)
            detail = f"about {sizes.human(size)} on Debian 12" if size else "Debian has it"
            yield Item(name, Kind.VALUE, span, name, detail=detail)
