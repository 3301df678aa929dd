"""Neovim 0.7, Emacs and Vim as Debian has them, with the configurations that `editors/` gives."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from test_neovim import DOCKERFILE, FIXED, ROOT, SERVER

HERE = Path(__file__).parent
EDITORS = ROOT / "editors"
STEPS = ("shows findings where they are", "shows the rule's page", "applies the fix under the cursor")
DRIVEN = {
    "neovim": (
        ("neovim",),
        "neovim/lightship-0.7.lua",
        ".config/nvim/init.lua",
        ("/usr/bin/nvim", "--headless", "-c", f"luafile {HERE / 'drive-0.7.lua'}"),
    ),
    "emacs": (
        ("emacs-nox", "elpa-eglot", "elpa-dockerfile-mode"),
        "emacs/lightship.el",
        ".emacs.d/init.el",
        ("emacs", "--batch", "-l", str(HERE / "drive.el")),
    ),
    "vim": (
        ("vim-nox", "vim-ale"),
        "vim/lightship.vim",
        ".vim/ale_linters/dockerfile/lightship.vim",
        ("/usr/bin/vim.nox", "-N", "-n", "-i", "NONE", "--not-a-term", "-c", "packadd ale", "-S", str(HERE / "drive.vim")),
    ),
}  # fmt: skip
"""By name: Debian's packages, what to copy, where to, and the command that goes through the steps."""


class Run:
    """One run of an editor through all steps, in a home of its own. `server` stands for the `lightship` command."""

    def __init__(self, name: str, home: Path, server: str, limit: int) -> None:
        packages, configuration, place, command = DRIVEN[name]
        installed = subprocess.run([ROOT / ".ci" / "debian", *packages], capture_output=True, text=True)
        if installed.returncode:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(installed.stderr)
        (home / "bin").mkdir()
        (home / "bin" / "lightship").symlink_to(server)
        (home / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(EDITORS / configuration, home / place)
        self.file, steps = home / "Dockerfile", home / "steps"
        # ALE takes columns for bytes, so that what it does behind such letters goes wrong with any server.
        self.text, self.fixed = (
            text.replace("é🚀", "-") if name == "vim" else text for text in (DOCKERFILE, FIXED)
        )
        self.file.write_text(self.text)
        done = subprocess.run(
            command,
            cwd=home,
            env={
                "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
                "LANG": "C.UTF-8",
                "TERM": "dumb",
                "HOME": str(home),
                "LIMIT": str(limit),
                "STEPS": str(steps),
                "DOCKERFILE": str(self.file),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=30 + 12 * limit,
            check=False,
        )
        lines = steps.read_text().splitlines() if steps.exists() else []
        self.errors = dict(line.split("\t", 1) for line in lines)
        self.log = done.stdout.decode(errors="replace")[-3000:]


@pytest.mark.parametrize("name", DRIVEN)
def test_editor(name: str, tmp_path: Path) -> None:
    run = Run(name, tmp_path, SERVER, limit=15)
    assert run.errors == dict.fromkeys(STEPS, ""), run.log
    assert run.file.read_text() == run.fixed


@pytest.mark.parametrize("name", DRIVEN)
def test_editor_fails_without_a_server(name: str, tmp_path: Path) -> None:
    run = Run(name, tmp_path, "/bin/false", limit=1)
    assert set(run.errors) == set(STEPS), run.log
    assert all(run.errors.values()), run.errors
    assert run.file.read_text() == run.text


def test_settings_of_further_editors_can_be_read() -> None:
    helix = tomllib.loads((EDITORS / "helix" / "languages.toml").read_text())
    assert helix["language"][0]["language-servers"] == [*helix["language-server"]]
    zed = json.loads((EDITORS / "zed" / "settings.json").read_text())
    assert zed["languages"]["Dockerfile"]["language_servers"] == [*zed["lsp"]]
    sublime = json.loads((EDITORS / "sublime" / "LSP.sublime-settings").read_text())
    kate = json.loads((EDITORS / "kate" / "settings.json").read_text())
    commands = (sublime["clients"]["lightship"], kate["servers"]["dockerfile"])
    assert [each["command"] for each in commands] == [["lightship", "server"]] * 2


def test_the_page_names_every_configuration() -> None:
    page = (EDITORS / "README.md").read_text()
    files = {path.relative_to(EDITORS).as_posix() for path in EDITORS.rglob("*") if path.is_file()} - {
        "README.md"
    }
    assert {name for name in files if f"({name})" not in page} == set()
