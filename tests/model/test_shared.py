"""A mapping that shares what it holds, against dictionaries that are copied."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lightship.model.shared import Shared

steps = st.lists(
    st.tuples(st.integers(0, 100), st.dictionaries(st.sampled_from("abc"), st.integers(), max_size=2)),
    max_size=30,
)
"""Which of the versions so far is gone on from, and what is new in the next one."""


@given(steps)
def test_each_version_holds_what_a_copy_would(steps: list[tuple[int, dict[str, int]]]) -> None:
    pairs: list[tuple[Shared[int], dict[str, int]]] = [(Shared(), {})]
    for place, new in steps:
        shared, copied = pairs[place % len(pairs)]
        pairs.append((shared.plus(new), copied | new))
    for shared, copied in pairs:
        assert dict(shared) == copied
        assert len(shared) == len(copied)
        for name in "abcd":
            assert shared.find(name) == copied.get(name)
            assert (name in shared) == (name in copied)
            assert shared.get(name, 7) == copied.get(name, 7)


def test_a_line_of_versions_holds_each_value_once() -> None:
    version: Shared[int] = Shared()
    for number in range(5000):
        version = version.plus({str(number): number})
    assert sum(len(numbers) for numbers, _ in version._set.values()) == 5000
    assert version["17"] == 17
