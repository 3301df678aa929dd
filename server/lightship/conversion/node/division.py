"""Tells what of a stage that builds an app of Node's is done in the build stage, in the final one, or in both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ...knowledge import images, node
from ...knowledge.managers import SYSTEM
from ...model.build import Add, Copy, Run, Stage, Step, Workdir
from ..parts import Declined, Member
from ..roles import Role
from ..texts import line_of, shown
from .project import Place, elsewhere, named, place_of, target_of, within
from .roles import Chain, Chains, cleans

_SETS_UP = frozenset(("mkdir", "chown", "chgrp", "chmod"))
"""What prepares a folder before anything is in it."""
_TELLS = frozenset(("echo", "printf", "ls", "pwd", "true", ":"))
"""What only prints something."""


@dataclass
class Division:
    """What is done where, of the steps up to `last`. In the build stage is all but `late`; in the final stage all but
    what is `covered`, and what has the role `PACKAGES` in `chains`: what comes of it is in the folder `project`."""

    project: str
    chains: dict[Run, Chain]
    last: int
    covered: set[Step] = field(default_factory=set)
    late: set[Member] = field(default_factory=set)
    """Behind the last command that works on the project, what has to do with something else."""
    late_needs_project: bool = False


def divided(stage: Stage, chains: Chains, project: str) -> Division:
    """`chains` with the role `PACKAGES` for whatever is done to the project up to its last command."""
    last = max(
        index for index, step in enumerate(stage.steps) if isinstance(step, Run) and builds(chains[step])
    )
    found = Division(project, dict(chains), _end(stage, chains, project, last))
    walk = _Walk(found)
    for index, step in enumerate(stage.steps[: found.last + 1]):
        if isinstance(step, Workdir):
            after = stage.steps[index + 1].state.workdir
            walk.exists = walk.exists or bool(after and within(after, project))
        elif isinstance(step, (Copy, Add)):
            walk.copy(step)
        elif isinstance(step, Run):
            walk.run(step, chains[step], index >= last)
    if not walk.exists and not all(map(_is_root, stage.steps[: found.last + 1])):
        raise Declined(f"whom {project} belongs to is not known")
    return found


def builds(chain: Chain) -> bool:
    """Whether it has a command that works on the project."""
    return any(member.role is Role.PACKAGES for member in chain or ())


def _is_root(step: Step) -> bool:
    reference = images.parse(step.stage.base or "")
    default = images.default_user(reference) if reference else None
    return images.runs_as_root(step.state.user or default or "?")


def _end(stage: Stage, chains: Chains, project: str, last: int) -> int:
    """The step `last`, or the last RUN of those behind it, before files are copied, that have to do with the project
    alone."""
    for index, step in enumerate(stage.steps[last + 1 :], last + 1):
        if isinstance(step, Run):
            chain = chains[step]
            if not chain or not all(_is_inside(step, each, project) for each in chain):
                break
            last = index
        elif isinstance(step, (Copy, Add)):
            break
    return last


def _is_inside(run: Run, member: Member, project: str) -> bool:
    paths = {*named(run, member)}
    return member.role in (Role.CLEAN, Role.STATE) or (
        _acts(run, member)
        and place_of(run, member, project) is Place.INSIDE
        and (project not in paths or len(paths) == 1)
    )


def _acts(run: Run, member: Member) -> bool:
    """Whether its role does not tell yet where it belongs."""
    managers = {call.meaning.manager for call in run.calls if call.command in member.commands}
    return member.role in (Role.FILES, Role.ACCOUNT, Role.UNKNOWN) and not managers & (SYSTEM | node.MANAGERS)


@dataclass
class _Walk:
    """What is known on the way from step to step. `filled`: there is something in the project's folder. `exists`:
    something in the final stage makes that folder."""

    it: Division
    filled: bool = False
    exists: bool = False

    def copy(self, step: Copy | Add) -> None:
        target = target_of(step)
        if target is None:
            raise Declined(f"where line {line_of(step.stage.build, step)} copies to is not known")
        if within(target, self.it.project):
            self.it.covered.add(step)
            self.filled = True

    def run(self, run: Run, chain: Chain, ends: bool) -> None:
        """`ends`: it is the last that works on the project, or comes later."""
        if chain is None:
            inside = within(run.state.workdir or self.it.project, self.it.project)
            if self.filled and (inside or self.it.project in shown(run)):
                raise Declined(f"the commands in line {line_of(run.stage.build, run)} are not a plain list")
            return
        behind = max((at for at, member in enumerate(chain) if member.role is Role.PACKAGES), default=-1)
        self.it.chains[run] = tuple(self._members(run, chain, behind, ends))

    def _members(self, run: Run, chain: tuple[Member, ...], behind: int, ends: bool) -> Iterator[Member]:
        for at, member in enumerate(chain):
            if member.role is Role.PACKAGES and (other := elsewhere(run, member, self.it.project)):
                raise Declined(f"line {line_of(run.stage.build, run)} may write to {other}")
            if ends and at > behind and _acts(run, member):
                place = place_of(run, member, self.it.project)
                if place is Place.INSIDE and self._is_partly_about(run, member):
                    place |= Place.AROUND
                if self.it.late_needs_project or place is not Place.INSIDE:
                    self.it.late.add(member)
                    self.it.late_needs_project |= place not in (Place.NOWHERE, Place.OUTSIDE)
                    yield member
                    continue
            if (
                member.role is Role.PACKAGES
                or cleans(member, member.role)
                or self._only_built(run, member, behind)
            ):
                self.filled = True
                yield replace(member, role=Role.PACKAGES)
            else:
                yield member

    def _is_partly_about(self, run: Run, member: Member) -> bool:
        """Whether it names the project's folder, and something in it."""
        paths = [*named(run, member)]
        return self.it.project in paths and any(path != self.it.project for path in paths)

    def _only_built(self, run: Run, member: Member, behind: int) -> bool:
        """Whether what a member does is done in the build stage alone, and not in both."""
        if not _acts(run, member):
            return False
        project = self.it.project
        place = place_of(run, member, project)
        name = member.commands[0].name if member.commands else ""
        paths = [*named(run, member)]
        if place in (Place.NOWHERE, Place.OUTSIDE):
            return behind >= 0 and all(command.name in _TELLS for command in member.commands)
        if name in _SETS_UP and not self.filled:
            makes = name == "mkdir" and any(path and within(path, project) for path in paths)
            self.exists = self.exists or makes
            return False
        if name in ("mkdir", "ln") or (name in _SETS_UP and place is Place.INSIDE and project not in paths):
            return place is Place.INSIDE
        if name in _SETS_UP:  # a COPY makes the project's folder itself anew, as root's
            if not self.exists or (place is Place.INSIDE and self._is_partly_about(run, member)):
                raise Declined(f"whom {project} belongs to is not known")
            return False
        moves = name in ("rm", "rmdir", "mv") and project in paths
        if place is Place.INSIDE and member.role is not Role.UNKNOWN and not moves:
            return True
        if place is Place.AROUND and not self.filled:
            return False
        raise Declined(f"what line {line_of(run.stage.build, run)} does in {project} is not known")
