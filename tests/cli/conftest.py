"""Commands run in this process, in an empty folder, because that is fast."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from command import Ran, Run

from lightship import cli


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, which is the root of a repository."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command; `stdin` is what it reads."""

    def command(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        try:
            status = cli.main(lambda address: 0, list(arguments))
        except SystemExit as exit:  # argparse
            status = int(exit.code or 0)
        sys.stdout.flush()
        return Ran(status, *capfd.readouterr())

    return command
