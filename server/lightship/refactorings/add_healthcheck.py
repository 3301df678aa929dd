r"""Add a `HEALTHCHECK` for a server, made with the Python that the image has.

```dockerfile
FROM python:3.12-slim
EXPOSE 8000
CMD ["uvicorn", "app:app", "--host=0.0.0.0", "--port=8000"]
```

becomes

```dockerfile
FROM python:3.12-slim
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=5); c.request('GET', '/'); raise SystemExit(c.getresponse().status >= 500)"]
CMD ["uvicorn", "app:app", "--host=0.0.0.0", "--port=8000"]
```

A server that is known to speak HTTP (gunicorn, uvicorn, Flask, Django …) is asked for `/`: any answer will do but a
server's error, for an app may well have nothing there. Of any other program, only that it accepts a connection at the
one port that `EXPOSE` names. No curl is needed. Docker and Swarm look at it; Kubernetes has checks of its own.

Declined where the port is not certain (a variable, several, none), where the server speaks TLS or listens on a socket,
and where no Python 3 is known to be in the image.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from .. import regex
from ..knowledge import images, servers
from ..knowledge.managers import SYSTEM, Action
from ..model.build import Build, Cmd, Entrypoint, Expose, Healthcheck, Stage
from ..rewrite import Refusal
from ..rewrite.ending import above_command
from ..text import Fix, Safety, Span
from . import Offer, refactoring, touched

TITLE = "Add a HEALTHCHECK"
_HTTP = (
    "import http.client as h; c = h.HTTPConnection('127.0.0.1', {}, timeout=5); c.request('GET', '/'); "
    "raise SystemExit(c.getresponse().status >= 500)"
)
_TCP = "import socket; socket.create_connection(('127.0.0.1', {}), timeout=5)"
_PYTHON3 = regex.compile(r"python3(\.\d+)?")


class _Check(NamedTuple):
    python: str
    port: int
    http: bool


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    final = build.final
    if final is None or any(stage.last(Healthcheck) for stage in final.lineage):
        return
    places = [step for step in (final.opening, final.effective(Entrypoint), final.effective(Cmd)) if step]
    place = next((step.span for step in places if touched(build, step.span, span)), None)
    if place is None:
        return
    check = _check(final)
    if isinstance(check, Refusal):
        yield Offer(place, TITLE, check)
        return
    words = [check.python, "-c", (_HTTP if check.http else _TCP).format(check.port)]
    line = f"HEALTHCHECK CMD {json.dumps(words)}"
    asks = "asks the server at" if check.http else "connects to"
    title = f"{TITLE} that {asks} port {check.port}"
    adds = ("HEALTHCHECK", "CMD", "[", *words, "]")
    yield Offer(place, title, Fix(title, (above_command(final, [line]),), Safety.UNSAFE, adds))


def _check(stage: Stage) -> _Check | Refusal:
    words = _command(stage)
    if not words:
        return Refusal("the image does not say what it runs")
    python = _python(stage, words)
    if python is None:
        return Refusal("no Python 3 is known to be in the image")
    heard = servers.listening(words)
    if isinstance(heard, str):
        return Refusal(heard)
    exposed = _exposed(stage)
    if exposed is None:
        return Refusal("the port of EXPOSE is not known")
    if heard is not None and heard.port is not None:
        return _Check(python, heard.port, True)
    if len(exposed) != 1:
        return Refusal("EXPOSE names several ports" if exposed else "nothing says which port it listens on")
    (port,) = exposed
    if heard is not None and port != heard.default:
        return Refusal(f"EXPOSE says {port}, and the server is not told to listen there")
    return _Check(python, port, heard is not None)


def _command(stage: Stage) -> list[str]:
    """The words that the container starts with, as far as they are known."""
    words: list[str] = []
    for kind in (Entrypoint, Cmd):
        step = stage.effective(kind)
        if isinstance(step, (Entrypoint, Cmd)) and step.commands:
            own = step.commands if step.exec_form else step.commands[-1:]
            words += (word for command in own for word in command.values)
            if not step.exec_form:
                break  # an ENTRYPOINT in shell form takes no arguments
    return words


def _python(stage: Stage, words: list[str]) -> str | None:
    reference = images.parse(stage.base or "")
    if reference and images.official(reference) == "python":
        return None if re.match(r"2\b", reference.tag or "") else "python"
    named = next((word for word in words if _PYTHON3.fullmatch(word.rpartition("/")[2])), None)
    installed = any(
        _PYTHON3.fullmatch(package.name or "")
        for each in stage.lineage
        for run in each.runs
        for call in run.calls_to(SYSTEM, Action.INSTALL)
        for package in call.meaning.packages
    )
    return named or ("python3" if installed else None)


def _exposed(stage: Stage) -> set[int] | None:
    """The TCP ports that the image exposes; None where they are not all known."""
    found = set()
    for each in stage.lineage:
        for step in each.steps:
            for value in step.values if isinstance(step, Expose) else ():
                port = re.fullmatch(r"(\d+)(?:/(tcp|udp))?", value or "", re.IGNORECASE)
                if port is None:
                    return None
                if (port[2] or "tcp").lower() == "tcp":
                    found.add(int(port[1]))
    return found
