"""What was worked out for a text is kept as long as there is room, counted in characters.

`lru_cache` counts results: of a script of ten thousand characters, each keystroke makes a new one, and four thousand of
those take gigabytes. For one thread at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, TypeVarTuple, cast

Ts = TypeVarTuple("Ts")
R = TypeVar("R")

_LEAST = 200
"""Characters that a result counts for at least."""
_MISSING = object()


class Remembered(Generic[*Ts, R]):
    """A function of a text, its first argument, that remembers its results for so many characters: the last used."""

    def __init__(self, function: Callable[[*Ts], R], most: int) -> None:
        self._function, self._most = function, most
        self.cache_clear()

    def __call__(self, *arguments: *Ts) -> R:
        found = self._known.pop(arguments, _MISSING)
        if found is _MISSING:
            found = self._function(*arguments)
            self._room -= _size(arguments)
            while self._room < 0 and self._known:
                oldest = next(iter(self._known))
                del self._known[oldest]
                self._room += _size(oldest)
        self._known[arguments] = found
        return cast(R, found)

    def cache_clear(self) -> None:
        self._known: dict[tuple[object, ...], object] = {}
        self._room = self._most

    def cache_parameters(self) -> dict[str, int]:
        return {"most": self._most}


def remembered(most: int) -> Callable[[Callable[[*Ts], R]], Remembered[*Ts, R]]:
    """Decorates a function of a text and of what else can be a key, all of it given in order."""
    return lambda function: Remembered(function, most)


def _size(arguments: tuple[object, ...]) -> int:
    return max(len(cast(str, arguments[0])), _LEAST)
