"""Digests are asked of a registry: a small one on this machine, which speaks as much of the protocol as it takes."""

from __future__ import annotations

import hashlib
import http.server
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightship import cli
from lightship.knowledge import images
from lightship.model.build import Unanswered
from lightship.sources import registry

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = b'{"schemaVersion": 2, "manifests": []}'
DIGEST = f"sha256:{hashlib.sha256(MANIFEST).hexdigest()}"


class Handler(http.server.BaseHTTPRequestHandler):
    """`open/…` is for everyone, `token/…` for who fetches a token first, any other repository answers as it is called."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        here = "http://{}:{}".format(*self.server.server_address[:2])
        match self.path.strip("/").split("/"):
            case ["v2", "open", "app", "manifests", "1"] if INDEX in self.headers["Accept"]:
                self.answer(200, MANIFEST, INDEX)
            case ["v2", "token", "app", "manifests", "1"] if (
                self.headers["Authorization"] == "Bearer let-me-in"
            ):
                self.answer(200, MANIFEST, INDEX)
            case ["v2", "token", *_]:
                challenge = f'Bearer realm="{here}/auth",service="tests",scope="repository:token/app:pull"'
                self.answer(401, challenge=challenge)
            case [query] if query == "auth?scope=repository%3Atoken%2Fapp%3Apull&service=tests":
                self.answer(200, json.dumps({"token": "let-me-in"}).encode())
            case ["v2", "elsewhere", *_]:
                self.answer(401, challenge='Bearer realm="http://198.51.100.7/auth"')
            case ["v2", "basic", *_]:
                self.answer(401, challenge='Basic realm="tests"')
            case ["v2", "odd", *_]:
                self.answer(200, b"<html>", "text/html")
            case ["v2", status, *_] if status.isdecimal():
                self.answer(int(status))
            case _:
                self.answer(404)

    def answer(self, status: int, content: bytes = b"", kind: str = "", challenge: str = "") -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("WWW-Authenticate", challenge)):
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Local(http.server.ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.host = f"127.0.0.1:{self.server_port}"


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Local]:
    """A registry, and no engine that could be asked instead."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = Local()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def ask(name: str) -> str:
    reference = images.parse(name)
    assert reference
    return registry.Network().digest(reference)


@pytest.mark.parametrize("repository", ["open/app", "token/app"])
def test_a_digest(local: Local, repository: str) -> None:
    assert ask(f"{local.host}/{repository}:1") == DIGEST


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        ("open/app:2", "it has no such image"),
        ("basic/app:1", "it wants a login"),
        ("elsewhere/app:1", "it wants a login at http://198.51.100.7/auth"),
        ("403/app:1", "it refuses to answer"),
        ("429/app:1", "it has been asked too often"),
        ("500/app:1", "it answers 500"),
        ("odd/app:1", "the answer is no manifest"),
    ],
)
def test_no_digest(local: Local, image: str, reason: str) -> None:
    with pytest.raises(Unanswered, match=f"{reason}$"):
        ask(f"{local.host}/{image}")


def test_nobody_is_there(local: Local) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        host = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(Unanswered, match="cannot be reached: Connection refused"):
        ask(f"{host}/open/app:1")


def test_silence(local: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unanswered, match="timed out"):
        ask(f"127.0.0.1:{silent.getsockname()[1]}/open/app:1")


def test_an_engine_may_know_more(local: Local, tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    docker.write_text(
        f'#!/bin/sh\n[ "$7" = {local.host}/basic/app:1 ] && echo \'{{"digest": "{DIGEST}"}}\'\n'
    )
    docker.chmod(0o755)
    assert ask(f"{local.host}/basic/app:1") == DIGEST
    with pytest.raises(Unanswered, match="it has no such image"):
        ask(f"{local.host}/open/app:2")


def run(*words: str | Path) -> int:
    return cli.main(lambda address: 0, ["refactor", "pin-digest", *map(str, words)])


def test_nobody_is_asked_unasked(local: Local, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(f"FROM {local.host}/open/app:1 AS a\nFROM {local.host}/open/app:1\n")
    assert run(dockerfile) == 2
    assert "--ask-registry" in capfd.readouterr().err
    assert local.asked == []
    assert run(dockerfile, "--ask-registry", "--write") == 0
    pinned = f"FROM {local.host}/open/app:1@{DIGEST}"
    assert dockerfile.read_text() == f"{pinned} AS a\n{pinned}\n"
    assert len(local.asked) == 1, "once for all"


def test_one_of_two(local: Local, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(f"FROM {local.host}/open/app:1\nFROM {local.host}/open/app:2\n")
    assert run(dockerfile, "--ask-registry") == 0
    ran = capfd.readouterr()
    assert f"+FROM {local.host}/open/app:1@{DIGEST}\n" in ran.out
    assert f"Pin {local.host}/open/app:2 to its digest: {local.host}: it has no such image" in ran.err


def test_the_reason_is_told(local: Local, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(f"FROM {local.host}/open/app:2\n")
    assert run(dockerfile, "--ask-registry") == 2
    assert f"pin-digest: {local.host}: it has no such image" in capfd.readouterr().err
