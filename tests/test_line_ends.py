"""Files with `\r\n` are fixed as those with `\n` are, and stay files with `\r\n`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases import Case, read
from lightship import lint
from lightship.config import Settings
from lightship.text import Safety, Source

CASES = [
    pytest.param(case, id=f"{path.stem}: {case.title}")
    for path in sorted((Path(__file__).parent / "rules").glob("*.md"))
    for case in read(path)
]


@pytest.mark.parametrize("case", CASES)
def test_fixes_keep_line_ends(case: Case) -> None:
    settings = Settings(select=(case.path.stem,))
    text = case.blocks["dockerfile"]
    if "\r" in text:
        pytest.skip("the case is about line ends itself")
    expected, count = lint.fix_all(Source(text), settings, Safety.UNSAFE)
    fixed, same = lint.fix_all(Source(text.replace("\n", "\r\n")), settings, Safety.UNSAFE)
    assert (fixed, same) == (expected.replace("\n", "\r\n"), count)
