"""What no decent client sends, in every member of every message: it is answered, and nothing fails or is forgotten.

A sample of it runs by default; `LIGHTSHIP_FULL=1` sends all.
"""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from client import REAL, URI, Client, Refused, at, insert
from lsprotocol import types

from lightship.lsp import methods

FULL = bool(os.environ.get("LIGHTSHIP_FULL"))
SAMPLE = 40
"""Messages of each method, unless all are sent."""
INTERNAL_ERROR = -32603

TEXT = """\
FROM python:3.12 AS a
ARG X=1
ENV Y=$X
RUN apt-get install -y gcc && cd /tmp && \\
  echo "é🚀 $Y"
COPY --from=a /x /y
RUN <<EOF
echo hi
EOF
"""

DOCUMENT = {"uri": URI}
PLACE = {"textDocument": DOCUMENT, "position": at(3, 10)}
NAME = {"textDocument": DOCUMENT, "position": at(5, 12)}
RANGE = {"start": at(1, 0), "end": at(4, 3)}
PART = {"textDocument": DOCUMENT, "range": RANGE}
OPTIONS = {"tabSize": 4, "insertSpaces": True}
REFACTORING = {"uri": URI, "refactoring": "convert-to-multi-stage", "span": [0, 5]}

REQUESTS: dict[str, dict[str, Any]] = {
    "textDocument/hover": PLACE | {"workDoneToken": 1},
    "textDocument/completion": PLACE | {"context": {"triggerKind": 2, "triggerCharacter": "$"}},
    "textDocument/signatureHelp": PLACE | {"context": {"triggerKind": 1, "isRetrigger": False}},
    "textDocument/definition": NAME,
    "textDocument/references": NAME | {"context": {"includeDeclaration": True}},
    "textDocument/documentHighlight": NAME,
    "textDocument/prepareRename": NAME,
    "textDocument/rename": NAME | {"newName": "b"},
    "textDocument/documentSymbol": {"textDocument": DOCUMENT},
    "textDocument/foldingRange": {"textDocument": DOCUMENT},
    "textDocument/selectionRange": {"textDocument": DOCUMENT, "positions": [at(3, 10), at(0, 0)]},
    "textDocument/documentLink": {"textDocument": DOCUMENT},
    "textDocument/inlayHint": PART,
    "textDocument/codeLens": {"textDocument": DOCUMENT},
    "textDocument/codeAction": PART | {"context": {"diagnostics": [], "only": ["quickfix"]}},
    "textDocument/diagnostic": {"textDocument": DOCUMENT, "previousResultId": "1"},
    "textDocument/formatting": {"textDocument": DOCUMENT, "options": OPTIONS},
    "textDocument/rangeFormatting": PART | {"options": OPTIONS},
    "textDocument/onTypeFormatting": PLACE | {"ch": "\\", "options": OPTIONS},
    "textDocument/semanticTokens/full": {"textDocument": DOCUMENT},
    "textDocument/semanticTokens/full/delta": {"textDocument": DOCUMENT, "previousResultId": "1"},
    "textDocument/semanticTokens/range": PART,
    "codeAction/resolve": {"title": "t", "kind": "x", "data": REFACTORING, "diagnostics": []},
    "completionItem/resolve": {"label": "x", "data": {"topic": "RUN"}},
    "documentLink/resolve": {"range": RANGE, "data": {"uri": URI, "path": "a/b"}},
    "workspace/diagnostic": {"previousResultIds": [{"uri": URI, "value": "1"}]},
    "workspace/executeCommand": {"command": "lightship.refactor", "arguments": [REFACTORING]},
}
SETTINGS = {
    "select": ["all"],
    "preset": "hadolint",
    "severity": {"sudo": "off"},
    "rules": {"label-schema": {}},
    "features": {"hover": True},
    "context": ".",
    "failOn": "error",
    "ignore": ["sudo"],
}
NOTIFICATIONS: dict[str, dict[str, Any]] = {
    "workspace/didChangeConfiguration": {
        "settings": {
            "lightship": SETTINGS,
            "docker": {"languageserver": {"diagnostics": {"deprecatedMaintainer": "ignore"}}},
        }
    },
    "workspace/didChangeWatchedFiles": {"changes": [{"uri": URI, "type": 2}]},
    "workspace/didChangeWorkspaceFolders": {
        "event": {"added": [{"uri": "file:///nowhere", "name": "x"}], "removed": []}
    },
    "textDocument/didSave": {"textDocument": DOCUMENT, "text": "x"},
    "$/cancelRequest": {"id": 5},
}
ABILITIES = {
    "textDocument": {
        "codeAction": {"resolveSupport": {"properties": ["edit"]}, "disabledSupport": True},
        "completion": {"completionItem": {"documentationFormat": ["markdown"], "snippetSupport": True}},
        "foldingRange": {"rangeLimit": 5000},
    },
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]},
    },
    "general": {"positionEncodings": ["utf-16"]},
}

NO_FILES = (
    "untitled:Untitled-1",
    "untitled:[",
    "git:/x/Dockerfile?%7B%22ref%22%3A%22HEAD%22%7D",
    "vscode-remote://wsl%2Bubuntu/home/x/Dockerfile",
    "file:///c%3A/Users/x/Dockerfile",
    "file://server/share/Dockerfile",
    "file:///nowhere/a%00b/Dockerfile",
    "file:///a%ff%fe/Dockerfile",
    "file:///nowhere/a b/ü🚀/Dockerfile",
    "file://[/Dockerfile",
    "file://[/compose.yaml",
    "file:///\ud800/Dockerfile",
    f"file:///{'a' * 5000}",
    f"file:///{'a/' * 5000}.dockerignore",
    "file:///nowhere/100%",
    "Dockerfile",
    "",
    "\n",
)
"""Documents of which there is no file, and of some there can be none."""
ODD = (None, True, -1, 2**31 - 1, 10**30, 1.5, "", "\ud800", "\0", "a" * 3000, [], [[]], [None], {}, {"a": 1}, *NO_FILES)  # fmt: skip


def _places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _places(inner, (*path, key))


def _with(value: Any, path: tuple[Any, ...], new: object) -> Any:
    if not path:
        return new
    changed = copy.deepcopy(value)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return changed


def _spoilt(message: object) -> list[Any]:
    """The message with one member of it replaced by something odd, for each of them and all that is odd."""
    found = [_with(message, path, odd) for path in _places(message) for odd in ODD]
    return found if FULL else random.Random(repr(message)).sample(found, SAMPLE)


def _failures(client: Client) -> list[str]:
    """What the server has logged as an error so far."""
    client.request("textDocument/foldingRange", {"textDocument": DOCUMENT})
    found = []
    while client.is_there(method="window/logMessage"):
        message = client.expect("window/logMessage")["params"]
        if message["type"] == types.MessageType.Error:
            found.append(message["message"])
    return found


def _ask(client: Client, method: str, params: object) -> object:
    """Its answer, or None where it is refused. That it fails is no way to refuse."""
    refusal = None
    try:
        return client.request(method, params)
    except Refused as refused:
        refusal = refused.code
    assert refusal != INTERNAL_ERROR, (method, params)
    return None


def test_all_methods_are_here() -> None:
    served = {method.name for method in methods.ABOUT_DOCUMENTS} | {name for name, _ in methods.RESOLVED}
    served |= {name for name, _ in methods.OTHERS if not name.startswith("textDocument/did")}
    served -= {types.INITIALIZED}
    assert served <= {*REQUESTS, *NOTIFICATIONS}


@pytest.fixture(scope="module")
def real() -> Iterator[Client]:
    with Client(REAL) as client:
        client.initialize(ABILITIES)
        client.open(TEXT)
        yield client


@pytest.mark.parametrize("method", REQUESTS)
def test_requests(real: Client, method: str) -> None:
    for params in _spoilt(REQUESTS[method]):
        _ask(real, method, params)
    assert not _failures(real)


@pytest.mark.parametrize("method", NOTIFICATIONS)
def test_notifications(real: Client, method: str) -> None:
    for params in _spoilt(NOTIFICATIONS[method]):
        real.notify(method, params)
        # Whatever the settings are now, the document can be looked at.
        _ask(real, "textDocument/diagnostic", {"textDocument": DOCUMENT})
    assert not _failures(real)


@pytest.mark.parametrize("uri", NO_FILES)
def test_documents_that_are_no_files(real: Client, uri: str) -> None:
    """Each feature answers for them as for any other; their findings are told, and told anew."""
    real.open(TEXT, uri)
    assert real.diagnostics(1, uri) or uri.endswith((".dockerignore", "compose.yaml"))
    for method, params in REQUESTS.items():
        for path in _places(params):
            if path[-1:] == ("uri",):
                params = _with(params, path, uri)
        _ask(real, method, params)
    real.change(2, insert(0, 0, "🚀"), uri=uri)
    real.diagnostics(2, uri)
    for method in ("textDocument/didSave", "textDocument/didClose"):
        real.notify(method, {"textDocument": {"uri": uri}})
    assert real.diagnostics(None, uri) == []
    assert not _failures(real)


@pytest.mark.parametrize("uri", NO_FILES)
def test_folders_that_are_none(uri: str) -> None:
    with Client(REAL) as client:
        client.initialize(rootUri=uri)
        client.open(TEXT)
        assert client.diagnostics(1)
        assert client.request("workspace/diagnostic", {"previousResultIds": []}) == {"items": []}
        assert not _failures(client)


def test_capabilities_of_any_shape() -> None:
    """What is not understood is what the client cannot do."""
    places = [path for path in _places(ABILITIES) if path]
    spoilt = [_with(ABILITIES, path, odd) for path in places for odd in (3, True, [], [[]], {"a": 1})]
    for abilities in spoilt if FULL else random.Random(4).sample(spoilt, 12):
        with Client(REAL) as client:
            client.initialize(abilities)
            client.open(TEXT)
            for method, params in REQUESTS.items():
                _ask(client, method, params)
            assert not _failures(client)
