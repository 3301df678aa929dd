"""What a COPY or ADD takes from the build context, and what of it nobody wants in an image."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from .. import regex
from ..context import BuildContext
from ..knowledge import clutter, secrets
from ..knowledge.sizes import human
from ..text import Span
from .build import Add, Copy, Step
from .wording import listed

_ELSEWHERE = regex.compile(r"<<|\w+://|git@|\w[\w.-]*\.git(#|\Z)")
_DEEPEST = 4
"""Folders below the one that is copied: deeper ones are not looked into."""
_MOST = 50_000
"""Files of one folder, beyond which their bytes are no longer counted."""
_HEAVY = 1_000_000
"""Bytes from which caches are worth a word."""


class Source(NamedTuple):
    """A source of a COPY in the build context: its path there, without slashes at its ends ('' for the root)."""

    path: str
    span: Span

    @property
    def pattern(self) -> bool:
        return bool(re.search(r"[*?\[]", self.path))

    @property
    def whole(self) -> bool:
        """Whether it is the whole build context."""
        return self.path in ("", "*")


class Clutter(NamedTuple):
    """A file or folder that an image can do without, and its bytes."""

    path: str
    size: int
    secret: bool


def sources(step: Step) -> Iterator[Source]:
    """Those sources of a COPY or ADD that come from the build context, as far as they are known."""
    if isinstance(step, (Copy, Add)) and not step.instruction.flag("from"):
        for value, span in zip(step.sources, step.operands, strict=False):
            if value and not _ELSEWHERE.match(value):
                yield Source(posixpath.normpath(f"/{value}").strip("/"), span)


def unwanted(context: BuildContext, folder: str) -> list[Clutter]:
    """The clutter below a folder of the context that .dockerignore lets through: credentials, then the largest."""
    found = list(_search(context, folder, _DEEPEST))
    light = [each for each in found if posixpath.basename(each.path) in clutter.CACHES]
    if sum(each.size for each in light) < _HEAVY:
        found = [each for each in found if each not in light]
    return sorted(found, key=lambda each: (not each.secret, -each.size, each.path))


def _search(context: BuildContext, folder: str, depth: int) -> Iterator[Clutter]:
    for name, size in context.entries(folder).items():
        path = posixpath.join(folder, name)
        if context.leaves_out(path):
            continue
        if size is not None:
            if secrets.file(path):
                yield Clutter(path, size, True)
        elif (
            name in clutter.ALWAYS or name in clutter.CACHES or clutter.is_environment(context.entries(path))
        ):
            total = sum(size for _, size in islice(context.files(path), _MOST))
            yield Clutter(path, total, False)
        elif secrets.file(path):
            yield Clutter(path, 0, True)
        elif depth:
            yield from _search(context, path, depth - 1)


def described(found: Iterable[Clutter]) -> str:
    """`.env (credentials), node_modules (120 MB) and 2 more`."""
    return listed(f"{it.path} ({'credentials' if it.secret else human(it.size)})" for it in found)
