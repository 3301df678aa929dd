"""What BuildKit refuses, in the words with which it would fail.

BuildKit stops at its first error; here each error is told, but not what only follows from another. So
what its parser refuses hides what a later step would say of the same instruction.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import regex
from ..text import Span
from . import mounts, values, words
from .joined import Joined
from .keywords import EXPANDED, EXPANDED_FLAGS, FLAGS, KEYWORDS, NOT_EMPTY, ONE_ARGUMENT
from .nodes import Directive, File, Flag, Heredoc, Instruction, Problem

_FALLIBLE = regex.compile(r"['\"]|[$][{]")
"""Without any of these, a word can be expanded."""
_STAGE_NAME = regex.compile(r"[a-z][a-z0-9\-_.]*")
_UNKNOWN = ("unknown flag", "unknown instruction")
_ONLY_STRINGS = "when using JSON array syntax, arrays must be comprised of strings only"
_TOO_FEW = "requires at least two arguments, but only one was provided. Destination could not be determined"
_NO_VARIABLE = (
    "variable expansion is not supported for --from, define a new stage with FROM using ARG from global"
    " scope as a workaround"
)
_LONGEST_LINE = 65535


def of_instruction(instruction: Instruction, not_a_string: Span | None, trigger: bool) -> tuple[Problem, ...]:
    """The problems of one instruction, in order. `not_a_string` is such an element of its JSON array.

    A `trigger` stands behind ONBUILD or HEALTHCHECK: only BuildKit's parser has read it so far.
    """
    found = list(_of_parser(instruction, not_a_string, trigger))
    if not found and not trigger:
        found = list(_of_builder(instruction))
    found.sort(key=lambda problem: problem.span)
    return tuple(found)


def of_file(tree: File) -> tuple[Problem, ...]:
    """All problems of a file, in order."""
    found = [*_of_directives(tree), *_of_lines(tree), *_of_stages(tree)]
    for instruction in tree.instructions:
        found += instruction.problems
    if tree.custom_frontend:
        found = [problem for problem in found if not problem.message.startswith(_UNKNOWN)]
    found.sort(key=lambda problem: problem.span)
    return tuple(found)


def _of_directives(tree: File) -> Iterator[Problem]:
    seen: set[str] = set()
    for directive in tree.directives:
        message = _directive(directive)
        if directive.name in seen:
            message = f"only one {directive.name} parser directive can be used"
        seen.add(directive.name)
        if message:
            yield Problem(directive.value.span, message)


def _directive(directive: Directive) -> str:
    value = directive.value.text
    if directive.name == "escape" and value not in ("`", "\\"):
        return f"invalid escape token '{value}' does not match ` or \\"
    if directive.name == "check":
        for option in value.split(";"):
            key, equals, setting = option.strip().partition("=")
            if not equals or key not in {"skip", "error", "experimental"}:
                return f"failed to parse check options: invalid check option {values.quote(key)}"
            if key == "error" and not values.boolean(setting.strip()):
                reason = f"strconv.ParseBool: parsing {values.quote(setting)}: invalid syntax"
                return f"failed to parse check options: failed to parse check option {values.quote(option)}: {reason}"
    return ""


def _of_lines(tree: File) -> Iterator[Problem]:
    if len(tree.text) * 3 <= _LONGEST_LINE:
        return
    at = 0
    for line in tree.text.split("\n"):
        # A character has at most four bytes.
        if len(line) * 4 > _LONGEST_LINE and len(line.encode(errors="surrogateescape")) > _LONGEST_LINE:
            message = f"dockerfile line greater than max allowed size of {_LONGEST_LINE}"
            yield Problem(Span(at, at + len(line)), message)
        at += len(line) + 1


def _of_stages(tree: File) -> Iterator[Problem]:
    if not tree.instructions:
        message = "file with no instructions" if tree.text else "the Dockerfile cannot be empty"
        yield Problem(Span(0, 0), message)
        return
    first = next((each for each in tree.instructions if each.keyword != "ARG"), None)
    if first is None:
        if not any(each.problems for each in tree.instructions):
            yield Problem(tree.instructions[-1].keyword_span, "dockerfile contains no stages to build")
    elif first.keyword != "FROM" and first.keyword in KEYWORDS and not first.problems:
        yield Problem(first.keyword_span, "no build stage in current context")


def _of_parser(instruction: Instruction, not_a_string: Span | None, trigger: bool) -> Iterator[Problem]:
    if not_a_string:
        yield Problem(not_a_string, _ONLY_STRINGS)
    if instruction.inner:
        yield from instruction.inner.problems
    if not trigger:
        for doc in instruction.heredocs:
            if not doc.closer:
                yield Problem(Span(doc.opener.start, doc.body.end), "unterminated heredoc")
                break
    if instruction.keyword in {"ENV", "LABEL"}:
        yield from _pairs(instruction)


def _pairs(instruction: Instruction) -> Iterator[Problem]:
    if instruction.pairs and instruction.pairs[0].value is None:
        yield Problem(instruction.arguments_span, f"{instruction.keyword} must have two arguments")
        return
    for pair in instruction.pairs:
        if pair.value is None:
            name = values.quote(pair.key.text)
            message = f"Syntax error - can't find = in {name}. Must be of the form: name=value"
            yield Problem(pair.span, message)


def _of_builder(instruction: Instruction) -> Iterator[Problem]:
    keyword = instruction.keyword
    if keyword not in KEYWORDS:
        written = _first_word(instruction.joined.text)
        hint = values.suggestion(written, KEYWORDS)
        yield Problem(instruction.keyword_span, f"unknown instruction: {written}{hint}")
        return
    wrong = _arguments(instruction)
    if wrong:
        yield wrong
        return
    if keyword == "HEALTHCHECK" and instruction.inner and instruction.inner.keyword == "NONE":
        return
    if instruction.flags and keyword != "ARG":
        yield from _flags(instruction)
    yield from list(_expansions(instruction)) or _settings(instruction)


def _arguments(instruction: Instruction) -> Problem | None:
    """Too few or too many arguments, or of the wrong kind."""
    keyword, at = instruction.keyword, instruction.keyword_span
    empty = not instruction.arguments.text
    elements = instruction.json
    if empty and keyword in ONE_ARGUMENT:
        return Problem(at, f"{keyword} requires exactly one argument")
    if keyword in NOT_EMPTY and (empty or elements == ()):
        return Problem(at, f"{keyword} requires at least one argument")
    match keyword:
        case "ENV" | "LABEL" | "ARG":
            blank = (pair.span for pair in instruction.pairs if not pair.key.text)
            return next((Problem(span, f"{keyword} names can not be blank") for span in blank), None)
        case "FROM":
            return _from(instruction)
        case "COPY" | "ADD" if len(instruction.words if elements is None else elements) < 2:
            return Problem(at if empty else instruction.arguments_span, f"{keyword} {_TOO_FEW}")
        case "SHELL" if elements is None:
            return Problem(instruction.arguments_span, "SHELL requires the arguments to be in JSON form")
        case "ONBUILD" if instruction.inner:
            return _onbuild(instruction.inner)
        case "HEALTHCHECK":
            return _healthcheck(instruction)
    return None


def _from(instruction: Instruction) -> Problem | None:
    found = instruction.words
    if len(found) == 1:
        return None
    if len(found) != 3 or found[1].text.lower() != "as":
        span = instruction.arguments_span if found else instruction.keyword_span
        return Problem(span, "FROM requires either one or three arguments")
    name = found[2]
    if _STAGE_NAME.fullmatch(name.text.lower()):
        return None
    reason = "name can't start with a number or contain symbols"
    return Problem(name.span, f"invalid name for build stage: {values.quote(name.text)}, {reason}")


def _onbuild(inner: Instruction) -> Problem | None:
    if inner.keyword == "ONBUILD":
        return Problem(inner.keyword_span, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
    if inner.keyword in {"FROM", "MAINTAINER"}:
        return Problem(inner.keyword_span, f"{inner.keyword} isn't allowed as an ONBUILD trigger")
    return None


def _healthcheck(instruction: Instruction) -> Problem | None:
    inner = instruction.inner
    if inner is None or inner.keyword not in {"CMD", "NONE"}:
        at = inner.keyword_span if inner else instruction.keyword_span
        name = values.quote(inner.keyword) if inner else '""'
        return Problem(at, f"Unknown type {name} in HEALTHCHECK (try CMD)")
    nothing = not inner.arguments.text or inner.json == ()
    if inner.keyword == "CMD" and nothing:
        return Problem(inner.keyword_span, "Missing command after HEALTHCHECK CMD")
    if inner.keyword == "NONE" and not nothing:
        return Problem(inner.arguments_span, "HEALTHCHECK NONE takes no arguments")
    return None


def _flags(instruction: Instruction) -> Iterator[Problem]:
    known = FLAGS.get(instruction.keyword, {})
    seen: set[str] = set()
    for flag in instruction.flags:
        name = words.unquoted_flag(flag.name.text)
        kind = known.get(name)
        if kind is None:
            yield Problem(flag.span, f"unknown flag: --{name}{values.suggestion(name, tuple(known))}")
            continue
        if name in seen and kind != "list":
            yield Problem(flag.span, f"duplicate flag specified: --{name}")
            continue
        seen.add(name)
        message = _flag(name, kind, flag, instruction.escape)
        if message:
            yield Problem(flag.value.span if flag.value and flag.value.text else flag.span, message)


def _flag(name: str, kind: str, flag: Flag, escape: str) -> str:
    """What is wrong with a flag that is known."""
    if flag.value is None:
        return "" if kind == "bool" else f"missing a value on flag: --{name}"
    value = words.unquoted_flag(flag.value.text)
    match kind:
        case "bool" if not value:
            return f"missing a value on flag: --{name}"
        case "bool" if value.lower() not in {"true", "false"}:
            return f"expecting boolean value for flag --{name}, not: {value}"
        case "duration" if value:
            return values.interval(name, value)
        case "integer" if value:
            wrong = values.integer(value)
            return wrong or (f"--{name} cannot be negative ({int(value)})" if int(value) < 0 else "")
        case "network" if value not in {"default", "none", "host"}:
            return f"invalid network mode {values.quote(value)}"
    if name == "mount":
        return mounts.failure(value, escape)
    if name == "from" and "$" in value:
        reason = words.failure(value, escape)
        if reason:
            return f"failed to process {values.quote(value)}: {reason}"
        return _NO_VARIABLE if any(words.variables(words.parts(value, escape))) else ""
    return ""


def _expansions(instruction: Instruction) -> Iterator[Problem]:
    """Words that BuildKit cannot expand. Behind a quote left open, none is read as it was meant."""
    escape = instruction.escape
    for flag in instruction.flags:
        if flag.value and flag.name.text in EXPANDED_FLAGS:
            value = words.unquoted_flag(flag.value.text)
            reason = words.failure(value, escape) if "${" in value else ""
            if reason:
                about = "failed to process arguments for platform : " if flag.name.text == "platform" else ""
                yield Problem(flag.value.span, f"{about}failed to process {values.quote(value)}: {reason}")
    if instruction.keyword in EXPANDED and _FALLIBLE.search(instruction.arguments.text):
        for piece in instruction.expanded:
            reason = words.failure(piece.text, escape) if _FALLIBLE.search(piece.text) else ""
            if reason:
                yield _unexpanded(piece, reason)
            if reason.endswith("-quote"):
                return
    if instruction.keyword in {"COPY", "ADD"}:
        yield from _bodies(instruction.heredocs)


def _bodies(heredocs: tuple[Heredoc, ...]) -> Iterator[Problem]:
    for doc in heredocs:
        if doc.expand and "${" in doc.text:
            reason = words.failure(doc.text, "\\", quotes=False)
            found = words.variables(words.parts(doc.text, "\\", quotes=False))
            wrong = next((variable for variable in found if variable.error), None)
            if wrong:
                span = Span(wrong.start, wrong.end).moved(doc.body.start)
                yield Problem(span, f"failed to process {values.quote(doc.text)}: {reason}")


def _unexpanded(piece: Joined, reason: str) -> Problem:
    span = piece.span(0, len(piece.text))
    return Problem(span, f"failed to process {values.quote(piece.text)}: {reason}")


def _settings(instruction: Instruction) -> Iterator[Problem]:
    """Values that cannot be what they should, whatever the variables are."""
    match instruction.keyword:
        case "EXPOSE":
            for piece in instruction.expanded:
                text = _constant(piece.text, instruction.escape)
                message = values.port(text) if text else ""
                if message:
                    yield Problem(piece.span(0, len(piece.text)), message)
        case "VOLUME":
            empty = "VOLUME specified can not be an empty string"
            for piece in instruction.expanded:
                text = _constant(piece.text, instruction.escape)
                if text == "" or (instruction.json and not piece.text.strip()):
                    yield Problem(instruction.arguments_span, empty)
                    break


def _constant(text: str, escape: str) -> str | None:
    """What a word is worth, None where that depends on a variable."""
    if "$" not in text and '"' not in text and "'" not in text and escape not in text:
        return text
    value = ""
    for part in words.parts(text, escape):
        if isinstance(part, words.Variable):
            return None
        value += part.value
    return value


def _first_word(text: str) -> str:
    return next((text[start:end] for start, end in words.split_space(text)), "")
