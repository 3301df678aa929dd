"""Patterns are compiled late, so a wrong one would be found late: here all of them are compiled."""

from __future__ import annotations

import importlib
import pkgutil

import lightship
from lightship import regex


def test_every_pattern_compiles() -> None:
    patterns = []
    for module in pkgutil.walk_packages(lightship.__path__, "lightship."):
        if module.name.endswith("__main__"):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            patterns += [each for each in (value, *_inside(value)) if isinstance(each, regex._Lazy)]
    assert len(patterns) > 100
    for pattern in patterns:
        assert pattern.pattern is not None


def _inside(value: object) -> tuple[object, ...]:
    return tuple(value.values()) if isinstance(value, dict) else ()


def test_a_pattern_is_one_of_res() -> None:
    pattern = regex.compile(r"(a)b", 2)
    assert pattern.fullmatch("AB")
    assert pattern.sub("x", "zab") == "zx"
    assert pattern.groups == 1
