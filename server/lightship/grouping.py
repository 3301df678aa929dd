"""Findings told as one: those of a group, and those of an instruction where a tool knows no other place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .model.build import Build
from .rules import Finding, Related, Rule
from .syntax.dockerfile import Instruction
from .text import Span


def grouped(told: Iterable[tuple[Rule, Finding]]) -> Iterator[tuple[Rule, Finding]]:
    """A rule's findings, with the first of each group speaking for all of it."""
    groups: dict[object, list[tuple[Rule, Finding]]] = {}
    for place, each in enumerate(told):
        group = each[1].group
        groups.setdefault((place,) if group is None else (each[0].aliases, group), []).append(each)
    for (rule, first), *others in groups.values():
        yield rule, _speaking_for(first, [finding for _, finding in others]) if others else first


def _speaking_for(first: Finding, others: list[Finding]) -> Finding:
    """The finding for others as well. Fixes that are less safe than the safest are left for the next pass."""
    fixes = [finding.fix for finding in (first, *others) if finding.fix]
    safety = max((fix.safety for fix in fixes), default=None)
    fixes = [fix for fix in fixes if fix.safety == safety]
    return replace(
        first,
        template="{message} There are {more} more like it."
        if others[1:]
        else "{message} There is one more like it.",
        arguments={**first.arguments, "message": first.message, "more": len(others)},
        related=(*first.related, *(Related(finding.span, "here as well") for finding in others)),
        fix=replace(
            fixes[0],
            title=fixes[0].title + (f", in {len(fixes)} places" if len(fixes) > 1 else ""),
            edits=tuple(edit for fix in fixes for edit in fix.edits),
            adds=tuple(word for fix in fixes for word in fix.adds),
            removes=tuple(word for fix in fixes for word in fix.removes),
            reorders=any(fix.reorders for fix in fixes),
        )
        if fixes
        else None,
    )


def of_instruction(build: Build, finding: Finding) -> Finding:
    """The finding as a tool tells it that knows no place but the instruction: from where that begins, and once."""
    start = beginning(build, finding.span.start)
    elsewhere = "\n" in build.source.text[start : finding.span.start]
    return replace(
        finding,
        span=Span(start, finding.span.end),
        related=(Related(finding.span, "found here"), *finding.related) if elsewhere else finding.related,
        group=start,
    )


def beginning(build: Build, offset: int) -> int:
    """Where the instruction begins that `offset` lies in; `offset` itself between instructions."""
    file = build.file
    node = file.nodes[max(bisect_right(file.starts, offset) - 1, 0)] if file.nodes else None
    return min(node.keyword_span.start, offset) if isinstance(node, Instruction) else offset
