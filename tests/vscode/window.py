"""A window of a real VS Code, in a real browser, with a profile of its own; and what a person does in it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import machine
import nodejs
from playwright.sync_api import Locator, Page, TimeoutError, ViewportSize, sync_playwright

QUIET = {
    "telemetry.telemetryLevel": "off",
    "extensions.autoUpdate": "off",
    "extensions.autoCheckUpdates": False,
    "extensions.ignoreRecommendations": True,
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
    "workbench.enableExperiments": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.layoutControl.enabled": False,
    "workbench.colorTheme": "Dark Modern",
    "chat.disableAIFeatures": True,
    "security.workspace.trust.enabled": False,
    "security.workspace.trust.startupPrompt": "never",
    "security.workspace.trust.banner": "never",
    "files.autoSave": "off",
    "git.enabled": False,
    "window.commandCenter": False,
    "workbench.quickOpen.closeOnFocusLost": False,
    "breadcrumbs.enabled": False,
    "editor.minimap.enabled": False,
    "editor.hover.delay": 100,
    "editor.stickyScroll.enabled": False,
    "editor.fontSize": 14,
}
"""Nothing that asks, advertises or differs from one run to the next."""

SIZE: ViewportSize = {"width": 1000, "height": 560}

CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@dataclass(frozen=True)
class InHost:
    """A script with tests to run where extensions run. `log` is told what it prints, `exit` how it ended."""

    script: Path
    extension: Path
    """VS Code takes tests for those of an extension in a folder; any will do."""
    log: Callable[[str, list[Any]], None]
    exit: Callable[..., None]

    def payload(self, port: int) -> list[tuple[str, str]]:
        host = f"vscode-remote://127.0.0.1:{port}"
        return [
            ("extensionDevelopmentPath", f"{host}{self.extension}"),
            ("extensionTestsPath", f"{host}{self.script}"),
        ]


@dataclass(frozen=True)
class Window:
    page: Page
    workspace: Path
    profile: Path
    server: subprocess.Popen[bytes]
    pictures: Path
    film: list[tuple[bytes, float]] = field(default_factory=list)
    """Pictures, and for how many seconds each is to be seen."""

    # What is seen

    @property
    def editor(self) -> Locator:
        return self.page.locator(".editor-instance .monaco-editor").first

    @property
    def status(self) -> Locator:
        return self.page.locator(".statusbar-item[id*='lightship']")

    def line(self, text: str) -> Locator:
        return self.editor.locator(".view-line", has_text=text).first

    def squiggle(self, severity: str = "warning") -> Locator:
        return self.editor.locator(f".squiggly-{severity}").first

    def problems(self) -> Locator:
        return self.page.locator(".markers-panel .monaco-list-row")

    def photograph(self, name: str) -> None:
        """Keep a picture under that name."""
        (self.pictures / f"{name}.png").write_bytes(self._picture())

    def shoot(self, seconds: float) -> None:
        """Have a picture in the film."""
        self.film.append((self._picture(), seconds))

    def _picture(self) -> bytes:
        """The whole window, without a blinking cursor."""
        return self.page.screenshot(caret="hide", animations="disabled")

    # What is done

    def open(self, name: str) -> None:
        """By a double click in the explorer."""
        self.page.locator(
            ".explorer-folders-view .monaco-list-row", has_text=re.compile(f"^{re.escape(name)}$")
        ).dblclick()
        self.page.locator(".tab.active", has_text=name).wait_for()
        self.editor.locator(".view-line").first.wait_for()

    def press(self, *keys: str, brings: Locator) -> Locator:
        """Press keys until what they bring is there: a VS Code that is busy with something else loses some."""

        def there() -> bool:
            for key in keys:
                self.page.keyboard.press(key)
            with suppress(TimeoutError):
                brings.wait_for(timeout=3000)
                return True
            return False

        assert until(there, 60), f"{keys} never brought {brings}"
        return brings

    def ask(self, key: str, words: str) -> Locator:
        """Type words into the box that a key opens; the rows below it."""
        self.press(key, brings=self.page.locator(".quick-input-widget input").first).fill(words)
        return self.page.locator(".quick-input-list .monaco-list-row .label-name")

    def command(self, title: str) -> None:
        """By its title, in the command palette."""
        rows = self.ask("F1", f">{title}")
        rows.filter(has_text=re.compile(f"^{re.escape(title)}$")).first.click()

    def go_to(self, line: int, column: int) -> None:
        """Put the cursor there. Not with the mouse: lines move while lenses appear above them."""
        self.ask("Control+G", f":{line}:{column}")
        self.page.locator(".quick-input-widget input").first.press("Enter")
        self.page.locator(".statusbar-item", has_text=f"Ln {line}, Col {column}").wait_for()

    def save(self, file: str, wanted: Callable[[str], bool]) -> str:
        """Once something has changed, save; what the file on disk holds when it is as wanted, or after some seconds."""
        self.page.locator(".tab.active.dirty").wait_for()
        self.page.keyboard.press("Control+S")
        path = self.workspace / file
        # VS Code empties a file before it writes it.
        until(lambda: (text := path.read_text()).endswith("\n") and wanted(text), patience=10)
        self.page.locator(".tab.active:not(.dirty)").wait_for()
        return path.read_text()

    def settings(self, settings: Mapping[str, object]) -> None:
        """The project's settings, as if written by hand or fetched with the project."""
        folder = self.workspace / ".vscode"
        folder.mkdir(exist_ok=True)
        (folder / "settings.json").write_text(json.dumps(dict(settings)))

    def servers(self) -> list[int]:
        """Processes of the language server that this VS Code has started."""
        found = []
        for folder in Path("/proc").iterdir():
            try:
                words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except (OSError, ValueError):
                continue
            if any(word.startswith(str(self.profile)) and word.endswith("start.py") for word in words):
                found.append(int(folder.name))
        return found


def until(condition: Callable[[], Any], patience: float = 20) -> bool:
    """Whether it came true in time."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def window(
    folder: Path,
    *extensions: Path,
    files: Mapping[str, str],
    machine_settings: Mapping[str, object],
    pictures: Path,
    tests: InHost | None = None,
    trusted: bool = True,
    patience: float = 30,
) -> Iterator[Window]:
    """VS Code on a workspace with these files and with these extensions, until the block ends.

    `machine_settings` are the ones that only count there in a remote window, which this is. `tests` run in the host of
    the extensions. `patience` is in seconds.
    """
    workspace, profile = folder / "app", folder / "profile"
    for path in (workspace, profile / "User", profile / "Machine"):
        path.mkdir(parents=True)
    for name, text in files.items():
        (workspace / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace / name).write_text(text)
    trust = {} if trusted else {"security.workspace.trust.enabled": True}
    (profile / "User" / "settings.json").write_text(json.dumps(QUIET | trust))
    (profile / "Machine" / "settings.json").write_text(json.dumps(dict(machine_settings)))
    (folder / "config.yaml").write_text("auth: none\n")
    entry = machine.code_server()
    environment = {
        name: value for name, value in nodejs.environment().items() if not name.startswith("VSCODE_")
    }
    environment["HOME"] = str(folder)
    common: list[str | Path] = [nodejs.NODE, entry, "--config", folder / "config.yaml"]
    common += ["--user-data-dir", profile, "--extensions-dir", profile / "extensions"]
    for each in extensions:
        subprocess.run(
            [*common, "--install-extension", each], env=environment, check=True, capture_output=True
        )

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with (folder / "code-server.log").open("wb") as log:
        server = subprocess.Popen(
            [*common, "--auth", "none", "--bind-addr", f"127.0.0.1:{port}", "--disable-telemetry"]
            + ["--disable-update-check", *(["--disable-workspace-trust"] if trusted else [])]
            # Without it, tests of an extension are ignored; with it, notifications are.
            + (["--vscode-option", "enable-smoke-test-driver"] if tests else [])
            + [workspace],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        assert until(lambda: _answers(f"{address}/healthz"), 60), (folder / "code-server.log").read_text()[
            -3000:
        ]
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=machine.chromium(), args=CHROMIUM)
            page = browser.new_page(viewport=SIZE)
            page.set_default_timeout(patience * 1000)
            query = f"folder={quote(str(workspace))}"
            if tests:
                query += f"&payload={quote(json.dumps(tests.payload(port)))}"
                page.expose_function("codeAutomationLog", tests.log)
                page.expose_function("codeAutomationExit", tests.exit)
            page.goto(f"{address}/?{query}")
            try:
                yield Window(page, workspace, profile, server, pictures)
            finally:
                browser.close()
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
