"""What the server asks of its client, which answers late, with errors, or never: all else goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from client import Client, at

TEXT = "FROM shout\nRUN apt update\n"
ABLE = {
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "workspaceEdit": {"documentChanges": True},
        "diagnostics": {"refreshSupport": True},
        "inlayHint": {"refreshSupport": True},
        "codeLens": {"refreshSupport": True},
        "semanticTokens": {"refreshSupport": True},
    },
    "window": {"workDoneProgress": True, "showMessage": {}},
}
ASKED = ("client/registerCapability", "workspace/configuration", "workspace/applyEdit")

Reply = Callable[[Client, object], None]


def never(client: Client, id: object) -> None:
    pass


def an_error(client: Client, id: object) -> None:
    client.send({"jsonrpc": "2.0", "id": id, "error": {"code": -32601, "message": "no such method"}})


def nonsense(client: Client, id: object) -> None:
    client.send({"jsonrpc": "2.0", "id": id, "result": [[["\ud800"]], 10**30]})


def neither(client: Client, id: object) -> None:
    client.send({"jsonrpc": "2.0", "id": id})


def twice(client: Client, id: object) -> None:
    an_error(client, id)
    client.send({"jsonrpc": "2.0", "id": id, "result": [{"ignore": ["all"]}]})


@pytest.mark.parametrize("reply", [never, an_error, nonsense, neither, twice], ids=lambda each: each.__name__)
def test_all_else_goes_on(uri: str, reply: Reply) -> None:
    with Client() as client:
        client.initialize(ABLE)
        for method in ASKED[:2]:
            reply(client, client.expect(method)["id"])
        client.open(TEXT, uri)
        assert client.diagnostics(1, uri)
        document = {"textDocument": {"uri": uri}}
        refactoring = {"uri": uri, "refactoring": "shout", "span": [5, 5]}
        for version in (2, 3):
            client.notify("workspace/didChangeConfiguration", {"settings": None})
            reply(client, client.expect("workspace/configuration")["id"])
            client.request(
                "workspace/executeCommand", {"command": "lightship.refactor", "arguments": [refactoring]}
            )
            reply(client, client.expect("workspace/applyEdit")["id"])
            client.change(version, {"text": f"{TEXT}# {version}\n"}, uri=uri)
            assert client.diagnostics(version, uri)
            assert client.request("textDocument/hover", {**document, "position": at(0, 1)})
        assert client.leave() == 0
        assert not any(b"Traceback" in line for line in client.errors)


def settings(client: Client, id: object, values: dict[str, Any]) -> None:
    client.send({"jsonrpc": "2.0", "id": id, "result": [values]})


def test_answers_that_come_in_another_order(uri: str) -> None:
    """The last that was asked for counts; an earlier one that comes later is out of date."""
    with Client() as client:
        client.initialize({"workspace": {"configuration": True}})
        first = client.expect("workspace/configuration")["id"]
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        second = client.expect("workspace/configuration")["id"]
        settings(client, second, {"select": ["plain-apt"]})
        settings(client, first, {"ignore": ["plain-apt"]})
        client.open(TEXT, uri)
        assert {each["code"] for each in client.diagnostics(1, uri)} == {"plain-apt"}
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        settings(client, client.expect("workspace/configuration")["id"], {"ignore": ["plain-apt"]})
        while "plain-apt" in {each["code"] for each in client.diagnostics(1, uri)}:
            pass
