"""The settings files on disk: the nearest `lightship.toml`, or `pyproject.toml` with `[tool.lightship]`.

Under the preset `hadolint`, the nearest `.hadolint.yaml` lies below them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .. import config_reading
from ..config import Problem, Settings
from ..rules import known_names
from . import disk

NAMES = ("lightship.toml", "pyproject.toml")
"""In one folder, the first that holds settings counts."""
HADOLINTS = (".hadolint.yaml", ".hadolint.yml")


def load(path: Path, preset: str | None = None) -> tuple[Settings, list[Problem]]:
    """The settings in force for a file, or for all of a folder, and what is wrong in their files.

    Looks from the file's folder up to the root of its repository (where `.git` is) or of the file
    system; the nearest settings count alone. `preset` is what the command line or an editor says of it.
    Never raises: without a file, these are the defaults.
    """
    settings, problems = _nearest(path, NAMES)
    if (preset or settings.preset) == "hadolint":
        below, wrong = _nearest(path, HADOLINTS)
        return settings.over(below) if below.origin else settings, problems + wrong
    return settings, problems


def _nearest(path: Path, names: tuple[str, ...]) -> tuple[Settings, list[Problem]]:
    problems: list[Problem] = []
    for folder in _upwards(path.absolute()):
        for name in names:
            if disk.is_file(file := folder / name):
                settings, wrong = read(file)
                problems += wrong
                if settings is not None:
                    return settings, problems
    return Settings(), problems


def home(path: Path) -> tuple[Path, str | None]:
    """The file whose settings are in force for a file, with its text; else the one that they would be written to, at
    the root of its repository or beside it, and None. Never raises."""
    *_, top = folders = list(_upwards(path.absolute().parent))
    for file in (folder / name for folder in folders for name in NAMES):
        if disk.is_file(file) and read(file)[0] is not None:
            try:
                return file, file.read_text("utf-8").removeprefix("\ufeff")
            except (OSError, ValueError):
                break
    return (top if disk.exists(top / ".git") else path.absolute().parent) / NAMES[0], None


def _upwards(path: Path) -> Iterator[Path]:
    for folder in (path, *path.parents):
        yield folder
        if disk.exists(folder / ".git"):
            return


def read(file: Path) -> tuple[Settings | None, list[Problem]]:
    """The settings of one file, ours or hadolint's; None where it holds none. Never raises: unreadable is a problem."""
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
        return None, [Problem(str(file), line, "This is not UTF-8, as it must be. The file is left out.")]
    if file.suffix in (".yaml", ".yml"):
        from . import hadolint

        return hadolint.parse(text.removeprefix("\ufeff"), str(file))
    return config_reading.parse(text.removeprefix("\ufeff"), str(file), known_names())
