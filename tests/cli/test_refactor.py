"""`lightship refactor`: what is on offer, what it would change, and doing it."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import Run

TEXT = "FROM python:3.12-slim\nRUN pip install flask\nRUN echo done\n"


@pytest.fixture
def dockerfile(tmp_path: Path) -> Path:
    path = tmp_path / "Dockerfile"
    path.write_text(TEXT)
    return path


def test_what_there_is(run: Run) -> None:
    ran = run("refactor")
    assert ran.status == 0
    assert "merge-runs" in ran.out
    assert run("refactor", "merge-runs").out.startswith("# merge-runs\n\nMake one `RUN`")


def test_what_is_on_offer_where(run: Run, dockerfile: Path) -> None:
    ran = run("refactor", str(dockerfile))
    assert ran.status == 0
    assert f"{dockerfile}:2: convert-to-multi-stage: Convert to a multi-stage build\n" in ran.out
    assert f"{dockerfile}:2: merge-runs: Merge the RUNs\n" in ran.out
    assert "merge-runs" not in run("refactor", str(dockerfile), "--line", "1").out


def test_the_difference_and_the_file(run: Run, dockerfile: Path) -> None:
    ran = run("refactor", "merge-runs", str(dockerfile))
    assert ran.status == 0
    assert "+RUN pip install flask && \\\n" in ran.out
    assert dockerfile.read_text() == TEXT
    ran = run("refactor", "merge-runs", str(dockerfile), "--write")
    assert (ran.status, ran.out) == (0, "")
    assert dockerfile.read_text() == TEXT.replace("\nRUN echo", " && \\\n    echo")


def test_why_not(run: Run, dockerfile: Path) -> None:
    dockerfile.write_text(TEXT.replace("RUN echo", "RUN --network=none echo"))
    ran = run("refactor", "merge-runs", str(dockerfile))
    assert (ran.status, ran.out) == (2, "")
    assert "merge-runs: their flags differ" in ran.err
    assert "nothing here" in run("refactor", "heredoc-to-run", str(dockerfile)).err


def test_misuse(run: Run, dockerfile: Path) -> None:
    assert 'did you mean "merge-runs"' in run("refactor", "merge-run", str(dockerfile)).err
    assert "no such line" in run("refactor", "merge-runs", str(dockerfile), "--line", "9").err
    assert run("refactor", "merge-runs", "nowhere").status == 2
