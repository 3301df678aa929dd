"""`pin-digest` in an editor: a registry is asked where a setting lets it, and only once the action is chosen."""

from __future__ import annotations

from typing import Any

import pytest
from client import REAL, Client, at

from test_registry import DIGEST, Local, local

__all__ = ["local"]

CAPABILITIES = {
    "textDocument": {
        "codeAction": {
            "disabledSupport": True,
            "resolveSupport": {"properties": ["edit"]},
            "dataSupport": True,
        }
    }
}
KIND = "refactor.rewrite.pin-digest"


def offered(client: Client, uri: str, text: str) -> Any:
    client.open(text, uri)
    place = {"start": at(0, 0), "end": at(len(text.splitlines()), 0)}
    params = {"textDocument": {"uri": uri}, "range": place, "context": {"diagnostics": [], "only": [KIND]}}
    (action,) = client.request("textDocument/codeAction", params)
    return action


def test_not_without_the_setting(local: Local, uri: str) -> None:
    with Client(REAL) as client:
        client.initialize(CAPABILITIES)
        action = offered(client, uri, f"FROM {local.host}/open/app:1\n")
        assert "only a registry knows the digest" in action["disabled"]["reason"]
    assert local.asked == []


def test_when_it_is_chosen(local: Local, uri: str) -> None:
    image = f"{local.host}/open/app:1"
    with Client(REAL) as client:
        client.initialize(CAPABILITIES, initializationOptions={"askRegistry": True})
        action = offered(client, uri, f"FROM {image} AS a\nRUN true\nFROM {image}\n")
        assert "edit" not in action
        assert local.asked == [], "not at every move of the cursor"
        edit = client.request("codeAction/resolve", action)["edit"]
        assert [change["newText"] for change in edit["changes"][uri]] == [f"{image}@{DIGEST}"] * 2


@pytest.mark.parametrize("repository", ["open/app:2", "basic/app:1"])
def test_no_answer(local: Local, uri: str, repository: str) -> None:
    with Client(REAL) as client:
        client.initialize(CAPABILITIES, initializationOptions={"askRegistry": True})
        action = offered(client, uri, f"FROM {local.host}/{repository}\n")
        assert "edit" not in client.request("codeAction/resolve", action)
        message = client.expect("window/showMessage")["params"]["message"]
        assert message.startswith(f"Pin {local.host}/{repository} to its digest: {local.host}: it ")
