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
    return [found for name, text in texts for found in conversions.outcomes_of(Source(text, name))]


@pytest.fixture(scope="module")
def python(outcomes: list[conversions.Outcome]) -> list[conversions.Outcome]:
    return [each for each in outcomes if each.language == "Python"]


def test_about_half_of_real_files_convert(python: list[conversions.Outcome]) -> None:
    assert len(python) > 200
    assert sum(not each.reason for each in python) / len(python) > 0.45


def test_most_files_on_an_image_of_python_3_convert(python: list[conversions.Outcome]) -> None:
    converted = [not each.reason for each in python if conversions.on_python3(each)]
    assert sum(converted) / len(converted) > 0.7


def test_files_of_other_languages_convert_too(corpus: list[Path]) -> None:
    """Few files of one stage build in them: all are looked at."""
    texts = ((path.name, path.read_bytes().decode("utf-8", "surrogateescape")) for path in corpus)
    found = [
        each.language
        for name, text in texts
        if any(word in text for word in ("golang", "cargo", "java"))
        for each in conversions.outcomes_of(Source(text, name))
        if not each.reason
    ]
    assert found.count("Go") > 3
    assert found.count("Java") > 3


def test_conversions_have_no_new_problem_and_one_more_stage(outcomes: list[conversions.Outcome]) -> None:
    for each in outcomes:
        if each.text:
            file = parse(each.text)
            assert not file.problems, each.name
            assert [instruction.keyword for instruction in file.instructions].count("FROM") == 2, each.name


def test_table(python: list[conversions.Outcome]) -> None:
    lines = list(conversions.table(python))
    rows = [int(line.split("|")[2]) for line in lines if line.startswith("| ") and line[-3].isdigit()]
    assert sum(rows) - rows[1] == len(python), "each file stands in one row, those that leave packages in two"
