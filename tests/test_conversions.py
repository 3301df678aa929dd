"""How many real files convert to several stages, on a sample; `tools/conversions.py` counts them all."""

from __future__ import annotations

from pathlib import Path

import conversions
import pytest

from lightship.syntax.dockerfile import parse
from lightship.text import Source


@pytest.fixture(scope="module")
def outcomes(corpus: list[Path]) -> list[conversions.Outcome]:
    """Of every fifth file."""
    texts = ((path.name, path.read_bytes().decode("utf-8", "surrogateescape")) for path in corpus[::5])
    return [found for name, text in texts if (found := conversions.outcome(Source(text, name)))]


def test_about_half_of_real_files_convert(outcomes: list[conversions.Outcome]) -> None:
    assert len(outcomes) > 200
    assert sum(not each.reason for each in outcomes) / len(outcomes) > 0.45


def test_most_files_on_an_image_of_python_3_convert(outcomes: list[conversions.Outcome]) -> None:
    converted = [not each.reason for each in outcomes if conversions.on_python3(each)]
    assert sum(converted) / len(converted) > 0.7


def test_conversions_have_no_new_problem_and_one_more_stage(outcomes: list[conversions.Outcome]) -> None:
    for each in outcomes:
        if each.text:
            file = parse(each.text)
            assert not file.problems, each.name
            assert [instruction.keyword for instruction in file.instructions].count("FROM") == 2, each.name


def test_table(outcomes: list[conversions.Outcome]) -> None:
    lines = list(conversions.table(outcomes))
    rows = [int(line.split("|")[2]) for line in lines if line.startswith("| ") and line[-3].isdigit()]
    assert sum(rows) - rows[1] == len(outcomes), (
        "each file stands in one row, those that leave packages in two"
    )
