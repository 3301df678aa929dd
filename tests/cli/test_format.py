"""`lightship format`: what it writes and says."""

from __future__ import annotations

from pathlib import Path

from command import Run

CROOKED = "FROM debian:12\n RUN a && \\\nb\n"
STRAIGHT = "FROM debian:12\nRUN a && \\\n    b\n"


def test_files_are_written(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(CROOKED)
    (folder / "Dockerfile.straight").write_text(STRAIGHT)

    assert run("format") == (0, "1 file changed.\n", "")
    assert (folder / "Dockerfile").read_text() == STRAIGHT
    assert run("format", "--write") == (0, "Nothing to change.\n", "")


def test_check_writes_nothing(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(CROOKED)

    assert run("format", "--check") == (1, "Dockerfile would change\n1 file would change.\n", "")
    assert (folder / "Dockerfile").read_text() == CROOKED


def test_diff_writes_nothing(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(CROOKED)
    ran = run("format", "--diff")

    assert (ran.status, ran.err) == (1, "1 file would change.\n")
    assert "+    b" in ran.out.split("\n")
    assert (folder / "Dockerfile").read_text() == CROOKED


def test_standard_input_goes_to_standard_output(run: Run) -> None:
    ran = run("format", "--tabs", "-", stdin=CROOKED.replace("\n", "\r\n").encode())

    assert ran.out.encode() == STRAIGHT.replace("    ", "\t").replace("\n", "\r\n").encode()


def test_a_step_may_be_narrower(run: Run) -> None:
    assert run("format", "--indent", "2", "-", stdin=CROOKED.encode()).out == STRAIGHT.replace("    ", "  ")
    assert run("format", "--indent", "0", "-", stdin=CROOKED.encode()).status == 2


def test_a_file_that_is_not_there(run: Run) -> None:
    ran = run("format", "nowhere")

    assert ran.status == 2
    assert "nowhere" in ran.err
