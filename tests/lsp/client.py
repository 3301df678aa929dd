"""A small client: the real server in a process of its own, spoken to through pipes, one message at a time.

Blocking, with a limit to every wait. `raw` sends what no decent client would.
"""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any

LIMIT = 10.0
"""Seconds that any answer may take on a busy machine."""

HERE = Path(__file__).parent
_SERVER = str(HERE.parents[1] / "server")
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([_SERVER, os.environ.get("PYTHONPATH", "")])}
REAL = [
    sys.executable,
    "-c",
    "import sys; from lightship.lsp.server import serve_stdio; sys.exit(serve_stdio())",
]
STDIO = [sys.executable, str(HERE / "serve.py")]

URI = "file:///nowhere/Dockerfile"


class Refused(Exception):
    """The server answered with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error)
        self.code: int = error["code"]


def frame(message: object) -> bytes:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class Client:
    """A conversation with one server. Leaving the `with` block ends the server one way or the other."""

    def __init__(self, command: list[str] | None = None) -> None:
        self.process = subprocess.Popen(
            command or STDIO,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._next = 0
        self._aside: list[dict[str, Any]] = []
        self._messages: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self.errors: list[bytes] = []
        threading.Thread(target=self._read_errors, daemon=True).start()
        self._speak(self.process.stdout, self.process.stdin)

    def speak_through(self, connection: socket.socket) -> None:
        """Go on over a socket instead of the pipe."""
        self._speak(connection.makefile("rb"), connection.makefile("wb"))

    def _speak(self, source: IO[bytes], sink: IO[bytes]) -> None:
        self._sink = sink
        threading.Thread(target=self._read, args=(source,), daemon=True).start()

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.errors.append(line)

    def _read(self, source: IO[bytes]) -> None:
        while header := source.readline():
            name, _, length = header.partition(b":")
            assert name == b"Content-Length", f"not the protocol: {header!r}"
            assert source.readline() == b"\r\n"
            self._messages.put(json.loads(source.read(int(length))))
        self._messages.put(None)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        if error is not None:
            sys.stderr.write(b"".join(self.errors).decode(errors="replace"))

    # Sending

    def raw(self, data: bytes) -> None:
        self._sink.write(data)
        self._sink.flush()

    def send(self, message: object) -> None:
        self.raw(frame(message))

    def notify(self, method: str, params: object = None) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def begin(self, method: str, params: object = None) -> int:
        """Send a request and do not wait."""
        self._next += 1
        self.send({"jsonrpc": "2.0", "id": self._next, "method": method, "params": params})
        return self._next

    # Receiving

    def receive(self, limit: float = LIMIT) -> dict[str, Any]:
        """The next message, whatever it is."""
        if self._aside:
            return self._aside.pop(0)
        return self._fresh(time.monotonic() + limit)

    def _fresh(self, end: float) -> dict[str, Any]:
        try:
            message = self._messages.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            logged = [
                each["params"]["message"]
                for each in self._aside
                if each.get("method", "").endswith("Message")
            ]
            raise TimeoutError("\n".join(["nothing came; logged meanwhile:", *logged])) from None
        if message is None:
            raise EOFError("the server is gone: " + b"".join(self.errors).decode(errors="replace"))
        return message

    def _first(self, limit: float, **wanted: object) -> dict[str, Any]:
        """The first message with these members; those before it stay for later."""
        for index, message in enumerate(self._aside):
            if _fits(message, wanted):
                return self._aside.pop(index)
        end = time.monotonic() + limit
        while not _fits(message := self._fresh(end), wanted):
            self._aside.append(message)
        return message

    def answer(self, id: int | str | None, limit: float = LIMIT) -> Any:
        """What a request led to; raises `Refused` for an error."""
        message = self._first(limit, id=id)
        if "error" in message:
            raise Refused(message["error"])
        return message["result"]

    def request(self, method: str, params: object = None, limit: float = LIMIT) -> Any:
        return self.answer(self.begin(method, params), limit)

    def expect(self, method: str, limit: float = LIMIT) -> dict[str, Any]:
        """The next notification or request of the server with this method, whole."""
        return self._first(limit, method=method)

    def has_come(self, **wanted: object) -> bool:
        """Whether a message with these members is among those not yet fetched, once all earlier work is done."""
        self.request("test/nothing")
        return self.is_there(**wanted)

    def is_there(self, **wanted: object) -> bool:
        """Whether a message with these members has come so far."""
        try:
            self._aside.append(self._first(0.0, **wanted))
        except TimeoutError:
            return False
        return True

    def came_before(self, **wanted: object) -> bool:
        """Whether a message with these members came before the one that was waited for last."""
        return any(_fits(message, wanted) for message in self._aside)

    def complaint(self) -> str:
        """The first line on the server's standard error."""
        end = time.monotonic() + LIMIT
        while not self.errors and time.monotonic() < end:
            time.sleep(0.01)
        return self.errors[0].decode().strip()

    # A conversation

    def initialize(self, capabilities: object = None, **others: object) -> dict[str, Any]:
        result: dict[str, Any] = self.request(
            "initialize",
            {"processId": None, "rootUri": None, "capabilities": capabilities or {}, **others},
        )
        self.notify("initialized", {})
        return result

    def open(self, text: str, uri: str = URI, version: int = 1, language: str = "dockerfile") -> None:
        self.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": language, "version": version, "text": text}},
        )

    def change(self, version: int, *changes: dict[str, Any], uri: str = URI) -> None:
        self.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": list(changes)},
        )

    def diagnostics(self, version: int | None, uri: str = URI) -> list[dict[str, Any]]:
        """The findings published for a version; those for earlier ones are passed over."""
        while True:
            params = self.expect("textDocument/publishDiagnostics")["params"]
            if params["uri"] == uri and params.get("version") == version:
                found: list[dict[str, Any]] = params["diagnostics"]
                return found

    def leave(self) -> int:
        """Say goodbye as the protocol asks; the server's exit code."""
        self.request("shutdown")
        self.notify("exit")
        return self.process.wait(LIMIT)


def at(line: int, column: int) -> dict[str, int]:
    return {"line": line, "character": column}


def insert(line: int, column: int, text: str) -> dict[str, Any]:
    return replace(line, column, line, column, text)


def replace(line: int, column: int, end_line: int, end_column: int, text: str) -> dict[str, Any]:
    return {"range": {"start": at(line, column), "end": at(end_line, end_column)}, "text": text}


def _fits(message: dict[str, Any], wanted: dict[str, object]) -> bool:
    return all(name in message and message[name] == value for name, value in wanted.items())
