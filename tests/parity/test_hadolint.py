"""The preset for hadolint reports what hadolint reports, on the same lines.

`hadolint.txt` holds its answers for every fourth file of the corpus, as `tools/parity.py --record` writes them;
`hadolint_cases.txt` for small texts that have every code: a text to a line, escaped as in Python, and behind tabs the
`.hadolint.yaml`, the answer, and ours where it differs on purpose (`-` for none; `docs/parity.md` says why). All of them come from
hadolint 2.15.1, which is asked again where it is installed.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

import parity
from lightship.config import OFF, Settings
from lightship.lint import check
from lightship.model import analyze
from lightship.presets import PRESETS
from lightship.sources.hadolint import parse
from lightship.text import Source
from parity import SETTINGS, TOOL, Lines, compare, read, report, write

FOLDER = Path(__file__).parent
FLOOR = 0.98


class Case(NamedTuple):
    text: str
    yaml: str
    answer: str
    on_purpose: str = ""

    @property
    def expected(self) -> str:
        return self.on_purpose.strip("-") or ("" if self.on_purpose else self.answer)

    @property
    def settings(self) -> Settings:
        settings, problems = parse(self.yaml, ".hadolint.yaml")
        assert not problems
        return settings.over(SETTINGS)


def _case(line: str) -> Case:
    escaped, *rest = line.split("\t")
    return Case(escaped.encode("latin-1").decode("unicode_escape"), *rest)


CASES = [_case(line) for line in (FOLDER / "hadolint_cases.txt").read_text().splitlines()]
ANSWERED = [(case, code, lines) for case in CASES for code, lines in read(case.expected).items()]
PLAIN = [each for each in ANSWERED if "hadolint" not in each[0].text]
IDS = [f"{code} {case.text!r:.60}" for case, code, _ in PLAIN]


def found(text: str, settings: Settings) -> Lines:
    return report(Source(text, "Dockerfile"), settings)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.text!r:.60}")
def test_small_texts(case: Case) -> None:
    assert write(found(case.text, case.settings)) == case.expected


def test_every_code_is_there() -> None:
    assert {code for _, code, _ in ANSWERED} == set(PRESETS[TOOL])


@pytest.mark.parametrize(("case", "code", "lines"), PLAIN, ids=IDS)
def test_one_code_is_silenced_alone(case: Case, code: str, lines: set[int]) -> None:
    """By a comment above the last of its instructions, by one for the whole file, and by the settings."""
    expected = read(case.expected)
    last, *others = sorted(lines, reverse=True)
    rows = case.text.split("\n")
    above = "\n".join([*rows[: last - 1], f"# hadolint ignore={code}", *rows[last - 1 :]])
    moved = {
        each: {line + (line >= last) for line in (others if each == code else told)}
        for each, told in expected.items()
    }
    without = {each: told for each, told in expected.items() if each != code}

    assert write(found(above, case.settings)) == write(moved)
    assert write(found(f"# hadolint global ignore={code}\n{case.text}", case.settings)) == write(
        {each: {line + 1 for line in told} for each, told in without.items()}
    )
    assert write(found(case.text, Settings(ignore=(code,)).over(case.settings))) == write(without)


def test_severities_are_hadolints() -> None:
    for case in CASES:
        overridden = "override" in case.yaml
        for diagnostic in () if overridden else check(analyze(Source(case.text)), case.settings):
            level = PRESETS[TOOL].get(diagnostic.code, OFF)
            assert level in (OFF, diagnostic.severity.name.lower()), diagnostic


def test_an_instruction_has_a_code_once() -> None:
    for case in CASES:
        told = [(each.code, each.span.start) for each in check(analyze(Source(case.text)), case.settings)]
        assert Counter(told).most_common(1)[0][1] == 1 if told else True


def test_real_files(corpus: list[Path]) -> None:
    told = dict(line.split("\t") for line in (FOLDER / "hadolint.txt").read_text().splitlines())
    paths = [path for path in corpus if f"{path.parent.name}/{path.name}" in told]
    result = compare(paths, [read(told[f"{path.parent.name}/{path.name}"]) for path in paths])

    assert len(paths) == len(told) > 500
    assert result.agreement >= FLOOR, result.differences


def test_the_answers_are_hadolints(tmp_path: Path) -> None:
    if not shutil.which(TOOL):
        message = f"{TOOL} is not there"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    by_settings: dict[str, list[Case]] = {}
    for case in CASES:
        by_settings.setdefault(case.yaml or "ignored: []", []).append(case)
    for yaml, cases in by_settings.items():
        paths = [tmp_path / f"{number}" for number, _ in enumerate(cases)]
        for path, case in zip(paths, cases, strict=True):
            path.write_text(case.text)
        assert [write(lines) for lines in parity.ask(paths, settings=yaml)] == [case.answer for case in cases]
