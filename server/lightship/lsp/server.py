"""The language server, and the ways to be spoken to; `methods` says what it answers.

Three threads: one reads and keeps the documents, one works, one writes. What waits for others has threads of its own,
which hand their work to the one that works: the disk, ShellCheck, all files of a workspace.
"""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from .. import __version__
from . import diagnostics, ignore_file, methods, parent
from .context import Contexts
from .documents import Document, Documents
from .protocol import ClientLog, Protocol, Quick, converter
from .settings import Configuration, file_path, section
from .shellcheck import Background
from .wire import Writer, bodies
from .worker import Worker
from .workspace_check import WorkspaceCheck

if TYPE_CHECKING:
    from ..lint import Diagnostic, Ruled

LOGGER = logging.getLogger(__name__.partition(".")[0])
"""That of the whole package."""

LAST_WORK = 2.0
"""Seconds that work which was asked for has to finish once the client leaves."""


class Server(LanguageServer):
    """What lasts as long as the conversation with a client: its documents, its settings, what it can do."""

    protocol: Protocol

    def __init__(self) -> None:
        super().__init__("lightship", __version__, protocol_cls=Protocol, converter_factory=converter)
        self.documents = Documents()
        self.worker = Worker(idle=gc.collect)
        self.configuration = Configuration(self.warn)
        self.contexts = Contexts(self)
        self.shellcheck = Background(self, self.warn)
        self.workspace_check = WorkspaceCheck(self)
        self.asked = self.told = 0
        """How often the client was asked for settings, and which of its answers is in force: they may come in any order."""
        self._capabilities: object = {}
        self._ruled: dict[str, tuple[Document, object, int, Ruled]] = {}
        self._checked: dict[str, tuple[Ruled, int, tuple[Diagnostic, ...]]] = {}
        self.tokens: dict[str, types.SemanticTokens] = {}
        """What each document's colours were when they were last asked for: a client may ask what changed since."""
        for method in methods.ABOUT_DOCUMENTS:
            self.feature(method.name, method.options)(self._about_document(method))
        for name, handler in methods.RESOLVED:
            # Called with an item, this hands back what is to be done with it, for the worker.
            self.feature(name)(partial(partial, handler, self))
        for name, handler in methods.OTHERS:
            self.feature(name)(partial(handler, self))
        for name, handler in methods.COMMANDS.items():
            self.command(name)(partial(handler, self))

    def _about_document(self, method: methods.Method) -> Callable[[Any], partial[object] | None]:
        """Take along the document as it is when the request comes, whatever changes before its turn."""

        def receive(params: Any) -> partial[object] | None:
            document = self.documents.get(params.text_document.uri)
            if document is None:
                raise JsonRpcInvalidParams(f"not open: {params.text_document.uri}")
            if not document.is_dockerfile and not method.ignore_files:
                return None
            if document.is_build_file and method.name != types.TEXT_DOCUMENT_DIAGNOSTIC:
                return None
            work = partial if method.findings else Quick
            return work(self._answer, method, document, params)

        return receive

    def _answer(self, method: methods.Method, document: Document, params: object) -> object:
        """On the worker's thread, which knows the settings."""
        if method.feature and not self.configuration.of(document.uri).offers(method.feature):
            return None
        return method.handler(self, document, params)

    def greet(self, params: types.InitializeParams) -> None:
        """Note who the client is, before it is told what we can do."""
        self._capabilities = params.capabilities
        self.documents.encoding = self._position_encoding()
        self.workspace_check.greet(params)
        roots = [folder.uri for folder in params.workspace_folders or ()] or [params.root_uri or ""]
        self.contexts.folders = [path for root in roots if (path := file_path(root))]
        if params.process_id is not None:
            parent.end_with(params.process_id)
        if options := section(params.initialization_options):
            self.worker.submit(partial(self.configuration.use, options))

    def client(self, *path: str) -> Any:
        """What the client says of a capability, as plain JSON; None for one that it does not mention."""
        found: Any = self._capabilities
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    def listed(self, *path: str) -> list[str]:
        """The words that the client lists for a capability."""
        found = self.client(*path)
        return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []

    def _position_encoding(self) -> types.PositionEncodingKind:
        """UTF-32 if offered, for it is how our own offsets count; then what the client likes best."""
        offered = self.listed("general", "positionEncodings")
        ours = [types.PositionEncodingKind(name) for name in offered if name in _ENCODINGS]
        if types.PositionEncodingKind.Utf32 in ours:
            return types.PositionEncodingKind.Utf32
        return ours[0] if ours else types.PositionEncodingKind.Utf16

    @property
    def pushes(self) -> bool:
        """Whether findings are sent unasked: not to a client that can ask, it would show them twice."""
        return self.client("textDocument", "diagnostic") is None

    def check(self, document: Document) -> tuple[Diagnostic, ...]:
        """What is found in a document, worked out once for all that ask. On the worker's thread."""
        if document.is_build_file:
            return ()
        if document.is_ignore_file:
            return ignore_file.check(self, document)
        settings = self.configuration.of(document.uri)
        context = self.contexts.certain(document)
        from .. import lint

        known = self._ruled.get(document.uri)
        generation = self.contexts.generation
        if known is None or known[:3] != (document, settings, generation):
            self.contexts.complete(context)
            document.build.context = context
            ruled = lint.by_rules(document.build, settings, self.worker.breathe)
            if not self.contexts.complete(context):  # the disk is slow: this is told again
                document.build.context = None
                ruled = lint.by_rules(document.build, settings, self.worker.breathe)
            known = self._ruled[document.uri] = document, settings, generation, ruled
        ruled, heard = known[3], self.shellcheck.generation
        checked = self._checked.get(document.uri)
        if checked is None or checked[0] is not ruled or checked[1] != heard:
            found = lint.with_answers(ruled, self.shellcheck.answers(document, settings))
            checked = self._checked[document.uri] = ruled, heard, found
        return checked[2]

    def forget(self, uri: str) -> None:
        """Drop what was worked out for a document that is closed. On the worker's thread."""
        self._ruled.pop(uri, None)
        self._checked.pop(uri, None)
        self.tokens.pop(uri, None)

    def warm_up(self) -> None:
        """Load the rules and the converter's code for findings while the editor is still opening its first file."""
        document = Document("untitled:", 0, "FROM scratch\n", self.documents.encoding)
        diagnostics.found(self, document)
        gc.collect()
        gc.freeze()  # what was loaded stays

    def warn(self, message: str) -> None:
        """Tell the person at the editor."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))


_ENCODINGS = {encoding.value for encoding in types.PositionEncodingKind}


def serve(server: Server, input: BinaryIO, output: BinaryIO) -> int:
    """Speak with one client until it leaves; the exit code, 0 if it took its leave as the protocol asks."""
    # A look for garbage takes as long as an answer: best taken while nobody types, and seldom otherwise.
    gc.set_threshold(300_000, 10, 100)
    writer = Writer(output)
    server.protocol.set_writer(writer)
    log = ClientLog(server.protocol)
    LOGGER.addHandler(log)
    try:
        for body in bodies(input):
            server.protocol.receive(body)
            if server.protocol.exited:
                break
    except (OSError, KeyboardInterrupt):
        # A connection that breaks is a client that leaves.
        pass
    server.worker.drain(LAST_WORK)
    server.shellcheck.close()
    LOGGER.removeHandler(log)
    writer.close()
    return 0 if server.protocol.shut_down else 1


def serve_stdio() -> int:
    """Speak over standard input and output, and keep everything else away from them.

    What prints, here or in a process started from here, prints to standard error from now on.
    """
    input, output = os.fdopen(os.dup(0), "rb", 1 << 16), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return serve(Server(), input, output)


def serve_tcp(host: str = "127.0.0.1", port: int = 0) -> int:
    """Wait for one client on a port (any free one for 0; standard error tells which) and speak with it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        print("listening on {}:{}".format(*listener.getsockname()[:2]), file=sys.stderr, flush=True)
        connection, _ = listener.accept()
    with connection, connection.makefile("rb") as input, connection.makefile("wb") as output:
        return serve(Server(), input, output)
