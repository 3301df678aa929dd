"""Completion, signature help, formatting, colours, hints and lenses over the wire: conversion, laziness, settings."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from client import ENVIRONMENT, Client, at

from lightship.syntax.lexing import MODIFIERS, TYPES

OPTIONS = {"tabSize": 4, "insertSpaces": True}
ITEM = {
    "snippetSupport": True,
    "tagSupport": {"valueSet": [1]},
    "documentationFormat": ["markdown", "plaintext"],
}


@pytest.fixture(scope="module")
def able() -> Iterator[Client]:
    information = {"parameterInformation": {"labelOffsetSupport": True}, "documentationFormat": ["markdown"]}
    with Client() as client:
        client.initialize(
            {
                "textDocument": {
                    "completion": {"completionItem": ITEM},
                    "signatureHelp": {"signatureInformation": information},
                },
                "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
            }
        )
        yield client


def ask(client: Client, method: str, uri: str, **others: object) -> Any:
    return client.request(f"textDocument/{method}", {"textDocument": {"uri": uri}, **others})


def test_completion_with_all_that_a_client_can(able: Client, uri: str) -> None:
    able.open("FROM debian:12\nRUN echo 🚀\nm", uri)
    (item,) = ask(able, "completion", uri, position=at(2, 1))["items"]
    assert item["textEdit"] == {
        "range": {"start": at(2, 0), "end": at(2, 1)},
        "newText": "MAINTAINER ${1:name}",
    }
    assert (item["insertTextFormat"], item["tags"]) == (2, [1])
    assert "documentation" not in item
    resolved = able.request("completionItem/resolve", item)
    assert resolved["documentation"]["kind"] == "markdown"
    assert "Deprecated" in resolved["documentation"]["value"]


def test_completion_for_a_client_that_can_do_nothing(shared: Client, uri: str) -> None:
    shared.open("FROM debian:12\nm", uri)
    (item,) = ask(shared, "completion", uri, position=at(1, 1))["items"]
    assert item["textEdit"]["newText"] == "MAINTAINER"
    assert not {"insertTextFormat", "tags", "deprecated"} & item.keys()
    assert shared.request("completionItem/resolve", item)["documentation"]["kind"] == "plaintext"
    for odd in ({"label": "x"}, {"label": "x", "data": 3}, {"label": "x", "data": {"topic": ["flag"]}}):
        assert shared.request("completionItem/resolve", odd)["label"] == "x"


def test_completion_behind_wide_characters(shared: Client, uri: str) -> None:
    shared.open("FROM debian:12\r\nENV SHIP=1\r\nRUN echo 🚀 $SH", uri)
    (item,) = ask(shared, "completion", uri, position=at(2, 15))["items"]
    assert item["textEdit"]["range"] == {"start": at(2, 12), "end": at(2, 15)}


def test_completion_of_files_that_are_there(shared: Client, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("")
    (tmp_path / "secret").write_text("")
    (tmp_path / ".dockerignore").write_text("secret\n")
    uri, ignored = (tmp_path / "Dockerfile").as_uri(), (tmp_path / ".dockerignore").as_uri()
    shared.open("FROM debian:12\nCOPY ", uri)
    labels = [item["label"] for item in ask(shared, "completion", uri, position=at(1, 5))["items"]]
    assert "app.py" in labels
    assert "secret" not in labels
    shared.open("se", ignored)
    items = ask(shared, "completion", ignored, position=at(0, 2))["items"]
    assert [item["label"] for item in items] == ["secret"]


def test_a_dockerignore_file_has_findings_and_hovers(shared: Client, tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "a.pyc").write_text("123")
    uri = (tmp_path / ".dockerignore").as_uri()
    shared.open("*.pyc\n**/*.pyc\n", uri)
    (found,) = shared.diagnostics(1, uri)
    assert (found["code"], found["severity"], found["range"]["start"]) == ("unmatched-pattern", 2, at(0, 0))
    hover = ask(shared, "hover", uri, position=at(1, 1))
    assert "1 file, 3 B" in hover["contents"]["value"]
    assert ask(shared, "documentSymbol", uri) is None


def test_signature_help(able: Client, uri: str) -> None:
    able.open("FROM debian:12\nCOPY a ", uri)
    found = ask(able, "signatureHelp", uri, position=at(1, 7))
    (signature,) = found["signatures"]
    start, end = signature["parameters"][found["activeParameter"]]["label"]
    assert signature["label"][start:end] == "…"
    assert signature["documentation"]["kind"] == "markdown"


def test_signature_help_for_a_client_that_can_do_nothing(shared: Client, uri: str) -> None:
    shared.open("USER ", uri)
    first, _ = ask(shared, "signatureHelp", uri, position=at(0, 5))["signatures"]
    assert [each["label"] for each in first["parameters"]] == ["user", "group"]
    assert first["documentation"]["kind"] == "plaintext"


def test_formatting(shared: Client, uri: str) -> None:
    shared.open(" FROM debian:12\r\nRUN echo 🚀 && \\\r\nls\r\n", uri)
    first, second = ask(shared, "formatting", uri, options=OPTIONS)
    assert first == {"range": {"start": at(0, 0), "end": at(0, 1)}, "newText": ""}
    assert second == {"range": {"start": at(2, 0), "end": at(2, 0)}, "newText": "    "}
    line = {"start": at(2, 1), "end": at(2, 1)}
    assert ask(shared, "rangeFormatting", uri, range=line, options=OPTIONS) == [second]
    assert ask(shared, "onTypeFormatting", uri, position=at(1, 16), ch="\\", options=OPTIONS) == [second]


def test_formatting_makes_what_the_command_makes(
    corpus: list[Path], shared: Client, tmp_path: Path, uri: str
) -> None:
    """Byte by byte."""
    chosen = corpus[:: len(corpus) // 60]
    for number, path in enumerate(chosen):
        (tmp_path / f"{number:03}.Dockerfile").write_bytes(path.read_bytes())
    command = [sys.executable, "-m", "lightship", "format", str(tmp_path)]
    subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True)
    changed = 0
    for number, path in enumerate(chosen):
        text = path.read_bytes().decode(errors="replace")
        if "\ufffd" in text:
            continue  # an editor has no way to say what such a byte was
        own = f"{uri}.{number}"
        shared.open(text, own)
        edits = ask(shared, "formatting", own, options=OPTIONS)
        assert edited(text, edits).encode() == (tmp_path / f"{number:03}.Dockerfile").read_bytes(), path
        changed += bool(edits)
    assert changed > 10


def edited(text: str, edits: list[Any]) -> str:
    """As an editor does it, that counts in UTF-16. None of the edits goes over a line's end."""
    lines = [line.encode("utf-16-le") for line in re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)]
    for edit in reversed(edits):
        start, end = edit["range"]["start"], edit["range"]["end"]
        assert start["line"] == end["line"]
        line = lines[start["line"]]
        new = edit["newText"].encode("utf-16-le")
        lines[start["line"]] = line[: 2 * start["character"]] + new + line[2 * end["character"] :]
    return b"".join(lines).decode("utf-16-le")


def test_colours_whole_in_part_and_as_changes(shared: Client, uri: str) -> None:
    shared.open("FROM debian:12\nRUN echo '🚀' a\nUSER app\n", uri)
    whole = ask(shared, "semanticTokens/full", uri)
    assert len(whole["data"]) % 5 == 0
    assert all(kind < len(TYPES) for kind in whole["data"][3::5])
    part = ask(shared, "semanticTokens/range", uri, range={"start": at(1, 0), "end": at(1, 15)})["data"]
    keyword, function, string = TYPES.index("keyword"), TYPES.index("function"), TYPES.index("string")
    assert part == [1, 0, 3, keyword, 0, 0, 4, 4, function, 0, 0, 5, 4, string, 0]
    shared.change(2, {"range": {"start": at(1, 4), "end": at(1, 8)}, "text": "ls"}, uri=uri)
    change = ask(shared, "semanticTokens/full/delta", uri, previousResultId=whole["resultId"])
    data = list(whole["data"])
    for edit in change["edits"]:
        assert len(edit["data"]) < len(data)
        data[edit["start"] : edit["start"] + edit["deleteCount"]] = edit["data"]
    assert data == ask(shared, "semanticTokens/full", uri)["data"]
    assert "data" in ask(shared, "semanticTokens/full/delta", uri, previousResultId="unknown")


def test_the_legend_is_ours(fresh: Client) -> None:
    legend = fresh.initialize()["capabilities"]["semanticTokensProvider"]["legend"]
    assert legend == {"tokenTypes": [*TYPES], "tokenModifiers": [*MODIFIERS]}


def test_hints(shared: Client, uri: str) -> None:
    shared.open("FROM debian:12-slim\nENV V=a\nWORKDIR /🚀/$V\n", uri)
    everything = {"start": at(0, 0), "end": at(3, 0)}
    base, value = ask(shared, "inlayHint", uri, range=everything)
    assert (base["label"], base["position"]) == ("≈ 75 MB", at(0, 19))
    assert (value["label"], value["position"]) == ("= /🚀/a", at(2, 14))


LARGE = """FROM python:3.13-slim
RUN apt-get update && apt-get install -y gcc
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY app app
CMD ["python", "-m", "app"]
"""


def test_a_lens_converts(uri: str) -> None:
    with Client([sys.executable, "-m", "lightship", "server"]) as real:
        real.initialize({"workspace": {"applyEdit": True}})
        real.open(LARGE, uri)
        told, offered = ask(real, "codeLens", uri)
        assert told["command"]["title"].startswith("ships: python:3.13-slim")
        command = offered["command"]
        assert "multi-stage" in command["title"]
        real.begin("workspace/executeCommand", {key: command[key] for key in ("command", "arguments")})
        asked = real.expect("workspace/applyEdit")
        assert "FROM python:3.13-slim AS" in str(asked["params"]["edit"])


def test_commands_that_mean_nothing(able: Client) -> None:
    gone = {"uri": "file:///gone", "refactoring": "convert-to-multi-stage", "span": [0, 1]}
    for command, arguments in (("lightship.refactor", [gone]), ("lightship.refactor", [1]), ("no", [])):
        assert able.request("workspace/executeCommand", {"command": command, "arguments": arguments}) is None


def test_no_button_for_a_client_that_makes_no_edits(shared: Client, uri: str) -> None:
    shared.open(LARGE, uri)
    assert [lens["command"]["command"] for lens in ask(shared, "codeLens", uri)] == [""]


def test_a_feature_is_turned_off(fresh: Client, uri: str) -> None:
    fresh.initialize(initializationOptions={"features": {"inlayHints": False, "hover": False}})
    fresh.open(LARGE, uri)
    everything = {"start": at(0, 0), "end": at(6, 0)}
    assert ask(fresh, "inlayHint", uri, range=everything) is None
    assert ask(fresh, "hover", uri, position=at(0, 1)) is None
    assert ask(fresh, "codeLens", uri)
