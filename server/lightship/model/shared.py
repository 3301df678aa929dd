"""A mapping that never changes, and that shares what it holds with the ones that are made of it.

Each ENV of a Dockerfile makes a new scope of all variables: copied, they would take memory that grows with the
square of the file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

V = TypeVar("V")


class Shared(Mapping[str, V]):
    """One version of a mapping from names to values.

    All versions of a line share a dictionary from each name to the numbers of the versions that set it, ascending,
    and the values that they set. Whoever sees version 5 does not see what version 6 has set.
    """

    __slots__ = ("_newest", "_number", "_set")

    def __init__(self, items: Iterable[tuple[str, V]] = ()) -> None:
        self._set: dict[str, tuple[list[int], list[V]]] = {name: ([0], [value]) for name, value in items}
        self._number = 0
        self._newest = [0]

    def plus(self, items: Mapping[str, V]) -> Shared[V]:
        """The next version. What follows the newest one costs its own items; a branch off an older one, a copy."""
        parent = self if self._number == self._newest[0] else Shared(self.items())
        made: Shared[V] = Shared.__new__(Shared)
        made._set, made._newest = parent._set, parent._newest
        made._number = made._newest[0] = parent._number + 1
        for name, value in items.items():
            numbers, values = made._set.setdefault(name, ([], []))
            numbers.append(made._number)
            values.append(value)
        return made

    def find(self, name: str) -> V | None:
        """The value of a name, None where it has none."""
        found = self._set.get(name)
        if found is None:
            return None
        numbers, values = found
        if numbers[-1] <= self._number:
            return values[-1]
        place = bisect_right(numbers, self._number)
        return values[place - 1] if place else None

    def __getitem__(self, name: str) -> V:
        found = self.find(name)
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        found = self._set.get(name)  # type: ignore[call-overload]
        return found is not None and found[0][0] <= self._number

    def __iter__(self) -> Iterator[str]:
        return (name for name, (numbers, _) in self._set.items() if numbers[0] <= self._number)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"Shared({dict(self)!r})"
