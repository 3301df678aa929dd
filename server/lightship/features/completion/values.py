"""Arguments that are usual: variables that matter to Python, labels, users, ports, signals, shells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ...knowledge import images
from ...knowledge.settings import ENVIRONMENT, LABELS, PORTS, SHELLS, SIGNALS
from ...model.build import Run
from ...model.cursor import Place
from ...model.scope import PLATFORM_ARGUMENTS
from .item import Item, Kind, begins

_OWN: Mapping[str | None, tuple[str, ...]] = {"node": ("NODE_",), "golang": ("GO", "CGO_")}
"""What the variables begin with that matter most on an image; elsewhere those of Python come first."""


def environment(place: Place) -> Iterator[Item]:
    span = place.last(len(place.word))
    reference = images.parse(place.stage.base or "") if place.stage else None
    own = _OWN.get(images.official(reference) if reference else None, ())
    for name, setting in sorted(ENVIRONMENT.items(), key=lambda each: not each[0].startswith(own)):
        text = f"{name}={setting.value}"
        if begins(text, place.word):
            yield Item(text, Kind.VARIABLE, span, text, _snippet(text), topic=f"environment {name}")


def _snippet(text: str) -> str:
    name, _, value = text.partition("=")
    escaped = value.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")
    return f"{name}=${{1:{escaped}}}"


def labels(place: Place) -> Iterator[Item]:
    span = place.last(len(place.word))
    for name, meaning in LABELS.items():
        if begins(name, place.word):
            yield Item(name, Kind.FLAG, span, f'{name}=""', f'{name}="${{1}}"', detail=meaning)


def arguments(place: Place) -> Iterator[Item]:
    """What a stage may ask for: arguments declared for FROM, and what BuildKit knows of platforms."""
    if place.stage is None:
        return
    span = place.last(len(place.word))
    own = [name for name, known in place.build.scope.variables.items() if known.kind == "ARG"]
    for name in [*own, *sorted(PLATFORM_ARGUMENTS)]:
        if begins(name, place.word) and name not in place.state.scope.variables:
            detail = "predefined" if name in PLATFORM_ARGUMENTS else "declared above the first FROM"
            yield Item(name, Kind.VARIABLE, span, name, detail=detail, topic=f"variable {name}")


def users(place: Place, typed: str | None = None) -> Iterator[Item]:
    """Users that the stage makes, each also with the group of its name, and those that its base image has."""
    typed = place.word if typed is None else typed
    span = place.last(len(typed))
    names: dict[str, None] = {}
    for stage in place.stage.lineage if place.stage else ():
        for run in stage.runs:
            if run.span.start < place.offset:
                names |= dict.fromkeys(text for name in _made(run) for text in (name, f"{name}:{name}"))
    reference = images.parse(place.stage.base or "") if place.stage else None
    default = images.default_user(reference) if reference else None
    for text in dict.fromkeys([*names, *([default] if default else []), "nobody", "root"]):
        if begins(text, typed):
            yield Item(text, Kind.VALUE, span, text)


def _made(run: Run) -> Iterator[str]:
    """Users that a RUN makes: the name stands last."""
    for command in run.commands:
        if command.name in ("useradd", "adduser") and len(command.words) > 1:
            name = command.words[-1].value
            if name and not name.startswith("-") and "/" not in name:
                yield name


def _of(table: Mapping[str, str], rest: bool = False) -> Callable[[Place], Iterator[Item]]:
    def items(place: Place) -> Iterator[Item]:
        typed = place.rest if rest else place.word
        span = place.last(len(typed))
        for text, meaning in table.items():
            if begins(text, typed):
                yield Item(text, Kind.VALUE, span, text, detail=meaning)

    return items


signals = _of(SIGNALS)
shells = _of(SHELLS, rest=True)


def ports(place: Place) -> Iterator[Item]:
    number, slash, _ = place.word.partition("/")
    table = {f"{number}/{protocol}": "" for protocol in ("tcp", "udp", "sctp")} if slash else PORTS
    yield from _of(table)(place)
