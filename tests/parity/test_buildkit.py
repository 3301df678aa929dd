"""The preset for BuildKit reports what BuildKit's own checks report.

`buildkit.txt` holds their answers for every fourth file of the corpus, as `tools/parity_buildkit.py --record` writes
them; `buildkit_cases.txt` for small texts, the examples of its documentation first: a text to a line, escaped as in
Python, and behind tabs the answer, and ours where it differs on purpose (`docs/parity.md` says why). All of them come
from `docker build --call=check` of Docker 28.5.2 (BuildKit 0.25).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from parity_buildkit import Answer, compare, read, sides, write

from lightship.model import analyze
from lightship.text import Source

FOLDER = Path(__file__).parent
FLOOR = 0.98
CASES = (FOLDER / "buildkit_cases.txt").read_text().splitlines()


@pytest.mark.parametrize("line", CASES)
def test_small_texts(line: str) -> None:
    escaped, answer, *on_purpose = line.split("\t")
    build = analyze(Source(escaped.encode("latin-1").decode("unicode_escape")))
    theirs, ours = sides(build, read(answer))

    assert write(Answer(ours)) == (on_purpose[0] if on_purpose else write(Answer(theirs)))


def test_real_files(corpus: list[Path]) -> None:
    told = dict(line.split("\t") for line in (FOLDER / "buildkit.txt").read_text().splitlines())
    paths = [path for path in corpus if f"{path.parent.name}/{path.name}" in told]
    result = compare(paths, [read(told[f"{path.parent.name}/{path.name}"]) for path in paths])

    assert len(paths) == len(told) > 500
    assert result.agreement >= FLOOR, result.differences
    wrong = Counter(each.code for each in result.differences)
    assert all(wrong[code] <= 1 + 0.05 * result.agreed[code] for code in wrong), result.differences
