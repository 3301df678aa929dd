"""What a refactoring writes is told as the lines that it changes."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lightship.refactorings._lines import changed_lines
from lightship.text import apply

texts = st.lists(st.sampled_from(["", "a", "b", "c", "d", "e", "f", "RUN x && \\"]), max_size=12).map(
    "\n".join
)


@given(texts, texts)
def test_the_edits_make_the_new_text(old: str, new: str) -> None:
    edits = [*changed_lines(old, new)]
    assert apply(old, edits) == new
    assert all(edit.text != old[slice(*edit.span)] for edit in edits)
    assert all(first.span.end <= second.span.start for first, second in pairwise(edits))


def test_lines_that_stay_are_not_touched() -> None:
    old = "FROM a\nRUN x\nRUN b\nRUN x\nRUN c\nRUN x\nCMD d\n"
    new = "FROM a AS build\nRUN x\nRUN b\nRUN x\nRUN e\nRUN x\nCMD d\n"
    assert [old[slice(*edit.span)] for edit in changed_lines(old, new)] == ["FROM a\n", "RUN c\n"]


def test_a_long_file_of_lines_that_are_alike_takes_no_seconds() -> None:
    lines = [line for at in range(1000) for line in (f"RUN tool-{at}", "RUN apt-get update && \\")]
    moved = [*lines[::4], *lines[1::2], *lines[2::4]]
    start = time.thread_time()
    old, new = "\n".join(lines), "\n".join(moved)
    assert apply(old, changed_lines(old, new)) == new
    assert time.thread_time() - start < 1.0
