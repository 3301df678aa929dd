"""What a selection grows to: a word, its command, all that is run, the instruction, the stage, the file."""

from __future__ import annotations

from collections.abc import Iterator

from .. import regex
from ..model.build import Build, Healthcheck, Onbuild, Shellish, Step, step
from ..syntax.dockerfile import Comment, Flag, Instruction
from ..text import Span

_WORD = regex.compile(r"\w+")


def selection(build: Build, offset: int) -> tuple[Span, ...]:
    """The spans around a place, each inside the next one; the last is the file. Never empty."""
    file = Span(0, len(build.file.text))
    around = sorted(
        {span for span in _around(build, offset) if span.covers(offset) and span.start < span.end},
        key=lambda span: (span.end - span.start, span),
    )
    chain: list[Span] = []
    for span in (*around, file):
        # What only touches the cursor may lie beside what is already selected.
        if not chain or (span != chain[-1] and span.start <= chain[-1].start and chain[-1].end <= span.end):
            chain.append(span)
    return tuple(chain)


def _around(build: Build, offset: int) -> Iterator[Span]:
    source = build.source
    line = source.line_span(source.line_of(offset))
    for word in _WORD.finditer(build.file.text, *line):
        yield Span(*word.span())
    for stage in build.stages:
        if stage.opening:
            yield Span(stage.steps[0].span.start, stage.steps[-1].span.end)
    for node in build.file.nodes:
        if node.extent.covers(offset):
            yield node.span
            if isinstance(node, Instruction):
                for comment in node.comments:
                    yield comment.span
            elif isinstance(node, Comment):
                yield _block(build, node)
    for outer in build.outer_steps:
        if outer.span.covers(offset):
            yield from _parts(outer.instruction)
            yield from _commands(outer)


def _block(build: Build, comment: Comment) -> Span:
    """The comments in the lines around one."""
    nodes = build.file.nodes
    at = first = last = nodes.index(comment)
    while first > 0 and isinstance(nodes[first - 1], Comment):
        first -= 1
    while last + 1 < len(nodes) and isinstance(nodes[last + 1], Comment):
        last += 1
    return Span(nodes[first].span.start, nodes[last].span.end) if first < last else nodes[at].span


def _parts(instruction: Instruction) -> Iterator[Span]:
    yield instruction.arguments_span
    for flag in instruction.flags:
        yield from _flag(flag)
    for pair in instruction.pairs:
        yield pair.span
        yield pair.key.span
        if pair.value:
            yield pair.value.span
    for element in instruction.json or ():
        yield from (element.span, element.content.span(0, len(element.value)))
    for word in instruction.words:
        yield word.span
    for reference in instruction.variables:
        yield from (reference.span, reference.name.span)
    for doc in instruction.heredocs:
        yield doc.body
        yield Span(doc.opener.start, (doc.closer or doc.body).end)
    if instruction.inner:
        yield instruction.inner.span
        yield from _parts(instruction.inner)


def _flag(flag: Flag) -> Iterator[Span]:
    yield flag.span
    if flag.value:
        yield flag.value.span


def _commands(outer: Step) -> Iterator[Span]:
    """The words and commands of a script, and what `&&` and `;` stand between."""
    instruction = outer.instruction
    command = outer
    if isinstance(outer, Onbuild | Healthcheck) and instruction.inner:
        command = step(instruction.inner, outer.stage, outer.state)
    script = command.script if isinstance(command, Shellish) else None
    for each in script.commands if script else ():
        yield each.span
        for word in each.words:
            yield word.span
        for assignment in each.assignments:
            yield assignment.span
    for item in script.items if script else ():
        yield item.span
