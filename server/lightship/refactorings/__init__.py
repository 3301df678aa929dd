"""The refactorings, one module each: the module's name is the refactoring's name, its docstring its page.

A refactoring is a function decorated with `@refactoring` that is given a `Build` and the selected `Span`, and yields
what it offers there, or why it does not. Nothing is registered: every module here that is not private is one.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from ..model.build import Build, Run
from ..proof import changes, holds
from ..rewrite import Refusal
from ..text import Fix, Safety, Span, apply, leading, printable
from ._lines import changed_lines


@dataclass(frozen=True)
class Offer:
    """Something that can be done at a place, or the reason why it cannot.

    `saves` is the least number of bytes by which the image shrinks, 0 where that is not known.
    """

    span: Span
    title: str
    outcome: Fix | Refusal
    saves: int = 0


Offering = Callable[[Build, Span], Iterator[Offer]]


@dataclass(frozen=True)
class Refactoring:
    name: str
    page: str
    offer: Offering

    @property
    def summary(self) -> str:
        """The page's first sentence, on one line."""
        return " ".join(self.page.partition("\n\n")[0].split())

    def offers(self, build: Build, span: Span) -> Iterator[Offer]:
        """What is on offer in the span. A fix that does not keep its word is none."""
        for each in self.offer(build, span):
            if isinstance(each.outcome, Refusal) or holds(build.file, each.outcome):
                yield each


def refactoring(offer: Offering) -> Refactoring:
    """Turn a module's function into its refactoring."""
    page = (sys.modules[offer.__module__].__doc__ or "").strip()
    return Refactoring(offer.__module__.rpartition(".")[2].replace("_", "-"), page, offer)


@cache
def all_refactorings() -> tuple[Refactoring, ...]:
    """Every refactoring, by name."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_"))
    return tuple(importlib.import_module(f"{__name__}.{name}").offer for name in names)


def touched(build: Build, place: Span, span: Span) -> bool:
    """Whether the selection touches a line of the place: a cursor anywhere in its first line will do."""
    line = build.source.line_of
    return line(place.start) <= line(span.end) and line(span.start) <= line(place.end)


def comments_before(run: Run, start: int, end: int) -> list[str]:
    """The comment lines of a RUN between two offsets."""
    return [
        run.stage.build.source[comment.span]
        for comment in run.instruction.comments
        if start <= comment.span.start < end
    ]


def rewritten(build: Build, title: str, text: str, safety: Safety = Safety.MANUAL) -> Fix:
    """The fix that makes `text` of the file, in as few lines as possible: what it adds and removes is counted."""
    fix = Fix(title, tuple(changed_lines(build.file.text, text)), safety, reorders=True)
    if not fix.edits:
        return fix
    added, removed = changes(build.file, fix)
    return replace(fix, adds=tuple(added.elements()), removes=tuple(removed.elements()))


def result(build: Build, fix: Fix) -> str:
    """The text after a fix."""
    return apply(build.file.text, fix.edits)


def listing(build: Build, span: Span) -> str:
    """What is on offer in the span, and what is not and why, for a terminal: a line each."""
    found = [
        (each.span, refactoring.name, each)
        for refactoring in all_refactorings()
        for each in refactoring.offers(build, span)
    ]
    lines = []
    for place, name, offer in sorted(found, key=lambda entry: entry[:2]):
        line = build.source.line_of(place.start) + 1
        said = f"not here: {offer.outcome.reason}" if isinstance(offer.outcome, Refusal) else offer.title
        lines.append(f"{leading(build.source.name)}:{line}: {name}: {printable(said)}\n")
    return "".join(lines) or "Nothing on offer.\n"
