"""Variables in scope, behind a `$`."""

from __future__ import annotations

from collections.abc import Iterator

from ...knowledge import environments
from ...model.cursor import Place, variable
from ...model.scope import PROXY_ARGUMENTS, Scope
from ...syntax.keywords import EXPANDED
from .item import Item, Kind

_SHELL = frozenset(("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"))
_LONGEST = 60


def variables(place: Place) -> list[Item] | None:
    """The variables that what is typed may become; None where no variable is typed."""
    escape = place.build.file.escape
    match = variable(place.typed.text, "\\" if place.heredoc else escape)
    if match is None or not (place.heredoc or place.keyword in _SHELL | EXPANDED):
        return None
    brace, prefix = match.groups()
    span = place.last(len(match[0]))
    items = []
    for name, detail in _names(place):
        if name.lower().startswith(prefix.lower()):
            text = f"${name}" if prefix and not brace else f"${{{name}}}"
            items.append(Item(text, Kind.VARIABLE, span, text, detail=detail, topic=f"variable {name}"))
    return items


def _names(place: Place) -> Iterator[tuple[str, str]]:
    """Names with what is known of their values: those of the file first."""
    scope: Scope = place.build.scope if place.keyword == "FROM" else place.state.scope
    own = sorted(
        (each for each in scope.variables.values() if each.kind != "predefined"), key=lambda each: each.name
    )
    seen = {each.name for each in own}
    for each in own:
        value = each.value if each.value is not None else ""
        yield each.name, f"{each.kind} {value[:_LONGEST]}".rstrip()
    predefined = sorted(each.name for each in scope.variables.values() if each.kind == "predefined")
    seen.update(predefined)
    for name in predefined:
        yield name, "predefined"
    if place.keyword == "FROM":
        return
    base = place.stage.base if place.stage else None
    for name in sorted({"PATH", *(environments.of(base) or ())} - seen):
        yield name, "base image"
    if place.keyword in _SHELL:
        for name in sorted(PROXY_ARGUMENTS - seen, key=lambda name: (name.lower(), name)):
            yield name, "predefined"
