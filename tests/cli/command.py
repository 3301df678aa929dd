"""The command as tests run it: in this process, or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import lightship

SERVER = Path(lightship.__file__).parent.parent

FLAWED = "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\n"
FIXED = "FROM debian:12\nRUN apt-get update && \\\n    apt-get install -y curl\n"
RULE = "split-apt-update"


class Ran(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Ran]


def process(
    *arguments: str, env: Mapping[str, str] | None = None, stdout: int | IO[Any] = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """As strict about warnings as Python can be."""
    return subprocess.Popen(
        [sys.executable, "-X", "dev", "-W", "error", "-m", "lightship", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(SERVER)} | dict(env or {}),
    )
