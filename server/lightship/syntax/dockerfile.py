"""Text → tree. Never raises: what cannot be read becomes a `Problem`, and everything around it a node.

`File.nodes` tile the text: every character lies in the `extent` (whole lines) of exactly one of them.
Inside an instruction, spans are offsets into the file, also where a word is broken over lines. Problems
use the words with which BuildKit would fail.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from ..text import Span
from . import normalise, words
from .joined import Joined, join
from .words import SPACE, Extent


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that BuildKit would refuse."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, quotes and escapes included, line breaks taken out."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Flag:
    """`--name=value`. `value` is None where there is no `=`."""

    span: Span
    name: Word
    value: Word | None


@dataclass(frozen=True, slots=True)
class Pair:
    """`key=value` of ENV, LABEL and ARG. `legacy` is `key value`; ARG may have no value."""

    span: Span
    key: Word
    value: Word | None
    legacy: bool = False


@dataclass(frozen=True, slots=True)
class JsonString:
    """An element of a JSON array: `span` includes its quotes."""

    span: Span
    value: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment line, also inside an instruction: `span` from `#` to the line's end."""

    extent: Span
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Directive:
    """`# syntax=`, `# escape=` or `# check=`; `name` in lower case."""

    extent: Span
    span: Span
    name: str
    name_span: Span
    value: Word


@dataclass(frozen=True, slots=True)
class Blank:
    """Lines with nothing on them."""

    extent: Span

    @property
    def span(self) -> Span:
        return self.extent


@dataclass(frozen=True, slots=True)
class Heredoc:
    """`opener` is the whole word (`<<-"EOF"`), `closer` the terminator's name, None where the file ends
    before it. `body` holds the lines between, their ends included, and `text` is what stands there."""

    name: str
    opener: Span
    body: Span
    closer: Span | None
    expand: bool
    chomp: bool
    text: str

    @property
    def joined(self) -> Joined:
        """The body, for a reader of scripts."""
        return Joined(self.text, (0,), (self.body.start,))


@dataclass(frozen=True)
class Instruction:
    """One instruction and all its parts.

    `arguments` is the joined text behind the flags, trimmed; `words` is what BuildKit splits it into (for
    RUN, CMD and the like: the shell form's words between white space). `json` holds the elements where the
    arguments are a JSON array, `pairs` those of ENV, LABEL and ARG, `inner` what stands behind ONBUILD or
    HEALTHCHECK. `blanks` are the empty lines inside its continuation.
    """

    keyword: str
    keyword_span: Span
    span: Span
    extent: Span
    escape: str
    flags: tuple[Flag, ...]
    arguments: Joined
    words: tuple[Word, ...]
    pairs: tuple[Pair, ...]
    json: tuple[JsonString, ...] | None
    heredocs: tuple[Heredoc, ...]
    comments: tuple[Comment, ...]
    blanks: tuple[Span, ...]
    inner: Instruction | None
    problems: tuple[Problem, ...]

    def flag(self, name: str) -> Flag | None:
        """The first flag of that name."""
        return next((flag for flag in self.flags if flag.name.text == name), None)

    @property
    def arguments_span(self) -> Span:
        return self.arguments.span(0, len(self.arguments.text))

    @cached_property
    def variables(self) -> tuple[VariableReference, ...]:
        """Every variable that BuildKit itself expands in this instruction, in order."""
        return tuple(_variables(self))


@dataclass(frozen=True, slots=True)
class VariableReference:
    """A `$NAME` or `${NAME…}`; `operator` as in `words.Variable`."""

    span: Span
    name: Word
    operator: str


Node = Directive | Comment | Blank | Instruction


@dataclass(frozen=True)
class File:
    """A Dockerfile. `problems` are those of the whole file, in order; `escape` is in force from the top."""

    text: str
    escape: str
    nodes: tuple[Node, ...]
    instructions: tuple[Instruction, ...]
    problems: tuple[Problem, ...]

    @cached_property
    def directives(self) -> tuple[Directive, ...]:
        return tuple(node for node in self.nodes if isinstance(node, Directive))

    def directive(self, name: str) -> Directive | None:
        return next((node for node in self.directives if node.name == name), None)

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """All comments, those inside instructions too."""
        found: list[Comment] = []
        for node in self.nodes:
            if isinstance(node, Comment):
                found.append(node)
            elif isinstance(node, Instruction):
                found += node.comments
        return tuple(found)

    @cached_property
    def custom_frontend(self) -> bool:
        """Whether `# syntax=` names something that is not Docker's own frontend and may know more."""
        syntax = self.directive("syntax")
        return syntax is not None and not re.match(
            r"(docker\.io/)?docker/dockerfile(:|@|$)", syntax.value.text
        )


FLAGS: dict[str, dict[str, str]] = {
    "ADD": {
        "chmod": "value", "chown": "value", "link": "bool", "checksum": "value", "keep-git-dir": "bool",
        "exclude": "list", "unpack": "bool",
    },
    "COPY": {
        "chmod": "value", "chown": "value", "from": "value", "link": "bool", "parents": "bool",
        "exclude": "list",
    },
    "FROM": {"platform": "value"},
    "HEALTHCHECK": {
        "interval": "duration", "timeout": "duration", "start-period": "duration",
        "start-interval": "duration", "retries": "integer",
    },
    "RUN": {"mount": "list", "network": "network", "security": "security", "device": "list"},
}  # fmt: skip
"""Each instruction's flags and what their values are (Docker's Dockerfile reference, 1.20)."""

KEYWORDS = (
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
    "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
)  # fmt: skip

_JSON_FORMS = frozenset(("RUN", "CMD", "ENTRYPOINT", "SHELL", "VOLUME", "COPY", "ADD"))
_ONE_ARGUMENT = frozenset(("MAINTAINER", "USER", "WORKDIR", "STOPSIGNAL"))
_AT_LEAST_ONE = frozenset(("ENV", "LABEL", "ARG", "EXPOSE", "VOLUME", "SHELL", "ONBUILD", "HEALTHCHECK"))
_EXPANDS = frozenset(
    ("ADD", "ARG", "COPY", "ENV", "EXPOSE", "FROM", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")
)
_KEYWORD_END = re.compile(r"[\t\v\f\r ]+")
_JSON_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_JSON_SPACE = re.compile(r"[ \t\r\n]*")
_DURATION = re.compile(r"[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$")
_STAGE_NAME = re.compile(r"[a-z][a-z0-9\-_.]*$")
_BOOLEANS = frozenset(("", "true", "false"))


def parse(text: str) -> File:
    """The tree of a Dockerfile's text. Linear in its length."""
    lines = text.split("\n")
    starts = _line_starts(lines)
    found, escape = normalise.directives(lines)
    nodes: list[Node] = []
    problems: list[Problem] = []
    for directive in found:
        start = starts[directive.line]
        value = Span(*directive.value).moved(start)
        extent = Span(start, starts[directive.line + 1])
        span = Span(text.index("#", start), value.end)
        name = Span(*directive.name).moved(start)
        word = Word(value, text[value.start : value.end])
        nodes.append(Directive(extent, span, text[name.start : name.end].lower(), name, word))
        if directive.error:
            problems.append(Problem(value, directive.error))
    at = len(found)
    instructions: list[Instruction] = []
    for block in normalise.blocks(lines, at, escape):
        _between(nodes, lines, starts, at, block.start)
        start, end = starts[block.start], starts[block.last + 1]
        bom = 1 if start == 0 and text.startswith("\ufeff") else 0
        shape = tuple((h.first - block.start, h.last - block.start, h.terminated) for h in block.heredocs)
        instruction = _instruction(text[start:end], start, bom, block.end - block.start, shape, escape)
        nodes.append(instruction)
        instructions.append(instruction)
        at = block.last + 1
    _between(nodes, lines, starts, at, len(lines))
    tree = File(text, escape, tuple(nodes), tuple(instructions), ())
    problems += _file_problems(tree)
    for instruction in instructions:
        problems += instruction.problems
    if tree.custom_frontend:
        problems = [p for p in problems if not p.message.startswith(("unknown flag", "unknown instruction"))]
    problems.sort(key=lambda problem: problem.span)
    return File(text, escape, tree.nodes, tree.instructions, tuple(problems))


def _line_starts(lines: list[str]) -> list[int]:
    """Each line's offset, then the text's length."""
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line) + 1
    return [*starts, at - 1]


def _between(nodes: list[Node], lines: list[str], starts: list[int], first: int, last: int) -> None:
    """The comments and blank lines from line `first` up to `last`."""
    blank = -1
    for line in range(first, last):
        indent = words.skip_space(lines[line], 0)
        if line == 0 and lines[0].startswith("\ufeff"):
            indent = words.skip_space(lines[0], 1)
        if lines[line].startswith("#", indent):
            if blank >= 0:
                nodes.append(Blank(Span(starts[blank], starts[line])))
            blank = -1
            nodes.append(_comment(lines[line], indent, starts[line], starts[line + 1]))
        elif blank < 0:
            blank = line
    if blank >= 0 and starts[last] > starts[blank]:
        nodes.append(Blank(Span(starts[blank], starts[last])))


def _comment(line: str, indent: int, start: int, end: int) -> Comment:
    stripped = line.rstrip("\r")
    return Comment(
        Span(start, end), Span(start + indent, start + len(stripped)), stripped[indent + 1 :].strip(SPACE)
    )


@lru_cache(maxsize=8192)
def _instruction(
    text: str, start: int, bom: int, end: int, heredocs: tuple[tuple[int, int, bool], ...], escape: str
) -> Instruction:
    """The instruction whose whole lines are `text`, at offset `start` of the file.

    `end` is the last line of its continuation and `heredocs` their first and last lines, counted from its
    own first line.
    """
    lines = text.split("\n")
    goes_on = normalise.continuation(escape)
    pieces: list[tuple[str, int]] = []
    comments: list[Comment] = []
    blanks: list[Span] = []
    at = start
    for number, line in enumerate(lines[: end + 1]):
        indent = words.skip_space(line, bom if number == 0 else 0)
        stripped = line.rstrip("\r")
        if number and indent >= len(stripped):
            blanks.append(Span(at, at + len(line)))
        elif number and stripped[indent] == "#":
            comments.append(_comment(line, indent, at, at + len(line) + 1))
        else:
            begin = 0 if number else indent
            pieces.append((goes_on.sub(r"\1", stripped[begin:]), at + begin))
        at += len(line) + 1
    whole = join(pieces)
    docs = [_heredoc(lines, start, first, last, ok, extent, opener, whole)
            for (first, last, ok), (extent, opener) in zip(
                heredocs, normalise.heredoc_words(whole.text) if heredocs else (), strict=True)]  # fmt: skip
    extent = Span(start, start + len(text))
    stop = whole.span(0, len(whole.text.rstrip(SPACE))).end
    if docs:
        stop = (docs[-1].closer or docs[-1].body).end
    return _read(
        whole, Span(whole.offset(0), stop), extent, escape, tuple(docs), tuple(comments), tuple(blanks)
    )


def _heredoc(
    lines: list[str], start: int, first: int, last: int, terminated: bool, extent: Extent,
    opener: normalise.Heredoc, whole: Joined,
) -> Heredoc:  # fmt: skip
    begin = start + sum(len(line) + 1 for line in lines[:first])
    end = begin + sum(len(line) + 1 for line in lines[first:last])
    closer = None
    if terminated:
        name = lines[last].rstrip("\r")
        tabs = len(name) - len(name.lstrip("\t")) if opener.chomp else 0
        closer = Span(end + tabs, end + len(name))
    else:
        end = min(end + len(lines[last]) + 1, start + sum(len(line) + 1 for line in lines) - 1)
    text = "\n".join(lines)[begin - start : end - start]
    return Heredoc(
        opener.name, whole.span(*extent), Span(begin, end), closer, opener.expand, opener.chomp, text
    )


def _read(
    whole: Joined, span: Span, extent: Span, escape: str, heredocs: tuple[Heredoc, ...] = (),
    comments: tuple[Comment, ...] = (), blanks: tuple[Span, ...] = (),
) -> Instruction:  # fmt: skip
    """Take the joined text of an instruction apart."""
    text = whole.text
    end = len(text.rstrip(SPACE))
    head = _KEYWORD_END.search(text, 0, end)
    stop = head.start() if head else end
    written = text[:stop]
    keyword = written.upper()
    problems: list[Problem] = []
    keyword_span = whole.span(0, stop)
    found: list[Extent] = []
    at = head.end() if head else end
    if head:
        found, at = words.flags(text[:end], at)
    flags = tuple(_flag(whole, flag) for flag in found)
    arguments = whole.cut(at, end)
    if keyword not in KEYWORDS:
        problems.append(Problem(keyword_span, _unknown(written, keyword)))
    problems += _flag_problems(keyword, flags)
    pairs: tuple[Pair, ...] = ()
    split: tuple[Word, ...] = ()
    elements: tuple[JsonString, ...] | None = None
    inner: Instruction | None = None
    match keyword:
        case "ENV" | "LABEL":
            pairs = _pairs(arguments, keyword, escape, problems)
        case "ARG":
            pairs = tuple(
                _pair(arguments, word, arguments.text.find("=", *word))
                for word in words.split_quoted(arguments.text, 0, escape)
            )
            problems += [
                Problem(pair.span, "ARG names can not be blank") for pair in pairs if not pair.key.text
            ]
        case "ONBUILD" if arguments.text:
            inner = _read(arguments, Span(arguments.offset(0), span.end), extent, escape, heredocs)
            problems += _trigger_problems(inner)
        case "HEALTHCHECK" if arguments.text:
            inner, kind = _health(arguments, extent, escape)
            problems += _health_problems(kind, inner)
        case _ if keyword in _ONE_ARGUMENT:
            split = (Word(arguments.span(0, len(arguments.text)), arguments.text),) if arguments.text else ()
        case _:
            if keyword in _JSON_FORMS and arguments.text.startswith("["):
                elements = _json(arguments, problems)
            if elements is None:
                split = _words(arguments)
    problems += [
        Problem(Span(doc.opener.start, doc.body.end), "unterminated heredoc")
        for doc in heredocs
        if not doc.closer
    ][:1]
    instruction = Instruction(
        keyword, keyword_span, span, extent, escape, flags, arguments, split, pairs, elements, heredocs, comments,
        blanks, inner, (),
    )  # fmt: skip
    problems += _argument_problems(instruction)
    if not problems:
        return instruction
    problems.sort(key=lambda problem: problem.span)
    return replace(instruction, problems=tuple(problems))


def _words(arguments: Joined) -> tuple[Word, ...]:
    text = arguments.text
    return tuple(Word(arguments.span(*word), text[slice(*word)]) for word in words.split_space(text))


def _flag(whole: Joined, flag: Extent) -> Flag:
    start, end = flag
    equals = whole.text.find("=", start, end)
    stop = end if equals < 0 else equals
    name = Word(whole.span(start + 2, stop), whole.text[start + 2 : stop])
    value = None if equals < 0 else Word(whole.span(equals + 1, end), whole.text[equals + 1 : end])
    return Flag(whole.span(start, end), name, value)


def _pair(arguments: Joined, word: Extent, equals: int) -> Pair:
    """The pair `key=value`; `equals` is the index of its `=`, or -1."""
    text, (start, end) = arguments.text, word
    stop = end if equals < 0 else equals
    key = Word(arguments.span(start, stop), text[start:stop])
    value = None if equals < 0 else Word(arguments.span(equals + 1, end), text[equals + 1 : end])
    return Pair(arguments.span(start, end), key, value)


def _pairs(arguments: Joined, keyword: str, escape: str, problems: list[Problem]) -> tuple[Pair, ...]:
    """The pairs of ENV and LABEL, in either form."""
    text = arguments.text
    found = list(words.split_quoted(text, 0, escape))
    if not found:
        return ()
    if "=" not in text[slice(*found[0])]:
        space = _KEYWORD_END.search(text)
        if not space:
            problems.append(Problem(arguments.span(*found[0]), f"{keyword} must have two arguments"))
            return ()
        key = Word(arguments.span(0, space.start()), text[: space.start()])
        value = Word(arguments.span(space.end(), len(text)), text[space.end() :])
        return (Pair(arguments.span(0, len(text)), key, value, legacy=True),)
    pairs: list[Pair] = []
    for word in found:
        equals = text.find("=", *word)
        span = arguments.span(*word)
        if equals < 0:
            message = f"Syntax error - can't find = in {_go_quote(text[slice(*word)])}. Must be of the form: name=value"
            problems.append(Problem(span, message))
        else:
            pairs.append(_pair(arguments, word, equals))
            if equals == word.start:
                problems.append(Problem(span, f"{keyword} names can not be blank"))
    return tuple(pairs)


def _json(arguments: Joined, problems: list[Problem]) -> tuple[JsonString, ...] | None:
    """The elements of a JSON array, or None: BuildKit then reads the shell form."""
    text = arguments.text
    skip = _JSON_SPACE.match
    at = _after(skip(text, 1))
    found: list[JsonString] = []
    others: list[Span] = []
    while not (text.startswith("]", at) and not found and not others):
        match = _JSON_STRING.match(text, at)
        if match:
            value = json.loads(match[0])
            found.append(JsonString(arguments.span(*match.span()), value))
            at = match.end()
        else:
            try:
                value, stop = json.JSONDecoder(parse_constant=_refuse).raw_decode(text, at)
            except (ValueError, RecursionError):
                return None
            others.append(arguments.span(at, stop))
            at = stop
        at = _after(skip(text, at))
        if text.startswith("]", at):
            break
        if not text.startswith(",", at):
            return None
        at = _after(skip(text, at + 1))
    if _after(skip(text, at + 1)) != len(text):
        return None
    if others:
        problems.append(
            Problem(others[0], "when using JSON array syntax, arrays must be comprised of strings only")
        )
    return tuple(found)


def _after(match: re.Match[str] | None) -> int:
    assert match  # the pattern matches the empty string
    return match.end()


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _health(arguments: Joined, extent: Span, escape: str) -> tuple[Instruction | None, Word]:
    """What stands behind HEALTHCHECK's flags: its kind, and the command of `CMD` as an instruction."""
    text = arguments.text
    stop = next((at for at, char in enumerate(text) if char in SPACE), len(text))
    kind = Word(arguments.span(0, stop), text[:stop])
    if kind.text.upper() not in {"CMD", "NONE"}:
        return None, kind
    return _read(arguments, arguments.span(0, len(text)), extent, escape), kind


def _health_problems(kind: Word, inner: Instruction | None) -> list[Problem]:
    match kind.text.upper():
        case "CMD" if inner and not inner.arguments.text:
            return [Problem(kind.span, "Missing command after HEALTHCHECK CMD")]
        case "CMD" if inner:
            return list(inner.problems)
        case "NONE" if inner and inner.arguments.text:
            return [Problem(inner.arguments_span, "HEALTHCHECK NONE takes no arguments")]
        case "NONE":
            return []
    return [Problem(kind.span, f'Unknown type "{kind.text.upper()}" in HEALTHCHECK (try CMD)')]


def _trigger_problems(inner: Instruction) -> list[Problem]:
    if inner.keyword == "ONBUILD":
        return [Problem(inner.keyword_span, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")]
    if inner.keyword in {"FROM", "MAINTAINER"}:
        return [Problem(inner.keyword_span, f"{inner.keyword} isn't allowed as an ONBUILD trigger")]
    return [p for p in inner.problems if p.message != "unterminated heredoc"]


def _flag_problems(keyword: str, flags: tuple[Flag, ...]) -> list[Problem]:
    known = FLAGS.get(keyword, {})
    problems: list[Problem] = []
    seen: set[str] = set()
    for flag in flags:
        name, value = flag.name.text, flag.value
        kind = known.get(name)
        if kind is None:
            if keyword in KEYWORDS:
                problems.append(
                    Problem(flag.span, f"unknown flag: --{name}{_hint(name, tuple(known), '--')}")
                )
            continue
        if name in seen and kind != "list":
            problems.append(Problem(flag.span, f"duplicate flag specified: --{name}"))
        seen.add(name)
        if value is None:
            if kind != "bool":
                problems.append(Problem(flag.span, f"missing a value on flag: --{name}"))
            continue
        message = ""
        match kind:
            case "bool" if value.text.lower() not in _BOOLEANS:
                message = f"expecting boolean value for flag --{name}, not: {value.text}"
            case "duration" if "$" not in value.text and not _DURATION.match(value.text):
                message = f'time: invalid duration "{value.text}"'
            case "integer" if "$" not in value.text and not re.match(r"[-+]?\d+$", value.text):
                message = f'strconv.ParseInt: parsing "{value.text}": invalid syntax'
            case "network" if "$" not in value.text and value.text not in {"default", "none", "host"}:
                message = f'invalid network mode "{value.text}"'
        if message:
            problems.append(Problem(value.span if value.text else flag.span, message))
    return problems


def _argument_problems(instruction: Instruction) -> list[Problem]:
    """Too few arguments, and words that cannot be expanded."""
    keyword, at = instruction.keyword, instruction.keyword_span
    empty = not instruction.arguments.text
    count = len(instruction.words if instruction.json is None else instruction.json)
    match keyword:
        case "FROM" if count != 1 and (count != 3 or instruction.words[1].text.lower() != "as"):
            span = instruction.arguments_span if count else at
            return [Problem(span, "FROM requires either one or three arguments")]
        case "FROM" if count == 3 and not _STAGE_NAME.match(instruction.words[2].text.lower()):
            name = instruction.words[2]
            message = f"invalid name for build stage: {_go_quote(name.text)}, name can't start with a number or contain symbols"
            return [Problem(name.span, message)]
        case "COPY" | "ADD" if count < 2:
            message = "requires at least two arguments, but only one was provided. Destination could not be determined"
            span = at if empty else instruction.arguments_span
            return [Problem(span, f"{keyword} {message}")]
        case _ if keyword in _ONE_ARGUMENT and empty:
            return [Problem(at, f"{keyword} requires exactly one argument")]
        case _ if keyword in _AT_LEAST_ONE and (empty or (instruction.json is not None and not count)):
            return [Problem(at, f"{keyword} requires at least one argument")]
        case "SHELL" if instruction.json is None:
            return [Problem(instruction.arguments_span, "SHELL requires the arguments to be in JSON form")]
        case "VOLUME" if any(not element.value.strip() for element in instruction.json or ()):
            return [Problem(instruction.arguments_span, "VOLUME specified can not be an empty string")]
    if keyword not in _EXPANDS:
        return []
    return [p for word in _expanded_words(instruction) for p in _expansion_problems(instruction, word)]


def _expanded_words(instruction: Instruction) -> list[Word]:
    """The words that BuildKit expands variables in. Elements of a JSON array count without their quotes."""
    if instruction.pairs:
        found = []
        for pair in instruction.pairs:
            if instruction.keyword != "ARG":
                found.append(pair.key)
            if pair.value:
                found.append(pair.value)
        return found
    if instruction.json is not None:
        return [
            Word(Span(element.span.start + 1, element.span.end - 1), element.value)
            for element in instruction.json
            if element.span.end - element.span.start == len(element.value) + 2
        ]
    if instruction.keyword == "FROM":
        return list(instruction.words[:1])
    return list(instruction.words)


def _expansion_problems(instruction: Instruction, word: Word) -> list[Problem]:
    text, escape = word.text, instruction.escape
    reason = ""
    quote = words.unclosed_quote(text, escape, 0, len(text)) if '"' in text or "'" in text else ""
    if quote:
        kind = "double" if quote == '"' else "single"
        reason = f"unexpected end of statement while looking for matching {kind}-quote"
    elif "${" in text:
        found = words.variables(words.parts(text, escape))
        reason = next((variable.error for variable in found if variable.error), "")
    return [Problem(word.span, f"failed to process {_go_quote(text)}: {reason}")] if reason else []


def _variables(instruction: Instruction) -> list[VariableReference]:
    target = instruction.inner or instruction
    found: list[VariableReference] = []
    if target.keyword in _EXPANDS:
        for word in _expanded_words(target):
            found += _word_variables(word, target)
    for flag in (*instruction.flags, *(target.flags if target is not instruction else ())):
        if flag.value:
            found += _word_variables(flag.value, target)
    if target.keyword in {"COPY", "ADD"}:
        for doc in target.heredocs:
            if doc.expand:
                found += _body_variables(doc, doc.text)
    return sorted(found, key=lambda reference: reference.span)


def _word_variables(word: Word, instruction: Instruction) -> list[VariableReference]:
    if "$" not in word.text:
        return []
    if word.span.end - word.span.start == len(word.text):
        place = Joined(word.text, (0,), (word.span.start,))
    else:
        at = instruction.arguments.index(word.span.start)
        place = instruction.arguments.cut(at, at + len(word.text))
    return [
        _reference(place, variable)
        for variable in words.variables(words.parts(word.text, instruction.escape))
    ]


def _body_variables(doc: Heredoc, text: str) -> list[VariableReference]:
    """The variables of a COPY heredoc, in which quotes mean nothing."""
    place = Joined(text, (0,), (doc.body.start,))
    found: list[VariableReference] = []
    at = text.find("$")
    while at >= 0:
        if text[at - 1 : at] == "\\":
            at += 1
        else:
            variable, at = words.variable(text, at)
            if variable and not variable.error:
                found.append(_reference(place, variable))
        at = text.find("$", at)
    return found


def _reference(place: Joined, variable: words.Variable) -> VariableReference:
    stop = variable.name_start + len(variable.name)
    name = Word(place.span(variable.name_start, stop), variable.name)
    return VariableReference(place.span(variable.start, variable.end), name, variable.operator)


def _file_problems(tree: File) -> list[Problem]:
    if not tree.instructions:
        message = "file with no instructions" if tree.text else "the Dockerfile cannot be empty"
        return [Problem(Span(0, 0), message)]
    first = next((each for each in tree.instructions if each.keyword != "ARG"), None)
    if first and first.keyword != "FROM" and first.keyword in KEYWORDS:
        return [Problem(first.keyword_span, "no build stage in current context")]
    return []


def _unknown(written: str, keyword: str) -> str:
    return f"unknown instruction: {written}{_hint(keyword, KEYWORDS)}"


def _hint(word: str, known: tuple[str, ...], prefix: str = "") -> str:
    """The suggestion that BuildKit makes behind a misspelling."""
    import difflib

    close = difflib.get_close_matches(word, known, 1, 0.7) if len(word) < 30 else []
    return f" (did you mean {prefix}{close[0]}?)" if close else ""


def _go_quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
