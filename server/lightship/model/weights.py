"""How many bytes a step adds to an image, as far as that is known without building it.

Debian's packages are known by name (`knowledge.sizes`, Debian 12), files of the build context by their size. What
pip and others bring is not known.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import NamedTuple

from ..context import BuildContext
from ..knowledge import images, sizes
from ..knowledge.packages import APT_FAMILY, SYSTEM, Action
from . import copies, layers
from .build import Add, Build, Copy, Run, Step

_MOST_FILES = 2_000
"""Of a folder with more nothing is said: an editor asks while somebody types."""
_FETCHERS = frozenset(("curl", "wget", "git", "tar", "make", "unzip", "npm", "go", "cargo", "mvn", "gradle"))


class Weight(NamedTuple):
    """Bytes: about so many, or at least so many where something else comes with them."""

    size: int
    whole: bool

    @property
    def shown(self) -> str:
        return f"{'≈' if self.whole else '≥'} {sizes.human(self.size)}"


def base(build: Build, image: str | None) -> Weight | None:
    """The size of a base image."""
    reference = images.parse(image or "")
    known = images.SLIM.get(images.official(reference) or "") if reference else None
    if reference is None or known is None:
        return None
    parts = (reference.tag or "latest").split("-")
    if "slim" in parts:
        return Weight(known.slim, True) if known.slim else None
    return Weight(known.full, True) if known.full and images.slim_tag(reference) else None


def added(build: Build, step: Step, context: BuildContext | None = None) -> Weight | None:
    """What a step adds; None where nothing of it is known. Files need the `context` they come from."""
    if isinstance(step, Run):
        return _run(build, step)
    if isinstance(step, (Copy, Add)) and context:
        return _copied(step, context)
    return None


def _run(build: Build, run: Run) -> Weight | None:
    left = layers.history(build).left.get(run, ())
    lists = any(each.kind is layers.Kind.CACHE and each.name == layers.APT_LISTS for each in left)
    packages = [
        each
        for each in left
        if each.kind is layers.Kind.PACKAGE and each.call and each.call.meaning.manager in APT_FAMILY
    ]
    total, whole = 0, not _brings_more(run)
    if packages and _is_slim_debian(run.stage.base) and not _installed_before(build, run):
        calls = {id(each.call): each.call for each in packages if each.call}
        heaviest = 0
        for key, call in calls.items():
            names = [each.name for each in packages if id(each.call) == key]
            size = sizes.closure_size(names, not call.meaning.skips_recommended)
            heaviest = max(heaviest, size or 0)
            whole = whole and len(names) == 1 and size is not None
        total, whole = heaviest, whole and len(calls) == 1
    elif packages:
        whole = False
    name = _official(run.stage.base)
    if lists and (name in ("debian", "ubuntu") or name in images.SLIM):
        total += sizes.APT_LISTS  # Debian's; Ubuntu has more of them
        whole = whole and name != "ubuntu"
    return Weight(total, whole) if total else None


def _installed_before(build: Build, run: Run) -> bool:
    """Whether a RUN above has brought packages, which may be what those of this one need."""
    left = layers.history(build).left
    return any(
        each.kind is layers.Kind.PACKAGE
        for stage in run.stage.lineage
        for step in stage.steps
        if step.span.start < run.span.start
        for each in left.get(step, ())
    )


def _brings_more(run: Run) -> bool:
    """Whether a RUN does what may add bytes that nobody here knows of."""
    if run.script is None or any(
        call.meaning.action is not Action.UPDATE and call.meaning.manager not in SYSTEM for call in run.calls
    ):
        return True
    return any(command.name in _FETCHERS for command in run.commands)


def _is_slim_debian(image: str | None) -> bool:
    """Whether the image has little more than Debian has: what packages need is not there yet."""
    reference = images.parse(image or "")
    name = images.official(reference) if reference else None
    parts = (reference.tag or "").split("-") if reference else []
    return name == "debian" or (name in images.SLIM and "slim" in parts)


def _official(image: str | None) -> str | None:
    reference = images.parse(image or "")
    return images.official(reference) if reference else None


def _copied(step: Copy | Add, context: BuildContext) -> Weight | None:
    if step.instruction.flag("from") or step.instruction.flag("exclude") or step.instruction.heredocs:
        return None
    sources = list(copies.sources(step))
    if not sources or len(sources) < len(step.sources):
        return None
    total = 0
    for source in sources:
        if source.pattern or re.search(r"\.(tar|tgz|gz|bz2|xz|zst)", source.path):
            return None
        if not context.exists(source.path):
            return None
        if context.is_folder(source.path):
            found = list(islice(context.files(source.path), _MOST_FILES + 1))
            if len(found) > _MOST_FILES:
                return None
            total += sum(size for _, size in found)
        elif not context.leaves_out(source.path):
            folder, _, name = source.path.rpartition("/")
            total += context.entries(folder).get(name) or 0
    return Weight(total, True)
