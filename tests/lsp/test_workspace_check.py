"""All Dockerfiles of a workspace: asked for by `workspace/diagnostic`, or published by a command."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from client import Client, Refused

MANY = 200
TEXT = "FROM debian:12-slim\nRUN apt install -y curl\n"
CHECK = "lightship.server.checkWorkspace"
PULLS = {"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": True}}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A few Dockerfiles, and what is none of ours."""
    (tmp_path / "a").mkdir()
    (tmp_path / "node_modules").mkdir()
    for name in ("Dockerfile", "a/web.Dockerfile", "node_modules/Dockerfile", "a/notes.md"):
        (tmp_path / name).write_text(TEXT)
    (tmp_path / "a" / "Containerfile").write_text("FROM scratch\n")
    return tmp_path


@pytest.fixture
def large(tmp_path: Path) -> Path:
    for number in range(MANY):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "Dockerfile").write_text(
            "FROM debian:12-slim\n" + f"RUN apt install -y curl-{number} && make {number}\n" * 30
        )
    return tmp_path


@pytest.fixture
def client() -> Iterator[Client]:
    with Client() as client:
        yield client


def begin(client: Client, *folders: Path, capabilities: object = None, **options: object) -> dict[str, Any]:
    result = client.initialize(
        PULLS if capabilities is None else capabilities,
        workspaceFolders=[{"uri": each.as_uri(), "name": each.name} for each in folders],
        initializationOptions={"select": ["plain-apt"], **options},
    )
    capability: dict[str, Any] = result["capabilities"]
    return capability


def ask(client: Client, reports: list[Any] | None = None, **others: object) -> list[dict[str, Any]]:
    """The reports, and of those that the client has already what changed."""
    known = [{"uri": each["uri"], "value": each["resultId"]} for each in reports or () if "resultId" in each]
    answer = client.request("workspace/diagnostic", {"previousResultIds": known, **others}, 60.0)
    items: list[dict[str, Any]] = answer["items"]
    return items


def shown(reports: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    """By path, the codes that are found; None where nothing changed."""
    start = len(folder.as_uri()) + 1
    return {
        each["uri"][start:]: [item["code"] for item in each["items"]] if each["kind"] == "full" else None
        for each in reports
    }


def test_all_dockerfiles_of_the_folders_are_checked(client: Client, folder: Path) -> None:
    assert begin(client, folder)["diagnosticProvider"]["workspaceDiagnostics"] is True
    found = {"Dockerfile": ["plain-apt"], "a/Containerfile": [], "a/web.Dockerfile": ["plain-apt"]}
    first = ask(client)
    assert shown(first, folder) == found
    assert all("version" not in each or each["version"] is None for each in first)
    assert shown(ask(client, first), folder) == dict.fromkeys(found)

    # One is written, one is new, one is gone.
    (folder / "Dockerfile").write_text("FROM debian:12-slim\nRUN make it smaller\n")
    (folder / "new").mkdir()
    (folder / "new" / "Dockerfile.dev").write_text(TEXT)
    (folder / "a" / "Containerfile").unlink()
    assert shown(ask(client, first), folder) == {
        "Dockerfile": [],
        "a/Containerfile": [],
        "a/web.Dockerfile": None,
        "new/Dockerfile.dev": ["plain-apt"],
    }


def test_what_is_open_counts_as_it_is_in_the_editor(client: Client, folder: Path) -> None:
    begin(client, folder)
    uri = (folder / "Dockerfile").as_uri()
    client.open("FROM debian:12-slim\n", uri, 7)
    (report,) = [each for each in ask(client) if each["uri"] == uri]
    assert (report["items"], report["version"]) == ([], 7)
    own = client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    assert report["resultId"] == own["resultId"]


def test_folders_come_and_go(client: Client, folder: Path) -> None:
    assert begin(client)["workspace"]["workspaceFolders"] == {"supported": True, "changeNotifications": True}
    assert ask(client) == []
    place = {"uri": (folder / "a").as_uri(), "name": "a"}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [place], "removed": []}})
    first = ask(client)
    assert set(shown(first, folder)) == {"a/Containerfile", "a/web.Dockerfile"}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [place]}})
    assert shown(ask(client, first), folder) == {"a/Containerfile": [], "a/web.Dockerfile": []}


def test_settings_count_for_each_file(client: Client, folder: Path) -> None:
    begin(client, folder)
    first = ask(client)
    (folder / "a" / "lightship.toml").write_text('ignore = ["plain-apt"]\n')
    changed = {"uri": (folder / "a" / "lightship.toml").as_uri(), "type": 1}
    client.notify("workspace/didChangeWatchedFiles", {"changes": [changed]})
    client.expect("workspace/diagnostic/refresh")
    client.notify(
        "workspace/didChangeConfiguration", {"settings": {"lightship": {"extendSelect": ["plain-apt"]}}}
    )
    client.expect("workspace/diagnostic/refresh")
    assert set(shown(ask(client, first), folder)) == {"Dockerfile", "a/Containerfile", "a/web.Dockerfile"}


def test_a_dockerfile_that_changes_on_disk_is_asked_for_again(folder: Path, client: Client) -> None:
    able = {"didChangeWatchedFiles": {"dynamicRegistration": True}, "diagnostics": {"refreshSupport": True}}
    begin(client, folder, capabilities={"textDocument": {"diagnostic": {}}, "workspace": able})
    client.expect("client/registerCapability")
    first = ask(client)
    (watch,) = client.expect("client/registerCapability")["params"]["registrations"]
    globs = [each["globPattern"] for each in watch["registerOptions"]["watchers"]]
    assert "**/{Dockerfile,Containerfile}{,.*}" in globs
    (folder / "Dockerfile").write_text("FROM scratch\n")
    changed = {"uri": (folder / "Dockerfile").as_uri(), "type": 2}
    client.notify("workspace/didChangeWatchedFiles", {"changes": [changed]})
    client.expect("workspace/diagnostic/refresh")
    again = shown(ask(client, first), folder)
    # The settings were not read again for it: the others are as they were.
    assert again == {"Dockerfile": [], "a/Containerfile": None, "a/web.Dockerfile": None}


def test_reports_come_in_parts_where_a_client_wants_them_so(client: Client, large: Path) -> None:
    begin(client, large)
    assert ask(client, partialResultToken="part") == []
    reports: list[Any] = []
    while len(reports) < MANY:
        part = client.expect("$/progress")["params"]
        assert part["token"] == "part"
        assert 0 < len(part["value"]["items"]) <= 20
        reports += part["value"]["items"]
    assert len({each["uri"] for each in reports}) == MANY


def test_typing_does_not_wait_and_nobody_has_to(client: Client, large: Path) -> None:
    begin(client, large)
    client.open(TEXT)
    client.request("textDocument/diagnostic", {"textDocument": {"uri": "file:///nowhere/Dockerfile"}})
    asked = client.begin("workspace/diagnostic", {"previousResultIds": []})
    took = []
    for version in range(2, 8):
        start = time.monotonic()
        client.change(version, {"text": TEXT + "\n" * version})
        client.request("textDocument/diagnostic", {"textDocument": {"uri": "file:///nowhere/Dockerfile"}})
        took.append(time.monotonic() - start)
    assert not client.is_there(id=asked), "too few files to tell"
    # One file at most lies between a keystroke and its findings.
    assert sorted(took)[len(took) // 2] < 0.5
    client.notify("$/cancelRequest", {"id": asked})
    with pytest.raises(Refused) as refused:
        client.answer(asked)
    assert refused.value.code == -32800
    # What has been found by then is kept.
    assert len(ask(client)) == MANY


def test_a_command_publishes_what_is_found(client: Client, folder: Path) -> None:
    result = begin(client, folder, capabilities={})
    assert CHECK in result["executeCommandProvider"]["commands"]
    assert not result["diagnosticProvider"]["workspaceDiagnostics"]
    uri = (folder / "Dockerfile").as_uri()
    client.open("FROM debian:12-slim\n", uri)
    assert client.expect("textDocument/publishDiagnostics")["params"]["diagnostics"] == []
    assert client.request("workspace/executeCommand", {"command": CHECK}) == {"files": 3, "findings": 1}
    told = client.expect("textDocument/publishDiagnostics")["params"]
    assert told["uri"] == (folder / "a" / "web.Dockerfile").as_uri()
    assert [each["code"] for each in told["diagnostics"]] == ["plain-apt"]
    assert not client.has_come(method="textDocument/publishDiagnostics")
    (folder / "a" / "web.Dockerfile").unlink()
    assert client.request("workspace/executeCommand", {"command": CHECK}) == {"files": 2, "findings": 0}
    told = client.expect("textDocument/publishDiagnostics")["params"]
    assert (told["uri"], told["diagnostics"]) == ((folder / "a" / "web.Dockerfile").as_uri(), [])


def test_what_was_published_makes_way_for_what_is_asked_for(client: Client, folder: Path) -> None:
    begin(client, folder)
    client.request("workspace/executeCommand", {"command": CHECK})
    for _ in range(2):
        client.expect("textDocument/publishDiagnostics")
    uri = (folder / "Dockerfile").as_uri()
    client.open(TEXT, uri)
    told = client.expect("textDocument/publishDiagnostics")["params"]
    assert (told["uri"], told["diagnostics"]) == (uri, [])


def test_who_does_not_want_it_is_not_told_of_it(client: Client, folder: Path) -> None:
    assert not begin(client, folder, workspaceDiagnostics=False)["diagnosticProvider"]["workspaceDiagnostics"]


def test_what_cannot_be_read_is_left_out(client: Client, folder: Path) -> None:
    (folder / "a" / "Dockerfile").symlink_to(folder / "nowhere")
    (folder / "Dockerfile.large").write_bytes(b"#" * 1_000_001)
    (folder / "Dockerfile.latin").write_bytes(b"FROM debian:12-slim\nLABEL name=\xff\nRUN apt install b\n")
    (folder / "Dockerfile.self").symlink_to("Dockerfile.self")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    begin(client, folder)
    found = shown(ask(client), folder)
    assert set(found) == {"Dockerfile", "Dockerfile.latin", "a/Containerfile", "a/web.Dockerfile"}
    assert found["Dockerfile.latin"] == ["plain-apt"]


def test_a_file_that_makes_us_fail_costs_the_others_nothing(client: Client, folder: Path) -> None:
    begin(client, folder)
    uri = (folder / "Dockerfile").as_uri()
    client.open(TEXT, uri)
    client.request("test/break", True)
    found = ask(client)
    assert uri not in {each["uri"] for each in found}
    assert shown(found, folder)["a/web.Dockerfile"] == ["plain-apt"]
