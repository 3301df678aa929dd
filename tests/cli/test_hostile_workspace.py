"""Whatever lies in a workspace: none of it is run, waited for, or steers the terminal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command import FLAWED, RULE, SERVER, Run

from lightship.cli.arguments import FORMATS
from lightship.sources import programs

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX names, links and programs")

STEERING = "\x1b[31m\x07\n::error::x"
TRAP = "#!/bin/sh\ntouch {}\ncat\n"


def git(*arguments: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def trap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that leaves `sprung` beside it."""
    program = tmp_path_factory.mktemp("trap") / "program"
    program.write_text(TRAP.format(program.with_name("sprung")))
    program.chmod(0o755)
    return program


def test_settings_of_a_repository_run_nothing(run: Run, folder: Path, trap: Path) -> None:
    """Git would start a file system monitor and filters that `.git/config` names."""
    (folder / ".git").rmdir()
    git("init")
    Path("Dockerfile").write_text(FLAWED)
    Path(".gitattributes").write_text("* filter=odd=name diff=odd=name\n")
    git("add", ".")
    git("commit", "-m", "first")
    Path("Dockerfile").write_text(f"{FLAWED}{FLAWED}")
    with Path(".git/config").open("a") as file:
        file.write(f'[filter "odd=name"]\n\tclean = {trap}\n\tprocess = {trap}\n\trequired = true\n')
        file.write(f'[diff "odd=name"]\n\ttextconv = {trap}\n\tcommand = {trap}\n')
        file.write(f"[diff]\n\texternal = {trap}\n[core]\n\tfsmonitor = {trap}\n")
    status, out, err = run("check", "--select", RULE, "--format", "github", "--diff-base", "HEAD")
    assert (status, err, out.count("::warning")) == (1, "", 1)
    assert not trap.with_name("sprung").exists()


def test_revisions_are_no_options(run: Run, folder: Path) -> None:
    (folder / ".git").rmdir()
    git("init")
    Path("Dockerfile").write_text(FLAWED)
    assert run("check", f"--diff-base=--output={folder / 'made'}").status == 2
    assert not Path("made").exists()


def test_programs_are_not_looked_for_in_the_working_folder(
    folder: Path, trap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.link(trap, "git")
    for path in (".", "", f".{os.pathsep}bin", str(folder / "no such folder")):
        monkeypatch.setenv("PATH", path)
        assert programs.find("git") is None
    monkeypatch.setenv("PATH", os.pathsep.join((".", str(trap.parent))))
    assert programs.find("program") == str(trap)


def test_modules_are_not_imported_from_the_working_folder(folder: Path, trap: Path) -> None:
    """Where `python -m` would look first."""
    for name in ("yaml", "tomllib", "tree_sitter", "dockerfile_parse", "pygls", "argparse", "difflib"):
        Path(f"{name}.py").write_text(f"open({str(trap.with_name('sprung'))!r}, 'w')\n")
    Path("Dockerfile").write_text(FLAWED)
    Path("lightship.toml").write_text('preset = "hadolint"\nx = 1\n')
    Path(".hadolint.yaml").write_text("ignored: []\n")
    environment = os.environ | {"PYTHONPATH": str(SERVER)}
    command = [sys.executable, "-m", "lightship"]
    done = subprocess.run([*command, "check"], env=environment, capture_output=True, text=True, check=False)
    assert "Dockerfile:2" in done.stdout, done.stderr
    done = subprocess.run([*command, "server"], env=environment, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 1
    assert not trap.with_name("sprung").exists()


def test_what_is_no_file_is_not_read(run: Run, folder: Path) -> None:
    """A pipe keeps its reader waiting, and a device may never end."""
    os.mkfifo("Dockerfile.pipe")
    os.mkfifo("pipe")
    for name, target in {"piped": "pipe", "endless": "/dev/zero", "folder": ".", "gone": "nowhere"}.items():
        Path(f"Dockerfile.{name}").symlink_to(target)
    Path("Dockerfile.circle").symlink_to("Dockerfile.circle")
    for name in ("lightship.toml", "compose.yaml", ".dockerignore"):
        Path(name).symlink_to("/dev/zero")
    os.mkfifo("docker-bake.hcl")
    Path("Dockerfile").write_text(FLAWED)
    status, out, err = run("check", "--select", RULE, "--format", "github")
    assert (status, out.count("::warning")) == (2, 1)
    assert [line.split(":")[1].strip() for line in err.splitlines()] == [
        "Dockerfile.circle",
        "Dockerfile.gone",
    ]


def test_nothing_steers_the_terminal(run: Run, folder: Path) -> None:
    Path(f"Dockerfile.{STEERING}").write_text(f"{FLAWED}RUN echo {STEERING!r}\n   RUN \x1b[31mx\n")
    folder = Path("::error::x")
    folder.mkdir()
    (folder / "Dockerfile").write_text(f"{FLAWED}RUN [ 'a', '\x9b31m' ]\n")
    Path("lightship.toml").write_text(
        f"{STEERING.encode('unicode_escape').decode()!r} = 1\n".replace("'", '"')
    )
    Path("compose.yaml").write_text('services: {"a\\e[31m\\n::error::x": {build: {context: $X}}}\n')
    for command in (
        ["check"],
        *(["check", "--format", form] for form in FORMATS),
        ["check", f"no{STEERING}"],
        ["format", "--check"],
        ["fix"],
        ["refactor", f"Dockerfile.{STEERING}"],
        ["config", f"Dockerfile.{STEERING}"],
    ):
        _, out, err = run(*command)
        for line in f"{out}{err}".splitlines():
            assert not re.match(r"\s*::error(?! file=)", line), (command, line)
            assert line.isprintable(), (command, line)
