"""A real Neovim with the configuration that the README gives, and the `lightship` command as users have it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "editors" / "neovim" / "lightship.lua"
SCRIPTS = Path(sys.executable).parent
SERVER = os.environ.get("LIGHTSHIP_SERVER", str(SCRIPTS / "lightship"))

DOCKERFILE = """\
FROM python:3.13-slim
WORKDIR /srv
COPY requirements.txt .
RUN echo "é🚀" && pip install -r requirements.txt
USER 1000
CMD python -m app
"""
FIXED = DOCKERFILE.replace("pip install", "pip install --no-cache-dir")

ALL = """\
FROM python:3.13-slim
WORKDIR /srv
RUN apt-get update
RUN apt-get install -y --no-install-recommends libpq5
COPY requirements.txt .
RUN pip install -r requirements.txt
USER 1000
CMD ['python', '-m', 'app']
"""
ALL_FIXED = """\
FROM python:3.13-slim
WORKDIR /srv
RUN apt-get update && \\
    apt-get install -y --no-install-recommends libpq5 && \\
    rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
USER 1000
CMD ["python", "-m", "app"]
"""

STEPS = (
    "shows findings where they are",
    "shows the rule's page in the hover window",
    "keeps the other findings while a broken line is typed",
    "applies the fix under the cursor",
    "fixes all at once",
)


class Run:
    """One run of Neovim through all steps, in a home of its own. `server` stands for the `lightship` command."""

    def __init__(self, folder: Path, server: str, limit: float) -> None:
        (folder / "bin").mkdir()
        (folder / "bin" / "lightship").symlink_to(server)
        (folder / "config" / "nvim").mkdir(parents=True)
        shutil.copy(CONFIGURATION, folder / "config" / "nvim" / "init.lua")
        self.one, self.all, steps = folder / "Dockerfile", folder / "all.Dockerfile", folder / "steps"
        self.one.write_bytes(DOCKERFILE.encode())
        self.all.write_bytes(ALL.encode())
        environment = {
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            **{
                f"XDG_{kind.upper()}_HOME": str(folder / kind)
                for kind in ("config", "data", "state", "cache")
            },
            "LIMIT": str(limit),
            "STEPS": str(steps),
            "DOCKERFILE": str(self.one),
            "FIXALL": str(self.all),
        }
        done = subprocess.run(
            [SCRIPTS / "nvim", "--headless", "-c", f"luafile {Path(__file__).with_name('drive.lua')}"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=20 + 12 * limit,
            check=False,
        )
        lines = steps.read_text().splitlines() if steps.exists() else []
        self.errors = dict(line.split("\t", 1) for line in lines)
        log = folder / "state" / "nvim" / "lsp.log"
        said = done.stdout.decode(errors="replace").splitlines()
        said += log.read_text(errors="replace").splitlines() if log.exists() else []
        self.log = "\n".join(line[:1000] for line in said[-12:])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(tmp_path_factory.mktemp("neovim"), SERVER, limit=15)


@pytest.mark.parametrize("step", STEPS)
def test_neovim(run: Run, step: str) -> None:
    assert run.errors.get(step, "Neovim did not come to this step") == "", run.log


def test_what_is_saved(run: Run) -> None:
    assert run.one.read_bytes().decode() == FIXED, run.log
    assert run.all.read_bytes().decode() == ALL_FIXED, run.log


def test_fails_without_a_server(tmp_path: Path) -> None:
    """The steps above prove nothing if they pass all the same when nothing answers."""
    run = Run(tmp_path, "/bin/false", limit=1)
    assert set(run.errors) == set(STEPS)
    assert all(run.errors.values()), run.errors
    assert run.one.read_bytes().decode() == DOCKERFILE


def test_the_readme_gives_this_configuration() -> None:
    blocks = re.findall(r"```lua\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert CONFIGURATION.read_text() in blocks
