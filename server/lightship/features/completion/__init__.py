"""What may stand at the cursor: one module for each kind of thing, and here which of them are asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from ...context import BuildContext
from ...model.build import Build, Run
from ...model.cursor import Place, find
from ...syntax import normalise
from . import bases, comments, flags, keywords, packages, paths, values, variables
from .documentation import about
from .item import Item, Kind

__all__ = ["Item", "Kind", "about", "complete"]

_NONE: Mapping[str, str] = MappingProxyType({})


def complete(
    build: Build,
    offset: int,
    context: BuildContext | None = None,
    rules: Mapping[str, str] = _NONE,
    snippets: bool = True,
) -> list[Item]:
    """The items for a place, the likeliest first; each replaces what has been typed of it and nothing behind the cursor.

    `rules` are the rules' summaries by name and alias; `snippets` says that placeholders may be filled in.
    """
    place = find(build, offset)
    match place:
        case Place() if not place.heredoc and _behind_escape(build, offset):
            return []
        case Place():
            return list(_items(place, context, snippets))
        case None:
            return []
    return list(comments.items(build, place, offset, rules, snippets))


def _behind_escape(build: Build, offset: int) -> bool:
    """Whether a line break is escaped in front of the cursor: nothing may stand between the two."""
    line = build.source.line_span(build.source.line_of(offset))
    before = normalise.continued(build.source[line], build.file.escape)
    return before is not None and line.start + len(before) < offset


def _items(place: Place, context: BuildContext | None, snippets: bool) -> Iterable[Item]:
    found = variables.variables(place)
    if found is not None:
        return found
    if place.heredoc:
        return packages.debian(place) if isinstance(place.step, Run) else ()
    if not place.keyword:
        return keywords.keywords(place, snippets)
    if not place.arguments and place.word.startswith("--") and "=" in place.word:
        return flags.of_flag(place, context)
    if not place.arguments and place.word.startswith("-"):
        return flags.names(place, snippets)
    fitting = _arguments(place, context, snippets)
    return [*fitting, *(flags.names(place, snippets) if not place.arguments and not place.word else ())]


def _arguments(place: Place, context: BuildContext | None, snippets: bool) -> Iterable[Item]:
    first = not place.arguments
    match place.keyword:
        case "FROM" if first:
            return bases.bases(place)
        case "FROM" if len(place.arguments) == 1:
            return keywords.after_image(place)
        case "RUN":
            return packages.debian(place)
        case "COPY" | "ADD":
            return paths.files(place, context)
        case "HEALTHCHECK" if first:
            return keywords.after_healthcheck(place, snippets)
        case "ENV" if "=" not in place.word and all("=" in word for word in place.arguments):
            return values.environment(place)
        case "LABEL" if "=" not in place.word:
            return values.labels(place)
        case "ARG" if "=" not in place.word:
            return values.arguments(place)
        case "USER" if first:
            return values.users(place)
        case "WORKDIR" if first:
            return paths.workdirs(place)
        case "EXPOSE":
            return values.ports(place)
        case "STOPSIGNAL" if first:
            return values.signals(place)
        case "SHELL":
            return values.shells(place)
    return ()
