"""What each language that can be converted to several stages provides.

The final stage of a file is a language's where it has `places` there. Each language has a module of its own, and
`convert_to_multi_stage` lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..model.build import Stage
from ..text import Span


class Conversion(NamedTuple):
    """The text of the whole file with one stage more.

    `kept` are the instructions, as they are to be written, that the new final stage must have in this order: it is
    checked that none is lost. `saves` is the least number of bytes by which the image shrinks, 0 where not known.
    """

    text: str
    kept: tuple[str, ...]
    saves: int = 0


class Language(NamedTuple):
    """`places` finds the RUNs of the final stage that install or build; `convert` raises `_parts.Declined`."""

    name: str
    places: Callable[[Stage], list[Span]]
    convert: Callable[[Stage], Conversion]
