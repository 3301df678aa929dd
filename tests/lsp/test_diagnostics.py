"""Findings as editors get them, pushed or pulled, and when they do."""

from __future__ import annotations

import gc
import io
import weakref
from collections.abc import Iterator
from typing import Any, cast

import pytest
from client import Client, at, insert, replace
from lsprotocol import types

from lightship.lsp import synchronisation
from lightship.lsp.server import Server
from lightship.lsp.wire import Writer

ONLY_OURS = {"select": ["plain-apt"]}
TEXT = "FROM debian:12\nRUN apt update\n"


@pytest.fixture(scope="module")
def pushed() -> Iterator[Client]:
    with Client() as client:
        client.initialize(initializationOptions=ONLY_OURS)
        yield client


@pytest.fixture(scope="module")
def pulled() -> Iterator[Client]:
    with Client() as client:
        client.initialize({"textDocument": {"diagnostic": {}}}, initializationOptions=ONLY_OURS)
        yield client


def places(diagnostics: list[dict[str, Any]]) -> list[tuple[int, int, int]]:
    """Line, column and end column of each."""
    return [
        (
            each["range"]["start"]["line"],
            each["range"]["start"]["character"],
            each["range"]["end"]["character"],
        )
        for each in diagnostics
    ]


def test_all_that_is_known_of_a_finding(pushed: Client, uri: str) -> None:
    pushed.open(TEXT, uri, version=7)
    (found,) = pushed.diagnostics(7, uri)
    assert found.pop("codeDescription")["href"].endswith("/plain-apt.md")
    on_this = {"uri": uri, "range": {"start": at(0, 0), "end": at(0, 14)}}
    assert found == {
        "range": {"start": at(1, 4), "end": at(1, 7)},
        "severity": 3,
        "code": "plain-apt",
        "source": "lightship",
        "message": "apt is for people.",
        "tags": [2],
        "relatedInformation": [{"location": on_this, "message": "on this"}],
        "data": {"aliases": ["XX1"], "fix": "Use apt-get"},
    }


def test_every_change_brings_findings_of_its_version(pushed: Client, uri: str) -> None:
    pushed.open(TEXT, uri)
    assert places(pushed.diagnostics(1, uri)) == [(1, 4, 7)]
    pushed.change(2, insert(0, 0, "# 🚀\r\n"), insert(2, 4, "true && "), uri=uri)
    assert places(pushed.diagnostics(2, uri)) == [(2, 12, 15)]
    pushed.change(3, {"text": "FROM a\n"}, uri=uri)
    assert pushed.diagnostics(3, uri) == []
    pushed.change(4, uri=uri)
    assert pushed.diagnostics(4, uri) == []


def test_closing_clears(pushed: Client, uri: str) -> None:
    pushed.open(TEXT, uri)
    assert pushed.diagnostics(1, uri)
    pushed.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    pushed.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert pushed.diagnostics(None, uri) == []
    pushed.open("FROM a\n", uri)
    assert pushed.diagnostics(1, uri) == []


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "vscode-vfs://github/a/b/Dockerfile", "git:/a?x#y", "x"]
)
@pytest.mark.parametrize("language", ["dockerfile", "docker", "containerfile", ""])
def test_any_document_is_a_dockerfile(pushed: Client, uri: str, language: str) -> None:
    pushed.open(TEXT, uri, language=language)
    assert places(pushed.diagnostics(1, uri)) == [(1, 4, 7)]


def test_but_for_what_a_context_leaves_out(pushed: Client) -> None:
    for name in (".dockerignore", "prod.Dockerfile.dockerignore"):
        pushed.open(TEXT, f"file:///nowhere/{name}")
        assert pushed.diagnostics(1, f"file:///nowhere/{name}") == []


def test_syntax_errors_hide_nothing(pushed: Client, uri: str) -> None:
    pushed.open(TEXT + "FRO\nCOPY\nRUN apt x <<EOF\n", uri)
    codes = [each["code"] for each in pushed.diagnostics(1, uri)]
    assert "syntax" in codes
    assert codes.count("plain-apt") == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_columns_in_the_units_agreed_upon(encoding: str, uri: str) -> None:
    """Edits and findings after characters of every width, and ends of lines that only some programs know."""
    text = "FROM a\n# b\rc\nRUN echo '🚀é日\u2028\x0c'; apt x\r\n"
    with Client() as client:
        capabilities = {"general": {"positionEncodings": [encoding]}}
        told = client.initialize(capabilities, initializationOptions=ONLY_OURS)["capabilities"]
        assert told["positionEncoding"] == encoding
        client.open(text, uri)

        def units(characters: str) -> int:
            return len(characters.encode(f"{encoding}-le" if encoding != "utf-8" else encoding)) // int(
                {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
            )

        before = units("RUN echo '🚀é日\u2028\x0c'; ")
        assert places(client.diagnostics(1, uri)) == [(3, before, before + 3)]
        rocket = units("RUN echo '")
        client.change(2, replace(3, rocket, 3, rocket + units("🚀"), "ok"), insert(3, 999, "!"), uri=uri)
        assert client.request("test/text", uri) == text.replace("🚀", "ok").replace("x\r\n", "x!\r\n")


def test_utf_16_unless_something_else_is_agreed_upon(shared: Client, uri: str) -> None:
    shared.open("FROM a 🚀\n", uri)
    shared.change(2, insert(0, 9, "x"), uri=uri)
    assert shared.request("test/text", uri) == "FROM a 🚀x\n"


def test_a_burst_of_changes_is_checked_once(pushed: Client, uri: str) -> None:
    """What waits is the newest version, not each on the way there."""
    pushed.open(TEXT, uri)
    pushed.diagnostics(1, uri)
    pushed.begin("test/sleep", {"seconds": 0.3})
    for version in range(2, 102):
        pushed.change(version, insert(1, 4, "x"), uri=uri)
    published = pushed.expect("textDocument/publishDiagnostics")["params"]
    assert (published["uri"], published["version"]) == (uri, 101)
    assert places(published["diagnostics"]) == [(1, 104, 107)]
    assert not pushed.has_come(method="textDocument/publishDiagnostics")


def test_what_needs_no_findings_does_not_wait_for_them(pushed: Client, uri: str) -> None:
    pushed.open(TEXT, uri)
    pushed.diagnostics(1, uri)
    pushed.begin("test/sleep", {"seconds": 0.3})
    pushed.change(2, insert(1, 4, "x"), uri=uri)
    document = {"textDocument": {"uri": uri}}
    hover = pushed.begin("textDocument/hover", {**document, "position": {"line": 0, "character": 1}})
    symbols = pushed.begin("textDocument/documentSymbol", document)
    pushed.expect("textDocument/publishDiagnostics")
    assert pushed.came_before(id=symbols)
    assert not pushed.came_before(id=hover)
    assert pushed.answer(hover)


def test_a_failure_leaves_what_is_shown(pushed: Client, uri: str) -> None:
    """One rule failing costs its own findings; more than a rule, and the editor keeps what it has."""
    pushed.open(TEXT, uri)
    assert pushed.diagnostics(1, uri)
    pushed.request("test/break", True)
    pushed.change(2, insert(0, 0, "#\n"), uri=uri)
    assert not pushed.has_come(method="textDocument/publishDiagnostics")
    assert "cannot be analysed" in pushed.expect("window/logMessage")["params"]["message"]
    pushed.request("test/break", False)
    pushed.change(3, insert(0, 0, "#\n"), uri=uri)
    assert places(pushed.diagnostics(3, uri)) == [(3, 4, 7)]


def test_a_rule_that_fails_is_logged(pushed: Client, uri: str) -> None:
    pushed.open("FROM a\nRUN apt update\nRUN explode\nFRO\n", uri)
    assert "syntax" in [each["code"] for each in pushed.diagnostics(1, uri)]
    assert "plain-apt" in pushed.expect("window/logMessage")["params"]["message"]


def pull(client: Client, uri: str, last: str | None = None) -> dict[str, Any]:
    params = {"textDocument": {"uri": uri}, "previousResultId": last, "identifier": "lightship"}
    report: dict[str, Any] = client.request("textDocument/diagnostic", params)
    return report


def test_who_can_ask_is_not_told_unasked(pulled: Client, uri: str) -> None:
    pulled.open(TEXT, uri)
    report = pull(pulled, uri)
    assert report["kind"] == "full"
    assert places(report["items"]) == [(1, 4, 7)]
    pulled.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert not pulled.has_come(method="textDocument/publishDiagnostics")


def test_who_asks_again_is_told_that_nothing_has_changed(pulled: Client, uri: str) -> None:
    pulled.open(TEXT, uri)
    first = pull(pulled, uri)["resultId"]
    assert pull(pulled, uri, first) == {"kind": "unchanged", "resultId": first}
    pulled.change(2, insert(0, 0, "\n"), uri=uri)
    second = pull(pulled, uri, first)
    assert places(second["items"]) == [(2, 4, 7)]
    assert pull(pulled, uri, second["resultId"])["kind"] == "unchanged"
    pulled.notify("workspace/didChangeConfiguration", {"settings": {"lightship": {"ignore": ["XX1"]}}})
    assert "plain-apt" not in [each["code"] for each in pull(pulled, uri, second["resultId"])["items"]]
    pulled.notify("workspace/didChangeConfiguration", {"settings": ONLY_OURS})


def test_a_version_that_comes_again_may_be_another_text(pulled: Client, uri: str) -> None:
    """As when a file is closed, changed by something else, and opened again; or the server is another one."""
    pulled.open(TEXT, uri)
    first = pull(pulled, uri)["resultId"]
    pulled.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    pulled.open(f"\n{TEXT}", uri)
    assert places(pull(pulled, uri, first)["items"]) == [(2, 4, 7)]
    with Client() as other:
        other.initialize({"textDocument": {"diagnostic": {}}}, initializationOptions=ONLY_OURS)
        other.open(f"\n\n{TEXT}", uri)
        assert places(pull(other, uri, first)["items"]) == [(3, 4, 7)]


def test_what_is_closed_is_forgotten() -> None:
    """Whether or not the client is one that has findings sent: it may open thousands of files in one conversation."""
    for capabilities in ({}, {"textDocument": {"diagnostic": {}}}):
        server = Server()
        server.protocol.set_writer(Writer(io.BytesIO()))
        server.greet(types.InitializeParams(cast("types.ClientCapabilities", capabilities)))
        item = types.TextDocumentItem("untitled:1", "dockerfile", 1, TEXT)
        synchronisation.did_open(server, types.DidOpenTextDocumentParams(item))
        document = server.documents.get(item.uri)
        assert document is not None
        assert server.check(document)
        gone = weakref.ref(document)
        del document
        identifier = types.TextDocumentIdentifier(item.uri)
        synchronisation.did_close(server, types.DidCloseTextDocumentParams(identifier))
        server.worker.drain(10)
        gc.collect()
        assert gone() is None


def test_who_asks_while_we_fail_keeps_what_it_has(pulled: Client, uri: str) -> None:
    pulled.open(TEXT, uri)
    last = pull(pulled, uri)["resultId"]
    pulled.request("test/break", True)
    pulled.change(2, insert(0, 0, "#\n"), uri=uri)
    assert pull(pulled, uri, last) == {"kind": "unchanged", "resultId": last}
    pulled.request("test/break", False)
    assert places(pull(pulled, uri, last)["items"]) == [(2, 4, 7)]


def test_answers_are_about_the_text_as_it_was_when_asked(pulled: Client, uri: str) -> None:
    pulled.open(TEXT, uri)
    pulled.begin("test/sleep", {"seconds": 0.2})
    asked = pulled.begin("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    pulled.change(2, {"text": ""}, uri=uri)
    assert places(pulled.answer(asked)["items"]) == [(1, 4, 7)]
