"""Puts the server and all that it imports into a folder, for one kind of machine and all Pythons that it supports.

Two of the dependencies come as one compiled library for each version of Python. Their files have different names,
so wheels for all versions are unpacked over each other, and each Python finds its own.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import nodejs

ROOT = Path(__file__).parent.parent
BUNDLED = ROOT / "client-vscode" / "bundled"
REQUIREMENTS = BUNDLED / "requirements.txt"

PYTHONS = ("3.11", "3.12", "3.13", "3.14")

TARGETS: Mapping[str, Sequence[str]] = {
    "linux-x64": ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_28_x86_64"),
    "linux-arm64": ("manylinux2014_aarch64", "manylinux_2_17_aarch64", "manylinux_2_28_aarch64"),
    "darwin-x64": ("macosx_11_0_x86_64",),
    "darwin-arm64": ("macosx_11_0_arm64",),
    "win32-x64": ("win_amd64",),
}
"""VS Code's name of a platform, and what wheels for it may be tagged with."""

_NEEDLESS = re.compile(
    r"\.(pyi|c|h)$|\.dist-info/(RECORD|WHEEL|INSTALLER|REQUESTED|top_level\.txt)$|^_?tests?/"
)
_NATIVE = re.compile(r"\.(so|pyd)$")


def bundle(target: str, folder: Path) -> None:
    """Fill a folder with `start.py` and `libs`. Raises RuntimeError where wheels are missing or contradict each other."""
    libs = folder / "libs"
    libs.mkdir(parents=True)
    for python in PYTHONS:
        for wheel in sorted(_wheels(target, python).glob("*.whl")):
            _unpack(wheel, libs)
    _check(target, libs)
    shutil.copytree(
        ROOT / "server" / "lightship", libs / "lightship", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(BUNDLED / "start.py", folder)
    (folder / "carried.json").write_text(json.dumps({"target": target, "pythons": PYTHONS}))


def _wheels(target: str, python: str) -> Path:
    """A folder of wheels, downloaded once for each state of the requirements."""
    key = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]
    folder = nodejs.cache() / f"wheels-{key}" / f"{target}-{python}"
    with nodejs.only_one("wheels"):
        if not folder.exists():
            fresh = folder.with_suffix(".part")
            shutil.rmtree(fresh, ignore_errors=True)
            platforms = [word for tag in TARGETS[target] for word in ("--platform", tag)]
            command = ["pip", "download", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
            command += ["--implementation=cp", f"--python-version={python}", *platforms]
            done = subprocess.run(
                [sys.executable, "-m", *command, f"--dest={fresh}", f"--requirement={REQUIREMENTS}"],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(f"no wheels for {target}, Python {python}:\n{done.stdout.decode()}")
            fresh.rename(folder)
    return folder


def _unpack(wheel: Path, libs: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith("/") or _NEEDLESS.search(name):
                continue
            content, path = _without_debugging(archive.read(name)), libs / name
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            elif path.read_bytes() != content:
                raise RuntimeError(f"{wheel.name} has another {name} than the wheels before it")


def _without_debugging(content: bytes) -> bytes:
    """A library of Linux' that ends where the last of what is loaded ends: behind that, debuggers find names and lines,
    which are two thirds of it. Anything else as it is."""
    if not content.startswith(b"\x7fELF\x02\x01"):
        return content
    (table,) = struct.unpack_from("<Q", content, 32)
    size, count = struct.unpack_from("<HH", content, 54)
    loaded = [struct.unpack_from("<8xQ16xQ", content, table + each * size) for each in range(count)]
    # The table of sections lies behind it too: its place, the size and number of its entries, and one's index.
    header = content[:40] + bytes(8) + content[48:58] + bytes(6)
    return header + content[len(header) : max(offset + length for offset, length in loaded)]


def _check(target: str, libs: Path) -> None:
    """Every package with compiled code has it for every Python."""
    tags = {python: python.replace(".", "") for python in PYTHONS}
    by_package: dict[str, list[str]] = {}
    for path in libs.rglob("*"):
        if _NATIVE.search(path.name):
            by_package.setdefault(path.parent.name, []).append(path.name)
    for package, names in by_package.items():
        for python, tag in tags.items():
            if not any(re.search(rf"abi3|^_binding\.pyd$|cpython-{tag}-|\.cp{tag}-", name) for name in names):
                raise RuntimeError(f"{package} for {target} has nothing for Python {python}: {names}")
