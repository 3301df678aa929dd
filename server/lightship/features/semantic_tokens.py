"""What each word is, for colours: instructions, flags, images, stages, variables, strings; the shell of a RUN, and
heredocs in the language of their interpreter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .. import regex
from ..model.build import Build, From, Step
from ..syntax import lexing
from ..syntax.dockerfile import Comment, Directive, Flag, Heredoc, Instruction
from ..syntax.joined import Joined
from ..syntax.lexing import Token
from ..text import Span

_SHELL_FORMS = frozenset(("RUN", "CMD", "ENTRYPOINT"))
_PORT = regex.compile(r"\d+")
_FIELD = regex.compile(r"([^,=]+)(?:(=)([^,]*))?")
_ESCAPES = regex.compile(r"[\\`](?=[ \t\r]*(?:\n|\Z))")
_NAME = regex.compile(r"(?:[^/]*/)*(?:[^:@${]|\$\{[^}]*\}|\$)*")
"""Of an image: what stands before its tag or digest."""
_LABEL = regex.compile(r"(?<=@)[^@]+|[^:@]+")
_PROGRAM = regex.compile(r"(?:^|[;&|]\s*)(?:[^\s;&|]*/)?([\w.]+)[^;&|]*\Z")


def tokens(build: Build, span: Span | None = None) -> list[Token]:
    """The tokens of a file, or of those nodes that a span touches: in order, and none over more than a line."""
    text = build.file.text
    steps = {id(step.instruction): step for step in build.steps}
    found: list[Token] = []
    for node in build.file.nodes:
        if span and not (node.extent.start <= span.end and span.start <= node.extent.end):
            continue
        match node:
            case Comment():
                found.append(Token(*node.span, "comment"))
            case Directive():
                found += _directive(node, text)
            case Instruction():
                found += _apart(_node(node, steps.get(id(node)), text))
    return found


def _apart(found: Iterable[Token]) -> Iterator[Token]:
    """The tokens in order, of two that overlap the first."""
    end = -1
    for token in sorted(found):
        if token.start >= end and token.end > token.start:
            yield token
            end = token.end


def _directive(node: Directive, text: str) -> Iterator[Token]:
    equals = text.index("=", node.name_span.end)
    yield Token(node.span.start, node.name_span.start, "comment")
    yield Token(*node.name_span, "property")
    yield Token(equals, equals + 1, "operator")
    yield Token(*node.value.span, "parameter")


def _node(node: Instruction, step: Step | None, text: str) -> Iterator[Token]:
    """The tokens of an instruction with its comments, line breaks and heredocs."""
    yield from _instruction(node, step)
    for comment in node.comments:
        yield Token(*comment.span, "comment")
    head = node.heredocs[0].body.start if node.heredocs else node.extent.end
    if len(node.joined.starts) > 1 or text.find(node.escape, node.extent.start, head) >= 0:
        for match in _ESCAPES.finditer(text, node.extent.start, head):
            at = match.start()
            if match[0] == node.escape and not any(each.span.covers(at) for each in node.comments):
                yield Token(at, at + 1, "macro")
    for doc in node.heredocs:
        yield from _heredoc(doc, node, step)


def _instruction(node: Instruction, step: Step | None, outer: str = "") -> Iterator[Token]:
    joined = node.joined
    known = not outer or outer == "ONBUILD" or node.keyword in ("CMD", "NONE")
    if known:
        stop = len(node.keyword)
        old = "deprecated" if node.keyword == "MAINTAINER" else ""
        start, end = node.keyword_span
        if end - start == stop:
            yield Token(start, end, "keyword", old)
        else:
            yield from _placed(joined, [Token(0, stop, "keyword", old)])
    for flag in node.flags:
        yield from _placed(joined, _flag(joined.text, joined.index(flag.span.start), flag, step))
    if node.inner:
        yield from _instruction(node.inner, step, node.keyword)
    elif node.arguments.text:
        arguments = _arguments(node, step, outer)
        if node.heredocs:
            openers = [doc.opener for doc in node.heredocs]
            placed = _placed(node.arguments, arguments)
            yield from (
                token for token in placed if not any(each.start <= token.start < each.end for each in openers)
            )
        else:
            yield from _placed(node.arguments, arguments)


def _arguments(node: Instruction, step: Step | None, outer: str) -> Iterable[Token]:
    """The tokens of what stands behind the flags, counted from there."""
    text = node.arguments.text
    if node.json is not None:
        return lexing.words(text) if node.keyword in ("COPY", "ADD", "VOLUME") else lexing.quoted(text)
    if node.keyword in _SHELL_FORMS or (outer == "HEALTHCHECK" and node.keyword == "CMD"):
        return lexing.shell(text) if step is None or step.state.posix else lexing.words(text)
    if node.pairs:
        return _pairs(node)
    if node.keyword == "FROM":
        return _from(node, step)
    if node.keyword == "EXPOSE":
        return [*lexing.words(text), *(Token(*match.span(), "number") for match in _PORT.finditer(text))]
    return lexing.words(text)


def _pairs(node: Instruction) -> Iterator[Token]:
    at = node.arguments.index
    kind = "property" if node.keyword == "LABEL" else "variable"
    for pair in node.pairs:
        start = at(pair.key.span.start)
        stop = start + len(pair.key.text)
        yield Token(start, stop, kind, "declaration")
        if pair.value is None:
            continue
        if not pair.legacy:
            yield Token(stop, stop + 1, "operator")
        if pair.value.text:
            value = at(pair.value.span.start)
            yield from _moved(lexing.expanded(pair.value.text), value)


def _from(node: Instruction, step: Step | None) -> Iterator[Token]:
    at = node.arguments.index
    for number, word in enumerate(node.words):
        start = at(word.span.start)
        if number == 0:
            parent = step.stage.parent if isinstance(step, From) else None
            yield from _moved(_image(word.text, bool(parent)), start)
        elif number == 1 and word.text.lower() == "as":
            yield Token(start, start + 2, "keyword")
        elif number == 2 and node.words[1].text.lower() == "as":
            yield Token(start, start + len(word.text), "namespace", "declaration")


def _image(text: str, stage: bool = False) -> Iterator[Token]:
    """The tokens of an image's name, or of the stage's that it is; its tag and digest apart."""
    match = _NAME.match(text)
    split = match.end() if match else 0
    for token in lexing.expanded(text):
        if token.kind != "string":
            yield token
            continue
        start, end = token.start, token.end
        if start < split:
            yield Token(start, min(end, split), "namespace" if stage else "class")
            start = split
        for piece in _LABEL.finditer(text, start, end):
            yield Token(*piece.span(), "property")


def _flag(text: str, start: int, flag: Flag, step: Step | None) -> Iterator[Token]:
    """`text` is the instruction's, in which the flag starts at `start`."""
    stop = start + 2 + len(flag.name.text)
    yield Token(start, stop, "parameter")
    if flag.value is None:
        return
    yield Token(stop, stop + 1, "operator")
    value = stop + 1
    if flag.name.text == "mount":
        for match in _FIELD.finditer(flag.value.text):
            yield Token(value + match.start(1), value + match.end(1), "parameter")
            if match[2]:
                yield Token(value + match.start(2), value + match.end(2), "operator")
                named = match[1].lower() == "from"
                yield from _moved(_value(match[3], named, step), value + match.start(3))
    else:
        yield from _moved(_value(flag.value.text, flag.name.text == "from", step), value)


def _value(text: str, named: bool, step: Step | None) -> Iterator[Token]:
    """The value of a flag; one that is `named` is a stage's or an image's name."""
    if named and step:
        known = step.stage.build.stage(text, max(step.stage.index, 0))
        yield from _image(text, known is not None)
        return
    for token in lexing.expanded(text):
        yield token if token.kind != "string" else token._replace(kind="property")


def _heredoc(doc: Heredoc, node: Instruction, step: Step | None) -> Iterator[Token]:
    start, end = doc.opener
    sign = start + (3 if doc.chomp else 2)
    yield Token(start, sign, "operator")
    yield Token(sign, end, "macro", "declaration")
    if doc.closer:
        yield Token(*doc.closer, "macro")
    yield from _moved(_body(doc, node, step), doc.body.start)


def _body(doc: Heredoc, node: Instruction, step: Step | None) -> Iterable[Token]:
    target = node.inner or node
    posix = step is None or step.state.posix
    if target.keyword == "RUN":
        if len(target.words) == 1:
            read = lexing.language(doc.text) or (lexing.shell if posix and doc.text[:2] != "#!" else None)
        else:
            at = target.arguments.index(doc.opener.start)
            program = _PROGRAM.search(target.arguments.text[:at].strip())
            read = lexing.language(f"#!{program[1]}") if program else None
    else:
        read = lexing.language(doc.text, target.words[-1].text if target.words else "")
    if read:
        return read(doc.text)
    return lexing.expanded(doc.text) if doc.expand else lexing.plain(doc.text)


def _moved(found: Iterable[Token], by: int) -> Iterator[Token]:
    for start, end, kind, modifier in found:
        yield Token(start + by, end + by, kind, modifier)


def _placed(joined: Joined, found: Iterable[Token]) -> Iterator[Token]:
    """The tokens of a joined text where they stand in the file, cut where its lines end."""
    starts, origins = joined.starts, joined.origins
    if len(starts) == 1:
        yield from _moved(found, origins[0])
        return
    piece, last = 0, len(starts) - 1
    for start, end, kind, modifier in found:
        while piece > 0 and start < starts[piece]:
            piece -= 1
        while piece < last and start >= starts[piece + 1]:
            piece += 1
        while piece < last and end > starts[piece + 1]:
            by = origins[piece] - starts[piece]
            yield Token(start + by, starts[piece + 1] + by, kind, modifier)
            piece += 1
            start = starts[piece]
        by = origins[piece] - starts[piece]
        yield Token(start + by, end + by, kind, modifier)
