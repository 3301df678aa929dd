"""Rules that speak for several codes of another tool, and rules with options, as a check runs them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lightship import lint
from lightship.config import OFF, Settings
from lightship.model import analyze
from lightship.model.build import Cmd, Step
from lightship.options import option
from lightship.rules import Finding, Rule
from lightship.terms import Severity, Topic
from lightship.text import Source

TEXT = 'FROM debian:12\nCMD ["a"]\nENTRYPOINT ["b"]\n'


@dataclass(frozen=True)
class Options:
    keyword: str = option("", "An instruction to leave alone.", buildkit="CMD")


def check(step: Step, options: Options) -> Iterator[Finding]:
    if step.instruction.keyword not in ("FROM", options.keyword):
        code = "DL4003" if isinstance(step, Cmd) else "DL4004"
        yield Finding(step.span, step.instruction.keyword, None, {}, (), Severity.INFO, (code, "JSONArgs"))


RULE = Rule(
    "several", "", Severity.HINT, Topic.STYLE, ("DL4003", "DL4004", "JSONArgsRecommended"), (), True, check, Options
)  # fmt: skip


@pytest.fixture(autouse=True)
def only_rule(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(lint, "all_rules", lambda: (RULE,))
    lint._running.cache_clear()
    yield
    lint._running.cache_clear()


def found(settings: Settings, text: str = TEXT) -> list[tuple[str, str, Severity]]:
    return [(d.message, d.code, d.severity) for d in lint.check(analyze(Source(text)), settings)]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), {"CMD", "ENTRYPOINT"}),
        (Settings(ignore=("DL4003",)), {"ENTRYPOINT"}),
        (Settings(ignore=("several",)), set()),
        (Settings(ignore=("DL4003", "DL4004")), set()),
        (Settings(select=("DL4004",)), {"ENTRYPOINT"}),
        (Settings(severity={"DL4004": OFF}), {"CMD"}),
        (Settings(rules={"several": {"keyword": "CMD"}}), {"ENTRYPOINT"}),
        (Settings(rules={"DL4003": {"keyword": "ENTRYPOINT"}}), {"CMD"}),
    ],
)
def test_each_code_is_chosen_for_itself(settings: Settings, expected: set[str]) -> None:
    assert {message for message, _, _ in found(settings)} == expected


def test_codes_and_severities_under_a_preset() -> None:
    assert found(Settings()) == [
        ("CMD", "several", Severity.INFO),
        ("ENTRYPOINT", "several", Severity.INFO),
    ]
    assert found(Settings(preset="hadolint", severity={"DL4003": Severity.HINT})) == [
        ("CMD", "DL4003", Severity.HINT),
        ("ENTRYPOINT", "DL4004", Severity.ERROR),
    ]


def test_none_of_the_tools_codes_means_it() -> None:
    assert found(Settings(preset="buildkit")) == []


def test_a_preset_may_have_its_own_options() -> None:
    everything = Settings(preset="buildkit", extend_select=("all",))

    assert [message for message, _, _ in found(everything)] == ["ENTRYPOINT"]
    over = Settings(rules={"several": {"keyword": "USER"}}).over(everything)
    assert [message for message, _, _ in found(over)] == ["CMD", "ENTRYPOINT"]


def test_a_suppression_of_one_code_is_needed_or_not() -> None:
    text = TEXT.replace("CMD", "# lightship: ignore[DL4003]\nCMD").replace(
        "ENTRY", "# lightship: ignore[DL4003]\nENTRY"
    )

    assert [code for _, code, _ in found(Settings(), text)] == [lint.UNUSED, "several"]
    assert [code for _, code, _ in found(Settings(ignore=("DL4003",)), text)] == ["several"]
