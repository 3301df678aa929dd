"""`lightship check` on more than a person would read: several processes, changed lines, counts, files."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from command import FLAWED, RULE, SERVER, Run

from lightship import batch

ONLY = ("--select", RULE)


def git(*arguments: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(folder: Path) -> Path:
    """The current folder is a repository with a file in a folder of it committed."""
    (folder / ".git").rmdir()
    (folder / "sub dir").mkdir()
    (folder / "sub dir" / "日本.Dockerfile").write_text(FLAWED)
    git("init")
    git("add", ".")
    git("commit", "-m", "first")
    return folder


def found(run: Run, *arguments: str) -> list[tuple[str, int]]:
    status, out, err = run("check", *ONLY, "--format", "json", *arguments)
    assert (status, err) == (1 if out != "[]\n" else 0, "")
    return [(finding["file"], finding["line"]) for finding in json.loads(out)]


def test_only_changed_lines(run: Run, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = repository / "sub dir" / "日本.Dockerfile"
    assert found(run, "--diff-base", "HEAD") == []

    file.write_text(f"{FLAWED}{FLAWED}")
    assert found(run, "--diff-base", "HEAD") == [("sub dir/日本.Dockerfile", 5)]
    monkeypatch.chdir(file.parent)
    assert found(run, "--diff-base", "HEAD") == [("日本.Dockerfile", 5)]

    (repository / "Dockerfile").write_text(FLAWED)
    assert found(run, "--diff-base", "HEAD", "..") == [
        ("../Dockerfile", 2),
        ("../sub dir/日本.Dockerfile", 5),
    ]
    git("add", "..")
    assert found(run, "--diff-base", "HEAD", "..") == [
        ("../Dockerfile", 2),
        ("../sub dir/日本.Dockerfile", 5),
    ]


def lines(run: Run, rule: str) -> list[int]:
    out = run("check", "--select", rule, "--format", "json", "--diff-base", "HEAD").out
    return [finding["line"] for finding in json.loads(out)]


def test_what_explains_a_finding_counts_as_well(run: Run, repository: Path) -> None:
    file = repository / "Dockerfile"
    file.write_text('FROM debian:12\nCMD ["a"]\nRUN true\nRUN true\n')
    git("add", ".")
    git("commit", "-m", "one command")
    assert lines(run, "repeated-instruction") == []
    # The new line is right; it makes the old one wrong.
    file.write_text(file.read_text() + 'CMD ["b"]\n')
    assert lines(run, "repeated-instruction") == [2]
    assert lines(run, "consecutive-runs") == []


def test_a_line_that_is_gone(run: Run, repository: Path) -> None:
    file = repository / "Dockerfile"
    text = "FROM debian:12\nRUN a\n\nCMD python \\\n  # more\n  -m app\n# the end\n"
    file.write_text(text)
    git("add", ".")
    git("commit", "-m", "with comments")
    assert lines(run, "shell-form-command") == []
    # Above and below the instruction it changes nothing of it, between its lines it does.
    file.write_text(text.replace("\n\n", "\n").replace("# the end\n", ""))
    assert lines(run, "shell-form-command") == []
    file.write_text(text.replace("  # more\n", ""))
    assert lines(run, "shell-form-command") == [4]


def test_what_others_have_done_meanwhile_does_not_count(run: Run, repository: Path) -> None:
    git("checkout", "-b", "mine")
    (repository / "Dockerfile").write_text(FLAWED)
    git("add", ".")
    git("commit", "-m", "mine")
    git("checkout", "main")
    (repository / "sub dir" / "日本.Dockerfile").write_text("FROM debian:12\n")
    git("commit", "-am", "theirs")
    git("checkout", "mine")

    assert found(run, "--diff-base", "main") == [("Dockerfile", 2)]


@pytest.mark.parametrize(
    ("revision", "message"),
    [("nowhere", 'Git knows no revision "nowhere"'), ("--help", 'Git knows no revision "--help"')],
)
def test_a_revision_that_is_not_there(run: Run, repository: Path, revision: str, message: str) -> None:
    status, out, err = run("check", *ONLY, f"--diff-base={revision}")

    assert (status, out) == (2, "")
    assert err.startswith(f"lightship: --diff-base: {message}")


def test_outside_of_git(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))
    (folder / "Dockerfile").write_text(FLAWED)
    status, out, err = run("check", *ONLY, "--diff-base", "HEAD")

    assert (status, out) == (2, "")
    assert err.startswith("lightship: --diff-base: Git says of")
    assert err.count("\n") == 1


@pytest.fixture
def many(folder: Path) -> Path:
    for number in range(70):
        (folder / f"Dockerfile.{number:02}").write_text("#\n" * number + FLAWED)
    return folder


def test_processes_find_the_same_in_the_same_order(run: Run, many: Path) -> None:
    one = run("check", "--jobs", "1", "--format", "json")
    assert one.status == 1
    assert run("check", "--jobs", "2", "--format", "json") == one


def test_where_no_process_can_be_started_it_is_done_in_this_one(
    run: Run, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import concurrent.futures

    def refuse(*arguments: object, **more: object) -> None:
        raise OSError("no semaphores")

    monkeypatch.setattr(concurrent.futures, "ProcessPoolExecutor", refuse)
    assert run("check", *ONLY, "--jobs", "2").out.count(f" {RULE} ") == 70


def test_a_process_that_is_killed_stops_nothing(
    run: Run, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, look = os.getpid(), batch._look

    def die(*arguments):  # type: ignore[no-untyped-def]
        if os.getpid() != parent:
            os._exit(1)
        return look(*arguments)

    monkeypatch.setattr(batch, "_look", die)
    assert run("check", *ONLY, "--jobs", "2").out.count(f" {RULE} ") == 70


@pytest.mark.parametrize("jobs", ["0", "-1", "x"])
def test_a_number_of_processes_is_a_number(run: Run, jobs: str) -> None:
    assert run("check", f"--jobs={jobs}").status == 2


def test_counts(run: Run, many: Path) -> None:
    assert run("check", *ONLY, "--statistics").out == f"70  {RULE}  70 fixable\n70  in all\n"
    status, out, _ = run("check", *ONLY, "--statistics", "--format", "json", "Dockerfile.00")

    assert (status, json.loads(out)) == (1, [{"code": RULE, "count": 1, "fixable": 1}])
    assert run("check", "--statistics", "--format", "sarif").err.startswith(
        "lightship: --statistics are written"
    )


def test_the_report_goes_to_a_file(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    report = folder / "report.txt"
    report.write_text("old")

    assert run("check", *ONLY, "--output-file", "report.txt") == (1, "", "")
    assert report.read_text().startswith(f"Dockerfile:2:1: warning {RULE} ")
    assert sorted(path.name for path in folder.iterdir()) == [".git", "Dockerfile", "report.txt"]
    assert run("check", *ONLY, "--output-file", "/dev/stdout").out == report.read_text()


def test_a_report_that_cannot_be_written(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    status, out, err = run("check", *ONLY, "--output-file", "absent/report.txt")

    assert (status, out) == (2, "")
    assert err == "lightship: --output-file: there is no folder absent: make it first\n"
    assert run("check", *ONLY, "--output-file", ".").err == "lightship: --output-file: . is a folder\n"


@pytest.mark.parametrize("to_file", [True, False])
def test_a_terminal_is_told_how_far_we_are_unless_the_report_is(many: Path, to_file: bool) -> None:
    program = "from lightship.cli import check, main; check.PATIENCE = 0.0; main(lambda address: 0)"
    where = ["--output-file", "report"] if to_file else []
    command = [sys.executable, "-c", program, "check", "--select", "maintainer-deprecated", *where]
    terminal, other_end = pty.openpty()
    with os.fdopen(other_end, "wb", buffering=0) as screen:
        subprocess.run(
            command,
            stdout=screen,
            stderr=screen,
            env=os.environ | {"PYTHONPATH": str(SERVER)},
            timeout=60,
        )
    out = os.read(terminal, 1 << 16)
    os.close(terminal)

    assert (b"of 70 files" in out) is to_file
