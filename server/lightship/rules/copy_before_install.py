r"""All of the source is copied before the dependencies are installed, so every edit installs them again.

When a step changes, the builder repeats it and all that follow. Dependencies change seldom and take minutes;
the source changes all the time. Copy the file that lists them first, install, then copy the rest.

The fix needs a look, for Lightship cannot know everything that an install reads: files that a requirements file
includes, or a script that `npm ci` runs. No fix is offered where the `RUN` does more than install, or installs the
project as well (poetry without `--no-root`, uv without `--no-install-project`).

## Example

```dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
```

Use instead:

```dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
```
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from .. import regex
from ..knowledge.packages import SYSTEM, Action, Kind, Manager
from ..model.build import Add, Arg, Copy, Env, Expose, Label, Run, Stage, Step, User, Workdir
from ..model.manifests import WITHOUT_PROJECT, Installation, installations
from ..model.paths import absolute, copied, covers, working_directory
from ..rewrite import line_end
from ..text import Edit, Fix, Safety, Span
from . import Finding, Related, Severity, Topic, rule

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


@rule(Severity.WARNING, topic=Topic.ORDER)
def check(stage: Stage) -> Iterator[Finding]:
    for position, copy in enumerate(stage.steps):
        wide = _source(copy) if isinstance(copy, (Copy, Add)) else None
        found = _install_behind(stage, position, wide) if wide is not None else None
        if wide is None or found is None:
            continue
        install, files = found
        source = stage.build.source
        line = source.line_of(install.call.span.start) + 1
        yield Finding(
            copy.span,
            "Every edit of the source repeats the install of line {line}: copy {files} first, {install}, then copy the rest.",
            _fix(stage, position, install, files, wide),
            {"line": line, "files": " and ".join(files), "install": f"install{_without_project(install)}"},
            (Related(install.call.span, "installs from what is copied here"),),
        )


def _without_project(install: Installation) -> str:
    """The flag by which the manager would install without the project itself."""
    flags = WITHOUT_PROJECT.get(install.call.meaning.manager)
    return f" with {flags[0]}" if flags and install.needs_source else ""


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


def _fix(stage: Stage, position: int, install: Installation, files: list[str], wide: str) -> Fix | None:
    copy, run = stage.steps[position], install.run
    instruction, source = copy.instruction, stage.build.source
    between = stage.steps[position + 1 : stage.steps.index(run)]
    absolute_target = (copy.values[-1] or "").startswith("/")
    if not instruction.words or instruction.comments or instruction.heredocs or install.needs_source:
        return None
    if not _only_installs(run) or not all(
        (isinstance(step, _KEEPS) and (absolute_target or not isinstance(step, Workdir)))
        or (isinstance(step, Run) and _only_installs(step, but=True))
        for step in between
    ):
        return None
    behind = Edit(Span(run.span.end, run.span.end), f"{line_end(stage.build)}{source[copy.span]}")
    if _is_there(stage.steps[:position], install):
        edits = (Edit(instruction.extent, ""), behind)
        return Fix("Copy the source after the install", edits, Safety.UNSAFE, reorders=True)
    folders = {posixpath.dirname(file) for file in files}
    if len(folders) > 1:
        return None
    folder = folders.pop()
    # A requirements file in a folder of its own often includes others beside it.
    taken = [folder] if "req" in folder and not install.in_folder else files
    target = instruction.words[-1].text
    into = posixpath.join(
        target.rstrip("/") or "/", posixpath.relpath(folder or ".", wide or "."), ""
    ).replace("/./", "/")
    edits = (Edit(instruction.arguments_span, " ".join((*taken, into))), behind)
    flags = (source[flag.span] for flag in instruction.flags)
    adds = (instruction.keyword, *flags, *taken, into)
    return Fix(f"Copy {' and '.join(taken)} first", edits, Safety.UNSAFE, adds, reorders=True)


def _is_there(steps: list[Step], install: Installation) -> bool:
    """Whether earlier steps copy what the install reads."""
    there = [
        any(
            covers(path, file)
            for step in steps
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
