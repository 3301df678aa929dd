"""How what is being typed is written: every form of an instruction or flag, and which part of it the cursor is in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .. import regex
from ..knowledge.instructions import DIRECTIVES, INSTRUCTIONS, MOUNTS
from ..model.build import Build
from ..model.cursor import Place, find
from ..syntax.dockerfile import Comment, Directive
from ..text import Span


@dataclass(frozen=True)
class Signature:
    """A form: its label, where in it the parameters stand, and Markdown about it."""

    label: str
    parameters: tuple[Span, ...]
    documentation: str = ""


@dataclass(frozen=True)
class Help:
    """The forms that what is typed may become. `parameter` is the one that is typed, an index into those of each."""

    signatures: tuple[Signature, ...]
    parameter: int


_FORMS: Mapping[str, tuple[str, ...]] = {
    "FROM": ("FROM ‹[flags]› ‹image›:‹tag› ‹AS› ‹name›", "FROM ‹[flags]› ‹image›@‹digest› ‹AS› ‹name›"),
    "RUN": ("RUN ‹[flags]› ‹command› ‹argument› ‹…›", 'RUN ‹[flags]› [ ‹"command"›, ‹"argument"›, ‹…› ]'),
    "CMD": (
        "CMD ‹command› ‹argument› ‹…›",
        'CMD [ ‹"command"›, ‹"argument"›, ‹…› ]',
        'CMD [ ‹"argument of ENTRYPOINT"›, ‹"argument"›, ‹…› ]',
    ),
    "ENTRYPOINT": ("ENTRYPOINT ‹command› ‹argument› ‹…›", 'ENTRYPOINT [ ‹"command"›, ‹"argument"›, ‹…› ]'),
    "COPY": ("COPY ‹[flags]› ‹source› ‹…› ‹target›", 'COPY ‹[flags]› [ ‹"source"›, ‹…›, ‹"target"› ]'),
    "ADD": ("ADD ‹[flags]› ‹source› ‹…› ‹target›", 'ADD ‹[flags]› [ ‹"source"›, ‹…›, ‹"target"› ]'),
    "ENV": ("ENV ‹key›=‹value› ‹…›", "ENV ‹key› ‹value›"),
    "LABEL": ("LABEL ‹key›=‹value› ‹…›", "LABEL ‹key› ‹value›"),
    "ARG": ("ARG ‹name›", "ARG ‹name›=‹default› ‹…›"),
    "EXPOSE": ("EXPOSE ‹port›/‹protocol› ‹…›",),
    "HEALTHCHECK": ("HEALTHCHECK ‹[flags]› CMD ‹command›", "HEALTHCHECK NONE"),
    "MAINTAINER": ("MAINTAINER ‹name›",),
    "ONBUILD": ("ONBUILD ‹INSTRUCTION›",),
    "SHELL": ('SHELL [ ‹"program"›, ‹"argument"›, ‹…› ]',),
    "STOPSIGNAL": ("STOPSIGNAL ‹signal›",),
    "USER": ("USER ‹user›:‹group›", "USER ‹uid›:‹gid›"),
    "VOLUME": ("VOLUME ‹path› ‹…›", 'VOLUME [ ‹"path"›, ‹…› ]'),
    "WORKDIR": ("WORKDIR ‹path›",),
}
"""`‹…›` marks a parameter; `[flags]` is one of those that have any."""
_DIRECTIVE_FORMS = {
    "syntax": "syntax=‹image›",
    "escape": "escape=‹character›",
    "check": "check=‹skip=CHECK,…;error=true›",
}
_PARAMETER = regex.compile("‹([^›]*)›")
_DIRECTIVE = regex.compile(r"#\s*(syntax|escape|check)\s*=", re.IGNORECASE)


def signature_help(build: Build, offset: int) -> Help | None:
    """What to say while the instruction at `offset` is typed; None in its keyword, in comments and in heredocs."""
    place = find(build, offset)
    if not isinstance(place, Place):
        return _directive(build, place, offset) if place else None
    if place.heredoc or not place.keyword:
        return _fitting(_FORMS["ONBUILD"], "ONBUILD", 0) if place.outer and not place.heredoc else None
    if not place.arguments and place.word.startswith("--") and "=" in place.word:
        return _flag(place)
    return _instruction(place) if place.keyword in _FORMS else None


def _directive(build: Build, node: Comment | Directive, offset: int) -> Help | None:
    match = _DIRECTIVE.match(build.file.text[node.span.start : offset])
    if match is None:
        return None
    name = match[1].lower()
    return Help((_signature(_DIRECTIVE_FORMS[name], DIRECTIVES[name].summary),), 0)


def _signature(form: str, documentation: str) -> Signature:
    label, parameters = "", []
    for number, piece in enumerate(_PARAMETER.split(form)):
        if number % 2:
            parameters.append(Span(len(label), len(label) + len(piece)))
        label += piece
    return Signature(label, tuple(parameters), documentation)


def _flag(place: Place) -> Help | None:
    """How the flag at the cursor is written."""
    name, _, value = place.word.removeprefix("--").partition("=")
    doc = INSTRUCTIONS[place.keyword].flags.get(name) if place.keyword in INSTRUCTIONS else None
    if doc is None:
        return _instruction(place) if place.keyword in _FORMS else None
    if name == "mount":
        return _mount(value)
    shown = doc.value or "true|false"
    return Help((_signature(f"--{name}=‹{shown}›", doc.summary),), 0)


def _mount(value: str) -> Help:
    """The forms of a mount, of its type where that is known; the parameter is the option at the cursor."""
    *_, field = fields = value.split(",")
    kind = next((each.partition("=")[2].lower() for each in fields if each.lower().startswith("type=")), "")
    kinds = [kind] if kind in MOUNTS else [each for each in MOUNTS if each.startswith(kind)] or list(MOUNTS)
    key = field.partition("=")[0].lower()
    signatures = []
    for each in kinds:
        doc = MOUNTS[each]
        options = ",".join(f"‹{option}=…›" for option in doc.options)
        about = doc.options.get(key) if len(kinds) == 1 else None
        signatures.append(_signature(f"--mount=‹type={each}›,{options}", about or doc.summary))
    keys = list(MOUNTS[kinds[0]].options)
    return Help(tuple(signatures), keys.index(key) + 1 if key in keys and len(kinds) == 1 else 0)


def _instruction(place: Place) -> Help | None:
    """The forms of an instruction that fit what has been typed of it."""
    keyword, typed = place.keyword, place.rest[_flags_end(place) :]
    forms = _FORMS[keyword]
    with_flags = "[flags]" in forms[0]
    if with_flags and not place.arguments and place.word.startswith("-"):
        return _fitting(forms, keyword, 0)
    closed = typed.rstrip().endswith("]")
    # What stands behind the bracket makes a shell form of it.
    if typed.startswith("[") and not (closed and typed[-1].isspace()):
        forms = tuple(form for form in forms if "[ ‹" in form) or forms
        return _fitting(forms, keyword, 99 if closed else typed.count(",") + with_flags)
    if typed:
        forms = tuple(form for form in forms if "[ ‹" not in form)
    if not forms:
        return None
    match keyword:
        case "FROM":
            return _from(place)
        case "ENV" | "LABEL" | "ARG":
            return _pairs(place, forms)
        case "HEALTHCHECK":
            return _healthcheck(place)
        case "USER" | "EXPOSE":
            return _fitting(
                forms, keyword, 2 if place.arguments else int(bool(re.search("[:/]", place.word)))
            )
    return _fitting(forms, keyword, len(place.arguments) + with_flags)


def _flags_end(place: Place) -> int:
    """Where in what is typed behind the keyword the arguments begin."""
    match = re.match(r"(?:--\S*\s+)*", place.rest)
    return match.end() if match else 0


def _fitting(forms: tuple[str, ...], keyword: str, parameter: int) -> Help:
    """The forms, with a parameter that the first of them has: what is typed behind the last belongs to that."""
    last = max(len(_PARAMETER.findall(forms[0])) - 1, 0)
    return Help(
        tuple(_signature(form, INSTRUCTIONS[keyword].summary) for form in forms), min(parameter, last)
    )


def _from(place: Place) -> Help | None:
    tag, digest = _FORMS["FROM"]
    number = len(place.arguments)
    image = place.arguments[0] if number else place.word
    name = image.rpartition("/")[2]
    if number > 2:
        return None
    forms = (digest,) if "@" in name else (tag,) if ":" in name else (tag, digest)
    if number:
        return _fitting(forms, "FROM", number + 2)
    return _fitting(forms, "FROM", 2 if re.search("[:@]", name) else 1)


def _pairs(place: Place, forms: tuple[str, ...]) -> Help:
    """The forms of key and value: with a space between them the old one, which has no more than one pair."""
    old = place.keyword != "ARG" and bool(place.arguments) and "=" not in place.arguments[0]
    if old:
        return _fitting(forms[1:], place.keyword, 1)
    if place.arguments:
        return _fitting(forms[1:] if place.keyword == "ARG" else forms[:1], place.keyword, 2)
    if "=" in place.word:
        return _fitting(forms[1:] if place.keyword == "ARG" else forms[:1], place.keyword, 1)
    return _fitting(forms, place.keyword, 0)


def _healthcheck(place: Place) -> Help | None:
    first, none = _FORMS["HEALTHCHECK"]
    kind = place.arguments[0].upper() if place.arguments else ""
    if kind == "NONE":
        return None
    if kind:
        return _fitting((first,), "HEALTHCHECK", 1)
    forms = (first, none) if not place.flags else (first,)
    return _fitting(forms, "HEALTHCHECK", 0)
