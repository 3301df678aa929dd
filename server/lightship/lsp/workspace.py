"""When settings come and change: `initialized`, `didSave`, and what `workspace/` has to say of it."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from . import hints
from .settings import SECTION, file_path, section
from .synchronisation import announce

if TYPE_CHECKING:
    from .server import Server

WATCHED = (
    "**/lightship.toml",
    "**/pyproject.toml",
    "**/.hadolint.{yaml,yml}",
    "**/{compose,docker-compose}{,.override}.{yaml,yml}",
    "**/docker-bake{,.override}.{hcl,json}",
    "**/*.dockerignore",
    "**/.env",
    "**/*requirements*.txt",
)
"""As in `sources.settings`, which is not loaded yet when they are registered, and in `buildfiles`; and what rules read
in a build context."""


def initialized(server: Server, params: types.InitializedParams) -> None:
    registrations = []
    if server.client("workspace", "didChangeWatchedFiles", "dynamicRegistration"):
        watchers = [types.FileSystemWatcher(glob) for glob in WATCHED]
        registrations.append(
            types.Registration(
                "watched-files",
                types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                types.DidChangeWatchedFilesRegistrationOptions(watchers),
            )
        )
    if server.client("workspace", "didChangeConfiguration", "dynamicRegistration"):
        registrations.append(
            types.Registration(
                "configuration",
                types.WORKSPACE_DID_CHANGE_CONFIGURATION,
                types.DidChangeConfigurationRegistrationOptions(SECTION),
            )
        )
    if registrations:
        server.client_register_capability(types.RegistrationParams(registrations))
    _ask(server)
    server.worker.submit(server.warm_up)


def did_change_configuration(server: Server, params: types.DidChangeConfigurationParams) -> None:
    if not _ask(server):
        _use(server, params.settings)


def did_change_watched_files(server: Server, params: types.DidChangeWatchedFilesParams) -> None:
    from ..sources import disk

    if all(disk.is_dockerfile(change.uri.rpartition("/")[2]) for change in params.changes):
        # These hold nothing that counts for others: who has asked for them all asks again.
        if server.client("workspace", "diagnostics", "refreshSupport"):
            server.protocol.send_request(types.WORKSPACE_DIAGNOSTIC_REFRESH)
        return
    _read_again(server)


def did_change_folders(server: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    removed = {file_path(folder.uri) for folder in params.event.removed}
    added = (file_path(folder.uri) for folder in params.event.added)
    kept = [path for path in server.contexts.folders if path not in removed]
    server.contexts.folders = [*kept, *(path for path in added if path and path not in kept)]
    server.worker.submit(server.contexts.forget)


def did_save(server: Server, params: types.DidSaveTextDocumentParams) -> None:
    """For editors that do not watch files: after a save, what is on disk counts."""
    if not server.client("workspace", "didChangeWatchedFiles", "dynamicRegistration"):
        _read_again(server)
    else:
        server.worker.submit(partial(server.contexts.saved, params.text_document.uri))


def _read_again(server: Server) -> None:
    server.worker.submit(server.configuration.forget)
    server.worker.submit(server.contexts.forget)
    check_again(server)


def _ask(server: Server) -> bool:
    """Ask the client for our settings, if it can be asked: only its answer is sure to be complete."""
    if not server.client("workspace", "configuration"):
        return False
    item = types.ConfigurationItem(section=SECTION)
    reply = server.protocol.send_request(types.WORKSPACE_CONFIGURATION, types.ConfigurationParams([item]))
    server.asked += 1
    reply.add_done_callback(partial(_receive, server, server.asked))
    return True


def _receive(server: Server, number: int, reply: Future[Any]) -> None:
    match None if reply.exception() else reply.result():
        case [settings] if number > server.told:
            server.told = number
            _use(server, settings)


def _use(server: Server, settings: object) -> None:
    editor = section(settings)
    if editor is not None:
        server.worker.submit(partial(server.configuration.use, editor))
        check_again(server)


def check_again(server: Server) -> None:
    """Have everything told anew, of all documents."""
    # Not before the worker has the new settings: the client may ask at once.
    server.worker.submit(partial(hints.refresh, server))
    if not server.pushes:
        if server.client("workspace", "diagnostics", "refreshSupport"):
            server.worker.submit(partial(server.protocol.send_request, types.WORKSPACE_DIAGNOSTIC_REFRESH))
        return
    for document in server.documents:
        announce(server, document.uri)
