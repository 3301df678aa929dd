"""A person with VS Code, from the first squiggle to a multi-stage build. What counts in the end is the file on disk.

One window; each test goes on where the one above has ended.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator
from window import QUIET, SIZE, Window, until, window

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "demo" / "guide"
FILES = {
    str(path.relative_to(EXAMPLE)): path.read_text()
    for path in EXAMPLE.rglob("*.*")
    if path.suffix in (".py", ".c")
}
GUIDE = (EXAMPLE / "Dockerfile").read_text()
FIXED_COMMAND = GUIDE.replace("CMD ['myapp']", 'CMD ["myapp"]')
FINDINGS = {
    "end-of-life-base",
    "split-apt-update",
    "relative-copy-target",
    "removed-in-later-layer",
    "root-user",
    "invalid-exec-form",
}

pytestmark = [pytest.mark.usefixtures("visual_studio_code", "step")]


@pytest.fixture(scope="module")
def code(
    tmp_path_factory: pytest.TempPathFactory,
    visual_studio_code: None,
    vsix: Path,
    python: str,
    pictures: Path,
) -> Iterator[Window]:
    files = FILES | {"Dockerfile": GUIDE}
    settings = {"lightship.server.python": python}
    folder = tmp_path_factory.mktemp("person")
    with window(folder, vsix, files=files, machine_settings=settings, pictures=pictures) as opened:
        yield opened


def test_squiggles(code: Window) -> None:
    code.open("Dockerfile")
    code.page.keyboard.press("Control+B")  # more room for the file
    code.squiggle("warning").wait_for(state="attached")
    code.squiggle("error").wait_for(state="attached")
    assert until(lambda: code.status.inner_text().strip() == f"Lightship: {len(FINDINGS)}"), (
        code.status.inner_text()
    )
    code.editor.locator(".codelens-decoration", has_text="ships").first.wait_for()
    code.shoot(2)


def test_problems_panel(code: Window) -> None:
    code.command("View: Toggle Problems")
    code.problems().filter(has_text="invalid-exec-form").wait_for()
    # The list draws only what is in view.
    shown = set(
        re.findall(r"^[a-z]+(?:-[a-z]+)+$", code.page.locator(".markers-panel").inner_text(), re.MULTILINE)
    )
    assert {"invalid-exec-form", "end-of-life-base", "removed-in-later-layer"} <= shown <= FINDINGS
    row = code.problems().filter(has_text="removed-in-later-layer").inner_text()
    assert "163 MB stay in the layer of line 3" in row
    assert "[Ln 6, Col 5]" in row


def test_a_finding_leads_to_the_page_of_its_rule(code: Window) -> None:
    code.page.locator(".markers-panel a", has_text="removed-in-later-layer").first.click()
    code.page.locator(".tab.active", has_text="removed-in-later-layer").wait_for()
    page = code.page.frame_locator("iframe.webview.ready").frame_locator("iframe")
    page.locator("h1", has_text="removed-in-later-layer").wait_for()
    assert page.locator("pre code").count() >= 2
    code.photograph("rule")
    code.command("View: Close Editor")
    code.page.locator(".tab", has_text="removed-in-later-layer").wait_for(state="detached")
    code.command("View: Hide Panel")
    code.page.locator(".markers-panel").wait_for(state="hidden")


def test_hover(code: Window) -> None:
    code.line("apt-get remove").hover(position={"x": 120, "y": 8})
    hover = code.page.locator(".monaco-hover:visible", has_text="Layers only ever add").first
    hover.wait_for()
    text = hover.inner_text()
    assert "163 MB stay in the layer of line 3" in text
    assert "installed here" in text
    code.photograph("hover")
    code.shoot(4)
    code.page.keyboard.press("Escape")
    code.line("FROM").click()


def test_a_rule_is_chosen_from_all(code: Window) -> None:
    code.go_to(6, 8)
    code.command("Lightship: Open a Rule's Page…")
    rules = code.page.locator(".quick-input-list .monaco-list-row .label-name")
    rules.filter(has_text="removed-in-later-layer").wait_for()
    assert rules.first.inner_text() == "removed-in-later-layer", "what is found at the cursor comes first"
    code.page.locator(".quick-input-widget input").first.fill("root-us")
    rules.filter(has_text="root-user").click()
    page = code.page.frame_locator("iframe.webview.ready").frame_locator("iframe")
    page.locator("h1", has_text="root-user").wait_for()
    code.command("View: Close Editor")
    code.line("FROM").wait_for()


def test_the_log_says_what_runs(code: Window, python: str) -> None:
    code.command("Lightship: Show Log")
    code.page.locator(".output-view .view-line", has_text="Starting with Python").wait_for()
    code.command("View: Hide Panel")
    code.page.locator(".output-view").wait_for(state="hidden")


def test_quick_fix(code: Window) -> None:
    code.go_to(8, 12)
    fix = code.page.locator(".action-widget .monaco-list-row", has_text="Write a JSON array")
    code.press("Escape", "Control+.", brings=fix)
    code.photograph("fix")
    code.shoot(2.5)
    fix.click()
    code.line('["myapp"]').wait_for()
    assert code.save("Dockerfile", lambda text: '"myapp"' in text) == FIXED_COMMAND
    code.squiggle("error").wait_for(state="detached")
    code.shoot(2)


def test_convert_to_a_multi_stage_build(code: Window) -> None:
    code.command("Lightship: Convert to a Multi-Stage Build")
    code.line("AS build").wait_for()
    text = code.save("Dockerfile", lambda text: "AS build" in text)
    stages = re.split(r"(?m)^(?=FROM )", text)[1:]
    assert len(stages) == 2
    assert "gcc" in stages[0]
    assert "apt-get" not in stages[1]
    assert "COPY --from=build" in stages[1]
    assert stages[1].endswith('CMD ["myapp"]\n')
    # Colours come last, and until then those of the old text stand in odd places.
    words = code.editor.locator(".view-line span > span", has_text=re.compile("^FROM$"))
    assert until(lambda: [*map(len, (colours(words), {*colours(words)}))] == [2, 1])
    code.photograph("convert")
    code.shoot(5)


def colours(words: Locator) -> list[str]:
    return words.evaluate_all("all => all.map(each => each.className)")  # type: ignore[no-any-return]


def test_one_undo_takes_it_back(code: Window) -> None:
    code.go_to(1, 1)
    code.page.keyboard.press("Control+Z")
    assert code.save("Dockerfile", lambda text: "AS build" not in text) == FIXED_COMMAND


def test_a_setting_changes_what_is_found(code: Window) -> None:
    before = len(FINDINGS) - 1
    assert until(lambda: code.status.inner_text().strip() == f"Lightship: {before}"), code.status.inner_text()
    code.settings({"lightship.ignore": ["root-user", "relative-copy-target"]})
    assert until(lambda: code.status.inner_text().strip() == f"Lightship: {before - 2}"), (
        code.status.inner_text()
    )
    code.settings({})
    assert until(lambda: code.status.inner_text().strip() == f"Lightship: {before}"), code.status.inner_text()


def test_walkthrough(code: Window) -> None:
    code.page.set_viewport_size(
        {"width": 1400, "height": 640}
    )  # pictures are left out where there is no room
    code.command("Welcome: Open Walkthrough...")
    code.page.locator(".quick-input-list .monaco-list-row", has_text="Lightship").first.click()
    welcome = code.page.locator(".gettingStartedContainer")
    welcome.locator(".step-title", has_text="Convert to a multi-stage build").click()
    assert welcome.locator(".step-title").count() == 4
    picture = welcome.locator(".getting-started-media img")
    assert until(lambda: picture.evaluate("image => image.naturalWidth") > 500)
    welcome.locator(".step-title", has_text="Have it your way").click()
    welcome.locator(".monaco-button", has_text="Open the settings").click()
    code.page.set_viewport_size(SIZE)


def test_settings_as_vs_code_shows_them(code: Window) -> None:
    for label in ("Preset", "Extend Select"):
        code.page.locator(".settings-editor .setting-item-label", has_text=label).first.wait_for()
    code.photograph("settings")
    code.page.locator(".settings-editor .action-label", has_text="User").press("Escape")
    code.page.locator(".settings-editor").wait_for(state="detached")
    code.command("View: Close Editor")
    code.line("FROM").wait_for()


def test_the_server_comes_back_after_a_crash(code: Window) -> None:
    (first,) = code.servers()
    os.kill(first, signal.SIGKILL)
    assert until(lambda: code.servers() not in ([], [first])), "it was not started again"
    before = len(FINDINGS) - 1
    assert until(lambda: code.status.inner_text().strip() == f"Lightship: {before}"), code.status.inner_text()
    code.command("Lightship: Fix All That Is Safe to Fix")
    text = code.save("Dockerfile", lambda text: text != FIXED_COMMAND)
    assert "apt-get update && \\\n" in text
    assert "python:3.9-slim" in text


def test_only_the_file_was_written(code: Window) -> None:
    found = {str(path.relative_to(code.workspace)) for path in code.workspace.rglob("*") if path.is_file()}
    assert found == {*FILES, "Dockerfile", ".vscode/settings.json"}
    assert json.loads((code.profile / "User" / "settings.json").read_text()) == QUIET


def test_the_film(code: Window) -> None:
    """What was seen above, as the README shows it."""
    first, *rest = (Image.open(io.BytesIO(picture)).convert("RGB") for picture, _ in code.film)
    path = code.pictures / "film.png"
    durations = [1000 * seconds for _, seconds in code.film]
    first.save(path, save_all=True, append_images=rest, duration=durations, loop=0, optimize=True)
    assert path.stat().st_size < 1_000_000
