"""Ignoring a rule in the whole project, through the editor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from client import Client, at

TEXT = "FROM debian:12\nRUN apt update\n"
CREATING = {"workspace": {"workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]}}}


@pytest.fixture(scope="module")
def creating() -> Iterator[Client]:
    with Client() as client:
        client.initialize(CREATING)
        yield client


def offered(client: Client, uri: str) -> list[Any]:
    """The edits that ignore a rule in the project."""
    client.open(TEXT, uri)
    place = {"start": at(1, 5), "end": at(1, 5)}
    params = {"textDocument": {"uri": uri}, "range": place, "context": {"diagnostics": []}}
    actions = client.request("textDocument/codeAction", params)
    wanted = "Ignore plain-apt in the project"
    return [each["edit"] for each in actions if each["title"] == wanted]


def test_it_is_written_to_the_settings_in_force(tmp_path: Path, creating: Client) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\nname = "olá"\n\n[tool.lightship]  # ours\nselect = ["plain-apt"]\n')
    uri = (tmp_path / "app" / "Dockerfile").as_uri()
    (edit,) = offered(creating, uri)
    (change,) = edit["documentChanges"]
    assert change["textDocument"] == {"uri": project.as_uri(), "version": None}
    assert change["edits"] == [
        {"range": {"start": at(4, 0), "end": at(4, 0)}, "newText": 'ignore = ["plain-apt"]\n'}
    ]

    assert creating.diagnostics(1, uri)
    lines = project.read_text().splitlines(keepends=True)
    project.write_text("".join([*lines[:4], change["edits"][0]["newText"], *lines[4:]]))
    creating.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": project.as_uri(), "type": 2}]})
    assert creating.diagnostics(1, uri) == []


def test_without_settings_they_are_created_at_the_root_of_the_repository(
    tmp_path: Path, creating: Client, shared: Client
) -> None:
    (tmp_path / ".git").mkdir()
    uri = (tmp_path / "app" / "Dockerfile").as_uri()
    settings = (tmp_path / "lightship.toml").as_uri()
    (edit,) = offered(creating, uri)
    create, change = edit["documentChanges"]
    assert (create["kind"], create["uri"]) == ("create", settings)
    assert create["options"] == {"overwrite": False, "ignoreIfExists": False}
    assert change["textDocument"]["uri"] == settings
    assert [each["newText"] for each in change["edits"]] == ['ignore = ["plain-apt"]\n']
    # A client that creates no files has nothing to write to.
    assert offered(shared, uri) == []


def test_a_client_without_versions(tmp_path: Path, shared: Client) -> None:
    settings = tmp_path / "lightship.toml"
    settings.write_text('ignore = [\n    "DL3008",  # as ever\n]\n')
    (edit,) = offered(shared, (tmp_path / "Dockerfile").as_uri())
    (change,) = edit["changes"][settings.as_uri()]
    assert change == {"range": {"start": at(1, 4), "end": at(1, 4)}, "newText": '"plain-apt",\n    '}


def test_what_is_no_file_has_no_project(creating: Client) -> None:
    assert offered(creating, "untitled:Untitled-1") == []
