"""Commands run as a user runs them, not as a part of these tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = "FROM python:3.12-slim\nRUN pip install flask==3.1.0\n"
FIXED = "FROM python:3.12-slim\nRUN pip install --no-cache-dir flask==3.1.0\n"


def run(*command: str | Path, cwd: Path, status: int = 0, **variables: str) -> str:
    """What the command prints, having ended with that status."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "GITHUB_", "PYTHON", "PYTEST_"))
    }
    done = subprocess.run(
        command, cwd=cwd, env=environment | variables, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == status, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def git(*arguments: str, cwd: Path) -> str:
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main")
    return run("git", *who, *arguments, cwd=cwd).strip()
