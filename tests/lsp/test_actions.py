"""Quick fixes, silence, and all at once; and the hover that explains them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from client import Client, at, insert

ONLY_OURS = {"select": ["plain-apt"]}
TEXT = "FROM debian:12\nRUN echo '🚀' ; apt update\nRUN apt install curl\n"
FIXED = "FROM debian:12\nRUN echo '🚀' ; apt-get update\nRUN apt-get install curl\n"


@pytest.fixture(scope="module")
def simple() -> Iterator[Client]:
    """A client that can do nothing special."""
    with Client() as client:
        client.initialize(initializationOptions=ONLY_OURS)
        yield client


@pytest.fixture(scope="module")
def able() -> Iterator[Client]:
    with Client() as client:
        client.initialize(
            {
                "textDocument": {
                    "codeAction": {"resolveSupport": {"properties": ["edit"]}, "dataSupport": True}
                },
                "workspace": {"workspaceEdit": {"documentChanges": True}},
            },
            initializationOptions=ONLY_OURS,
        )
        yield client


def actions(client: Client, uri: str, line: int, column: int, only: list[str] | None = None) -> list[Any]:
    place = {"start": at(line, column), "end": at(line, column)}
    context = {"diagnostics": [], **({"only": only} if only is not None else {})}
    offered: list[Any] = client.request(
        "textDocument/codeAction", {"textDocument": {"uri": uri}, "range": place, "context": context}
    )
    return offered


def apply(client: Client, uri: str, edits: list[dict[str, Any]]) -> str:
    """The text after the edits, which are sent back as typing, the last first."""
    edits = sorted(edits, key=lambda edit: tuple(edit["range"]["start"].values()), reverse=True)
    client.change(9, *({"range": edit["range"], "text": edit["newText"]} for edit in edits), uri=uri)
    text: str = client.request("test/text", uri)
    return text


def test_a_fix_and_silence_where_the_finding_is(simple: Client, uri: str) -> None:
    simple.open(TEXT, uri)
    fix, silence, in_file = actions(simple, uri, 2, 7)
    assert (fix["title"], fix["kind"], fix["isPreferred"]) == ("Use apt-get", "quickfix", True)
    assert [each["code"] for each in fix["diagnostics"]] == ["plain-apt"]
    assert silence["kind"] == "quickfix"
    assert "isPreferred" not in silence
    assert in_file["title"] == "Ignore plain-apt in this file"
    # Nothing elsewhere, and the fix of each line on its own line alone.
    assert actions(simple, uri, 0, 3) == []
    (edit,) = actions(simple, uri, 1, 18)[0]["edit"]["changes"][uri]
    assert edit == {"range": {"start": at(1, 16), "end": at(1, 19)}, "newText": "apt-get"}
    assert apply(simple, uri, [edit]) == TEXT.replace("apt update", "apt-get update")


def test_silence_silences(simple: Client, uri: str) -> None:
    simple.open(TEXT, uri)
    _, silence, in_file = actions(simple, uri, 2, 5)
    assert "# lightship: ignore[plain-apt]\nRUN apt install" in apply(
        simple, uri, silence["edit"]["changes"][uri]
    )
    assert [each["range"]["start"]["line"] for each in simple.diagnostics(9, uri)] == [1]
    simple.open(TEXT, uri)
    assert apply(simple, uri, in_file["edit"]["changes"][uri]).startswith(
        "# lightship: ignore-file[plain-apt]\n"
    )
    assert simple.diagnostics(9, uri) == []


def test_what_is_not_safe_is_not_preferred(simple: Client, uri: str) -> None:
    simple.open("FROM a\nRUN apt really\n", uri)
    fix, *_ = actions(simple, uri, 1, 5)
    assert "isPreferred" not in fix
    assert actions(simple, uri, 1, 5, ["source.fixAll"]) == []


def test_syntax_errors_cannot_be_silenced(simple: Client, uri: str) -> None:
    simple.open("FROM a\nFRO\n", uri)
    assert simple.diagnostics(1, uri)
    assert actions(simple, uri, 1, 1) == []


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (["quickfix"], {"quickfix"}),
        (["source"], {"source.fixAll.lightship"}),
        (["source.fixAll"], {"source.fixAll.lightship"}),
        (["source.fixAll.lightship"], {"source.fixAll.lightship"}),
        (["source.fixAll.other"], set()),
        (["refactor"], set()),
        (["source.organizeImports", "quickfix"], {"quickfix"}),
        ([], set()),
    ],
)
def test_only_the_kinds_asked_for(simple: Client, uri: str, only: list[str], kinds: set[str]) -> None:
    simple.open(TEXT, uri)
    assert {action["kind"] for action in actions(simple, uri, 2, 5, only)} == kinds


def test_all_at_once(simple: Client, uri: str) -> None:
    simple.open(TEXT, uri)
    (action,) = actions(simple, uri, 0, 0, ["source.fixAll"])
    edits = action["edit"]["changes"][uri]
    assert apply(simple, uri, edits) == FIXED
    assert actions(simple, uri, 0, 0, ["source.fixAll"]) == []


def test_all_at_once_is_worked_out_when_chosen(able: Client, uri: str) -> None:
    able.open(TEXT, uri)
    (action,) = actions(able, uri, 0, 0)
    assert action["kind"] == "source.fixAll.lightship"
    assert "edit" not in action
    # It is the text of then that is fixed.
    able.change(2, insert(0, 0, "# olá\n"), uri=uri)
    (change,) = able.request("codeAction/resolve", action)["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": uri, "version": 2}
    assert apply(able, uri, change["edits"]) == "# olá\n" + FIXED


def test_edits_are_bound_to_the_version_they_are_for(able: Client, uri: str) -> None:
    able.open(TEXT, uri, version=5)
    fix, *_ = actions(able, uri, 2, 5)
    (change,) = fix["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": uri, "version": 5}


def test_resolving_what_is_gone(able: Client) -> None:
    for data in ({"uri": "file:///closed"}, None, 3):
        action = {"title": "Fix", "kind": "source.fixAll.lightship", "data": data}
        assert "edit" not in able.request("codeAction/resolve", action)


def test_hover(simple: Client, uri: str) -> None:
    simple.open(TEXT, uri)
    place = {"textDocument": {"uri": uri}, "position": at(0, 2)}
    found = simple.request("textDocument/hover", place)
    assert found["contents"]["kind"] == "markdown"
    assert "FROM" in found["contents"]["value"]
    assert found["range"] == {"start": at(0, 0), "end": at(0, 4)}
    simple.open("node_modules\n", "file:///nowhere/.dockerignore")
    place = {"textDocument": {"uri": "file:///nowhere/.dockerignore"}, "position": at(0, 2)}
    assert "node_modules" in simple.request("textDocument/hover", place)["contents"]["value"]


def test_all_that_is_in_a_selection(simple: Client, uri: str) -> None:
    simple.open("FROM a\nRUN apt x\nRUN apt y\n", uri)
    params = {
        "textDocument": {"uri": uri},
        "range": {"start": at(0, 0), "end": at(9, 0)},
        "context": {"diagnostics": [], "only": ["quickfix"]},
    }
    offered = simple.request("textDocument/codeAction", params)
    silences = ["Ignore plain-apt here"] * 2 + ["Ignore plain-apt in this file"]
    assert [action["title"] for action in offered] == ["Use apt-get"] * 2 + silences


def test_everything_selected_in_a_long_file(simple: Client, uri: str) -> None:
    simple.open("FROM a\n" + "RUN apt x\n" * 500, uri)
    params = {
        "textDocument": {"uri": uri},
        "range": {"start": at(0, 0), "end": at(999, 0)},
        "context": {"diagnostics": []},
    }
    assert 0 < len(simple.request("textDocument/codeAction", params)) <= 41


def test_what_is_no_finding_is_offered_under_the_cursor(simple: Client, uri: str) -> None:
    simple.open("FROM debian:12\nrun true\nCOPY --x=1 a b\n", uri)
    (capitals,) = actions(simple, uri, 1, 1)
    assert (capitals["title"], capitals["kind"]) == ("Write RUN", "quickfix")
    assert not {"diagnostics", "isPreferred"} & capitals.keys()
    assert actions(simple, uri, 1, 5) == []
    flags = [action["title"] for action in actions(simple, uri, 2, 7)]
    assert flags == ["Write --chmod", "Write --chown", "Write --from", "Write --exclude"]
    assert actions(simple, uri, 2, 12) == []


def test_the_fix_of_a_finding_is_not_offered_twice(simple: Client, uri: str) -> None:
    simple.open("FROM debian:12\nRNU true\n", uri)
    (fix,) = actions(simple, uri, 1, 1)
    assert fix["title"] == "Write RUN"
    assert [each["code"] for each in fix["diagnostics"]] == ["syntax"]
