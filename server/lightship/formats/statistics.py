"""How many findings there are of each rule, instead of the findings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from ..text import Safety
from . import Checked


def report(checked: Iterable[Checked]) -> Iterator[str]:
    """A line for each rule, the most frequent first: how often, how often with a safe fix, which."""
    counts, fixable = _count(checked)
    width = len(str(max(counts.values(), default=0)))
    for code, count in _most_frequent(counts):
        fix = f"  {fixable[code]} fixable" if fixable[code] else ""
        yield f"{count:>{width}}  {code}{fix}\n"
    yield f"{counts.total():>{width}}  in all\n"


def as_json(checked: Iterable[Checked]) -> Iterator[str]:
    """An object for each rule; `fixable` counts safe fixes."""
    counts, fixable = _count(checked)
    rows = [
        {"code": code, "count": count, "fixable": fixable[code]} for code, count in _most_frequent(counts)
    ]
    yield json.dumps(rows, indent=2) + "\n"


def _count(checked: Iterable[Checked]) -> tuple[Counter[str], Counter[str]]:
    counts: Counter[str] = Counter()
    fixable: Counter[str] = Counter()
    for _, diagnostics in checked:
        counts.update(each.code for each in diagnostics)
        fixable.update(
            each.code for each in diagnostics if each.fix is not None and each.fix.safety is Safety.SAFE
        )
    return counts, fixable


def _most_frequent(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
