"""Reports for people and for programs: one module a format, each with `report(checked)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..text import Source

if TYPE_CHECKING:
    from ..lint import Diagnostic


class Checked(NamedTuple):
    """A file and what was found in it, in order of position."""

    source: Source
    diagnostics: tuple[Diagnostic, ...]


Report = Callable[[Iterable[Checked]], Iterator[str]]
"""Makes the pieces of a report, each as soon as its files are checked."""


def plain(text: str) -> str:
    """`text` as every program can read it: what was not UTF-8 becomes U+FFFD."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)
