"""Files and folders that lie beside an app's source and have no use in its image, by their names."""

from __future__ import annotations

from collections.abc import Container

ALWAYS = frozenset((".git", ".hg", ".svn", "node_modules", "bower_components", ".terraform", ".direnv"))
"""Folders that are worth a word whatever they weigh."""

CACHES = frozenset(
    (
        "__pycache__", ".cache", ".eggs", ".gradle", ".hypothesis", ".ipynb_checkpoints", ".mypy_cache", ".next", ".nox",
        ".nyc_output", ".parcel-cache", ".pytest_cache", ".ruff_cache", ".sass-cache", ".tox", ".turbo", "htmlcov",
    )
)  # fmt: skip
"""Folders that tools fill on their own: worth a word where they are heavy."""


def is_environment(entries: Container[str]) -> bool:
    """Whether a folder with these names in it is a virtual environment of Python's."""
    return "pyvenv.cfg" in entries
