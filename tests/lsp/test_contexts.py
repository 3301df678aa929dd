"""Build contexts in an editor: found as the command line finds them, at once, and again when something changes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest
from client import ENVIRONMENT, Client, at, replace

from lightship.config import Settings
from lightship.lsp.context import Contexts
from lightship.lsp.documents import Document, Encoding
from lightship.lsp.worker import Worker
from lightship.sources import context as disk

DOCKERFILE = "FROM debian:12\nARG V\nCOPY . /app\nCOPY dist /dist\n"
COMPOSE = "services: {web: {build: {context: %s, dockerfile: deploy/Dockerfile, args: {V: 1.20}}}}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "Dockerfile").write_text(DOCKERFILE)
    (tmp_path / "lightship.toml").write_text(
        'select = ["no-dockerignore", "copy-ignored-file", "copy-needless-files"]\n'
    )
    return tmp_path


@pytest.fixture
def client() -> Iterator[Client]:
    with Client() as client:
        client.initialize({"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}})
        yield client


def codes(client: Client, uri: str, version: int = 1) -> list[str]:
    return [each["code"] for each in client.diagnostics(version, uri)]


def until(client: Client, uri: str, wanted: list[str], version: int = 1) -> None:
    """What is wanted is told at last."""
    while codes(client, uri, version) != wanted:
        pass


def findings(folder: Path) -> list[str]:
    """What the command line says of a folder."""
    command = [sys.executable, "-m", "lightship", "check", "--format", "json"]
    ran = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, check=False)
    return [each["code"] for each in json.loads(ran.stdout)]


def changed(client: Client, file: Path) -> None:
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": file.as_uri(), "type": 2}]})


def test_what_files_declare_counts_as_soon_as_they_do(project: Path, client: Client) -> None:
    uri = (project / "deploy" / "Dockerfile").as_uri()
    client.open(DOCKERFILE, uri)
    assert codes(client, uri) == []
    compose = project / "compose.yaml"
    compose.write_text(COMPOSE % ".")
    changed(client, compose)
    until(client, uri, ["no-dockerignore"])
    assert findings(project) == ["no-dockerignore"], "as the command line has it"
    ignore = project / ".dockerignore"
    ignore.write_text(".git\nlightship.toml\ndist\n")
    changed(client, ignore)
    until(client, uri, ["copy-ignored-file"])
    assert findings(project) == ["copy-ignored-file"]
    own = project / "deploy" / "Dockerfile.dockerignore"
    own.write_text(".git\nlightship.toml\n")
    changed(client, own)
    until(client, uri, [])
    assert findings(project) == []


def test_a_hover_tells_where_it_is(project: Path, client: Client) -> None:
    (project / "compose.yaml").write_text(COMPOSE % ".")
    uri = (project / "deploy" / "Dockerfile").as_uri()
    client.open(DOCKERFILE, uri)
    until(client, uri, ["no-dockerignore"])

    def hover(line: int, column: int) -> str:
        params = {"textDocument": {"uri": uri}, "position": at(line, column)}
        return str(client.request("textDocument/hover", params)["contents"]["value"])

    assert f"Build context: `{project}` (web in compose.yaml)." in hover(2, 1)
    assert "- `1.20` for web in compose.yaml" in hover(1, 4)
    assert "Build context" not in hover(0, 1)


def test_what_is_being_written_counts(project: Path, client: Client) -> None:
    (project / "compose.yaml").write_text(COMPOSE % ".")
    (project / ".dockerignore").write_text(".git\nlightship.toml\n")
    uri = (project / "deploy" / "Dockerfile").as_uri()
    client.open(DOCKERFILE, uri)
    assert codes(client, uri) == []
    ignore = (project / ".dockerignore").as_uri()
    client.open(".git\nlightship.toml\n", ignore, language="ignore")
    client.change(2, {"text": ".git\nlightship.toml\ndist\n"}, uri=ignore)
    until(client, uri, ["copy-ignored-file"])
    client.notify("textDocument/didClose", {"textDocument": {"uri": ignore}})
    until(client, uri, [])
    compose = (project / "compose.yaml").as_uri()
    client.open(COMPOSE % ".", compose, language="yaml")
    assert client.diagnostics(1, compose) == []
    params = {"textDocument": {"uri": compose}, "position": at(0, 0)}
    assert client.request("textDocument/hover", params) is None
    client.change(2, {"text": "services: {}"}, uri=compose)
    (project / ".dockerignore").unlink()
    changed(client, project / ".dockerignore")
    until(client, uri, [])
    client.change(2, replace(0, 0, 0, 0, "# \n"), uri=uri)
    until(client, uri, [], 2)


def test_the_editor_says_where_it_is(project: Path, client: Client) -> None:
    uri = (project / "deploy" / "Dockerfile").as_uri()
    client.open(DOCKERFILE, uri)
    assert codes(client, uri) == []
    client.notify("workspace/didChangeConfiguration", {"settings": {"lightship": {"context": "deploy"}}})
    until(client, uri, ["no-dockerignore"])


def test_contexts_that_are_named_are_no_images(project: Path, client: Client) -> None:
    (project / "docker-bake.hcl").write_text(
        'target "a" {\n dockerfile = "deploy/Dockerfile"\n contexts = { python = "target:own" }\n}\n'
    )
    uri = (project / "deploy" / "Dockerfile").as_uri()
    client.open("FROM python\nCOPY --from=py /a /a\n", uri)
    asked = {
        method: client.begin(f"textDocument/{method}", {"textDocument": {"uri": uri}, **others})
        for method, others in {
            "documentLink": {},
            "inlayHint": {"range": {"start": at(0, 0), "end": at(9, 0)}},
            "completion": {"position": at(1, 14)},
            "hover": {"position": at(0, 8)},
        }.items()
    }
    answers = {method: client.answer(id) for method, id in asked.items()}
    assert not answers["documentLink"]
    assert not answers["inlayHint"]
    assert [item["label"] for item in answers["completion"]["items"]] == ["python"]
    assert "`target:own`" in answers["hover"]["contents"]["value"]


class Slow:
    """A server as far as contexts need one, and a disk that answers when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.worker = Worker()
        self.documents: tuple[Document, ...] = ()
        self.configuration = SimpleNamespace(of=lambda uri: Settings())
        self.answer, self.told = Event(), Event()
        self.contexts = Contexts(self)  # type: ignore[arg-type]
        scan = disk._scan

        def wait(*arguments):  # type: ignore[no-untyped-def]
            assert self.answer.wait(10)
            return scan(*arguments)

        monkeypatch.setattr(disk, "_scan", wait)
        monkeypatch.setattr("lightship.lsp.context.PATIENCE", 0.5)  # the machine may be busy
        monkeypatch.setattr("lightship.lsp.workspace.check_again", lambda server: self.told.set())


def test_nobody_waits_for_a_slow_disk(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "compose.yaml").write_text(COMPOSE % ".")
    server = Slow(monkeypatch)
    contexts = server.contexts
    document = Document((project / "deploy" / "Dockerfile").as_uri(), 1, DOCKERFILE, Encoding.Utf16)
    there = contexts.certain(document)
    assert there is not None
    assert there.entries() == {}
    assert contexts.is_late(document)
    assert not contexts.complete(there)
    assert not server.told.is_set()
    server.answer.set()
    assert server.told.wait(10)
    there = contexts.certain(document)
    assert there is not None
    assert "deploy" in there.entries()
    assert not contexts.is_late(document)
    assert contexts.complete(there)


def test_what_changes_unseen_is_noticed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "compose.yaml").write_text(COMPOSE % ".")
    server = Slow(monkeypatch)
    server.answer.set()
    document = Document((project / "deploy" / "Dockerfile").as_uri(), 1, DOCKERFILE, Encoding.Utf16)
    before = server.contexts.certain(document)
    assert before is not None
    assert not before.exists("dist")
    (project / "dist").write_text("")
    monkeypatch.setattr("lightship.lsp.context.FRESH", -10.0)
    monkeypatch.setattr("lightship.lsp.context.COSTLY", 0.0)
    server.contexts.forget(disk=False)
    server.contexts.certain(document)
    server.contexts.certain(document)
    assert server.told.wait(10)
    after = server.contexts.certain(document)
    assert after is not None
    assert after.exists("dist")


def test_what_is_half_typed_costs_no_certainty(project: Path, client: Client) -> None:
    (project / "src").mkdir()
    uri = (project / "deploy" / "Dockerfile").as_uri()
    client.open("FROM debian:12\nCOPY src /src\nCOPY . /app\n", uri)
    until(client, uri, ["no-dockerignore"])
    client.change(2, replace(1, 5, 1, 8, "sr"), uri=uri)
    until(client, uri, ["no-dockerignore"], 2)
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    until(client, uri, [], 2)
