"""The settings files on disk: the nearest `lightship.toml`, or `pyproject.toml` with `[tool.lightship]`."""

from __future__ import annotations

from pathlib import Path

from .. import config
from ..config import Problem, Settings
from ..rules import known_names

NAMES = ("lightship.toml", "pyproject.toml")
"""In one folder, the first that holds settings counts."""


def load(path: Path) -> tuple[Settings, list[Problem]]:
    """The settings in force for a file, or for all of a folder, and what is wrong in their file.

    Looks from the file's folder up to the root of its repository (where `.git` is) or of the file
    system; the nearest settings count alone. Never raises: without a file, these are the defaults.
    """
    path = path.absolute()
    problems: list[Problem] = []
    for folder in (path, *path.parents):
        for name in NAMES:
            if (file := folder / name).is_file():
                settings, wrong = read(file)
                problems += wrong
                if settings is not None:
                    return settings, problems
        if (folder / ".git").exists():
            break
    return Settings(), problems


def read(file: Path) -> tuple[Settings | None, list[Problem]]:
    """The settings of one file; None where it holds none. Never raises: unreadable is a problem."""
    try:
        content = file.read_bytes()
    except OSError as error:
        return None, [Problem(str(file), 1, f"cannot be read: {error.strerror or error}.")]
    if file.name == "pyproject.toml" and b"lightship" not in content:
        return None, []  # so that most runs need no TOML parser
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return None, [Problem(str(file), line, "This is not UTF-8, as TOML must be. The file is left out.")]
    return config.parse(text.removeprefix("\ufeff"), str(file), known_names())
