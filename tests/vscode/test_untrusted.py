"""A project that nobody has said to trust: findings and fixes as ever, but nothing in it is run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from window import Window, until, window

pytestmark = [pytest.mark.usefixtures("visual_studio_code", "step")]


@pytest.fixture(scope="module")
def code(
    tmp_path_factory: pytest.TempPathFactory, visual_studio_code: None, vsix: Path, python: str
) -> Iterator[Window]:
    folder = tmp_path_factory.mktemp("untrusted")
    program = folder / "app" / "program"
    wish = {"lightship.server.path": str(program), "lightship.ignore": ["root-user"]}
    files = {
        "Dockerfile": "FROM debian:12\nCMD ['app']\n",
        "program": '#!/bin/sh\necho run >> "$0.log"\necho lightship 0.0.0\n',
        ".vscode/settings.json": json.dumps(wish),
    }
    rest = {"machine_settings": {"lightship.server.python": python}, "pictures": folder}
    with window(folder, vsix, files=files, **rest, trusted=False) as opened:
        program.chmod(0o755)
        yield opened


def test_what_the_project_wants_to_be_run_is_not(code: Window) -> None:
    code.open("Dockerfile")
    code.squiggle("error").wait_for(state="attached")
    code.page.locator(".statusbar-item", has_text="Restricted Mode").wait_for()
    assert until(lambda: code.status.inner_text().strip() == "Lightship: 1"), "its other settings count"
    assert len(code.servers()) == 1
    assert not (code.workspace / "program.log").exists()


def test_it_is_once_the_project_is_trusted(code: Window) -> None:
    code.command("Workspaces: Manage Workspace Trust")
    code.page.locator(".workspace-trust-editor .monaco-button", has_text="Trust").first.click()
    assert until((code.workspace / "program.log").exists)
