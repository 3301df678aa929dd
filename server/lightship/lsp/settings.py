"""The settings in force for a document: those of the files above it, with the editor's on top."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygls.uris import to_fs_path

from . import docker_settings

if TYPE_CHECKING:
    from ..config import Settings

SECTION = "lightship"


def section(settings: object) -> Mapping[str, Any] | None:
    """Our part of what an editor sends: some send all of their settings, some our section alone."""
    if not isinstance(settings, Mapping):
        return None
    inner = settings.get(SECTION, settings)
    return {**docker_settings.translated(settings), **inner} if isinstance(inner, Mapping) else None


def file_path(uri: str) -> Path | None:
    """None for a document that is not, or not yet, a file: nothing on disk is looked up for it. Nor is it for what
    is no address, or no name that a file can have."""
    try:
        path = to_fs_path(uri)
        return Path(path) if path and b"\0" not in os.fsencode(path) else None
    except ValueError:
        return None


class Configuration:
    """Settings by document, each read once. Belongs to the worker's thread."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._warned: set[str] = set()
        self._editor: Mapping[str, Any] = {}
        self._known: dict[str, Settings] = {}
        self.generation = 0
        """Changes whenever any settings may have."""

    def of(self, uri: str) -> Settings:
        if uri not in self._known:
            self._known[uri] = self._load(uri)
        return self._known[uri]

    @property
    def asks_registries(self) -> bool:
        """Whether the person at the editor lets registries be asked for what they choose to do."""
        return self._editor.get("askRegistry") is True

    def use(self, editor: Mapping[str, Any]) -> None:
        """Lay these settings of the editor over those of all files."""
        self._editor = editor
        self.forget()

    def forget(self) -> None:
        """Read the files again when they are next asked for."""
        self._known.clear()
        self.generation += 1

    def _load(self, uri: str) -> Settings:
        from .. import config, config_reading
        from ..rules import known_names
        from ..sources import settings as files

        path = file_path(uri)
        settings, problems = files.load(path, self._editor.get("preset")) if path else (config.Settings(), [])
        for problem in problems:
            self._warn_once(f"{problem.file}:{problem.line}: {problem.message}")
        # An editor keeps more in our section than the linter knows: where to find the server, what to trace.
        keys = {key.replace("-", "") for key in config.KEYS}
        editor = {key: self._editor[key] for key in self._editor if key.replace("-", "").lower() in keys}
        settings, complaints = config_reading.merge(settings, editor, known_names())
        for complaint in complaints:
            self._warn_once(f"{SECTION} settings: {complaint}")
        return settings

    def _warn_once(self, message: str) -> None:
        if message not in self._warned:
            self._warned.add(message)
            self._warn(message)
