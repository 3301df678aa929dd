"""A rule is ignored in a settings file, and every other word of it stays."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightship.config_edits import ignoring
from lightship.text import apply

CASES = {
    "": 'ignore = ["X"]\n',
    "# ours\n": '# ours\nignore = ["X"]\n',
    'fail-on = "error"': 'fail-on = "error"\nignore = ["X"]\n',
    "ignore = []\n": 'ignore = ["X"]\n',
    "ignore = [ ]  # none\n": 'ignore = [ "X"]  # none\n',
    'ignore = ["a]"]\r\n': 'ignore = ["X", "a]"]\r\n',
    'ignore = [\n  "a", # because\n  "b"\n]\n': 'ignore = [\n  "X",\n  "a", # because\n  "b"\n]\n',
    'ignore = [ # all of\n  "a",\n]\n': 'ignore = [ "X", # all of\n  "a",\n]\n',
    '[severity]\nsudo = "off"\n': 'ignore = ["X"]\n\n[severity]\nsudo = "off"\n',
    "# ignore = [\nselect = ['a']\n": "# ignore = [\nselect = ['a']\nignore = [\"X\"]\n",
}
IN_PROJECT = {
    "[tool.lightship]": '[tool.lightship]\nignore = ["X"]\n',
    "[tool.lightship]\nselect = []\n[tool.x]\n": '[tool.lightship]\nignore = ["X"]\nselect = []\n[tool.x]\n',
    "[tool.ruff]\nignore = ['E5']\n[tool.lightship] # x\nignore = ['a']\n": (
        "[tool.ruff]\nignore = ['E5']\n[tool.lightship] # x\nignore = [\"X\", 'a']\n"
    ),
    "[tool]\nlightship.ignore = ['a']\n": "[tool]\nlightship.ignore = [\"X\", 'a']\n",
    "[tool.lightship.severity]\nsudo = 'off'\n": (
        "[tool.lightship.severity]\nsudo = 'off'\n\n[tool.lightship]\nignore = [\"X\"]\n"
    ),
    "[project]\n": '[project]\n\n[tool.lightship]\nignore = ["X"]\n',
}


@pytest.mark.parametrize("text", CASES)
def test_a_file_of_its_own(text: str) -> None:
    edit = ignoring(text, "X")
    assert edit
    assert apply(text, [edit]) == CASES[text]


@pytest.mark.parametrize("text", IN_PROJECT)
def test_a_section(text: str) -> None:
    edit = ignoring(text, "X", "tool", "lightship")
    assert edit
    assert apply(text, [edit]) == IN_PROJECT[text]


@pytest.mark.parametrize(
    "text", ['ignore = ["X"]\n', "ignore = 3\n", "ignore = 'X'\n", "a = \n", "ignore = {}\n"]
)
def test_what_it_leaves_alone(text: str) -> None:
    assert ignoring(text, "X") is None


@pytest.mark.parametrize("text", ["tool = {}\n", "tool = 3\n", "[tool]\nlightship = {select = []}\n"])
def test_forms_that_it_does_not_know(text: str) -> None:
    assert ignoring(text, "X", "tool", "lightship") is None


PIECES = st.sampled_from(
    (
        "ignore", " = ", "[", "]", '"a"', ",", "\n", "\r\n", "# c", "[tool.lightship]", "'''", "x = 1", ".", "{", "}",
        "é", "ignore = [", '["b"]\n',
    )
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("".join))
def test_nothing_else_changes(text: str) -> None:
    for section in ((), ("tool", "lightship")):
        edit = ignoring(text, "X", *section)
        if edit:
            before, after = tomllib.loads(text), tomllib.loads(apply(text, [edit]))
            for key in section:
                before, after = before.get(key, {}), after[key]
            assert after.pop("ignore") == ["X", *before.pop("ignore", [])]
            assert after == before
