"""Servers that speak HTTP and are started by Python people: how each is told its port, and which it takes otherwise.

From the manuals of gunicorn 23, uvicorn 0.35, hypercorn 0.17, Flask 3.1, FastAPI's command line 0.0.8, Django 5.2,
daphne 4.2, waitress 3.0, granian 2.5, Streamlit 1.48, uWSGI 2.0 and Python 3.13.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .. import regex


class Server(NamedTuple):
    """`binds` are options that take `host:port`, `ports` and `hosts` those that take one of them alone. A first
    operand behind `verb` may say it as well, where the server has one that does (`operand`)."""

    default: int | None
    binds: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    verb: str = ""
    operand: bool = False


_RUNSERVER = Server(8000, verb="runserver", operand=True)
SERVERS: Mapping[str, Server] = {
    "daphne": Server(8000, ports=("-p", "--port"), hosts=("-b", "--bind")),
    "django-admin": _RUNSERVER,
    "fastapi": Server(8000, ports=("--port",), hosts=("--host",), verb="run"),
    "flask": Server(5000, ports=("-p", "--port"), hosts=("-h", "--host"), verb="run"),
    "granian": Server(8000, ports=("--port",), hosts=("--host",)),
    "gunicorn": Server(8000, binds=("-b", "--bind")),
    "http.server": Server(8000, hosts=("-b", "--bind"), operand=True),
    "hypercorn": Server(8000, binds=("-b", "--bind")),
    "manage.py": _RUNSERVER,
    "streamlit": Server(8501, ports=("--server.port",), hosts=("--server.address",), verb="run"),
    "uvicorn": Server(8000, ports=("--port",), hosts=("--host",)),
    "uwsgi": Server(None, binds=("--http", "--http-socket")),
    "waitress-serve": Server(8080, binds=("--listen",), ports=("--port",), hosts=("--host",)),
}
"""By the name of the program, or of the module behind `python -m`."""

_WRAPPERS = {
    "exec": "", "tini": "", "dumb-init": "", "poetry": "run", "pipenv": "run", "pdm": "run", "uv": "run", "env": "",
}  # fmt: skip
"""Programs that start another one, and the word that they need for it."""
_PYTHON = regex.compile(r"python(?:3(?:\.\d+)?)?")
_BOUND = regex.compile(r"(?:(?P<host>.*):)?(?P<port>\d+)")
_EVERYWHERE = frozenset(("", "*", "0.0.0.0", "127.0.0.1", "localhost", "::", "[::]", "0"))
_TLS = regex.compile(r"--?(?:ssl|cert|key|https|server\.ssl)")


class Listening(NamedTuple):
    """What a command says of itself. `port` is None where it names none; `default` is what it is then."""

    port: int | None
    default: int | None


def listening(words: Sequence[str]) -> Listening | str | None:
    """Where the HTTP server listens that these words start; the reason why that is not certain; None for any other
    program."""
    rest = list(words)
    while rest and _name(rest[0]) in _WRAPPERS:
        verb = _WRAPPERS[_name(rest.pop(0))]
        while rest and (rest[0].startswith("-") or "=" in rest[0] or rest[0] == verb):
            rest.pop(0)
    if rest and _PYTHON.fullmatch(_name(rest[0])):
        rest.pop(0)
        while rest and rest[0].startswith("-") and rest[0] != "-m":
            rest.pop(0)
        if rest[:1] == ["-m"]:
            rest.pop(0)
    server = SERVERS.get(_name(rest[0])) if rest else None
    if server is None or (server.verb and server.verb not in rest):
        return None
    return _heard(server, rest[rest.index(server.verb) + 1 if server.verb else 1 :])


def _heard(server: Server, words: Sequence[str]) -> Listening | str:
    if any(map(_TLS.match, words)):
        return "the server speaks TLS"
    said: list[str] = []
    for option, value in _options(words, (*server.binds, *server.ports, *server.hosts)):
        if option in server.hosts:
            said.append(f"{value}:0")
        elif option or (server.operand and ("$" in value or _BOUND.fullmatch(value))):
            said.append(value)
    port = None
    for place in said:
        bound = _BOUND.fullmatch(place)
        if bound is None:
            return f"`{place}` names no port"
        if (bound["host"] or "") not in _EVERYWHERE:
            return f"the server listens on {bound['host']} alone"
        number = int(bound["port"])
        if number and port and number != port:
            return "the server listens on several ports"
        port = number or port
    return Listening(port, server.default)


def _options(words: Sequence[str], names: Sequence[str]) -> list[tuple[str, str]]:
    """Options of these names with their values, and all other words with an empty name."""
    found: list[tuple[str, str]] = []
    waiting = ""
    for word in words:
        name, equals, value = word.partition("=")
        if waiting:
            found.append((waiting, word))
            waiting = ""
        elif word in names:
            waiting = word
        elif equals and name in names:
            found.append((name, value))
        elif len(word) > 2 and word[:2] in names and not word.startswith("--"):
            found.append((word[:2], word[2:]))
        else:
            found.append(("", word))
    return found


def _name(word: str) -> str:
    return re.sub(r".*/", "", word)
