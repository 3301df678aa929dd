"""The source is copied before the dependencies are installed: where that is, and the order that the cache wants."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from .. import regex
from ..knowledge.packages import SYSTEM, Action, Kind, Manager
from ..model.build import Add, Arg, Copy, Env, Expose, Label, Run, Stage, Step, User, Workdir
from ..model.manifests import Installation, installations
from ..model.paths import absolute, copied, covers, working_directory
from ..text import Edit, Fix, Safety, Span
from . import Refusal, line_end
from .ending import with_comments

_NAMES = {
    Manager.NPM: ("package*.json",),
    Manager.YARN: ("package.json", "yarn.lock"),
    Manager.PNPM: ("package.json", "pnpm-lock.yaml"),
    Manager.BUN: ("package.json", "bun.lock*"),
}
"""What to copy where the build context is not known; elsewhere, all that the manager reads."""

_ONLY_MANIFESTS = regex.compile(
    r"require|deps|depend|conf|docker|scripts?$|wheel|pip|packages?$|tmp|build|lib", re.IGNORECASE
)
"""Folders that may hold nothing but what an install reads."""
_HARMLESS = frozenset(
    ("cd", "set", "export", "mkdir", "echo", "true", ":", "rm", "ln", "useradd", "groupadd", "chown")
)
_KEEPS = (Arg, Env, Expose, Label, User, Workdir)


class EarlyCopy(NamedTuple):
    """A COPY of a folder of the context (`folder`, '' for all of it) in front of an install that reads only `files` of it."""

    copy: Step
    folder: str
    install: Installation
    files: list[str]

    @property
    def shown(self) -> str:
        return _shown(self.files)


def early_copies(stage: Stage) -> Iterator[EarlyCopy]:
    for position, copy in enumerate(stage.steps):
        folder = _source(copy) if isinstance(copy, (Copy, Add)) else None
        found = _install_behind(stage, position, folder) if folder is not None else None
        if folder is not None and found is not None:
            yield EarlyCopy(copy, folder, *found)


def _source(copy: Copy | Add) -> str | None:
    """The one folder of the context that a wide COPY copies, '' for all of it; None for any other."""
    if len(copy.sources) != 1 or copy.instruction.flag("from") or copy.instruction.flag("exclude"):
        return None
    source = (copy.sources[0] or "$").strip("/").removeprefix("./")
    if source in ("", "."):
        return ""
    into = absolute(copy.target or "$", working_directory(copy.state))
    known = copy.stage.build.context
    plain = re.fullmatch(r"[\w./-]+", source) and "." not in posixpath.basename(source)
    folder = known.is_folder(source) if known else plain and not _ONLY_MANIFESTS.search(source)
    return source if folder and into == working_directory(copy.state) else None


def _install_behind(stage: Stage, position: int, wide: str) -> tuple[Installation, list[str]] | None:
    """The first install behind a wide COPY that reads a file from it, and these files in the context."""
    copy = stage.steps[position]
    into = absolute(copy.values[-1] or "", working_directory(copy.state)) or ""
    context = stage.build.context
    before = [
        install for run in stage.runs if run.span.start < copy.span.start for install in installations(run)
    ]
    for run in stage.runs:
        if run.span.start < copy.span.start:
            continue
        project = [call for call in run.calls if any(it.kind is Kind.PATH for it in call.meaning.packages)]
        for install in installations(run):
            if any(call.span.start < install.call.span.start for call in project):
                break
            inside = [posixpath.relpath(path, into) for path in install.files]
            names = [posixpath.join(wide, path) for path in inside if not path.startswith("..")]
            if install.in_folder and not context:
                short = _NAMES.get(install.call.meaning.manager)
                folder = posixpath.dirname(names[0]) if names else ""
                names = [posixpath.join(folder, name) for name in short] if short and names else names
                # A lock file need not be there: a pattern that matches none is no error beside a file.
                names = [re.sub(r"(\.lock|-lock\.yaml|go\.sum)\Z", r"\1*", name) for name in names]
            if context:
                names = [name for name in names if context.exists(name)]
            made = _made_between(stage, position, install)
            itself = any(posixpath.basename(path) == posixpath.basename(wide) for path in install.files)
            again = any(earlier.files == install.files for earlier in before)
            if not names or made or itself or again or _reads_source(install, names):
                return None
            return install, names
        if project:
            return None
    return None


def _made_between(stage: Stage, position: int, install: Installation) -> bool:
    """Whether a step between them names one of the files: it may make or change it."""
    leaves = {posixpath.basename(path) for path in install.files}
    for step in stage.steps[position + 1 :]:
        if step.span.start > install.run.span.start:
            break
        commands = step.commands if isinstance(step, Run) else ()
        for command in commands:
            if command is install.call.command:
                break
            words = [*command.words, *(r.target for r in command.redirections if r.target)]
            if any(leaf in word.text for word in words for leaf in leaves):
                return True
        if isinstance(step, (Copy, Add)) and any(
            source and posixpath.basename(source) in leaves for source in step.sources
        ):
            return True
    return False


def _reads_source(install: Installation, names: list[str]) -> bool:
    """Whether a requirements file is known to name the project itself."""
    context = install.run.stage.build.context
    if install.needs_source and not install.in_folder:
        return True
    texts = (context.text(name) or "" for name in names) if context and not install.in_folder else ()
    return any(re.search(r"^\s*(-e\s+)?(\.|file:)", text, re.MULTILINE) for text in texts)


def reorder(it: EarlyCopy) -> Fix | Refusal:
    """Copy what the install reads, install, then copy the folder."""
    copy, install, files = it.copy, it.install, it.files
    stage, run, instruction = copy.stage, install.run, copy.instruction
    position = stage.steps.index(copy)
    absolute_target = (copy.values[-1] or "").startswith("/")
    if not instruction.words or instruction.comments or instruction.heredocs:
        return Refusal("the COPY is not a plain one")
    if install.needs_source:
        return Refusal("the install needs the source too")
    if not _only_installs(run):
        return Refusal("the RUN does more than install")
    for step in stage.steps[position + 1 : stage.steps.index(run)]:
        keeps = isinstance(step, _KEEPS) and (absolute_target or not isinstance(step, Workdir))
        if not keeps and not (isinstance(step, Run) and _only_installs(step, but=True)):
            line = stage.build.source.line_of(step.span.start) + 1
            return Refusal(f"line {line} may need the source")
    start = with_comments(stage, copy)
    moved = stage.build.source[Span(start, copy.span.end)]
    behind = Edit(Span(run.span.end, run.span.end), f"{line_end(stage.build)}{moved}")
    if is_there(it):
        edits = (Edit(Span(start, instruction.extent.end), ""), behind)
        return Fix("Copy the source after the install", edits, Safety.UNSAFE, reorders=True)
    folders = {posixpath.dirname(file) for file in files}
    if len(folders) > 1:
        return Refusal("the install reads files of several folders")
    folder = folders.pop()
    # A requirements file in a folder of its own often includes others beside it.
    taken = [folder] if "req" in folder and not install.in_folder else files
    target = instruction.words[-1].text
    into = posixpath.join(
        target.rstrip("/") or "/", posixpath.relpath(folder or ".", it.folder or "."), ""
    ).replace("/./", "/")
    flags = [stage.build.source[flag.span] for flag in instruction.flags]
    adds = (instruction.keyword, *flags, *taken, into)
    first = stage.build.source[Span(instruction.extent.start, instruction.arguments_span.start)]
    new = f"{first}{' '.join((*taken, into))}"
    edits = (Edit(Span(start, copy.span.end), new), behind)
    return Fix(f"Copy {_shown(taken)} first", edits, Safety.UNSAFE, adds, reorders=True)


def _shown(files: list[str]) -> str:
    return " and ".join(file.removesuffix("*") for file in files)


def is_there(it: EarlyCopy) -> bool:
    """Whether earlier steps copy what the install reads."""
    install, steps = it.install, it.copy.stage.steps
    there = [
        any(
            covers(path, file)
            for step in steps[: steps.index(it.copy)]
            if isinstance(step, (Copy, Add))
            for path in copied(step, step.sources, step.target)
        )
        for file in install.files
    ]
    return any(there) if install.in_folder else all(there)


def _only_installs(run: Run, *, but: bool = False) -> bool:
    """Whether nothing in the RUN can need the source, `but` for what an install reads from it."""
    managed = {id(call.command): call.meaning for call in run.calls}
    for command in run.commands:
        it = managed.get(id(command))
        if it is None:
            if command.name not in _HARMLESS:
                return False
        else:
            project = any(package.kind is Kind.PATH for package in it.packages)
            reads = it.manager not in SYSTEM and (it.from_manifest or it.requirements or not it.packages)
            if it.action is Action.OTHER or project or (but and reads):
                return False
    return bool(run.commands)
