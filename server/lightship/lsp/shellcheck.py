"""ShellCheck in the background: our own findings never wait for it.

What it has answered is remembered by script, so the scripts that an edit leaves alone keep their findings;
those that it touches get theirs when the answer comes, with whatever the document is by then.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from lsprotocol import types

from .worker import Worker

if TYPE_CHECKING:
    from ..config import Settings
    from ..shellcheck import Answers
    from ..sources.shellcheck import ShellCheck
    from .documents import Document
    from .server import Server

QUIET = 0.1
"""Seconds to wait for the next keystroke before a process is started for this one."""


class Background:
    """Belongs to the worker's thread, but for `_ask`, which runs on one of its own."""

    def __init__(self, server: Server, warn: Callable[[str], None]) -> None:
        self._server = server
        self._warn = warn
        self._wanted: dict[str, list[str]] = {}
        self._worker: Worker | None = None
        self._program: ShellCheck | None = None
        self.generation = 0
        """Changes whenever there is something new to tell."""

    def answers(self, document: Document, settings: Settings) -> Answers | None:
        """What is known by now about the document's scripts. The rest is asked for."""
        from .. import shellcheck

        wanted = shellcheck.wanted(settings)
        scripts = shellcheck.scripts(document.build) if wanted else ()
        if not scripts:
            return None
        if self._program is None:
            from ..sources.shellcheck import ShellCheck

            self._program, self._worker = ShellCheck(self._warn), Worker()
        if not self._program.available(wanted):
            return None
        if missing := self._program.missing(script.text for script in scripts):
            assert self._worker is not None
            self._wanted[document.uri] = missing
            self._worker.submit(partial(self._ask, self._program, document.uri), once=document.uri)
        return self._program.answers

    def _ask(self, program: ShellCheck, uri: str) -> None:
        time.sleep(QUIET)
        scripts = self._wanted.pop(uri, [])
        program.ask(scripts)
        if any(program.answers.get(script) for script in scripts):
            self._server.worker.submit(partial(self._tell, uri))

    def close(self) -> None:
        """Leave nothing behind: no process, and no folder of scripts."""
        if self._program is not None and self._worker is not None:
            self._program.close()
            self._worker.drain(QUIET + 1.0)

    def _tell(self, uri: str) -> None:
        """Send the findings once more, or have the client ask again."""
        from .synchronisation import announce

        self.generation += 1
        if self._server.pushes:
            if self._server.documents.get(uri) is not None:
                announce(self._server, uri)
        elif self._server.client("workspace", "diagnostics", "refreshSupport"):
            self._server.protocol.send_request(types.WORKSPACE_DIAGNOSTIC_REFRESH)
