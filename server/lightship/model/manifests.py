"""Which commands install what a file lists, and where that file has to be."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from ..knowledge.packages import MANIFESTS, Action, Kind, Manager
from .build import PackageCall, Run
from .paths import Reader

_LISTED = frozenset(
    (Manager.PIP, Manager.UV, Manager.CONDA, Manager.MAMBA, Manager.MICROMAMBA, Manager.PIPENV)
)
"""Managers that are told the file's name."""

WITHOUT_PROJECT = {
    Manager.POETRY: ("--no-root", "--no-directory"),
    Manager.UV: ("--no-install-project", "--no-install-workspace", "--no-install-local"),
    Manager.PDM: ("--no-self",),
    Manager.COMPOSER: ("--no-autoloader", "--no-scripts"),
}
"""Managers that install the project itself as well, and the flags that keep them from it, the usual one first."""

_ELSEWHERE = (
    "--prefix",
    "--cwd",
    "--directory",
    "--project",
    "--working-dir",
    "--dir",
    "-C",
    "--gemfile",
    "--global",
)


@dataclass(frozen=True, eq=False)
class Installation:
    """A command that installs from `files`: absolute paths, or the folder's alternatives where the manager
    looks for them by itself (`in_folder`). `needs_source`: it installs the project as well."""

    run: Run
    call: PackageCall
    files: tuple[str, ...]
    in_folder: bool
    needs_source: bool


def installations(run: Run) -> Iterator[Installation]:
    """Those of a RUN, in order; none whose files are not known."""
    calls = {id(call.command): call for call in run.calls}
    reader = Reader(run)
    for command in reader.commands():
        call = calls.get(id(command))
        if call is None:
            continue
        it = call.meaning
        if it.has(*_ELSEWHERE) or it.manager is Manager.SETUP_PY:
            continue
        if it.requirements and it.action is Action.INSTALL and it.manager in _LISTED:
            named = [call.word(index) for index in (*it.requirements, *it.constraints)]
            paths = [path for word in named if not word.text.startswith("-") and (path := reader.path(word))]
            source = any(package.kind is Kind.PATH for package in it.packages)
            if len(paths) == len(named):
                yield Installation(run, call, tuple(paths), False, source)
        elif reader.folder and (
            it.from_manifest if it.manager is not Manager.GO else _downloads_modules(call)
        ):
            flags = WITHOUT_PROJECT.get(it.manager, ())
            files = tuple(posixpath.join(reader.folder, name) for name in MANIFESTS[it.manager])
            yield Installation(run, call, files, True, bool(flags) and not it.has(*flags))


def _downloads_modules(call: PackageCall) -> bool:
    it = call.meaning
    return it.manager is Manager.GO and it.action is Action.DOWNLOAD and not it.packages
