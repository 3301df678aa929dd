"""JSON-RPC through a real pipe: every message gets the answer the protocol gives it, and none ends the server."""

from __future__ import annotations

import json
import time

import pytest
from client import URI, Client, Refused, at, frame, insert

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
NOT_INITIALIZED = -32002
CANCELLED = -32800


def refusal(client: Client, id: int | str | None) -> int:
    with pytest.raises(Refused) as refused:
        client.answer(id)
    return refused.value.code


def request(id: object, method: str = "test/nothing", **members: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": id, "method": method, **members}


# The life of a conversation


def test_a_conversation_from_beginning_to_end(fresh: Client) -> None:
    assert refusal(fresh, fresh.begin("textDocument/hover", {})) == NOT_INITIALIZED
    assert refusal(fresh, fresh.begin("shutdown")) == NOT_INITIALIZED
    fresh.open("FROM a\n")

    assert refusal(fresh, fresh.begin("initialize", {"processId": "me"})) == INVALID_PARAMS
    assert fresh.initialize()["serverInfo"]["name"] == "lightship"
    assert fresh.request("test/nothing") is None
    # What came too early was not taken.
    assert fresh.request("test/text", URI) is None
    again = fresh.begin("initialize", {"processId": None, "capabilities": {}})
    assert refusal(fresh, again) == INVALID_REQUEST

    assert fresh.request("shutdown") is None
    assert refusal(fresh, fresh.begin("test/nothing")) == INVALID_REQUEST
    assert refusal(fresh, fresh.begin("unknown/method")) == INVALID_REQUEST
    assert refusal(fresh, fresh.begin("shutdown")) == INVALID_REQUEST
    fresh.notify("exit")
    assert fresh.process.wait(5) == 0


def test_exit_without_shutdown(fresh: Client) -> None:
    fresh.initialize()
    fresh.notify("exit")
    assert fresh.process.wait(5) == 1


def test_exit_before_anything(fresh: Client) -> None:
    fresh.notify("exit")
    assert fresh.process.wait(5) == 1


def test_the_client_may_be_unusual() -> None:
    """Capabilities of the wrong shape are capabilities that the client has not got."""
    odd = {"textDocument": None, "workspace": [], "general": {"positionEncodings": ["ebcdic", "utf-8"]}}
    with Client() as client:
        assert client.initialize(odd)["capabilities"]["positionEncoding"] == "utf-8"


# What a message may be


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("textDocument/hover", {}),
        ("textDocument/hover", None),
        ("textDocument/hover", []),
        ("textDocument/hover", 3),
        ("textDocument/hover", {"textDocument": {"uri": None}, "position": at(0, 0)}),
        ("textDocument/hover", {"textDocument": {"uri": URI}, "position": at(-1, 0)}),
        ("textDocument/hover", {"textDocument": {"uri": URI}, "position": {"line": "0", "character": 0}}),
        ("textDocument/hover", {"textDocument": {"uri": "file:///not/open"}, "position": at(0, 0)}),
        ("textDocument/codeAction", {"textDocument": {"uri": URI}, "range": {}, "context": {}}),
        ("textDocument/diagnostic", {"textDocument": URI}),
        ("codeAction/resolve", {"title": 1}),
    ],
)
def test_malformed_parameters(shared: Client, method: str, params: object) -> None:
    assert refusal(shared, shared.begin(method, params)) == INVALID_PARAMS


def test_malformed_notifications_are_passed_over(shared: Client, uri: str) -> None:
    shared.open("FROM a\n", uri)
    other = {"uri": "file:///not/open", "version": 1}
    for method, params in [
        ("textDocument/didChange", None),
        ("textDocument/didChange", {"textDocument": [uri], "contentChanges": []}),
        ("textDocument/didChange", {"textDocument": other, "contentChanges": []}),
        ("textDocument/didOpen", {"textDocument": {"uri": uri}}),
        ("textDocument/didOpen", None),
        ("textDocument/didClose", {}),
        ("$/cancelRequest", {}),
        ("$/cancelRequest", {"id": 123456}),
        ("$/setTrace", {"value": "verbose"}),
        ("unknown/notification", {"a": [1]}),
        ("workspace/didChangeConfiguration", {"settings": None}),
        ("workspace/didChangeConfiguration", {"settings": {"lightship": 3}}),
        ("workspace/didChangeWatchedFiles", {"changes": [{"uri": 1}]}),
    ]:
        shared.notify(method, params)
    assert shared.request("test/text", uri) == "FROM a\n"


def test_unknown_methods(shared: Client) -> None:
    for method in ("unknown/method", "$/unknown", "workspace/willCreateFiles", ""):
        id = shared.begin(method, {"jsonrpc": "2.0", "type_name": 1})
        assert refusal(shared, id) == METHOD_NOT_FOUND


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\xff\xfe{}",
        b'{"jsonrpc": "2.0", "id": 1, "method": "test/nothing"',
        b"[" * 100_000,
        b'{"jsonrpc":"2.0","id":' + b"9" * 5000 + b',"method":"test/nothing"}',
    ],
    ids=["cut", "empty", "not UTF-8", "unclosed", "deep", "number"],
)
def test_malformed_json(shared: Client, body: bytes) -> None:
    shared.raw(frame(body))
    assert refusal(shared, None) == PARSE_ERROR
    assert shared.request("test/nothing") is None


@pytest.mark.parametrize(
    "message",
    [
        [],
        [request(1), request(2)],
        3,
        "text",
        None,
        {},
        {"jsonrpc": "2.0"},
        {"jsonrpc": "2.0", "method": 3},
        {"jsonrpc": "2.0", "id": None, "method": "test/nothing"},
        {"jsonrpc": "2.0", "id": [1], "method": "test/nothing"},
        {"jsonrpc": "2.0", "id": {"a": 1}, "method": "shutdown"},
        {"jsonrpc": "2.0", "id": 1.5, "method": "shutdown"},
    ],
    ids=json.dumps,
)
def test_no_messages_at_all(shared: Client, message: object) -> None:
    shared.send(message)
    assert refusal(shared, None) == INVALID_REQUEST
    assert shared.request("test/nothing") is None


def test_another_version_of_json_rpc(shared: Client) -> None:
    shared.send({"jsonrpc": "1.0", "id": "old", "method": "test/nothing"})
    assert refusal(shared, "old") == INVALID_REQUEST
    shared.send({"id": "none", "method": "test/nothing"})
    assert refusal(shared, "none") == INVALID_REQUEST


def test_ids_may_be_text(shared: Client) -> None:
    shared.send(request("é🚀"))
    assert shared.answer("é🚀") is None


def test_an_id_that_is_in_use(shared: Client) -> None:
    shared.send(request("twice", "test/sleep", params={"seconds": 0.2}))
    shared.send(request("twice"))
    assert refusal(shared, "twice") == INVALID_REQUEST
    assert shared.answer("twice") is None


def test_replies_that_nobody_waits_for(shared: Client) -> None:
    """Also one with the id of a request of the client's own, running or cancelled."""
    shared.send({"jsonrpc": "2.0", "id": "unasked", "result": {}})
    shared.send({"jsonrpc": "2.0", "id": "unasked", "error": {"code": 1, "message": "no"}})
    shared.send({"jsonrpc": "2.0", "id": None, "error": {"code": PARSE_ERROR, "message": "no"}})
    id = shared.begin("test/sleep", {"seconds": 0.2})
    shared.send({"jsonrpc": "2.0", "id": id, "result": {}})
    shared.notify("$/cancelRequest", {"id": id})
    shared.send({"jsonrpc": "2.0", "id": id, "result": {}})
    assert refusal(shared, id) == CANCELLED
    assert shared.request("test/nothing") is None


# How it may be framed


@pytest.mark.parametrize(
    "header",
    [
        b"content-length: %d\r\n",
        b"CONTENT-LENGTH:%d\r\n",
        b"Content-Length : %d \r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: %d\r\n",
        b"Content-Length: %d\r\nContent-Type: application/vscode-jsonrpc; charset=utf8\r\n",
        b"X-Something: else\r\nContent-Length: %d\r\nY: 1\r\n",
        b"\r\n\r\nContent-Length: %d\r\n",
        b"Content-Length: 7\r\nContent-Length: %d\r\n",
        b"no header\r\nContent-Length: %d\r\n",
    ],
    ids=lambda header: header.decode(),
)
def test_headers_in_all_shapes(shared: Client, header: bytes) -> None:
    body = json.dumps(request("header", params={"text": "é"}), ensure_ascii=False).encode()
    shared.raw(header % len(body) + b"\r\n" + body)
    assert shared.answer("header") is None


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: many",
        b"Content-Length: -1",
        b"Content-Length: 999999999999",
        b"Content-Length: 99999999999999999999",
        b"Content-Length:",
        b"hello",
        b"\xff\x00\xfe",
    ],
)
def test_broken_headers(shared: Client, header: bytes) -> None:
    """The next message is understood, even where a body without a length stands before it."""
    body = json.dumps(request("lost")).encode()
    shared.raw(header + b"\r\n\r\n" + body + frame(request("found")))
    assert refusal(shared, None) == PARSE_ERROR
    assert shared.answer("found") is None


@pytest.mark.parametrize("off_by", [-3, 3])
def test_a_length_that_is_wrong(shared: Client, off_by: int) -> None:
    body = json.dumps(request("miscounted")).encode()
    shared.raw(b"Content-Length: %d\r\n\r\n%b" % (len(body) + off_by, body) + frame(request("swallowed")))
    shared.send(request("next"))
    assert refusal(shared, None) == PARSE_ERROR
    assert shared.answer("next") is None


def test_bytes_one_by_one(shared: Client) -> None:
    for byte in frame(request("slow")):
        shared.raw(bytes([byte]))
    assert shared.answer("slow") is None


# Who waits for whom


def test_a_request_that_waits_is_cancelled(shared: Client) -> None:
    shared.begin("test/sleep", {"seconds": 1})
    waiting = shared.begin("test/nothing")
    queued = shared.begin("test/sleep", {"seconds": 30})
    shared.notify("$/cancelRequest", {"id": queued})
    assert refusal(shared, queued) == CANCELLED
    assert not shared.came_before(id=waiting)
    # It never runs: what came after it is not kept waiting.
    assert shared.request("test/nothing", limit=5) is None
    assert shared.answer(waiting) is None


def test_a_request_that_runs_is_cancelled(shared: Client) -> None:
    running = shared.begin("test/sleep", {"seconds": 1})
    waiting = shared.begin("test/nothing")
    time.sleep(0.1)
    shared.notify("$/cancelRequest", {"id": running})
    assert refusal(shared, running) == CANCELLED
    assert not shared.came_before(id=waiting)
    # Its result is dropped; there is one answer only.
    shared.request("test/nothing")
    assert not shared.has_come(id=running)
    # Cancelling again, or what has long been answered, does nothing.
    shared.notify("$/cancelRequest", {"id": running})
    assert shared.request("test/nothing") is None


def test_slow_requests_keep_nobody_from_being_heard(shared: Client, uri: str) -> None:
    slow = [shared.begin("test/sleep", {"seconds": 0.05}) for _ in range(20)]
    shared.open("FROM a\n", uri)
    shared.change(2, insert(0, 6, "🚀"), uri=uri)
    assert shared.request("test/text", uri) == "FROM a🚀\n"
    assert refusal(shared, shared.begin("unknown/method")) == METHOD_NOT_FOUND
    assert not shared.came_before(id=slow[-1])
    for id in slow:
        assert shared.answer(id) is None


def test_a_client_that_does_not_read(shared: Client) -> None:
    """Far more answers than a pipe holds, before the first is fetched."""
    ids = [shared.begin("unknown/" + "x" * 2000) for _ in range(500)]
    for id in ids:
        assert refusal(shared, id) == METHOD_NOT_FOUND


def test_failures_are_answered_and_logged(shared: Client) -> None:
    assert refusal(shared, shared.begin("test/fail")) == INTERNAL_ERROR
    while "on purpose" not in (message := shared.expect("window/logMessage")["params"])["message"]:
        pass
    assert message["type"] == 1
    assert refusal(shared, shared.begin("test/unsendable")) == INTERNAL_ERROR
    assert shared.request("test/nothing") is None


def test_nothing_but_the_protocol_comes_out(shared: Client) -> None:
    """The client stumbles over any other byte. A print goes where it can be read."""
    assert shared.request("test/print") == "printed"
    assert shared.request("test/nothing") is None
    time.sleep(0.1)
    assert b"stray\n" in shared.errors
    assert b"stray from a child\n" in shared.errors
