"""What can be folded away: stages, instructions of several lines, heredocs and blocks of comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..model.build import Build
from ..syntax.dockerfile import Comment, Instruction
from ..text import Span


class Fold(NamedTuple):
    """From the line in which the span starts to that in which it ends; at least two."""

    span: Span
    comment: bool = False


def folding(build: Build) -> tuple[Fold, ...]:
    """In order, those outside before those inside; no two from the same line to the same."""
    source = build.source
    found: dict[tuple[int, int], Fold] = {}
    for fold in _folds(build):
        first, last = source.line_of(fold.span.start), source.line_of(fold.span.end)
        if first < last:
            found.setdefault((first, -last), fold)
    return tuple(found[lines] for lines in sorted(found))


def _folds(build: Build) -> Iterator[Fold]:
    for stage in build.stages:
        if stage.opening:
            yield Fold(Span(stage.steps[0].span.start, stage.steps[-1].span.end))
    for node in build.file.nodes:
        if isinstance(node, Instruction):
            yield Fold(node.span)
            for doc in node.heredocs:
                if doc.closer:
                    # Below the line that opens it, or that closes the one before, so that no two cross.
                    yield Fold(Span(doc.body.start - 1, doc.closer.end))
            yield from _blocks(node.comments)
    yield from _blocks(node for node in build.file.nodes if isinstance(node, Comment))


def _blocks(comments: Iterable[Comment]) -> Iterator[Fold]:
    """Comments in lines that follow each other."""
    first = last = None
    for comment in comments:
        if first and last and last.extent.end == comment.extent.start:
            last = comment
            continue
        if first and last:
            yield Fold(Span(first.span.start, last.span.end), comment=True)
        first = last = comment
    if first and last:
        yield Fold(Span(first.span.start, last.span.end), comment=True)
