"""What a test needs to open a real VS Code: code-server from npm, and Debian's Chromium. Set up once, in the cache."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import nodejs

PACKAGES = Path(__file__).parent / "code-server"
"""A `package.json` with its lock file."""

_TO_COMPILE = ("g++", "make", "pkg-config", "libkrb5-dev")
"""Debian's packages that code-server's own native modules are compiled with."""

_APT_LOCK = Path("/run/lock/lightship-apt")
"""As in `tests/images/engine`."""


class NotToBeHad(Exception):
    """Why there is no VS Code on this machine."""


def chromium() -> str:
    """The browser's path."""
    named = os.environ.get("CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        _apt_install("chromium")
        found = shutil.which("chromium")
    if not found:
        raise NotToBeHad("Chromium is not there; CHROMIUM may name one")
    return found


def code_server() -> Path:
    """The script of code-server, to be run by `nodejs.NODE`."""
    if not (nodejs.cache() / "code-server-compiles").exists():
        _apt_install(*(name for name in _TO_COMPILE if not _installed(name)))
        (nodejs.cache() / "code-server-compiles").touch()
    try:
        modules = nodejs.modules(PACKAGES, "code-server")
    except RuntimeError as error:
        (nodejs.cache() / "code-server-compiles").unlink()
        raise NotToBeHad(str(error)[-3000:]) from error
    return modules / "code-server" / "out" / "node" / "entry.js"


def _installed(package: str) -> bool:
    done = subprocess.run(
        ["dpkg", "-s", package], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return done.returncode == 0


def _apt_install(*packages: str) -> None:
    if not packages:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise NotToBeHad(f"these have to be installed: {' '.join(packages)}")
    install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages]
    with _APT_LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for command in (install, ["apt-get", "-qq", "update"], install):
            done = subprocess.run(
                command,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
            if done.returncode == 0 and command is install:
                return
    raise NotToBeHad(f"apt-get install {' '.join(packages)} fails:\n{done.stdout.decode()[-2000:]}")
