"""What users install: built from a copy of the checkout, put into environments of their own, and run there."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from running import DOCKERFILE, FIXED, ROOT, run


@pytest.fixture(scope="session")
def packages(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The source distribution, and the wheel that is built from it; by suffix."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, checkout, cwd=checkout)
    return {path.suffix: path for path in folder.iterdir()}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Dockerfile").write_text(DOCKERFILE)
    return folder


def works(lightship: Path, project: Path) -> None:
    """Check, fix, read a page and start the server with an installed command."""
    assert "pip-cache" in run(lightship, "check", cwd=project, status=1)
    run(lightship, "fix", cwd=project)
    assert (project / "Dockerfile").read_text() == FIXED
    assert run(lightship, "rule", "pip-cache", cwd=project).count("\n") > 10
    hello = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}})
    served = subprocess.run(
        [lightship, "server"],
        input=f"Content-Length: {len(hello)}\r\n\r\n{hello}",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert '"capabilities"' in served.stdout, served.stderr


def test_packages_are_complete(packages: dict[str, Path], checkout: Path) -> None:
    assert set(packages) == {".gz", ".whl"}
    run(sys.executable, "-m", "twine", "check", "--strict", *packages.values(), cwd=ROOT)
    wheel = set(zipfile.ZipFile(packages[".whl"]).namelist())
    sources = {
        path.relative_to(checkout / "server").as_posix()
        for path in (checkout / "server" / "lightship").rglob("*")
        if path.suffix in (".py", ".md", ".json", ".typed")
    }
    assert sources - wheel == set()
    with tarfile.open(packages[".gz"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "LICENSE", "README.md", "server/lightship/__main__.py"} <= names


@pytest.mark.parametrize("suffix", [".whl", ".gz"])
def test_pip(packages: dict[str, Path], project: Path, tmp_path: Path, suffix: str) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    run(tmp_path / "venv" / "bin" / "python", "-m", "pip", "install", packages[suffix], cwd=tmp_path)
    works(tmp_path / "venv" / "bin" / "lightship", project)


def test_pipx(packages: dict[str, Path], project: Path, tmp_path: Path) -> None:
    places = {"PIPX_HOME": str(tmp_path / "pipx"), "PIPX_BIN_DIR": str(tmp_path / "bin")}
    run(sys.executable, "-m", "pipx", "install", packages[".whl"], cwd=tmp_path, **places)
    works(tmp_path / "bin" / "lightship", project)


def test_uv(packages: dict[str, Path], project: Path, tmp_path: Path) -> None:
    places = {"UV_TOOL_DIR": str(tmp_path / "uv"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin")}
    run(
        sys.executable, "-m", "uv", "tool", "install", "--python", sys.executable, packages[".whl"],
        cwd=tmp_path, **places,
    )  # fmt: skip
    works(tmp_path / "bin" / "lightship", project)
