"""How many bytes a step adds to an image, as far as that is known without building it.

Debian's packages are known by name (`knowledge.sizes`, Debian 12), files of the build context by their size. What
pip and others bring is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ..context import BuildContext
from ..knowledge import images, sizes
from ..knowledge.lifecycle import lifecycle
from ..knowledge.packages import APT_FAMILY, SYSTEM, Action
from . import copies, layers
from .build import Add, Build, Copy, Run, Step

_MOST_FILES = 2_000
"""Of a folder with more nothing is said: an editor asks while somebody types."""
_FETCHERS = frozenset(("curl", "wget", "git", "tar", "make", "unzip", "npm", "go", "cargo", "mvn", "gradle"))


Contents = Sequence[layers.Content]


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


def of_packages(image: str | None, names: Iterable[str], recommends: bool) -> str:
    """What packages of Debian's bring at least on an image, in words; '' where that is not known, or where the image
    is full of such packages itself."""
    reference = images.parse(image or "")
    size = sizes.closure_size(names, recommends)
    if size is None or (reference and images.is_full(reference)):
        return ""
    releases = (
        {each.release for each in lifecycle(reference) if each.product == "debian"} if reference else set()
    )
    known = _is_slim_debian(image) and releases <= {"12"}
    return sizes.human(size) if known else f"{sizes.human(size)} (on Debian 12)"


def _run(build: Build, run: Run) -> Weight | None:
    left = layers.history(build).left.get(run, ())
    packages = _packages(build, run, left)
    lists = _lists(build, run, left)
    total = packages.size + lists.size
    return Weight(total, packages.whole and lists.whole and not _brings_more(run)) if total else None


def _packages(build: Build, run: Run, left: Contents) -> Weight:
    """At least what the heaviest of the commands that install brings: they may share what their packages need."""
    found = [
        (each.name, each.call)
        for each in left
        if _is_package(each) and each.call and each.call.meaning.manager in APT_FAMILY
    ]
    if not found or not _is_slim_debian(run.stage.base) or any(map(_is_package, _above(build, run))):
        return Weight(0, not found)
    known = [
        sizes.closure_size(
            [name for name, other in found if other is call], not call.meaning.skips_recommended
        )
        for call in {id(call): call for _, call in found}.values()
    ]
    return Weight(max(size or 0 for size in known), len(found) == 1 and known[0] is not None)


def _lists(build: Build, run: Run, left: Contents) -> Weight:
    """The index of apt's packages, where it stays and is not there already. It is Debian's: Ubuntu's is larger."""
    if not any(map(_is_lists, left)) or any(map(_is_lists, _above(build, run))):
        return Weight(0, True)
    name = _official(run.stage.base)
    if name == "ubuntu" or name in images.SLIM:
        return Weight(sizes.APT_LISTS, name != "ubuntu")
    return Weight(0, False)


def _is_package(content: layers.Content) -> bool:
    return content.kind is layers.Kind.PACKAGE


def _is_lists(content: layers.Content) -> bool:
    return content.kind is layers.Kind.CACHE and content.name == layers.APT_LISTS


def _above(build: Build, run: Run) -> Iterator[layers.Content]:
    """What the layers hold that a RUN stands on: what it fetches again may be there already."""
    left = layers.history(build).left
    for stage in run.stage.lineage:
        for step in stage.steps:
            if step.span.start < run.span.start:
                yield from left.get(step, ())


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
