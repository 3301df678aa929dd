"""Settings from files and from the editor: which are in force, and what happens when they change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from client import Client

TEXT = "FROM debian:12\nRUN apt update\n"
ASKABLE = {"workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}}}


def codes(client: Client, version: int, uri: str) -> set[str]:
    return {each["code"] for each in client.diagnostics(version, uri)}


def test_the_nearest_file_counts_until_it_changes(tmp_path: Path, shared: Client) -> None:
    (tmp_path / "lightship.toml").write_text('select = ["plain-apt"]\n')
    uri = (tmp_path / "an app" / "Dockerfile").as_uri()
    shared.open(TEXT, uri)
    assert codes(shared, 1, uri) == {"plain-apt"}
    (tmp_path / "lightship.toml").write_text('ignore = ["XX1"]\n')
    changed = {"uri": (tmp_path / "lightship.toml").as_uri(), "type": 2}
    shared.notify("workspace/didChangeWatchedFiles", {"changes": [changed]})
    assert "plain-apt" not in codes(shared, 1, uri)


def test_the_editor_is_laid_on_top(tmp_path: Path, shared: Client) -> None:
    (tmp_path / "lightship.toml").write_text('select = ["plain-apt"]\n')
    uri = (tmp_path / "Dockerfile").as_uri()
    shared.open(TEXT, uri)
    assert codes(shared, 1, uri) == {"plain-apt"}
    ours: dict[str, Any] = {"severity": {"plain-apt": "error"}, "trace": {"server": "off"}, "path": ["x"]}
    shared.notify("workspace/didChangeConfiguration", {"settings": {"lightship": ours}})
    while not (found := shared.diagnostics(1, uri)) or found[0]["severity"] != 1:
        pass
    # What editors keep next to it is none of the linter's business.
    assert not shared.has_come(method="window/showMessage")
    shared.notify("workspace/didChangeConfiguration", {"settings": {"lightship": {}}})


def test_mistakes_are_told_once_and_cost_nothing_else(tmp_path: Path, shared: Client) -> None:
    (tmp_path / "lightship.toml").write_text('selekt = []\nselect = ["plain-apt"]\n')
    for name in ("Dockerfile", "other.Dockerfile"):
        uri = (tmp_path / name).as_uri()
        shared.open(TEXT, uri)
        assert codes(shared, 1, uri) == {"plain-apt"}
    message = shared.expect("window/showMessage")["params"]
    assert message["type"] == 2
    assert "lightship.toml:1: " in message["message"]
    assert "selekt" in message["message"]
    assert not shared.has_come(method="window/showMessage")


def test_an_editor_that_can_be_asked_is_asked(uri: str) -> None:
    with Client() as client:
        client.initialize(ASKABLE)
        registered = client.expect("client/registerCapability")
        assert [each["method"] for each in registered["params"]["registrations"]] == [
            "workspace/didChangeConfiguration"
        ]
        client.send({"jsonrpc": "2.0", "id": registered["id"], "result": None})
        asked = client.expect("workspace/configuration")
        assert asked["params"] == {"items": [{"section": "lightship"}]}
        client.open(TEXT, uri)
        client.send({"jsonrpc": "2.0", "id": asked["id"], "result": [{"select": ["plain-apt"]}]})
        while codes(client, 1, uri) != {"plain-apt"}:
            pass

        # It is asked again, for some editors send nothing along.
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        asked = client.expect("workspace/configuration")
        client.send({"jsonrpc": "2.0", "id": asked["id"], "result": [{"ignore": ["plain-apt"]}]})
        while "plain-apt" in codes(client, 1, uri):
            pass

        # What it cannot answer changes nothing.
        for answer in (
            {"error": {"code": 1, "message": "no"}},
            {"result": None},
            {"result": [3]},
            {"result": []},
        ):
            client.notify("workspace/didChangeConfiguration", {"settings": None})
            asked = client.expect("workspace/configuration")
            client.send({"jsonrpc": "2.0", "id": asked["id"], **answer})
        client.open(TEXT, uri, version=2)
        assert "plain-apt" not in codes(client, 2, uri)


def test_files_are_watched_and_pulled_findings_refreshed(tmp_path: Path) -> None:
    with Client() as client:
        client.initialize(
            {
                "textDocument": {"diagnostic": {}},
                "workspace": {
                    "didChangeWatchedFiles": {"dynamicRegistration": True},
                    "diagnostics": {"refreshSupport": True},
                },
            }
        )
        (watch,) = client.expect("client/registerCapability")["params"]["registrations"]
        assert watch["method"] == "workspace/didChangeWatchedFiles"
        globs = {each["globPattern"] for each in watch["registerOptions"]["watchers"]}
        assert globs >= {
            "**/lightship.toml",
            "**/pyproject.toml",
            "**/.hadolint.{yaml,yml}",
            "**/*.dockerignore",
        }

        uri = (tmp_path / "Dockerfile").as_uri()
        client.open(TEXT, uri)
        params: dict[str, Any] = {"textDocument": {"uri": uri}}
        first = client.request("textDocument/diagnostic", params)
        (tmp_path / "pyproject.toml").write_text('[tool.lightship]\nselect = ["plain-apt"]\n')
        changed = {"uri": (tmp_path / "pyproject.toml").as_uri(), "type": 1}
        client.notify("workspace/didChangeWatchedFiles", {"changes": [changed]})
        refresh = client.expect("workspace/diagnostic/refresh")
        client.send({"jsonrpc": "2.0", "id": refresh["id"], "result": None})
        params["previousResultId"] = first["resultId"]
        second = client.request("textDocument/diagnostic", params)
        assert {each["code"] for each in second["items"]} == {"plain-apt"}


def test_without_watching_a_save_counts(tmp_path: Path, shared: Client) -> None:
    uri = (tmp_path / "Dockerfile").as_uri()
    shared.open(TEXT, uri)
    assert "plain-apt" in codes(shared, 1, uri)
    (tmp_path / "lightship.toml").write_text('ignore = ["plain-apt"]\n')
    shared.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    assert "plain-apt" not in codes(shared, 1, uri)


def test_settings_of_docker_langserver_are_understood(fresh: Client, uri: str) -> None:
    fresh.initialize()
    fresh.open("FROM debian:12\nMAINTAINER me\nCMD a\nCMD b\ncopy a b\n", uri)
    assert {"maintainer-deprecated", "instruction-casing"}.isdisjoint(codes(fresh, 1, uri))
    levels = {
        "deprecatedMaintainer": "warning",
        "instructionCasing": "error",
        "instructionCmdMultiple": "error",
        "instructionEntrypointMultiple": "warning",
        "instructionWorkdirRelative": "of no such level",
    }
    settings = {"docker": {"languageserver": {"diagnostics": levels}}}
    fresh.notify("workspace/didChangeConfiguration", {"settings": settings})
    found = {each["code"]: each["severity"] for each in fresh.diagnostics(1, uri)}
    assert {found[code] for code in ("instruction-casing", "repeated-instruction")} == {1}
    assert found["maintainer-deprecated"] == 2
    assert not fresh.has_come(method="window/showMessage")
