"""Fixes on real Dockerfiles: each does what it declares, Docker still reads the result, and they come to rest.

A sample of the corpus; all of it with `LIGHTSHIP_FULL=1`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightship import lint
from lightship.config import Settings
from lightship.model import analyze
from lightship.text import Safety, Source

SIZE = 400
PARTS = 4


def sample(corpus: list[Path], part: int) -> Iterator[Source]:
    paths = corpus if os.environ.get("LIGHTSHIP_FULL") else random.Random(1).sample(corpus, SIZE)
    for path in paths[part::PARTS]:
        yield Source(path.read_bytes().decode(errors="surrogateescape"), path.name)


def read_by_docker(text: str) -> bool:
    dockerfile = pytest.importorskip("dockerfile", reason="Docker's own parser comes for x86_64 alone")
    try:
        dockerfile.parse_string(text)
    except (dockerfile.GoParseError, UnicodeEncodeError):
        return False
    return True


@pytest.mark.parametrize("part", range(PARTS))
def test_every_safe_fix_does_what_it_declares(corpus: list[Path], part: int) -> None:
    withheld = []
    for source in sample(corpus, part):
        build = analyze(source)
        for found in lint.check(build, Settings()):
            if found.fix and found.fix.safety is Safety.SAFE and not lint.holds(build, found.fix):
                withheld.append(f"{source.name}:{source.line_of(found.span.start) + 1}: {found.code}")
    assert not withheld


@pytest.mark.parametrize("safety", [Safety.SAFE, Safety.UNSAFE], ids=str)
@pytest.mark.parametrize("part", range(PARTS))
def test_fixed_files_are_read_by_docker_and_stay_as_they_are(
    corpus: list[Path], part: int, safety: Safety
) -> None:
    for source in sample(corpus, part):
        text, count = lint.fix_all(source, Settings(), safety)
        if not count:
            continue
        assert read_by_docker(text) or not read_by_docker(source.text), source.name
        again, more = lint.fix_all(Source(text, source.name), Settings(), safety)
        assert (again, more) == (text, 0), source.name
