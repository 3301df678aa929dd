"""What the tests of the extension share: the extension as it is shipped, and a window of VS Code with it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import build_extension
import machine
import pytest
from window import Window


@pytest.fixture(scope="session")
def vsix() -> Path:
    """The extension for this machine, built now."""
    return build_extension.build(build_extension.here())


@pytest.fixture(scope="session")
def visual_studio_code() -> None:
    """A VS Code and a browser. Without them the test is skipped; in CI it fails."""
    try:
        machine.chromium()
        machine.code_server()
    except machine.NotToBeHad as error:
        pytest.fail(str(error)) if os.environ.get("CI") == "true" else pytest.skip(str(error))


@pytest.fixture(scope="session")
def python() -> str:
    """The Python that runs the server. With one that cannot, the tests fail: `PYTHON=/bin/false`."""
    return os.environ.get("PYTHON") or sys.executable


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where photographs of the window go: into the documentation if asked to."""
    if request.config.getoption("update"):
        return build_extension.PICTURES
    return tmp_path_factory.mktemp("pictures")


_failed: set[Path] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.failed:  # type: ignore[attr-defined]
        _failed.add(item.path)
        window = getattr(item, "funcargs", {}).get("code")
        if call.when == "call" and isinstance(window, Window):
            window.page.screenshot(path=window.profile.parent / "failure.png")
            report.sections.append(("A picture of the failure", str(window.profile.parent / "failure.png")))  # type: ignore[attr-defined]
    return report


@pytest.fixture
def step(request: pytest.FixtureRequest) -> None:
    """For tests that go on where the one above has ended: not after one that failed."""
    if request.path in _failed:
        pytest.fail("a step before this one has failed")
