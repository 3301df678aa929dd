"""What `add-healthcheck` writes is run against servers that answer, fail, or are not there."""

from __future__ import annotations

import http.server
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from lightship.model import analyze
from lightship.model.build import Healthcheck
from lightship.refactorings import add_healthcheck, result
from lightship.text import Fix, Source, Span


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[http.server.HTTPServer]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def healthy(port: int, command: str) -> bool:
    text = f"FROM python:3.12-slim\nEXPOSE {port}\nCMD {command}\n"
    build = analyze(Source(text))
    (offer,) = add_healthcheck.offer.offers(build, Span(0, len(text)))
    assert isinstance(offer.outcome, Fix)
    check = analyze(Source(result(build, offer.outcome))).stages[0].last(Healthcheck)
    assert check
    assert check.instruction.inner
    assert check.instruction.inner.json
    python, *words = [element.value for element in check.instruction.inner.json]
    assert python == "python"
    return subprocess.run([sys.executable, *words], stderr=subprocess.DEVNULL, check=False).returncode == 0


@pytest.mark.parametrize(
    ("status", "well"), [(200, True), (302, True), (404, True), (500, False), (503, False)]
)
def test_http(server: http.server.HTTPServer, status: int, well: bool) -> None:
    server.status = status  # type: ignore[attr-defined]
    port = server.server_port
    assert healthy(port, f"uvicorn --port={port} app:app") is well


def test_a_connection(server: http.server.HTTPServer) -> None:
    assert healthy(server.server_port, "./serve")


@pytest.mark.parametrize("command", ["./serve", "uvicorn --port={} app:app"])
def test_nobody_is_there(command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert not healthy(port, command.format(port))
