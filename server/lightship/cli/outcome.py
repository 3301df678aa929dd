"""What the exit status is made of."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ..text import printable

CLEAN, FOUND, FAILED = 0, 1, 2


@dataclass
class Outcome:
    """What the exit status is made of."""

    found: bool = False
    failed: bool = False
    said: set[str] = field(default_factory=set)

    def complain(self, message: str) -> None:
        """Tell, once, of something that went wrong. The rest goes on, and the exit status will say so."""
        self.failed = True
        self.warn(message)

    def warn(self, message: str) -> None:
        """Tell, once, of something that the exit status says nothing of."""
        if message not in self.said:
            self.said.add(message)
            print(f"lightship: {printable(message)}", file=sys.stderr)

    def unusable(self, path: Path, error: OSError) -> None:
        """Complain of a file, and say what to do about it."""
        remedies: dict[type[OSError], str] = {
            FileNotFoundError: ": check the spelling, or name a folder to search",
            PermissionError: ": it needs other rights, or another user",
        }
        self.complain(f"{path}: {error.strerror or error}{remedies.get(type(error), '')}")

    @contextmanager
    def going_on(self, path: Path) -> Iterator[None]:
        """Should looking at one file fail, the others are looked at all the same."""
        try:
            yield
        except Unsettled:
            self.complain(f"{path}: left as it is until its settings are mended")
        except Exception as error:
            self.complain(f"{path}: a bug in Lightship, please report it with this file: {error!r}")

    @property
    def status(self) -> int:
        return FAILED if self.failed else FOUND if self.found else CLEAN


class Misuse(Exception):
    """The command line asks for what cannot be; nothing is run."""


class Unsettled(Exception):
    """Something is wrong in the settings for a file, as was told."""


def counted(number: int, noun: str, plural: str = "s") -> str:
    return f"{number} {noun}{'' if number == 1 else plural}"
