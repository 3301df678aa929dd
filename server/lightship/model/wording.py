"""Words that the messages of several rules are made of."""

from __future__ import annotations

from collections.abc import Iterable

_MOST = 4


def listed(names: Iterable[str]) -> str:
    """`gcc`, `gcc and make`, `gcc, make, git and 3 more`: each name once, in order."""
    found = list(dict.fromkeys(names))
    if len(found) > _MOST:
        found[_MOST - 1 :] = [f"{len(found) - _MOST + 1} more"]
    return " and ".join(filter(None, (", ".join(found[:-1]), found[-1]))) if found else ""
