"""`client-vscode/test/host` in a real extension host, where the extension is installed as it is shipped."""

from __future__ import annotations

import re
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import build_extension
import pytest
from window import InHost, until, window

from test_registry import Local

HERE = Path(__file__).parent
SOURCE = build_extension.EXTENSION / "test" / "host" / "tests.ts"
NAMES = [
    (single or double).replace("\\", "")
    for single, double in re.findall(
        r"""^ {4}(?:'((?:[^'\\]|\\.)+)'|"([^"]+)"): async""", SOURCE.read_text(), re.MULTILINE
    )
]
PIP = "FROM python:3.13-slim\nWORKDIR /srv\nRUN pip install requests==2.32.3\nUSER 1000\n"
FILES = {
    "Dockerfile": PIP,
    "saved/Dockerfile": PIP,
    "guide/Dockerfile": (build_extension.ROOT / "demo" / "guide" / "Dockerfile").read_text(),
    "Containerfile": "FROM scratch\n",
    "Containerfile.dev": "FROM scratch\n",
    "web/web.Dockerfile": "FROM debian\nUSER 1000\n",
    "closed/Dockerfile.prod": "FROM debian\nUSER 1000\n",
    "node_modules/theirs/Dockerfile": "FROM debian\nUSER 1000\n",
    ".dockerignore": ".git\n",
    "app/Dockerfile": "FROM python:3.13-slim\nWORKDIR /srv\nCOPY . .\nUSER 1000\n",
    "app/app.py": "",
    "app/__pycache__/app.cpython-313.pyc": "",
    "Dockerfile.dockerignore": ".git\n",
}


class Run:
    """One run of all tests: the error of each by its name, empty where it went well."""

    def __init__(self, folder: Path, vsix: Path, python: str, registry: Local) -> None:
        self.lines: list[str] = []
        self.code: list[int] = []
        script = build_extension.host_tests()
        tests = InHost(
            script, HERE / "empty-extension", self._log, lambda code, *rest: self.code.append(code)
        )
        settings = {"lightship.server.python": python}
        python_extension, containers = folder / "python.vsix", folder / "containers.vsix"
        build_extension.pack(HERE / "python-extension", python_extension)
        build_extension.pack(HERE / "containers-extension", containers)
        files = FILES | {"pinned/Dockerfile": f"FROM {registry.host}/open/app:1\n"}
        rest = {"files": files, "machine_settings": settings, "pictures": folder}
        with window(folder / "vscode", vsix, python_extension, **rest, tests=tests) as opened:
            shutil.copy(containers, opened.workspace)
            for name in ("env", "other"):
                environment = opened.workspace / name / "bin"
                environment.mkdir(parents=True)
                (environment / "python").symlink_to(sys.executable)
            (opened.workspace / "own").mkdir()
            (opened.workspace / "own" / "lightship").symlink_to(Path(sys.executable).with_name("lightship"))
            # Playwright hears from the page only while it is asked something.
            until(lambda: opened.page.wait_for_timeout(100) or self.code, 240)
        self.errors: dict[str, str] = {}
        for line in self.lines:
            match line.split("\t", 2):
                case ["ok", name]:
                    self.errors[name] = ""
                case ["not ok", name, error]:
                    self.errors[name] = error

    def _log(self, kind: str, words: list[object]) -> None:
        self.lines.append(" ".join(map(str, words)))


@pytest.fixture(scope="module")
def registry() -> Iterator[Local]:
    """One on this machine, to be asked for a digest."""
    server = Local()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def run(
    tmp_path_factory: pytest.TempPathFactory,
    visual_studio_code: None,
    vsix: Path,
    python: str,
    registry: Local,
) -> Run:
    return Run(tmp_path_factory.mktemp("host"), vsix, python, registry)


@pytest.mark.parametrize("name", NAMES)
def test_in_the_extension_host(run: Run, name: str) -> None:
    assert run.errors.get(name, "it did not come to this test") == "", "\n".join(run.lines[-20:])


def test_fails_without_a_server(
    tmp_path: Path, visual_studio_code: None, vsix: Path, registry: Local
) -> None:
    """What passes without a server proves nothing about it."""
    run = Run(tmp_path, vsix, "/bin/false", registry)
    assert run.code == [1]
    assert "there is no server to run" in run.errors[NAMES[0]]


def test_the_registry_was_asked_once_and_for_no_more_than_a_digest(run: Run, registry: Local) -> None:
    assert registry.asked == ["/v2/open/app/manifests/1"]


def test_all_is_well(run: Run) -> None:
    assert run.code == [0], "\n".join(run.lines[-20:])
    assert set(run.errors) == set(NAMES)
