"""Each refactoring does what its page says, and what its cases in `tests/refactorings/` say.

Blocks of a case: `dockerfile` goes in, `$0` in it marks the cursor (without one, everything is selected); what the
refactoring of the file's name `offered` comes out, and the file `after` the first offer that can be taken, or the
files `created` by it. Blocks named by a path are files of the build context. Registries are asked, unless the title
says that we are offline.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from cases import Case, read
from lightship.context import of
from lightship.knowledge.images import ImageReference
from lightship.model import analyze
from lightship.model.build import Build, Run, Unanswered
from lightship.refactorings import (
    Offer,
    Refactoring,
    all_refactorings,
    result,
)
from lightship.rewrite import Refusal
from lightship.rewrite.merge import merge_runs
from lightship.syntax.dockerfile import parse
from lightship.text import Fix, Source, Span

FOLDER = Path(__file__).parent / "refactorings"
REFACTORINGS = {each.name: each for each in all_refactorings()}
CASES = [
    pytest.param(case, id=f"{path.stem}: {case.title}")
    for path in sorted(FOLDER.glob("*.md"))
    for case in read(path)
]
CURSOR = "$0"
DIGEST = "sha256:5f5ab9ee1d1c2ccf6b5b6cbe8e8a0a8a3ba1d3a8c5a4b0c2a3b6a7f1d9e0c4b2"
NOTHING = "nothing\n"


class Registry:
    """Knows official images, and has them all under one digest."""

    def digest(self, reference: ImageReference) -> str:
        if not reference.repository.startswith("library/"):
            raise Unanswered(f"{reference.registry}: it has no such image")
        return DIGEST


REGISTRY = Registry()


@pytest.mark.parametrize("case", CASES)
def test_case(case: Case, update: bool) -> None:
    text, cursor, rest = case.blocks["dockerfile"].partition(CURSOR)
    context = of(case.files) if case.files else None
    build = analyze(Source(text + rest), context, None if "offline" in case.title else REGISTRY)
    span = Span(len(text), len(text)) if cursor else Span(0, len(text))
    offers = list(REFACTORINGS[_refactoring(case.path)].offers(build, span))
    results = {"offered": "".join(_said(build, offer) for offer in offers) or NOTHING}
    fixes = [offer.outcome for offer in offers if isinstance(offer.outcome, Fix)]
    if fixes and fixes[0].edits:
        results["after"] = result(build, fixes[0])
    if fixes and fixes[0].creates:
        results["created"] = "".join(f"{new.path}:\n{new.text}" for new in fixes[0].creates)
    if update:
        case.rewrite(results)
    else:
        expected = {name: case.blocks.get(name, "") for name in results}
        assert results == expected, "pytest --update writes what comes out into the case"


def _refactoring(path: Path) -> str:
    return path.name.partition(".")[0]


def _said(build: Build, offer: Offer) -> str:
    line = build.source.line_of(offer.span.start) + 1
    if isinstance(offer.outcome, Refusal):
        return f"{line} not here: {offer.outcome.reason}\n"
    return f"{line} {offer.title}\n"


@pytest.mark.parametrize("refactoring", REFACTORINGS.values(), ids=REFACTORINGS)
def test_page(refactoring: Refactoring) -> None:
    before, after = (_blocks(part) for part in re.split(r"\n(?:becomes|brings)\n", refactoring.page)[:2])
    build = analyze(Source(before.pop("dockerfile")), of(before) if before else None, REGISTRY)
    offers = list(refactoring.offers(build, Span(0, len(build.source.text))))
    assert offers, "the page's first example is one that it is offered for"
    fix = offers[0].outcome
    assert isinstance(fix, Fix), fix
    if fix.edits:
        assert result(build, fix) == after["dockerfile"], "and the second what becomes of it"
    assert all(after[new.path] == new.text for new in fix.creates), "with the files that it creates"


def _blocks(page: str) -> dict[str, str]:
    """The first block of each name."""
    found = re.findall(r"^```(\S+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return dict(reversed(found))


def test_every_refactoring_has_cases() -> None:
    assert {_refactoring(path) for path in FOLDER.glob("*.md")} == set(REFACTORINGS), (
        "a file for each refactoring"
    )


def test_most_neighbours_of_real_files_merge(corpus: list[Path]) -> None:
    """Nine of ten do; `tools/merge_declines.py` says why the others do not."""
    count = merged = 0
    for path in corpus[::4]:
        build = analyze(Source(path.read_bytes().decode("utf-8", "surrogateescape"), path.name))
        for stage in build.stages:
            for first, second in pairwise(stage.steps):
                if isinstance(first, Run) and isinstance(second, Run):
                    count += 1
                    merged += not isinstance(merge_runs((first, second), build), Refusal)
    assert count > 500
    assert merged / count > 0.85, f"{merged} of {count}"


def test_real_files(corpus: list[Path]) -> None:
    """Whatever is offered anywhere gives a file that is no worse."""
    for path in corpus[::3]:
        build = analyze(Source(path.read_bytes().decode("utf-8", "surrogateescape"), path.name))
        for refactoring in all_refactorings():
            for offer in refactoring.offers(build, Span(0, len(build.source.text))):
                if isinstance(offer.outcome, Fix):
                    after = parse(result(build, offer.outcome))
                    assert len(after.problems) <= len(build.file.problems), path
