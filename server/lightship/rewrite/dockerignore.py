"""A .dockerignore made for what a build context really holds.

Nothing that a COPY, an ADD or a bind mount names is left out, nor what the build seems to need from elsewhere: `.git`
where a version is read from it, `node_modules` where nothing installs it, credentials that a command names.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import islice
from typing import NamedTuple

from .. import regex
from ..context import BuildContext
from ..knowledge import clutter, secrets
from ..knowledge.managers import Action, Manager
from ..knowledge.sizes import human
from ..model import analyze
from ..model.build import Build, Run
from ..model.copies import sources
from ..text import Fix, NewFile, Safety, Source
from . import Refusal, line_end

NAME = ".dockerignore"

_DEEPEST = 4
"""Folders below the root; deeper ones are not looked into."""
_MOST = 50_000
"""Files of one folder, beyond which they are no longer counted."""
_AT_ROOT = frozenset((".direnv", ".git", ".github", ".hg", ".idea", ".svn", ".terraform", ".vscode"))
_ANYWHERE = (clutter.CACHES - {".cache", ".next"}) | {".DS_Store", "node_modules"}
"""What tools make on their own. A `.next` may be what the image is to serve."""
_OF_BUILDS = regex.compile(
    r"(?:.+\.)?(?:docker|container)file(?:\..+)?|(?:docker-)?compose[\w.-]*\.ya?ml", re.IGNORECASE
)
_PLAIN = regex.compile(r"[\w.](?:[\w ./@+,=~-]*[\w./@+,=~-])?")
"""Paths without a character that would mean something in a pattern, or at the beginning of a line."""
_READS_GIT = regex.compile(
    r"\bgit (?:describe|log|ls-files|rev-list|rev-parse|show|status|submodule|tag)\b|\.git/"
    r"|setuptools[_-]scm|setuptools-git|hatch-vcs|versioneer|versioningit|dynamic-versioning|\bpbr\b"
)
_MAY_READ_GIT = ("Makefile", "package.json", "pyproject.toml", "setup.cfg", "setup.py")
_NODE = frozenset((Manager.BUN, Manager.NPM, Manager.PNPM, Manager.YARN))
_OWN_ENVIRONMENT = frozenset((Manager.PDM, Manager.PIPENV, Manager.POETRY, Manager.UV))


class _Needless(NamedTuple):
    """A path of the context, and the line that leaves it out."""

    path: str
    line: str


def create(build: Build) -> Fix | Refusal:
    """The fix that creates the file; its title tells what that leaves out."""
    context = build.context
    if context is None:
        return Refusal("the build context is not known: `--context DIR` names it")
    if context.dockerignore is not None or context.exists(NAME):
        return Refusal("there is one already")
    builds = [build, *_neighbours(context)]
    named = {path for each in builds for name in _named(each) for path in _expanded(context, name)}
    found = [
        each
        for each in _needless(context, "", _DEEPEST)
        if _PLAIN.fullmatch(each.path)
        and not _hides(context, each.line, named)
        and not any(_needs(build, context, each, named) for build in builds)
    ]
    files = [size for each in found for size in _sizes(context, each.path)]
    lines = sorted({NAME, *(each.line for each in found)}, key=lambda line: line.removeprefix("**/").lower())
    title = f"Create {NAME}"
    if files:
        count = f"{len(files):,} files" if len(files) > 1 else "one file"
        title += f", which leaves out {human(sum(files))} in {count}"
    newline = line_end(build)
    return Fix(
        title, (), Safety.MANUAL, creates=(NewFile(NAME, "".join(f"{line}{newline}" for line in lines)),)
    )


def _neighbours(context: BuildContext) -> Iterator[Build]:
    """Other Dockerfiles at the root, which the file will be in force for as well."""
    for name in context.entries():
        if "dockerfile" in name.lower() or "containerfile" in name.lower():
            yield analyze(Source(context.text(name) or "", name))


def _named(build: Build) -> Iterator[str]:
    """The paths of the context that a build asks for by name."""
    for step in build.steps:
        yield from (source.path for source in sources(step) if not source.whole)
        for mount in step.mounts if isinstance(step, Run) else ():
            source = mount.options.get("source") or mount.options.get("src") or ""
            path = posixpath.normpath(f"/{source}").strip("/")
            if path and mount.kind == "bind" and "from" not in mount.options:
                yield path


def _expanded(context: BuildContext, pattern: str) -> list[str]:
    found = [""]
    for part in pattern.split("/"):
        if re.search(r"[*?\[]", part):
            found = [
                posixpath.join(folder, name)
                for folder in found
                for name in context.entries(folder)
                if fnmatchcase(name, part)
            ]
        else:
            found = [posixpath.join(folder, part) for folder in found]
    return found


def _needless(context: BuildContext, folder: str, depth: int) -> Iterator[_Needless]:
    for name, size in context.entries(folder).items():
        path = posixpath.join(folder, name)
        if name in _ANYWHERE:
            yield _Needless(path, f"**/{name}")
        elif not folder and name in _AT_ROOT:
            yield _Needless(path, name)
        elif secrets.file(path):
            yield _Needless(path, path)
        elif size is None:
            if clutter.is_environment(context.entries(path)):
                yield _Needless(path, path)
            elif depth:
                yield from _needless(context, path, depth - 1)
        elif name.endswith(".pyc"):
            yield _Needless(path, "**/*.pyc")
        elif _OF_BUILDS.fullmatch(name):
            yield _Needless(path, path)


def _hides(context: BuildContext, line: str, paths: Iterable[str]) -> bool:
    alone = BuildContext(context.tree, line)
    return any(map(alone.leaves_out, paths))


def _needs(build: Build, context: BuildContext, it: _Needless, named: Iterable[str]) -> bool:
    """Whether the build seems to use what would be left out, though it does not copy it by name."""
    name = posixpath.basename(it.path)
    runs = [step for step in build.steps if isinstance(step, Run)]
    calls = [call.meaning for run in runs for call in run.calls]
    if name == ".git":
        texts = [run.instruction.joined.text for run in runs]
        texts += [context.text(file) or "" for file in _MAY_READ_GIT]
        return any(map(_READS_GIT.search, texts))
    if name == "node_modules":
        whole = any(source.whole for step in build.steps for source in sources(step))
        return whole and not any(call.manager in _NODE and call.action is Action.INSTALL for call in calls)
    if secrets.file(it.path):
        inside = any(it.path.startswith(f"{folder}/") for folder in named)
        return inside or _mentions(build, name)
    if clutter.is_environment(context.entries(it.path)):
        made = any(call.manager in _OWN_ENVIRONMENT for call in calls) or _mentions(
            build, "venv", "virtualenv"
        )
        return _mentions(build, name) and not made
    return False


def _mentions(build: Build, *names: str) -> bool:
    """Whether one of the names stands in an instruction, alone or in a path."""
    pattern = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, names))})(?![\w.-])")
    return any(pattern.search(step.instruction.joined.text) for step in build.steps)


def _sizes(context: BuildContext, path: str) -> list[int]:
    size = context.entries(posixpath.dirname(path)).get(posixpath.basename(path))
    return [size for _, size in islice(context.files(path), _MOST)] if size is None else [size]
