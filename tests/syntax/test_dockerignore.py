"""Patterns of a .dockerignore, as moby reads them."""

from __future__ import annotations

import pytest

from lightship.syntax.dockerignore import parse

PATTERNS = {
    "a/b": "a/b",
    "  a/b \t": "a/b",
    "/a/": "a",
    "//a": "a",
    "./a//b/../c": "a/c",
    "!a": "!a",
    "! /a/": "!a",
    "/": "/",
    ".": ".",
    " # a": "# a",
    "a # b": "a # b",
    "**/*.py[co]": "**/*.py[co]",
    "..": "..",
    "\\!a": "\\!a",
}


@pytest.mark.parametrize("line", PATTERNS)
def test_a_pattern_is_cleaned(line: str) -> None:
    (pattern,) = parse(line).patterns
    assert pattern.source == PATTERNS[line]
    assert line[slice(*pattern.span)] == line.strip()


def test_lines() -> None:
    text = "\ufeff# c\r\n\r\n *.log\r\n!keep.log\n#d"
    tree = parse(text)
    assert [(each.source, text[slice(*each.span)]) for each in tree.patterns] == [
        ("*.log", "*.log"),
        ("!keep.log", "!keep.log"),
    ]
    assert [(each.text, text[slice(*each.span)]) for each in tree.comments] == [("c", "# c"), ("d", "#d")]


def test_a_lone_exclamation_mark_is_refused() -> None:
    tree = parse("a\n!\nb")
    assert [each.source for each in tree.patterns] == ["a", "b"]
    assert [(each.message, tuple(each.span)) for each in tree.problems] == [
        ('illegal exclusion pattern: "!"', (2, 3))
    ]
