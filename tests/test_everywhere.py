"""Every feature of the editor is answered at every place of real files, and at the end of every beginning of some.

A sample of it runs by default; `LIGHTSHIP_FULL=1` asks everywhere.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import pytest

from lightship.features.definition import definition
from lightship.features.folding import folding
from lightship.features.hover import hover
from lightship.features.links import links
from lightship.features.references import highlights
from lightship.features.rename import prepare, rename
from lightship.features.selection import selection
from lightship.features.symbols import symbols
from lightship.model import analyze
from lightship.model.build import Build
from lightship.rewrite import Refusal
from lightship.text import Source, Span, apply

FULL = bool(os.environ.get("LIGHTSHIP_FULL"))
FILES, BEGINNINGS = 50, 10
PLACES = None if FULL else 120
"""How many places of a file, and how many of its beginnings, are asked about; None for all."""


def _inside(build: Build, spans: Iterable[Span]) -> None:
    for start, end in spans:
        assert 0 <= start <= end <= len(build.file.text)


def _hover(build: Build, offset: int) -> None:
    found = hover(build, offset)
    if found:
        assert found.markdown.strip()
        assert found.span.covers(offset)
        _inside(build, [found.span])


def _names(build: Build, offset: int) -> None:
    found = definition(build, offset)
    here = highlights(build, offset)
    _inside(build, [each.span for each in here])
    if found:
        assert found.span.covers(offset)
        assert set(found.declarations) <= {each.span for each in here}


def _rename(build: Build, offset: int) -> None:
    place, edits = prepare(build, offset), rename(build, offset, "fresh_name")
    if isinstance(place, Span):
        assert place.covers(offset)
    if not isinstance(edits, Refusal):
        assert apply(build.file.text, edits) != build.file.text


def _selection(build: Build, offset: int) -> None:
    grown = selection(build, offset)
    assert grown[-1] == Span(0, len(build.file.text))
    for inner, outer in pairwise(grown):
        assert outer.start <= inner.start <= inner.end <= outer.end
        assert inner != outer


def _whole(build: Build) -> None:
    _inside(build, [each.span for each in links(build)])
    _inside(build, [each.span for each in symbols(build)])
    folds = [
        (build.source.line_of(each.span.start), build.source.line_of(each.span.end))
        for each in folding(build)
    ]
    for first, last in folds:
        assert not any(first < start < last < end for start, end in folds), "folds that cross"


AT_A_PLACE: dict[str, Callable[[Build, int], None]] = {
    "hover": _hover,
    "names": _names,
    "rename": _rename,
    "selection": _selection,
}


@pytest.fixture(scope="module")
def texts(corpus: list[Path]) -> list[str]:
    chosen = random.Random(50).sample(corpus, FILES)
    return [path.read_bytes().decode(errors="surrogateescape") for path in chosen]


def _some(places: range) -> Iterable[int]:
    return (
        places
        if PLACES is None or len(places) <= PLACES
        else random.Random(len(places)).sample(places, PLACES)
    )


@pytest.mark.parametrize("feature", AT_A_PLACE)
def test_every_place(feature: str, texts: list[str]) -> None:
    for text in texts:
        build = analyze(Source(text))
        for offset in _some(range(len(text) + 1)):
            AT_A_PLACE[feature](build, offset)


def test_every_beginning(texts: list[str]) -> None:
    for text in sorted(texts, key=len)[10 : 10 + BEGINNINGS]:
        for end in _some(range(len(text) + 1)):
            build = analyze(Source(text[:end]))
            _whole(build)
            for ask in AT_A_PLACE.values():
                ask(build, end)


def test_every_file(texts: list[str]) -> None:
    for text in texts:
        _whole(analyze(Source(text)))
