"""`lightship refactor`: what is on offer, what it would change, and doing it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import Run

from lightship.sources import disk

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
    assert run("refactor", "merge-run").err.endswith(
        'no refactoring "merge-run": did you mean "merge-runs"?\n'
    )
    assert "no such line" in run("refactor", "merge-runs", str(dockerfile), "--line", "9").err
    assert run("refactor", "merge-runs", "nowhere").status == 2


@pytest.fixture
def context(dockerfile: Path) -> Path:
    """A build context with something in it, and a Dockerfile that copies all of it."""
    dockerfile.write_text("FROM python:3.12-slim\nCOPY . /app\n")
    cache = dockerfile.parent / "context" / "__pycache__"
    cache.mkdir(parents=True)
    (cache / "app.pyc").write_bytes(b"x" * 2000)
    return cache.parent


def test_a_new_file(run: Run, dockerfile: Path, context: Path) -> None:
    words = ("refactor", "create-dockerignore", str(dockerfile), "--context", str(context))
    wanted = ".dockerignore\n**/__pycache__\n"
    ran = run(*words)
    assert ran.out == (
        f"--- /dev/null\n+++ {context}/.dockerignore\n@@ -0,0 +1,2 @@\n+.dockerignore\n+**/__pycache__\n"
    )
    assert not (context / ".dockerignore").exists()
    assert run(*words, "--write") == (0, "", "")
    assert (context / ".dockerignore").read_text() == wanted
    assert {path.name for path in context.iterdir()} == {".dockerignore", "__pycache__"}
    assert "there is one already" in run(*words, "--write").err
    (dockerfile.parent / "lightship.toml").write_text("context = false\n")
    assert "not known" in run(*words[:3]).err


def test_a_new_file_never_takes_the_place_of_another(
    run: Run, dockerfile: Path, context: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = disk.create

    def late(path: Path, content: bytes) -> None:
        path.write_text("theirs")
        create(path, content)

    monkeypatch.setattr(disk, "create", late)
    ran = run("refactor", "create-dockerignore", str(dockerfile), "--context", str(context), "--write")
    assert ran.status == 2
    assert "File exists" in ran.err
    assert (context / ".dockerignore").read_text() == "theirs"
    assert len(list(context.iterdir())) == 2, "and nothing is left beside it"


def test_fixing_all_creates_nothing(run: Run, dockerfile: Path, context: Path) -> None:
    options = ("--select", "no-dockerignore", "--context", str(context))
    (found,) = json.loads(run("check", str(dockerfile), *options, "--format", "json").out)
    assert found["fix"]["creates"][0]["path"] == ".dockerignore"
    assert "fixes" not in run("check", str(dockerfile), *options, "--format", "sarif").out
    run("fix", "--unsafe", str(dockerfile), *options)
    assert not (context / ".dockerignore").exists()
