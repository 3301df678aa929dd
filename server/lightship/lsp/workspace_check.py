"""`workspace/diagnostic` and the command that does the same for editors that do not ask: all Dockerfiles of the folders
that are open.

Files are looked for and read on a thread of its own. What is computed of one is a piece of work among others for the
worker, and the next is handed to it only when that is done: a keystroke waits for one file at most.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from lsprotocol import types
from pygls.uris import from_fs_path

from . import diagnostics
from .documents import Document
from .settings import file_path
from .worker import Pace, Worker

if TYPE_CHECKING:
    from ..sources.places import Places
    from .server import Server

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

COMMAND = "lightship.server.checkWorkspace"
"""An editor's extension may have a `lightship.checkWorkspace` of its own, and no name is taken twice."""
MOST_FILES = 2_000
MOST_ENTRIES = 100_000
"""How many Dockerfiles of the workspace are checked, and among how many files and folders they are looked for."""
LONGEST = 60.0
"""Seconds after which what is left is left out."""
LARGEST = 1_000_000
"""Bytes beyond which a file is no Dockerfile."""
GLOBS = ("**/{Dockerfile,Containerfile}{,.*}", "**/*.{Dockerfile,dockerfile}")
"""As in `sources.disk`, which is not loaded yet."""
PART = 20
"""Reports that are sent at once to a client that wants them as they come."""

Report = types.WorkspaceFullDocumentDiagnosticReport | types.WorkspaceUnchangedDocumentDiagnosticReport


class _Checked(NamedTuple):
    id: str
    found: list[types.Diagnostic]


class WorkspaceCheck:
    """The folders, and what was found in them. A thread of its own does the work; the methods up to `opened` are for
    the one that reads."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._thread: Worker | None = None
        self._known: dict[Path, _Checked] = {}
        self._published: set[str] = set()
        self._refused = False

    def greet(self, params: types.InitializeParams) -> None:
        """Note whether the client wants to be told that it may ask."""
        match params.initialization_options:
            case {"workspaceDiagnostics": False} | {"lightship": {"workspaceDiagnostics": False}}:
                self._refused = True

    @property
    def wanted(self) -> bool:
        return not self._server.pushes and not self._refused

    def pull(self, params: types.WorkspaceDiagnosticParams) -> Future[object]:
        previous = {each.uri: each.value for each in params.previous_result_ids}
        return self._start(partial(self._report, previous, params.partial_result_token))

    def publish(self) -> Future[object]:
        """Send the findings in all files that are not open: those that are have theirs. The answer is how many
        files there are, and how many findings."""
        return self._start(self._publish)

    def opened(self, uri: str) -> None:
        """From here on the document's findings count. A client that asks for them would show both."""
        if uri in self._published and not self._server.pushes:
            self._published.discard(uri)
            self._send(uri, [])

    def _start(self, work: Callable[[Future[object]], object]) -> Future[object]:
        if self._thread is None:
            self._thread = Worker()
            self._watch()
        answer: Future[object] = Future()
        self._thread.submit(partial(_fulfil, answer, work))
        return answer

    def _watch(self) -> None:
        if self._server.client("workspace", "didChangeWatchedFiles", "dynamicRegistration"):
            options = types.DidChangeWatchedFilesRegistrationOptions(
                [types.FileSystemWatcher(glob) for glob in GLOBS]
            )
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            self._server.client_register_capability(
                types.RegistrationParams([types.Registration("dockerfiles", method, options)])
            )

    # On the thread of its own

    def _report(
        self, previous: dict[str, str], token: types.ProgressToken | None, answer: Future[object]
    ) -> types.WorkspaceDiagnosticReport:
        reports = self._reports(previous, answer)
        if token is None:
            return types.WorkspaceDiagnosticReport([*reports])
        while part := [*islice(reports, PART)]:
            value = types.WorkspaceDiagnosticReportPartialResult(part)
            self._server.protocol.notify(types.PROGRESS, types.ProgressParams(token, value))
        return types.WorkspaceDiagnosticReport([])

    def _reports(self, previous: dict[str, str], answer: Future[object]) -> Iterator[Report]:
        # A client may write the address of a file otherwise than we do.
        last = {file_path(uri): (uri, id) for uri, id in previous.items()}
        for path, document, checked in self._all(answer):
            uri, id = last.pop(path, (from_fs_path(str(path)) or "", ""))
            version = document.version if document else None
            if id == checked.id:
                yield types.WorkspaceUnchangedDocumentDiagnosticReport(uri, id, version)
            else:
                uri = document.uri if document else uri
                yield types.WorkspaceFullDocumentDiagnosticReport(
                    uri, checked.found, version, result_id=checked.id
                )
        if not answer.cancelled():
            open_ = {file_path(document.uri) for document in self._server.documents}
            for gone, (uri, _) in last.items():
                if gone not in open_ and gone not in self._known:
                    yield types.WorkspaceFullDocumentDiagnosticReport(uri, [])

    def _publish(self, answer: Future[object]) -> dict[str, int]:
        before, self._published = self._published, set()
        files = findings = 0
        for path, document, checked in self._all(answer):
            files += 1
            findings += len(checked.found)
            uri = from_fs_path(str(path))
            if uri and document is None and (checked.found or uri in before):
                self._published.add(uri)
                self._send(uri, checked.found)
        for uri in before - self._published:
            self._send(uri, [])
        return {"files": files, "findings": findings}

    def _send(self, uri: str, found: list[types.Diagnostic]) -> None:
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found))

    def _all(self, answer: Future[object]) -> Iterator[tuple[Path, Document | None, _Checked]]:
        """Each Dockerfile with its findings, and with the document where it is open."""
        from ..sources import disk
        from ..sources.places import Places

        roots = self._server.contexts.folders
        places = Places(roots)
        end = monotonic() + LONGEST
        files = dict.fromkeys(path for root in roots for path in disk.survey(root, MOST_ENTRIES))
        self._known = {path: known for path, known in self._known.items() if path in files}
        for path in islice(files, MOST_FILES):
            if answer.cancelled() or monotonic() > end:
                return
            opened = {file_path(document.uri): document for document in self._server.documents}
            document = opened.get(path)
            try:
                checked = self._of_buffer(document) if document else self._of_file(path, places)
            except Exception:
                logger.exception("%s could not be checked", path)
                continue
            if checked is not None:
                yield path, document, checked

    def _of_buffer(self, document: Document) -> _Checked:
        identifier = types.TextDocumentIdentifier(document.uri)
        report = self._on_worker(
            lambda: diagnostics.pull(self._server, document, types.DocumentDiagnosticParams(identifier))
        )
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        return _Checked(report.result_id or "", [*report.items])

    def _of_file(self, path: Path, places: Places) -> _Checked | None:
        """None for what cannot be read. ShellCheck is left to the files that somebody looks at."""
        from .. import lint, model
        from ..sources import disk

        try:
            status = disk.status(path)
            stamp = f"{status.st_mtime_ns}.{status.st_size}"
            id = self._on_worker(lambda: diagnostics.result_id(stamp, self._server.configuration))
            if (known := self._known.get(path)) and known.id == id:
                return known
            if status.st_size > LARGEST:
                return None
            content = disk.read(path)
        except OSError:
            return None
        uri = from_fs_path(str(path)) or ""
        document = Document(uri, 0, disk.decode(content), self._server.documents.encoding)
        settings, build = self._on_worker(
            lambda: (self._server.configuration.of(uri), model.read(document.source))
        )
        build.context = places.context(path, build, settings)
        found = self._on_worker(
            lambda: [diagnostics.to_lsp(document, each) for each in lint.check(build, settings)]
        )
        model.take_apart(build)
        checked = self._known[path] = _Checked(id, found)
        return checked

    def _on_worker(self, work: Callable[[], Result]) -> Result:
        done: Future[Result] = Future()
        self._server.worker.submit(partial(_fulfil, done, lambda _: work()), pace=Pace.LONG)
        return done.result()


def _fulfil(answer: Future[Result], work: Callable[[Future[Result]], Result]) -> None:
    """Give the answer, which nobody may want any more."""
    if answer.cancelled():
        return
    with suppress(InvalidStateError):
        try:
            answer.set_result(work(answer))
        except InvalidStateError:
            raise
        except BaseException as error:
            # Extensions in Rust panic with one that is not an Exception; somebody waits for the answer all the same.
            answer.set_exception(error)


def pull(server: Server, params: types.WorkspaceDiagnosticParams) -> Future[object]:
    return server.workspace_check.pull(params)


def execute(server: Server, params: types.ExecuteCommandParams) -> Future[object]:
    return server.workspace_check.publish()
