"""The real server over standard input and output, with a few requests more that make trouble on purpose."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from lightship import refactorings, rules
from lightship.lsp import context, server

# A rule that stays as it is. Rules are discovered; this makes one more place to discover them in.
rules.__path__.append(str(Path(__file__).parent / "rules"))
# And the only refactoring there is.
refactorings.__path__[:] = [str(Path(__file__).parent / "refactorings")]

ANALYZE: list[Any] = []

# What a disk that is late leads to has tests of its own; here it is only the machine that is busy.
context.PATIENCE = 10.0


def _sleep(params: Any) -> Any:
    return lambda: time.sleep(params["seconds"])


def _print(params: Any) -> Any:
    print("stray")
    os.system("echo stray from a child")
    return "printed"


def _fail(params: Any) -> Any:
    def work() -> None:
        raise RuntimeError("on purpose")

    return work


def _unsendable(params: Any) -> Any:
    return lambda: object()


def _break(broken: Any) -> Any:
    """Have the analysis fail, as it never should."""
    from lightship import model

    def analyze(source: object, context: object = None) -> Any:
        raise RuntimeError("cannot be analysed")

    ANALYZE.append(model.analyze)
    model.analyze = analyze if broken else ANALYZE[0]  # type: ignore[assignment]


class Troubled(server.Server):
    def __init__(self) -> None:
        super().__init__()
        for name, handler in {
            "test/nothing": lambda params: lambda: None,
            "test/sleep": _sleep,
            "test/print": _print,
            "test/fail": _fail,
            "test/unsendable": _unsendable,
            "test/break": _break,
            "test/text": lambda uri: self._text(uri),
        }.items():
            self.feature(name)(handler)

    def _text(self, uri: str) -> str | None:
        document = self.documents.get(uri)
        return document.text if document else None


if __name__ == "__main__":
    server.Server = Troubled  # type: ignore[misc]
    sys.exit(server.serve_tcp() if "--tcp" in sys.argv else server.serve_stdio())
