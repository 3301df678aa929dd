"""What is said where no server can be started; and that the other tests here see that there is none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError
from window import Window, until, window

pytestmark = pytest.mark.usefixtures("visual_studio_code")

NOT_A_PYTHON = "/bin/false"


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory, visual_studio_code: None, vsix: Path) -> Iterator[Window]:
    folder = tmp_path_factory.mktemp("without")
    files = {"Dockerfile": "FROM debian\nCMD ['app']\n"}
    settings = {"lightship.server.python": NOT_A_PYTHON}
    with window(folder, vsix, files=files, machine_settings=settings, pictures=folder) as opened:
        yield opened


def test_one_message_says_so_and_what_to_do(code: Window) -> None:
    code.open("Dockerfile")
    message = code.page.locator(".notification-toast", has_text="lightship.server.python")
    message.wait_for()
    assert NOT_A_PYTHON in message.inner_text()
    buttons = message.locator(".monaco-button").all_inner_texts()
    assert {"Choose Python…", "Get Python", "Try Again"} <= set(buttons)
    assert code.page.locator(".notification-toast").count() == 1
    assert NOT_A_PYTHON in (code.status.get_attribute("aria-label") or "")
    assert code.servers() == []


def test_there_are_no_squiggles(code: Window) -> None:
    with pytest.raises(TimeoutError):
        code.squiggle("error").wait_for(state="attached", timeout=3000)


def test_another_python_is_used_at_once(code: Window, python: str) -> None:
    (code.profile / "Machine" / "settings.json").write_text(f'{{"lightship.server.python": "{python}"}}')
    code.squiggle("error").wait_for(state="attached")
    assert until(lambda: len(code.servers()) == 1)


def test_one_that_crashes_again_and_again_is_given_up(code: Window) -> None:
    code.command("Notifications: Clear All Notifications")
    crashing = code.profile / "lightship"
    crashing.write_text('#!/bin/sh\necho run >> "$0.log"\n[ "$1" = --version ] && echo lightship 0.0.0\n')
    crashing.chmod(0o755)
    (code.profile / "Machine" / "settings.json").write_text(
        json.dumps({"lightship.server.path": str(crashing)})
    )
    message = code.page.locator(".notification-toast", has_text="has crashed several times")
    message.wait_for(timeout=60_000)
    assert code.page.locator(".notification-toast").count() == 1
    assert message.locator(".monaco-button").all_inner_texts() == ["Restart", "Show Log", "Report…"]
    assert crashing.with_suffix(".log").read_text().count("run") == 2 * 6, (
        "once asked for its version, once started"
    )
    code.photograph("given-up")
    message.get_by_text("Report…").click()
    report = code.page.locator(".editor-instance .view-line")
    report.filter(has_text="Server: failed").wait_for()
