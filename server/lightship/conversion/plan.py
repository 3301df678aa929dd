"""What a conversion to two stages keeps and leaves out, and what it needs to know of COPYs."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..knowledge import sizes
from ..knowledge.managers import APT_FAMILY, Action
from ..model.build import Add, Copy, Run, Step
from ..text import Edit
from .layout import Layout
from .parts import Member
from .tools import is_apt


@dataclass
class Plan:
    """What is where. Members are keys by identity."""

    chains: Mapping[Run, tuple[Member, ...] | None]
    layout: Layout
    first: int
    last: int
    """Indices of the first and the last step that make the environment or install Python packages."""
    owner: str = ""
    """Whom the environment belongs to, where that is not root."""
    root: bool = False
    """Whether the build stage has to say that it is root's."""
    understood: bool = True
    """Whether every command is known: others may need the index of system packages."""
    fetches: bool = False
    """Whether something else than an install may fetch a repository."""
    system: dict[Member, tuple[str, ...]] = field(default_factory=dict)
    """What each install of system packages is in the final stage."""
    dropped: set[str] = field(default_factory=set)
    """Packages that are not in the final stage, or not as they were."""
    shipped: set[str] = field(default_factory=set)
    """Those of them that the file does not remove itself."""
    removals: dict[Member, str] = field(default_factory=dict)
    """What each removal of system packages is in the final stage; '' where nothing is left to remove."""
    named: dict[Step, Edit] = field(default_factory=dict)
    """By which what is started at a path is started by its name."""
    covered: set[Step] = field(default_factory=set)
    """COPYs that a later one makes again."""
    taken: dict[str, str] = field(default_factory=dict)
    """Folders that are taken from the build stage, for what was installed in place, with their `--chown`."""


def folder_of(step: Copy) -> tuple[str | None, str] | None:
    """The working directory and, taken from there, the folder that a COPY writes to."""
    target = step.target
    if target is None:
        return None
    if not target.endswith("/") and posixpath.basename(target) not in (".", ""):
        single = step.sources[0] or "" if len(step.sources) == 1 else ""
        if posixpath.basename(target) == posixpath.basename(single):
            target = posixpath.dirname(target) or "."
    if target.startswith("/"):
        return None, posixpath.normpath(target)
    workdir = step.state.workdir
    if workdir:
        return None, posixpath.normpath(posixpath.join(workdir, target))
    return workdir, posixpath.normpath(target)


def copied_again(copy: Copy, later: Sequence[Step]) -> bool:
    """Whether the next COPY or ADD behind it is of the whole context, to the same folder."""
    for step in later:
        if isinstance(step, Copy | Add):
            return (
                isinstance(step, Copy)
                and step.from_context
                and step.sources in ((".",), ("./",))
                and folder_of(step) == folder_of(copy)
            )
        if isinstance(step, Run):
            return False
    return False


def saved(plan: Plan) -> int:
    """Bytes of build packages that are in a layer now. What its own RUN removes again is in none."""
    shipped: set[str] = set()
    for member in plan.system:
        if is_apt(member.call) and member.call:
            gone = {
                name for call in member.run.calls_to(APT_FAMILY, Action.REMOVE) for name in call.meaning.names
            }
            shipped |= {*member.call.meaning.names} & plan.dropped - gone
    return sizes.closure_size(shipped, recommends=False) or 0
