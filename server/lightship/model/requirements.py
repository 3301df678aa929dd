"""The files of requirements that an install reads, as the build context has them."""

from __future__ import annotations

import posixpath
import re

from ..context import BuildContext
from ..knowledge.requirements import Include, Line, read
from .build import Run
from .copies import sources


def file_of(word: str, run: Run, context: BuildContext) -> str | None:
    """The file of the build context that stands behind a name in the image; None where there is none."""
    value = re.sub(r"^(--requirements?=|--constraints?=|-r|-c)", "", word)
    name = posixpath.basename(value)
    copied = [
        source.path
        for stage in run.stage.lineage
        for step in stage.steps
        if step.span.start < run.span.start
        for source in sources(step)
        if posixpath.basename(source.path) == name
    ]
    mounted = [mount.options.get("source", "") for mount in run.mounts if mount.kind == "bind"]
    bound = [path for path in mounted if posixpath.basename(path) == name]
    return next((path for path in (*copied, *bound, value, name) if context.text(path) is not None), None)


def lines_of(path: str, context: BuildContext) -> list[Line]:
    """The lines of a file and of those that it includes, each file once; constraints apart."""
    found: list[Line] = []
    waiting, seen = [posixpath.normpath(path)], set[str]()
    while waiting:
        if (path := waiting.pop(0)) in seen:
            continue
        seen.add(path)
        for each in read(context.text(path) or ""):
            if not isinstance(each, Include):
                found.append(each)
            elif not each.constraints:
                waiting.append(posixpath.normpath(posixpath.join(posixpath.dirname(path), each.path)))
    return found
