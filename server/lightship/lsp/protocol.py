"""JSON-RPC as the Language Server Protocol wants it, in front of pygls.

pygls gives the types, their conversion, the registry of features and the requests to the client. What a
message from the client leads to is decided here, because pygls 2.1.1

- leaves a request with malformed parameters, and any request after `shutdown`, without an answer; answers
  one before `initialize` with an internal error and its traceback; ends with 0 on `exit` without `shutdown`;
- cannot cancel a handler that is not a coroutine, runs requests that were cancelled while they waited, and
  breaks on a reply to a request that was cancelled;
- runs plain handlers on the thread that reads, and threaded ones in the pool that reads;
- builds the client's capabilities, some two hundred classes, before it answers `initialize`.

A handler runs on the reading thread, so it sees the documents exactly as they were when its message came.
Work that takes time it hands back as a function, and the worker runs that; its result is then the answer. An answer
that takes a thread of its own is handed back as a `Future`, which is cancelled where the client no longer wants it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcParseError,
    JsonRpcRequestCancelled,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol, default_converter

from .worker import Pace

if TYPE_CHECKING:
    from cattrs import Converter

    from .server import Server

logger = logging.getLogger(__name__)

Id = int | str


class Quick(partial[object]):
    """Work that a request asks for and that other requests are interrupted for."""


class Json(str):
    """An answer that is JSON text already: for one of thousands of parts, of which to make objects, and text of those,
    would take four times as long."""

    __slots__ = ()

    @classmethod
    def array(cls, elements: Iterable[str]) -> Json:
        return cls(f"[{','.join(elements)}]")


class Protocol(LanguageServerProtocol):
    """One client's conversation, from `initialize` to `exit`."""

    _server: Server

    def __init__(self, server: Server, converter: Converter) -> None:
        super().__init__(server, converter)
        self.fm.add_builtin_feature(types.INITIALIZE, self._initialize)
        self.fm.add_builtin_feature(types.SHUTDOWN, self._shut_down)
        self.fm.add_builtin_feature(types.CANCEL_REQUEST, self._cancel)
        self.initialized = False
        self.exited = False
        # Whoever takes a request's id out of here answers it: the worker, or the client's cancellation.
        self._unanswered: set[Id] = set()
        self._promised: dict[Id, Future[object]] = {}

    def _register_builtin_features(self) -> None:
        """None of pygls' own: they keep a second copy of the documents, and not a faithful one."""

    @property
    def shut_down(self) -> bool:
        return self._shutdown

    def receive(self, body: bytes | None) -> None:
        """Deal with one message. Never raises."""
        try:
            message = json.loads(body.decode()) if body is not None else None
        except (ValueError, RecursionError):
            body = None
        if body is None:
            self._answer(None, error=JsonRpcParseError())
            return
        try:
            self._dispatch(message)
        except Exception:
            logger.exception("a message could not be handled")

    def _dispatch(self, message: Any) -> None:
        match message:
            case {"jsonrpc": "2.0", "method": str(method), "id": int() | str() as id}:
                self._request(id, method, message.get("params"))
            case {"jsonrpc": "2.0", "method": str(method)} if "id" not in message:
                self._notification(method, message.get("params"))
            case {"jsonrpc": "2.0", "id": int() | str() as id} if "method" not in message:
                self._reply(id, message)
            case {"error": _} if "method" not in message:
                logger.warning("the client could not read a message: %s", message["error"])
            case {"id": int() | str() as id}:
                self._answer(id, error=JsonRpcInvalidRequest())
            case _:
                self._answer(None, error=JsonRpcInvalidRequest())

    # From the client

    def _request(self, id: Id, method: str, raw: object) -> None:
        try:
            if not self.initialized and method != types.INITIALIZE:
                raise JsonRpcServerNotInitialized()
            if self._shutdown or id in self._unanswered or (self.initialized and method == types.INITIALIZE):
                raise JsonRpcInvalidRequest()
            result = self._handler(method)(self._params(method, raw))
        except Exception as error:
            self._answer(id, error=error)
            return
        if isinstance(result, Future):
            self._unanswered.add(id)
            self._promised[id] = result
            result.add_done_callback(partial(self._keep_promise, id))
        elif callable(result):
            self._unanswered.add(id)
            pace = Pace.QUICK if isinstance(result, Quick) else Pace.LONG
            self._server.worker.submit(lambda: self._work(id, result), pace=pace)
        else:
            self._answer(id, result)

    def _work(self, id: Id, work: Callable[[], object]) -> None:
        """Run what a request asked for, unless it has been cancelled meanwhile; once more look before the answer."""
        if id not in self._unanswered:
            return
        try:
            result, failure = work(), None
        except BaseException as error:
            # Extensions in Rust panic with one that is not an Exception.
            result, failure = None, error
        if self._take(id):
            self._answer(id, result, failure)

    def _keep_promise(self, id: Id, future: Future[object]) -> None:
        self._promised.pop(id, None)
        if self._take(id):
            failure = future.exception()
            self._answer(id, None if failure else future.result(), failure)

    def _notification(self, method: str, raw: object) -> None:
        if method == types.EXIT:
            self.exited = True
            return
        if not self.initialized or self._shutdown:
            return
        try:
            result = self._handler(method)(self._params(method, raw))
        except JsonRpcException as error:
            logger.warning("ignored %s: %s", method, error)
            return
        if callable(result):
            self._server.worker.submit(result)

    def _reply(self, id: Id, message: Mapping[str, Any]) -> None:
        """The client's reply to a request of ours, as plain JSON. One that nobody waits for is none of our business."""
        future = self._request_futures.pop(id, None)
        self._result_types.pop(id, None)
        if future is None or not future.set_running_or_notify_cancel():
            return
        if error := message.get("error"):
            future.set_exception(JsonRpcException(str(error)))
        else:
            future.set_result(message.get("result"))

    def _handler(self, method: str) -> Callable[[Any], object]:
        handler = self.fm.builtin_features.get(method) or self.fm.features.get(method)
        if handler is None:
            raise JsonRpcMethodNotFound.of(method)
        return cast(Callable[[Any], object], handler)

    def _params(self, method: str, raw: object) -> object:
        kind: Any = types.METHOD_TO_TYPES[method][2] if method in types.METHOD_TO_TYPES else None
        if kind is None:
            return raw
        try:
            return self._converter.structure(raw, kind)
        except Exception as error:
            # Whatever cattrs and the hooks of lsprotocol raise, and they raise all kinds of things.
            raise JsonRpcInvalidParams(f"Invalid Params: {method}") from error

    # The life of the conversation

    def _initialize(self, params: types.InitializeParams) -> types.InitializeResult:
        self._server.greet(params)
        self.initialized = True
        capabilities: types.ServerCapabilities = ServerCapabilitiesBuilder(
            types.ClientCapabilities(),
            set(self.fm.features),
            self.fm.feature_options,
            list(self.fm.commands),
            types.TextDocumentSyncKind.Incremental,
            position_encoding=self._server.documents.encoding,
        ).build()  # type: ignore[no-untyped-call]
        if not self.fm.commands:
            capabilities.execute_command_provider = None
        if capabilities.rename_provider and self._server.client("textDocument", "rename", "prepareSupport"):
            capabilities.rename_provider = types.RenameOptions(prepare_provider=True)
        if given := capabilities.diagnostic_provider:
            wanted = self._server.workspace_check.wanted
            capabilities.diagnostic_provider = types.DiagnosticOptions(
                given.inter_file_dependencies, workspace_diagnostics=wanted, identifier=given.identifier
            )
        capabilities.workspace = types.WorkspaceOptions(types.WorkspaceFoldersServerCapabilities(True, True))
        return types.InitializeResult(capabilities, self.server_info)

    def _shut_down(self, params: object) -> None:
        self._shutdown = True

    def _cancel(self, params: types.CancelParams) -> None:
        if self._take(params.id):
            self._answer(params.id, error=JsonRpcRequestCancelled())
            if promised := self._promised.get(params.id):
                promised.cancel()

    # To the client

    def _take(self, id: Id) -> bool:
        """Claim the right to answer a request; true for one caller only."""
        try:
            self._unanswered.remove(id)
        except (KeyError, TypeError):  # an id may be anything that one can send
            return False
        return True

    def _answer(self, id: Id | None, result: object = None, error: BaseException | None = None) -> None:
        if error is None:
            try:
                if isinstance(result, Json):
                    self._write(f'{{"jsonrpc":"2.0","id":{json.dumps(id)},"result":{result}}}')
                    return
                self._send_data({"jsonrpc": "2.0", "id": id, "result": result})
                return
            except Exception as unsendable:
                error = unsendable
        if not isinstance(error, JsonRpcException):
            logger.error("a request failed", exc_info=error)
            error = JsonRpcInternalError(f"Internal Error: {error!r}")
        self._send_data(
            {"jsonrpc": "2.0", "id": id, "error": {"code": error.code, "message": error.message}},
        )

    def _send_data(self, data: Any) -> None:
        """pygls' way out, for requests and notifications too: it would report a failure instead of raising it."""
        self._write(json.dumps(self._converter.unstructure(data), separators=(",", ":")))

    def _write(self, message: str) -> None:
        assert self.writer is not None
        self.writer.write(message.encode())


class ClientLog(logging.Handler):
    """Sends what is logged to the client, which shows it where its user looks for it."""

    def __init__(self, protocol: Protocol) -> None:
        super().__init__(logging.WARNING)
        self._protocol = protocol

    def emit(self, record: logging.LogRecord) -> None:
        serious = record.levelno >= logging.ERROR
        kind = types.MessageType.Error if serious else types.MessageType.Warning
        try:
            message = types.LogMessageParams(kind, self.format(record))
            self._protocol.notify(types.WINDOW_LOG_MESSAGE, message)
        except Exception:
            self.handleError(record)


def converter() -> Converter:
    """pygls' converter, stricter with strings and numbers and lax with what the client says it can do.

    cattrs would make text of anything (`null` becomes "None"). And of the client's capabilities we ask a
    handful: they stay plain JSON, which spares building hundreds of classes, and an unusual client. So does what
    nobody asks for, and changes to documents, which are read by `synchronisation`.
    """
    strict: Converter = default_converter()  # type: ignore[no-untyped-call]
    strict.register_structure_hook(str, _exactly)
    strict.register_structure_hook(int, _exactly)
    for plain in (
        types.ClientCapabilities,
        types.ClientInfo,
        types.TraceValue,
        types.DidChangeTextDocumentParams,
    ):
        strict.register_structure_hook(plain, lambda raw, _: raw)
    return strict


def _exactly(raw: Any, kind: type) -> Any:
    if kind not in (str, int, bool):
        # An enumeration of them: its own values and no others.
        return kind(raw)
    if type(raw) is not kind:
        raise ValueError(f"{kind.__name__} expected")
    return raw
