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

from lightship import context, lint
from lightship.config import Settings
from lightship.features import build_context, formatting, ignore_file
from lightship.features.code_lens import code_lenses
from lightship.features.completion import about, complete
from lightship.features.completion.ignored import pattern
from lightship.features.corrections import offered
from lightship.features.definition import definition
from lightship.features.folding import folding
from lightship.features.hover import hover
from lightship.features.inlay_hints import inlay_hints
from lightship.features.links import links
from lightship.features.references import highlights, references
from lightship.features.rename import prepare, rename
from lightship.features.selection import selection
from lightship.features.semantic_tokens import tokens
from lightship.features.signature_help import signature_help
from lightship.features.symbols import symbols
from lightship.model import analyze
from lightship.model.build import Build
from lightship.refactorings import all_refactorings
from lightship.rewrite import Refusal
from lightship.syntax.lexing import MODIFIERS, TYPES, Token
from lightship.text import Source, Span, apply

FULL = bool(os.environ.get("LIGHTSHIP_FULL"))
FILES, BEGINNINGS = 50, 10
FOLDER = context.of({"app/main.py": "", "requirements.txt": "numpy\n", ".dockerignore": "*.md\n", "a.md": ""})
PLACE = context.Place(
    Path("/project"), "web in compose.yaml", True, {"web in compose.yaml": {"VERSION": "1"}}
)
EVERYTHING = Settings(select=("all",))
PLACES = None if FULL else 120
"""How many places of a file, and how many of its beginnings, are asked about; None for all."""
LINES = None if FULL else 4
"""How many lines of a file are asked for what depends on nothing but the line."""


def _inside(build: Build, spans: Iterable[Span]) -> None:
    for start, end in spans:
        assert 0 <= start <= end <= len(build.file.text)


def _hover(build: Build, offset: int) -> None:
    assert "\0" not in build_context.about(build, offset, PLACE)
    found = hover(build, offset)
    if found:
        assert found.markdown.strip()
        assert found.span.covers(offset)
        _inside(build, [found.span])


def _names(build: Build, offset: int) -> None:
    found = definition(build, offset)
    here = highlights(build, offset)
    _inside(build, [each.span for each in here])
    there = references(build, offset, declarations=True)
    assert {*there} == {each.span for each in here}
    assert {*references(build, offset, declarations=False)} <= {*there}
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


def _completion(build: Build, offset: int) -> None:
    for item in complete(build, offset, FOLDER, {"sudo": "No sudo."}, offset % 2 > 0):
        assert item.label
        assert item.text
        assert 0 <= item.span.start <= item.span.end == offset
        about(item.topic, {})


def _signature_help(build: Build, offset: int) -> None:
    found = signature_help(build, offset)
    if found:
        assert found.signatures
        assert found.parameter < max(len(each.parameters) for each in found.signatures)


def _part(build: Build, offset: int) -> None:
    here = Span(offset, min(offset + 40, len(build.file.text)))
    _in_order(build, tokens(build, here))
    for edit in formatting.selection(build.file, formatting.Layout(), here):
        assert not edit.text.strip()
        _inside(build, [edit.span])
    assert all(here.covers(hint.offset) for hint in inlay_hints(build, here, FOLDER))


def _corrections(build: Build, offset: int) -> None:
    for fix in offered(build.file, Span(offset, offset)):
        _inside(build, [edit.span for edit in fix.edits])
        assert apply(build.file.text, fix.edits) != build.file.text


def _ignoring(build: Build, offset: int) -> None:
    """As if the text were a `.dockerignore`."""
    text = build.file.text
    found = ignore_file.hover(text, offset, FOLDER)
    if found:
        assert found[0].strip()
        assert found[1].covers(offset)
    for item in pattern(text, offset, FOLDER):
        assert item.span.end == offset


def _typing(build: Build, offset: int) -> None:
    for edit in formatting.typed(build.file, formatting.Layout(), offset, build.file.escape):
        assert not edit.text.strip()
        _inside(build, [edit.span])


def _in_order(build: Build, found: Iterable[Token]) -> None:
    text, end = build.file.text, 0
    for token in found:
        assert end <= token.start < token.end <= len(text), token
        assert "\n" not in text[token.start : token.end], token
        assert token.kind in TYPES
        assert token.modifier in ("", *MODIFIERS)
        end = token.end


def _whole(build: Build) -> None:
    _in_order(build, tokens(build))
    _inside(
        build, [Span(hint.offset, hint.offset) for hint in inlay_hints(build, Span(0, len(build.file.text)))]
    )
    assert len(code_lenses(build, FOLDER)) == sum(stage.opening is not None for stage in build.stages)
    _inside(build, [each.span for each in links(build)])
    _inside(build, [each.span for each in symbols(build)])
    folds = [
        (build.source.line_of(each.span.start), build.source.line_of(each.span.end))
        for each in folding(build)
    ]
    for first, last in folds:
        assert not any(first < start < last < end for start, end in folds), "folds that cross"
    _inside(build, [edit.span for edit in formatting.document(build.file, formatting.Layout())])
    found = lint.check(build, EVERYTHING)
    _inside(build, [each.span for each in (*found, *lint.check_ignore_file(build.file.text, FOLDER))])
    _inside(build, [lint.suppress(build, each).span for each in found])


def _refactorings(build: Build) -> None:
    """What is on offer depends on the line, and not on the place in it."""
    for line in _some(range(build.source.line_of(len(build.file.text)) + 1), LINES):
        here = build.source.line_span(line)
        for refactoring in all_refactorings():
            for offer in refactoring.offers(build, Span(here.start, here.start)):
                _inside(build, [offer.span])
                assert offer.title


AT_A_PLACE: dict[str, Callable[[Build, int], None]] = {
    "hover": _hover,
    "names": _names,
    "rename": _rename,
    "selection": _selection,
    "completion": _completion,
    "signature help": _signature_help,
    "corrections": _corrections,
    "a .dockerignore": _ignoring,
    "tokens, formatting and hints of a part": _part,
    "formatting while typing": _typing,
}


@pytest.fixture(scope="module")
def texts(corpus: list[Path]) -> list[str]:
    chosen = random.Random(50).sample(corpus, FILES)
    return [path.read_bytes().decode(errors="surrogateescape") for path in chosen]


def _some(places: range, most: int | None = PLACES) -> Iterable[int]:
    return places if most is None or len(places) <= most else random.Random(len(places)).sample(places, most)


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
        build = analyze(Source(text), FOLDER)
        _whole(build)
        _refactorings(build)
