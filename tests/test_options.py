"""What a rule's options may hold, and how it is told in words, in a schema and in TOML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from lightship import options
from lightship.options import option


@dataclass(frozen=True)
class Options:
    some_flag: bool = option(False, "A flag.", hadolint=True)
    count: int = option(3, "A number.")


@pytest.mark.parametrize(
    ("kind", "right", "wrong", "words"),
    [
        (bool, [True, False], [0, 1, "true", None], "true or false"),
        (int, [0, -1], [True, 1.0, "1"], "a whole number"),
        (str, ["", "a"], [1, ["a"]], "a string"),
        (Literal["a", "b"], ["a"], ["c", 1, []], 'one of "a", "b"'),
        (tuple[str, ...], [[], ["a"], ("a",)], ["a", [1], {"a": 1}], "a list, each element a string"),
        (Mapping[str, int], [{}, {"a": 1}], [{"a": "b"}, []], "a table, each value a whole number"),
    ],
    ids=str,
)
def test_kinds(kind: Any, right: list[object], wrong: list[object], words: str) -> None:
    from jsonschema import Draft7Validator

    validator = Draft7Validator(options.schema(kind))
    assert all(options.fits(kind, value) for value in right)
    assert not any(options.fits(kind, value) for value in wrong)
    assert all(validator.is_valid(list(value) if isinstance(value, tuple) else value) for value in right)
    # JSON has one kind of number.
    assert not any(validator.is_valid(value) for value in wrong if value != 1.0 or value is True)
    assert options.words(kind) == words


def test_defaults() -> None:
    assert options.make(Options, None, {}) == Options(some_flag=False, count=3)
    assert options.make(Options, "hadolint", {"count": 1}) == Options(some_flag=True, count=1)
    assert options.make(Options, "hadolint", {"some_flag": False}) == Options(some_flag=False, count=3)
    assert list(options.options(Options)) == ["some-flag", "count"]
