"""The program: run rarely, several scripts at a time, and never in the way."""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path

import pytest

from lightship import cli
from lightship.shellcheck import Comment
from lightship.sources import shellcheck
from lightship.sources.shellcheck import ShellCheck

HEADER = "#!/bin/sh\n"
GARBAGE = {
    "silent": "pass",
    "talks": "print('usage: shellcheck')",
    "other JSON": "print('[]')",
    "half": 'print(\'{"comments": [{"file": "0"}]}\')',
    "another file": 'print(\'{"comments": [{"file": "/etc/passwd", "line": 1}]}\')',
    "fails": "sys.exit(4)",
    "not UTF-8": "sys.stdout.buffer.write(b'\\xff')",
}

pytestmark = pytest.mark.skipif(os.name == "nt", reason="fake programs are scripts")


def fake(folder: Path, code: str) -> Path:
    """A program that does something else."""
    path = folder / "shellcheck"
    path.write_text(f"#!{sys.executable} -S\nimport sys, time\n{code}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_the_program_is_the_one_beside_our_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    fake(tmp_path, "open('run', 'w')")
    monkeypatch.setenv("PATH", str(tmp_path))
    program = shellcheck.find()

    assert program is not None
    assert program.parent == Path(sys.executable).parent
    ShellCheck(pytest.fail).ask([f"{HEADER}true\n"])
    assert not (tmp_path / "run").exists()


def test_settings_of_the_workspace_and_the_environment_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".shellcheckrc").write_text("disable=all\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SHELLCHECK_OPTS", "--exclude=SC2164")
    program = ShellCheck(pytest.fail)
    program.ask([f"{HEADER}cd x\n"])
    assert [comment.code for comment in program.answers[f"{HEADER}cd x\n"]] == [2164]


def test_each_script_is_asked_about_once(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []

    class Run(shellcheck._Run):
        def __init__(self, program: Path, folder: Path, scripts: list[str]) -> None:
            runs.append(len(scripts))
            super().__init__(program, folder, scripts)

    monkeypatch.setattr(shellcheck, "_Run", Run)
    program = ShellCheck(pytest.fail)
    many = [f"{HEADER}cd {number}; true\n" for number in range(150)]
    program.ask([*many, *many])
    program.ask(many[:10])

    assert runs == [64, 64, 22]
    assert all([comment.code for comment in program.answers[script]] == [2164] for script in many)


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_characters_are_counted_as_we_count_them(locale: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    script = f"{HEADER}\techo 🚀é\u2028 $x\n"
    program = ShellCheck(pytest.fail)
    program.ask([script])
    places = {comment.code: comment.place for comment in program.answers[script]}
    column = script.splitlines(keepends=True)[1:2][0].index("🚀") + len("🚀é\u2028 ") + 1
    assert places[2086] == (2, column, 2, column + 2)


def test_what_is_not_wanted_or_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not ShellCheck(pytest.fail).available(False)
    monkeypatch.setattr(shellcheck, "find", lambda: None)
    warnings: list[str] = []
    program = ShellCheck(warnings.append)

    assert not program.available("auto")
    assert not warnings
    assert not program.available(True)
    assert not program.available(True)
    (warning,) = warnings
    assert 'pip install "lightship[shellcheck]"' in warning
    program.ask(["a"])
    assert not program.answers


@pytest.mark.parametrize("code", GARBAGE.values(), ids=GARBAGE.keys())
def test_a_program_that_makes_no_sense(code: str, tmp_path: Path) -> None:
    warnings: list[str] = []
    program = ShellCheck(warnings.append, fake(tmp_path, code))
    program.ask(["a", "b"])
    program.ask(["c"])

    (warning,) = warnings
    assert warning.startswith("ShellCheck cannot be used: ")
    assert not program.available("auto")
    assert not program.answers


def test_a_program_that_cannot_be_started(tmp_path: Path) -> None:
    warnings: list[str] = []
    program = ShellCheck(warnings.append, tmp_path / "nothing")
    program.ask(["a"])
    assert len(warnings) == 1


def test_a_program_that_hangs(tmp_path: Path) -> None:
    warnings: list[str] = []
    program = ShellCheck(warnings.append, fake(tmp_path, "time.sleep(60)"), limit=0.2)
    start = time.monotonic()
    program.ask(["a"])

    assert time.monotonic() - start < 5
    assert program.answers == {"a": ()}, "it is not asked about the same again"
    assert program.available("auto"), "the next script may be an easier one"
    for script in "bcdef":
        program.ask([script])
    assert len(warnings) == 1
    assert not program.available("auto"), "enough is enough"


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    ShellCheck(pytest.fail).ask([f"{HEADER}true\n"])
    ShellCheck(lambda message: None, fake(tmp_path, "time.sleep(60)"), limit=0.1).ask(["a"])
    ShellCheck(lambda message: None, fake(tmp_path, "sys.exit(3)")).ask(["a"])
    assert not list((tmp_path / "t").iterdir())


def test_a_comment_is_plain_data() -> None:
    comment = Comment((1, 1, 1, 2), "info", 2086, "Quote.")
    assert hash(comment) == hash(Comment((1, 1, 1, 2), "info", 2086, "Quote."))


FLAWED = "FROM debian:12-slim\nUSER app\nRUN cd x; make\n"


@pytest.mark.parametrize(
    ("setting", "code", "status", "complaints"),
    [
        ("auto", None, 0, 0),
        ("true", None, 2, 1),
        ("auto", "print('nonsense')", 0, 1),
        ("true", "print('nonsense')", 2, 1),
        ("false", "print('nonsense')", 0, 0),
    ],
)
def test_the_command_line_goes_on_without(
    setting: str,
    code: str | None,
    status: int,
    complaints: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    program = fake(tmp_path, code) if code else None
    monkeypatch.setattr(shellcheck, "find", lambda: program)
    value = setting if setting != "auto" else '"auto"'
    (tmp_path / "lightship.toml").write_text(f'shellcheck = {value}\nselect = ["shellcheck"]\n')
    for number in range(40):
        (tmp_path / f"Dockerfile.{number}").write_text(FLAWED.replace("x", f"x{number}"))
    ran = cli.main(lambda address: 0, ["check"])
    out, err = capsys.readouterr()

    assert (ran, err.count("\n")) == (status, complaints), err
    assert "No findings in 40 files." in out


def test_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Dockerfile").write_text(FLAWED)
    assert cli.main(lambda address: 0, ["check", "--select", "SC2164"]) == 1
    out, err = capsys.readouterr()
    assert not err
    assert out.startswith("Dockerfile:3:5: warning SC2164 Use 'cd ... || exit'")
    assert cli.main(lambda address: 0, ["fix", "--select", "SC2164"]) == 0
    assert (tmp_path / "Dockerfile").read_text() == FLAWED
    assert cli.main(lambda address: 0, ["fix", "--unsafe", "--select", "SC2164"]) == 0
    assert (tmp_path / "Dockerfile").read_text() == FLAWED.replace("cd x", "cd x || exit")
    assert cli.main(lambda address: 0, ["check", "--select", "SC2164"]) == 0
