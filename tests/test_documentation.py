"""What is written for people holds: commands, outputs, settings, links and numbers."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightship import cli, config_reading
from lightship.cli.arguments import parse
from lightship.rules import known_names

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / name
    for name in (
        "README.md",
        "CHANGELOG.md",
        ".github/CONTRIBUTING.md",
        "client-vscode/README.md",
        "docs/conformance.md",
        "docs/parity.md",
        "docs/refactorings.md",
        "docs/rules.md",
        "editors/README.md",
        "integrations/README.md",
        "server/ARCHITECTURE.md",
    )
]


def blocks(page: Path, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


def commands(page: Path) -> Iterator[str]:
    """Commands as one would type them; those with brackets only say what may be typed."""
    text = page.read_text()
    for found in re.findall(r"(?<!`)`(lightship [^`\n]+)`|^\$ (lightship .*)$", text, re.MULTILINE):
        if not re.search(r"[\[<]", command := "".join(found)):
            yield command.replace("NAME FILE", "merge-runs Dockerfile").split(" #")[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_can_be_given(page: Path) -> None:
    for command in commands(page):
        arguments = shlex.split(command)[1:]
        parse(lambda address: 0, arguments)  # exits where it does not understand


def test_outputs_are_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "demo", tmp_path / "demo")
    monkeypatch.chdir(tmp_path)
    ran = 0
    for block in blocks(ROOT / "README.md", "console"):
        for command, shown in re.findall(r"^\$ (.*)\n((?:[^$\n].*\n)*)", block, re.MULTILINE):
            if command.startswith("lightship "):
                cli.main(lambda address: 0, shlex.split(command)[1:])
                pattern = "(.*\n)*".join(map(re.escape, re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE)))
                assert re.fullmatch(pattern, capsys.readouterr().out), command
                ran += 1
    assert ran


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_settings_are_understood() -> None:
    (text,) = blocks(ROOT / "README.md", "toml")
    _, problems = config_reading.parse(text, "lightship.toml", known_names())
    assert problems == []
    assert set(re.findall(r"^([\w-]+) =", text, re.MULTILINE)) >= {"preset", "ignore", "severity", "fail-on"}


def test_numbers_are_those_of_the_pages() -> None:
    said = (ROOT / "README.md").read_text().partition("## How it compares")[2].partition("<!-- bench")[0]
    parity = (ROOT / "docs" / "parity.md").read_text()
    agrees, least = re.findall(r"([\d.]+) %", said)
    assert f"{agrees} % agree" in parity
    (pairs,) = re.findall(r"all but one of ([\d,]+)", said)
    assert re.search(rf"of {pairs} pairs .*?all but one agree", parity, re.DOTALL)

    conformance = (ROOT / "docs" / "conformance.md").read_text()
    shares = dict(re.findall(r"^\| ([^|]+) \| [\d,]+ \| ([\d.]+) % \|$", conformance, re.MULTILINE))
    assert len(shares) > 10
    excepted = {"findings", "quick fixes"}
    assert min(float(share) for name, share in shares.items() if name not in excepted) >= float(least)
    assert all(float(shares[name]) < float(least) for name in excepted)
