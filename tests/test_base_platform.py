"""`base-platform` learns of a registry for which platforms images are, where somebody wants it to be asked."""

from __future__ import annotations

import hashlib
import http.server
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from lightship import cli
from lightship.knowledge import images
from lightship.model.build import Unanswered
from lightship.sources import registry

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
ARM: Mapping[str, str] = {"os": "linux", "architecture": "arm64", "variant": "v8"}
AMD: Mapping[str, str] = {"os": "linux", "architecture": "amd64"}
ATTESTATION: Mapping[str, str] = {"os": "unknown", "architecture": "unknown"}


class Handler(http.server.BaseHTTPRequestHandler):
    server: Local

    def do_GET(self) -> None:
        held = self.server
        held.asked.append(self.path)
        if held.together:
            held.together.wait(20)
        here = f"http://{held.host}"
        login = f'Bearer realm="{here}/auth",service="tests"'
        authorised = self.headers["Authorization"]
        if self.path.startswith("/auth?"):
            self.answer(200, b'{"token": "let-me-in"}')
        elif self.path.startswith("/v2/token/") and authorised != "Bearer let-me-in":
            self.answer(401, headers={"WWW-Authenticate": login})
        elif self.path.startswith("/v2/token/app/blobs/"):
            self.answer(307, headers={"Location": self.path.replace("/v2/token/", "/storage/")})
        elif self.path.startswith("/storage/") and authorised:
            self.answer(400)  # as storage does, to which its address gives access already
        elif found := held.held.get(self.path.replace("/storage/", "/v2/token/")):
            self.answer(200, found[1], {"Content-Type": found[0]})
        else:
            self.answer(404)

    def answer(self, status: int, content: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Local(http.server.ThreadingHTTPServer):
    """A registry on this machine."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.held: dict[str, tuple[str, bytes]] = {}
        self.host = f"127.0.0.1:{self.server_port}"
        self.together: threading.Barrier | None = None
        """Where questions wait for each other."""

    def put(self, name: str, *platforms: Mapping[str, str] | None) -> str:
        """Hold a list of images for these platforms; gives its digest."""
        entries = [{"digest": "sha256:0", **({"platform": each} if each else {})} for each in platforms]
        return self._put(name, INDEX, {"schemaVersion": 2, "manifests": entries})

    def put_one(self, name: str, configuration: object, claimed: str | None = None) -> str:
        """Hold an image for one platform; gives its digest."""
        content = json.dumps(configuration).encode()
        digest = claimed or f"sha256:{hashlib.sha256(content).hexdigest()}"
        self.held[f"/v2/{name.partition(':')[0]}/blobs/{digest}"] = "application/octet-stream", content
        return self._put(name, MANIFEST, {"schemaVersion": 2, "config": {"digest": digest}})

    def _put(self, name: str, kind: str, manifest: object) -> str:
        content = json.dumps(manifest).encode()
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        repository, _, tag = name.partition(":")
        for reference in (tag, digest):
            self.held[f"/v2/{repository}/manifests/{reference}"] = kind, content
        return digest


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Local]:
    """A registry, and no engine that could be asked instead."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.chdir(tmp_path)
    server = Local()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def ask(name: str) -> tuple[str, ...]:
    reference = images.parse(name)
    assert reference
    return registry.Network().platforms(reference)


def test_several_platforms(local: Local) -> None:
    digest = local.put("open/app:1", ARM, AMD, ATTESTATION, ATTESTATION)
    platforms = "linux/arm64/v8", "linux/amd64"
    assert ask(f"{local.host}/open/app:1") == platforms
    assert ask(f"{local.host}/open/app:2@{digest}") == platforms, "the digest counts"


@pytest.mark.parametrize("repository", ["open/app", "token/app"])
def test_one_platform(local: Local, repository: str) -> None:
    """With a token, and from where the registry sends us, to whom the token is not shown."""
    digest = local.put_one(f"{repository}:1", {**ARM, "config": {}})
    assert ask(f"{local.host}/{repository}:1") == ("linux/arm64/v8",)
    assert ask(f"{local.host}/{repository}@{digest}") == ("linux/arm64/v8",)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none:1", "it does not tell for which platforms the image is"),
        ("some:1", "it does not tell for which platforms the image is"),
        ("chart:1", "it does not tell for which platforms the image is"),
        ("colours:1", "it does not tell for which platforms the image is"),
        ("list:1", "it does not tell for which platforms the image is"),
        ("path:1", "'../../x' is no digest"),
        ("liar:1", "the answer is not what its digest says"),
        ("missing:1", "it has no such image"),
        (f"missing@sha256:{'1' * 64}", "it has no such image"),
    ],
)
def test_what_is_not_told(local: Local, name: str, reason: str) -> None:
    local.put("none:1")
    local.put("some:1", AMD, None)
    local.put_one("chart:1", {"name": "a chart"})
    local.put_one("colours:1", {"os": "linux", "architecture": "\x1b[31m"})
    local.put_one("list:1", ["linux"])
    local.put_one("path:1", AMD, "../../x")
    local.put_one("liar:1", AMD, f"sha256:{'0' * 64}")
    with pytest.raises(Unanswered, match=f"{reason}$"):
        ask(f"{local.host}/{name}")


@pytest.mark.parametrize(
    ("told", "platforms"),
    [
        (ARM, ("linux/arm64/v8",)),
        ({"linux/amd64": AMD, "linux/arm64": ARM}, ("linux/amd64", "linux/arm64/v8")),
        ({}, None),
        ([], None),
        ({"linux/amd64": AMD, "linux/arm64": {}}, None),
    ],
)
def test_an_engine_may_know_more(
    local: Local, tmp_path: Path, told: object, platforms: tuple[str, ...] | None
) -> None:
    docker = tmp_path / "docker"
    docker.write_text(
        f'#!/bin/sh\n[ "$5 $7" = "{{{{json .Image}}}} {local.host}/private:1" ] && echo \'{json.dumps(told)}\'\n'
    )
    docker.chmod(0o755)
    if platforms:
        assert ask(f"{local.host}/private:1") == platforms
    else:
        with pytest.raises(Unanswered, match="it has no such image"):
            ask(f"{local.host}/private:1")


class Ran(NamedTuple):
    status: int
    out: str
    err: str


Check = Callable[..., Ran]


@pytest.fixture
def check(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Check:
    """Check a Dockerfile for each of some texts, and the rest of the arguments as they are."""

    def run(*texts: str, arguments: tuple[str, ...] = ("--ask-registry",)) -> Ran:
        for number, text in enumerate(texts):
            (tmp_path / f"{number}.Dockerfile").write_text(text)
        paths = [f"{number}.Dockerfile" for number in range(len(texts))]
        chosen = ["--select", "base-platform", *arguments]
        status = cli.main(lambda address: 0, ["check", *chosen, *paths])
        out, err = capfd.readouterr()
        return Ran(status, "" if out.startswith("No findings in ") else out, err)

    return run


def test_nobody_is_asked_unasked(local: Local, check: Check) -> None:
    local.put("app:1", AMD)
    text = f"FROM --platform=linux/arm64 {local.host}/app:1\n"
    assert check(text, arguments=()) == (0, "", "")
    assert local.asked == []
    found = check(text)
    assert (found.status, found.err) == (1, "")
    assert f"There is no `{local.host}/app:1` for linux/arm64, only for linux/amd64: " in found.out


def test_under_buildkits_name(local: Local, check: Check) -> None:
    local.put("app:1", AMD)
    text = f"FROM --platform=linux/arm64 {local.host}/app:1\n"
    assert "InvalidBaseImagePlatform" in check(text, arguments=("--ask-registry", "--preset", "buildkit")).out


def test_only_what_matters_is_asked_and_once(local: Local, check: Check, tmp_path: Path) -> None:
    (tmp_path / "lightship.toml").write_text('rules.base-platform.platforms = ["linux/amd64"]\n')
    local.put("app:1", ARM)
    text = (
        f"FROM {local.host}/app:1 AS a\nFROM --platform=linux/arm64 {local.host}/app:1\n"
        f"FROM --platform=$BUILDPLATFORM {local.host}/app:2\n"
    )
    assert check(text, text).out.count("There is no") == 2
    assert local.asked == ["/v2/app/manifests/1"]
    local.asked.clear()
    assert check(text, arguments=("--ask-registry", "--ignore", "base-platform")).status == 0
    assert local.asked == [], "a rule that is off asks nobody"


def test_nobody_tells(local: Local, check: Check) -> None:
    """It is no failure, and there is one warning however often the image is used."""
    text = f"FROM --platform=linux/arm64 {local.host}/app:1\n"
    status, out, err = check(text + text, text)
    assert (status, out) == (0, "")
    (line,) = err.splitlines()
    assert line.startswith(
        f"lightship: {local.host}/app:1: whether it suits the platform is not known: "
        f"{local.host}: it has no such image. Where a login "
    )


def test_nobody_is_there(local: Local, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each image is told of, but there is one wait for all behind the first that are asked at once."""
    monkeypatch.setattr(registry, "PATIENCE", 0.2)
    monkeypatch.setattr(registry, "MOST_AT_ONCE", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0)
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        status, out, err = check(*(f"FROM --platform=linux/arm64 {host}/{n}\n" for n in range(5)))
        assert (status, out) == (0, "")
        assert len(re.findall(f"{host} cannot be reached: timed out", err)) == 5
        silent.accept()
        with pytest.raises(BlockingIOError):
            silent.accept()


@pytest.mark.parametrize("host", [f"{'a' * 70}.example", "127.0.0.1:99999"])
def test_no_host(local: Local, check: Check, host: str) -> None:
    status, out, err = check(f"FROM --platform=linux/arm64 {host}/app\n")
    assert (status, out) == (0, "")
    assert f"{host} cannot be reached" in err


def test_side_by_side(local: Local, check: Check) -> None:
    local.put("a:1", AMD)
    local.put("b:1", AMD)
    local.together = threading.Barrier(2)
    text = "".join(f"FROM --platform=linux/arm64 {local.host}/{name}:1\n" for name in "ab")
    assert check(text).out.count("There is no") == 2
    assert not local.together.broken


def test_a_suppression_is_needed_all_the_same(local: Local, check: Check) -> None:
    """Whether there is something to silence depends on who may be asked."""
    local.put("app:1", AMD)
    text = f"# lightship: ignore[base-platform] emulated\nFROM --platform=linux/arm64 {local.host}/app:1\n"
    assert check(text, arguments=()) == check(text) == (0, "", "")
    assert local.asked


def test_processes_ask_for_themselves(local: Local, check: Check) -> None:
    local.put("app:1", AMD)
    text = f"FROM --platform=linux/arm64 {local.host}/app:1\nFROM --platform=linux/arm64 {local.host}/app:2\n"
    found = check(text, text, text, arguments=("--ask-registry", "--jobs", "2"))
    assert found.out.count("There is no") == 3
    assert found.err.count("app:2: whether") == 1
