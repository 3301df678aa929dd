"""Editable installs point back to their source: it is shipped as the build stage leaves it, at the same place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...knowledge.requirements import Requirement
from ...model.build import Add, Copy, PackageCall, Run, Stage
from ...model.paths import Reader, absolute, working_directory
from ...model.requirements import file_of, lines_of
from ..parts import Declined
from ..plan import Plan
from ..roles import Role
from ..texts import line_of

_REPOSITORY = re.compile(r"(git|hg|svn|bzr)\+")
_SHARED = re.compile(r"/(usr|bin|sbin|lib|etc|tmp|dev|proc|sys|run)(/|\Z)|/(opt|home|root|var|srv|mnt)?\Z")


def plan_editable(stage: Stage, plan: Plan, calls: Sequence[tuple[Run, PackageCall]]) -> None:
    """Fill in the folders that are taken from the build stage, and the COPYs that they replace."""
    for run, call in calls:
        for folder in _sources(run, call):
            if not folder or not folder.startswith("/") or "$" in folder or _SHARED.match(folder):
                raise Declined(
                    f"the source of the editable install in line {line_of(stage.build, run)} is not known"
                )
            _take(stage, plan, run, folder)


def _sources(run: Run, call: PackageCall) -> Iterator[str | None]:
    """The folders that a command installs in place; None for one that is not known."""
    reader = Reader(run)
    for command in reader.commands():
        if command is not call.command:
            continue
        if call.meaning.name == "develop":
            yield reader.folder
        for flag in call.meaning.flags:
            if flag.name != "--editable":
                continue
            if flag.value is None or flag.value_index is None or "://" in flag.value:
                if not flag.value or not _REPOSITORY.match(flag.value):
                    yield None
                continue
            yield _folder(flag.value.strip("'\""), reader.folder)
        for name in _listed(run, call):
            yield _folder(name, reader.folder)


def _folder(path: str, folder: str | None) -> str | None:
    path = re.sub(r"\[[\w,.-]*\]\Z", "", path)
    return None if "$" in path or path.startswith("~") else absolute(path, folder)


def _listed(run: Run, call: PackageCall) -> Iterator[str]:
    """The folders that its files of requirements install in place, as written there."""
    context = run.stage.build.context
    for index in call.meaning.requirements if context else ():
        path = file_of(call.command.values[index], run, context) if context else None
        for line in lines_of(path, context) if path and context else ():
            if isinstance(line, Requirement) and line.editable and not line.remote:
                yield line.name


def _take(stage: Stage, plan: Plan, run: Run, folder: str) -> None:
    """Take `folder` from the build stage instead of the COPYs into it, which nothing may have changed since."""
    owned: set[str] = set()
    for step in reversed(stage.steps[1 : stage.steps.index(run) + 1]):
        if isinstance(step, Run) and _changes_files(step, plan, run):
            break
        if isinstance(step, Copy | Add):
            target = absolute(step.target or "$", working_directory(step.state))
            if target and f"{target}/".startswith(f"{folder}/"):
                plan.covered.add(step)
                flag = step.instruction.flag("chown")
                owned.add(flag.value.text if flag and flag.value else "")
    if len(owned) != 1:
        raise Declined(f"{folder}, which is installed in place, is not only copied")
    plan.taken[folder] = next(iter(owned))


def _changes_files(run: Run, plan: Plan, install: Run) -> bool:
    """Whether it may do something to files, before the install where it is that one."""
    chain = plan.chains[run]
    if chain is None:
        return True
    roles = [member.role for member in chain]
    if run is install:
        roles = roles[: roles.index(Role.PACKAGES)]
    return any(role in (Role.FILES, Role.UNKNOWN, Role.ACCOUNT) for role in roles)
