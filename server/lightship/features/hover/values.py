"""Words that mean something to an instruction."""

from __future__ import annotations

import re

from ...knowledge import images
from ...knowledge.settings import LABELS, PORTS, SIGNALS
from ...model.build import Expose, Label, Step, Stopsignal, User, Workdir
from ...text import code
from .shown import Hover


def place(step: Step, offset: int) -> Hover | None:
    """The user or working directory from here on."""
    word = step.instruction.words[0] if isinstance(step, (User, Workdir)) and step.instruction.words else None
    if word is None or not word.span.covers(offset):
        return None
    steps = step.stage.steps
    at = next((number for number, each in enumerate(steps) if each is step), None)
    if at is None:
        return None
    state = steps[at + 1].state if at + 1 < len(steps) else step.stage.end
    value = state.user if isinstance(step, User) else state.workdir
    if value is None:
        return Hover("It depends on the base image or on a variable that is not known here.", word.span)
    if isinstance(step, Workdir):
        return Hover(
            f"From here on, and in the container, the working directory is {code(value)}.", word.span
        )
    root = " That is root." if images.runs_as_root(value) else ""
    return Hover(f"From here on, and in the container, commands run as {code(value)}.{root}", word.span)


def value(step: Step, offset: int) -> Hover | None:
    """A port, a signal, a label: what it is for."""
    if isinstance(step, Label):
        pair = next((each for each in step.instruction.pairs if each.key.span.covers(offset)), None)
        meaning = LABELS.get(pair.key.text) if pair else None
        return Hover(f"**{code(pair.key.text)}**: {meaning}", pair.key.span) if pair and meaning else None
    word = next((each for each in step.instruction.words if each.span.covers(offset)), None)
    text = step.expand(word)
    if word is None or text is None:
        return None
    if isinstance(step, Expose):
        return Hover(_port(text), word.span) if _PORT.fullmatch(text) else None
    if isinstance(step, Stopsignal) and (meaning := SIGNALS.get(text.upper())):
        return Hover(f"**{code(text)}**: {meaning}", word.span)
    return None


_PORT = re.compile(r"(\d+)(?:/(tcp|udp|sctp))?")


def _port(text: str) -> str:
    number, _, protocol = text.partition("/")
    known = f": {PORTS[number]}" if number in PORTS and protocol in ("", "tcp") else ""
    published = f"{number}:{number}" + (f"/{protocol}" if protocol not in ("", "tcp") else "")
    return f"**Port {code(text)}**{known}\n\n`docker run -p {published}` publishes it."
