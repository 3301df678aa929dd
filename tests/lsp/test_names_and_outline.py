"""Navigation through the protocol: what is converted, and what a client can do that decides the answer's shape."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from client import Client, Refused, at

ICONS = "ARG ICON=🐳é\t\r\nFROM debian:12 AS b🐳\r\nARG ICON\r\nRUN echo '🐳é' $ICON\r\n"
WIDTHS = {"utf-8": 9, "utf-16": 6, "utf-32": 5}
"""Of `'🐳é' $` in units of each encoding, without the `$`."""


def ask(client: Client, method: str, uri: str, position: dict[str, int] | None = None, **others: Any) -> Any:
    place = {"position": position} if position else {}
    return client.request(f"textDocument/{method}", {"textDocument": {"uri": uri}, **place, **others})


@pytest.mark.parametrize("encoding", WIDTHS)
def test_places_are_counted_as_the_client_counts(encoding: str, uri: str) -> None:
    column = 9 + WIDTHS[encoding] + 1
    use = {"start": at(3, column), "end": at(3, column + 4)}
    with Client() as client:
        client.initialize({"general": {"positionEncodings": [encoding]}})
        client.open(ICONS, uri)
        for asked in (column, column + 2, column + 4):
            found = ask(client, "documentHighlight", uri, at(3, asked))
            assert [(each["range"], each["kind"]) for each in found] == [
                ({"start": at(0, 4), "end": at(0, 8)}, 3),
                ({"start": at(2, 4), "end": at(2, 8)}, 3),
                (use, 2),
            ]
        assert ask(client, "prepareRename", uri, at(3, column)) == use
        assert ask(client, "references", uri, at(0, 5), context={"includeDeclaration": False}) == [
            {"uri": uri, "range": use}
        ]
        (stage,) = (each for each in ask(client, "documentSymbol", uri) if each["name"] == "b🐳")
        assert stage["location"]["range"]["start"] == at(1, 0)


def test_definitions_are_links_where_the_client_knows_links(shared: Client, uri: str) -> None:
    text = "FROM debian:12 AS build\nFROM scratch\nCOPY --from=build a b\n"
    target = {"start": at(0, 18), "end": at(0, 23)}
    shared.open(text, uri)
    assert ask(shared, "definition", uri, at(2, 13)) == [{"uri": uri, "range": target}]
    assert not ask(shared, "definition", uri, at(1, 6))
    with Client() as client:
        client.initialize({"textDocument": {"definition": {"linkSupport": True}}})
        client.open(text, uri)
        (link,) = ask(client, "definition", uri, at(2, 13))
        assert link["originSelectionRange"] == {"start": at(2, 12), "end": at(2, 17)}
        assert link["targetUri"] == uri
        assert link["targetSelectionRange"] == link["targetRange"] == target


def test_a_rename_is_refused_with_a_reason(shared: Client, uri: str) -> None:
    shared.open("FROM debian:12 AS build\nFROM debian AS test\nRUN echo $TARGETARCH\n", uri)
    with pytest.raises(Refused) as refused:
        ask(shared, "rename", uri, at(0, 20), newName="test")
    assert refused.value.code == -32803
    assert refused.value.args[0]["message"] == "There is a stage test already."
    with pytest.raises(Refused):
        ask(shared, "prepareRename", uri, at(2, 12))
    assert ask(shared, "prepareRename", uri, at(2, 1)) is None
    edit = ask(shared, "rename", uri, at(0, 20), newName="compile")
    assert [each["newText"] for each in edit["changes"][uri]] == ["compile"]
    assert ask(shared, "rename", uri, at(0, 20), newName="build") is None


def test_prepare_is_announced_to_who_can_ask_for_it() -> None:
    for able in (True, False):
        with Client() as client:
            answer = client.initialize({"textDocument": {"rename": {"prepareSupport": able}}})
            assert answer["capabilities"]["renameProvider"] == ({"prepareProvider": True} if able else True)


def test_symbols_are_a_tree_where_the_client_knows_trees(shared: Client, uri: str) -> None:
    text = "ARG A\nFROM debian:12 AS build\nRUN a \\\n b\n"
    shared.open(text, uri)
    flat = ask(shared, "documentSymbol", uri)
    assert [(each["name"], each.get("containerName")) for each in flat] == [
        ("ARG A", None),
        ("build", None),
        ("RUN a b", "build"),
    ]
    with Client() as client:
        able = {"documentSymbol": {"hierarchicalDocumentSymbolSupport": True}}
        client.initialize({"textDocument": able})
        client.open(text, uri)
        _, stage = ask(client, "documentSymbol", uri)
        assert stage["range"] == {"start": at(1, 0), "end": at(3, 2)}
        assert stage["selectionRange"] == {"start": at(1, 0), "end": at(1, 23)}
        assert [child["name"] for child in stage["children"]] == ["RUN a b"]


def test_folds_are_no_more_than_the_client_wants(shared: Client, uri: str) -> None:
    text = "# a\n# b\nFROM debian:12\nRUN a \\\n b\n"
    shared.open(text, uri)
    found = ask(shared, "foldingRange", uri)
    assert [(each["startLine"], each["endLine"], each.get("kind")) for each in found] == [
        (0, 1, "comment"),
        (2, 4, None),
        (3, 4, None),
    ]
    with Client() as client:
        client.initialize({"textDocument": {"foldingRange": {"rangeLimit": 2}}})
        client.open(text, uri)
        assert len(ask(client, "foldingRange", uri)) == 2


def test_selections_hold_each_other(shared: Client, uri: str) -> None:
    shared.open(ICONS, uri)
    answers = ask(shared, "selectionRange", uri, positions=[at(3, 6), at(0, 0)])
    assert len(answers) == 2
    chain = []
    grown: dict[str, Any] | None = answers[0]
    while grown:
        chain.append(tuple(tuple(grown["range"][end].values()) for end in ("start", "end")))
        grown = grown.get("parent")
    assert chain[0] == ((3, 4), (3, 8))
    assert chain[-1] == ((0, 0), (4, 0))
    assert all(outer[0] <= inner[0] and inner[1] <= outer[1] for inner, outer in pairwise(chain))


def test_links_to_files_are_resolved_when_they_are_opened(tmp_path: Path, shared: Client) -> None:
    (tmp_path / "a file.txt").write_text("")
    (tmp_path / "folder").mkdir()
    uri = (tmp_path / "Dockerfile").as_uri()
    shared.open('FROM debian:12\nCOPY ["a file.txt", "missing", "folder", "../..", "/x/"]\n', uri)
    image, file = ask(shared, "documentLink", uri)
    assert image["target"] == "https://hub.docker.com/_/debian"
    assert "target" not in file
    assert shared.request("documentLink/resolve", file)["target"] == (tmp_path / "a file.txt").as_uri()
    assert shared.request("documentLink/resolve", image) == image


def test_a_list_of_ignored_files_has_none_of_it(shared: Client) -> None:
    uri = "file:///nowhere/.dockerignore"
    shared.open("FROM a AS b\n", uri)
    for method in ("documentSymbol", "foldingRange", "documentLink"):
        assert not ask(shared, method, uri)
    assert not ask(shared, "definition", uri, at(0, 11))
