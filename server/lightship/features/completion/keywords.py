"""Instructions, with what usually follows them to be filled in."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.cursor import Place
from .item import Item, Kind, begins, filled

_SNIPPETS: dict[str, tuple[str, ...]] = {
    "FROM": ("FROM ${1:baseImage}", "FROM ${1:baseImage} AS ${2:name}"),
    "RUN": ("RUN ${1:command}", "RUN <<EOF\n${1:command}\nEOF"),
    "COPY": ("COPY ${1:source} ${2:dest}", "COPY --from=${1:stage} ${2:source} ${3:dest}"),
    "WORKDIR": ("WORKDIR ${1:/the/workdir/path}",),
    "ENV": ("ENV ${1:key}=${2:value}",),
    "ARG": ("ARG ${1:name}", "ARG ${1:name}=${2:defaultValue}"),
    "CMD": ('CMD [ "${1:executable}" ]',),
    "ENTRYPOINT": ('ENTRYPOINT [ "${1:executable}" ]',),
    "USER": ("USER ${1:daemon}",),
    "EXPOSE": ("EXPOSE ${1:port}",),
    "HEALTHCHECK": (
        'HEALTHCHECK --interval=${1:30s} --timeout=${2:30s} --start-period=${3:5s} --retries=${4:3} CMD [ "${5:executable}" ]',
        "HEALTHCHECK NONE",
    ),
    "LABEL": ('LABEL ${1:key}="${2:value}"',),
    "VOLUME": ('VOLUME [ "${1:/data}" ]',),
    "SHELL": ('SHELL [ "${1:executable}" ]',),
    "STOPSIGNAL": ("STOPSIGNAL ${1:signal}",),
    "ADD": ("ADD ${1:source} ${2:dest}",),
    "ONBUILD": ("ONBUILD ${1:INSTRUCTION}",),
    "MAINTAINER": ("MAINTAINER ${1:name}",),
}
_PLAIN = {"HEALTHCHECK": ("HEALTHCHECK CMD", "HEALTHCHECK NONE")}
"""What a client that fills nothing in gets, where it is not the keyword alone."""


def keywords(place: Place, snippets: bool) -> Iterator[Item]:
    """The instructions that may stand here and go on from what is typed, those that are used most first."""
    typed = place.typed.text
    span = place.last(len(typed))
    lower = _lower(place)
    for keyword, templates in _SNIPPETS.items():
        if not begins(keyword, typed) or keyword == typed.upper() or not _allowed(place, keyword):
            continue
        for template in templates if snippets else _PLAIN.get(keyword, (keyword,)):
            written = template
            if lower:
                written = template.replace(keyword, keyword.lower(), 1).replace(" AS ", " as ")
            plain = filled(written)
            yield Item(
                plain.replace("\n", " ⏎ "),
                Kind.KEYWORD,
                span,
                plain,
                written if written != plain else "",
                topic=f"instruction {keyword}",
                deprecated=keyword == "MAINTAINER",
            )


def _allowed(place: Place, keyword: str) -> bool:
    if place.outer:
        return keyword not in ("FROM", "ONBUILD", "MAINTAINER")
    above = any(stage.opening and stage.opening.span.start <= place.offset for stage in place.build.stages)
    return above or keyword in ("FROM", "ARG") or any(stage.opening for stage in place.build.stages)


def _lower(place: Place) -> bool:
    """Whether all other keywords of the file are in lower case."""
    others = [
        place.build.file.text[slice(*each.keyword_span)]
        for each in place.build.file.instructions
        if not each.keyword_span.covers(place.offset)
    ]
    return bool(others) and all(word.islower() for word in others)


def after_healthcheck(place: Place, snippets: bool) -> Iterator[Item]:
    """What tells how a container is checked."""
    for word, snippet in (("CMD", 'CMD [ "${1:executable}" ]'), ("NONE", "")):
        if (
            begins(word, place.word)
            and word.lower() != place.word.lower()
            and not (word == "NONE" and place.flags)
        ):
            span = place.last(len(place.word))
            use = snippet if snippets else ""
            yield Item(
                filled(use) or word,
                Kind.KEYWORD,
                span,
                filled(use) or word,
                use,
                topic="instruction HEALTHCHECK",
            )


def after_image(place: Place) -> Iterator[Item]:
    """What gives a stage its name."""
    named = place.step.instruction.words[1:] if place.step else ()
    if begins("AS", place.word) and not any(word.text.lower() == "as" for word in named):
        yield Item("AS", Kind.KEYWORD, place.last(len(place.word)), "AS ", topic="instruction FROM")
