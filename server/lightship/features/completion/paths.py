"""Files and folders of the build context, and where they may go."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ...context import BuildContext
from ...knowledge import sizes
from ...model.cursor import Place
from .item import Item, Kind, begins

_MOST = 500
"""Names of a folder that are offered."""
_ODD = frozenset(" \t\n\"'\\$[]*?")
"""Characters that a path cannot have without being quoted."""


def files(place: Place, context: BuildContext | None) -> Iterator[Item]:
    """What COPY and ADD may take from the context, and the working directory as their target."""
    word = _quoted(place)
    in_json = word is not None
    typed = place.word if word is None else word
    target = place.state.workdir
    if place.arguments and target and not in_json:
        folder = target.rstrip("/") + "/"
        if begins(folder, typed):
            yield Item(folder, Kind.FOLDER, place.last(len(typed)), folder, detail="the working directory")
    if place.flag("from") is None:
        yield from sources(place, typed, context)


def _quoted(place: Place) -> str | None:
    """What has been typed of a string in a JSON array."""
    rest = place.rest
    arguments = rest.split(None, len(place.flags))[-1] if rest.strip() else ""
    if not arguments.startswith("[") or arguments.count('"') % 2 == 0:
        return None
    return arguments.rpartition('"')[2]


def sources(place: Place, typed: str, context: BuildContext | None) -> Iterator[Item]:
    """What stands in the folder that is typed so far, but for what .dockerignore leaves out."""
    folder, slash, prefix = typed.rpartition("/")
    if context is None or ".." in folder.split("/"):
        return
    entries = sorted(context.entries(folder).items(), key=lambda entry: (entry[0].startswith("."), entry[0]))
    span = place.last(len(prefix))
    fitting = (
        each
        for each in entries
        if begins(each[0], prefix) and _ODD.isdisjoint(each[0]) and each[0].isprintable()
    )
    for name, size in islice(fitting, _MOST):
        path = f"{folder}{slash}{name}"
        if not _sent(context, path, size):
            continue
        if size is None:
            yield Item(f"{name}/", Kind.FOLDER, span, f"{name}/")
        else:
            yield Item(name, Kind.FILE, span, name, detail=sizes.human(size))


def _sent(context: BuildContext, path: str, size: int | None) -> bool:
    if not context.leaves_out(path):
        return True
    return size is None and next(context.files(path), None) is not None


def workdirs(place: Place) -> Iterator[Item]:
    """Folders that the stage works in already."""
    stage = place.stage
    known = [each.state.workdir for each in stage.steps if each.span.start < place.offset] if stage else []
    span = place.last(len(place.word))
    for folder in dict.fromkeys([*reversed(known), "/app", "/src"]):
        if folder and begins(folder, place.word):
            yield Item(folder, Kind.FOLDER, span, folder)
