"""Refactorings in an editor: when they are offered, greyed out, annotated and worked out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from client import REAL, Client, at

PLAIN: dict[str, Any] = {}
DISABLED = {"textDocument": {"codeAction": {"disabledSupport": True}}}
LAZY = {"textDocument": {"codeAction": {"resolveSupport": {"properties": ["edit"]}, "dataSupport": True}}}
ANNOTATED = {"workspace": {"workspaceEdit": {"documentChanges": True, "changeAnnotationSupport": {}}}}
TEXT = "FROM shout\nFROM shout:1\n"


def actions(client: Client, uri: str, line: int, only: list[str] | None = None) -> list[Any]:
    context = {"diagnostics": [], **({"only": only} if only else {})}
    place = {"start": at(line, 6), "end": at(line, 6)}
    offered: list[Any] = client.request(
        "textDocument/codeAction", {"textDocument": {"uri": uri}, "range": place, "context": context}
    )
    return [action for action in offered if action["kind"].startswith("refactor")]


def test_it_is_announced(fresh: Client) -> None:
    provider = fresh.initialize()["capabilities"]["codeActionProvider"]
    assert "refactor.rewrite" in provider["codeActionKinds"]


def test_plain_client(fresh: Client, uri: str) -> None:
    fresh.initialize(PLAIN)
    fresh.open(TEXT, uri)
    (action,) = actions(fresh, uri, 0)
    assert (action["title"], action["kind"]) == ("Shout shout", "refactor.rewrite.shout")
    assert [edit["newText"] for edit in action["edit"]["changes"][uri]] == ["SHOUT"]
    assert actions(fresh, uri, 1) == [], "what is not possible is not shown to who cannot show why"


@pytest.mark.parametrize(
    ("only", "count"),
    [
        ("refactor", 1),
        ("refactor.rewrite", 1),
        ("refactor.rewrite.shout", 1),
        ("refactor.extract", 0),
        ("quickfix", 0),
    ],
)
def test_kinds(shared: Client, uri: str, only: str, count: int) -> None:
    shared.open(TEXT, uri)
    assert len(actions(shared, uri, 0, [only])) == count


def test_disabled_with_the_reason(fresh: Client, uri: str) -> None:
    fresh.initialize(DISABLED)
    fresh.open(TEXT, uri)
    (action,) = actions(fresh, uri, 1)
    assert action["disabled"] == {"reason": "a tag is never shouted"}
    assert "edit" not in action


def test_worked_out_when_chosen(fresh: Client, uri: str) -> None:
    fresh.initialize(LAZY)
    fresh.open(TEXT, uri)
    (action,) = actions(fresh, uri, 0)
    assert "edit" not in action
    resolved = fresh.request("codeAction/resolve", action)
    assert [edit["newText"] for edit in resolved["edit"]["changes"][uri]] == ["SHOUT"]


def test_to_be_confirmed_where_that_is_possible(fresh: Client, uri: str) -> None:
    fresh.initialize(ANNOTATED)
    fresh.open(TEXT, uri)
    (action,) = actions(fresh, uri, 0)
    (change,) = action["edit"]["documentChanges"]
    (edit,) = change["edits"]
    annotation = action["edit"]["changeAnnotations"][edit["annotationId"]]
    assert annotation == {"label": "Shout shout", "needsConfirmation": True}


NEW = "FROM shout-it-out\n"
CREATES = {"documentChanges": True, "resourceOperations": ["create"]}


def test_a_new_file(fresh: Client, uri: str) -> None:
    fresh.initialize({"workspace": {"workspaceEdit": CREATES | {"changeAnnotationSupport": {}}}})
    fresh.open(NEW, uri)
    (action,) = actions(fresh, uri, 0)
    create, change = action["edit"]["documentChanges"]
    echo = f"{uri.rpartition('/')[0]}/its%20echo"
    assert (create["kind"], create["uri"]) == ("create", echo)
    assert create["options"] == {"overwrite": False, "ignoreIfExists": False}
    assert change["textDocument"] == {"uri": echo, "version": None}
    assert [edit["newText"] for edit in change["edits"]] == ["OUT\n"]
    annotations = {create["annotationId"], *(edit["annotationId"] for edit in change["edits"])}
    assert annotations == set(action["edit"]["changeAnnotations"])


@pytest.mark.parametrize(
    "able",
    [{}, {"documentChanges": True}, {"resourceOperations": ["create"]}],
    ids=["plain", "no files", "no order"],
)
def test_no_new_file_where_the_editor_makes_none(fresh: Client, uri: str, able: dict[str, Any]) -> None:
    fresh.initialize(DISABLED | {"workspace": {"workspaceEdit": able}})
    fresh.open(NEW, uri)
    (action,) = actions(fresh, uri, 0)
    assert action["disabled"] == {"reason": "the editor creates no files"}


def test_a_dockerignore_for_the_folder(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"x" * 2_000)
    uri = (tmp_path / "Dockerfile").as_uri()
    with Client(REAL) as client:
        client.initialize({"workspace": {"workspaceEdit": CREATES}})
        client.open("FROM python:3.12-slim\nCOPY . /app\n", uri)
        (action,) = actions(client, uri, 1, ["refactor.rewrite.create-dockerignore"])
    assert action["title"] == "Create .dockerignore, which leaves out 2 kB in one file"
    create, change = action["edit"]["documentChanges"]
    assert create["uri"] == (tmp_path / ".dockerignore").as_uri()
    assert [edit["newText"] for edit in change["edits"]] == [".dockerignore\n**/__pycache__\n"]


def test_what_a_finding_offers_is_not_offered_twice(tmp_path: Path) -> None:
    uri = (tmp_path / "Dockerfile").as_uri()
    context: dict[str, Any] = {"diagnostics": []}
    request = {
        "textDocument": {"uri": uri},
        "range": {"start": at(1, 0), "end": at(1, 3)},
        "context": context,
    }
    with Client(REAL) as client:
        client.initialize(PLAIN)
        client.open('FROM python:3.12-slim\nCMD ["app"]\n', uri)
        titles = [action["title"] for action in client.request("textDocument/codeAction", request)]
        context["only"] = ["refactor"]
        (refactoring,) = client.request("textDocument/codeAction", request)
    assert refactoring["title"] == "Run as app"
    assert titles.count("Run as app") == 1
