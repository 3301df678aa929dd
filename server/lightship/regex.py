"""Regular expressions that are compiled when they are first used.

There are some two hundred, and a check of one file needs a few: compiling them all would take longer than
the check.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _Lazy:
    def __init__(self, pattern: str, flags: int) -> None:
        self._arguments = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._arguments)
        # From here on without a detour: what an instance has itself is found first.
        for method in ("match", "fullmatch", "search", "finditer", "findall", "split", "sub"):
            self.__dict__[method] = getattr(compiled, method)
        return getattr(compiled, name)


def compile(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, later: an error in the pattern shows at its first use."""
    return cast("re.Pattern[str]", _Lazy(pattern, flags))
