"""What is told where no settings ask for a rule: what is worth a word, and the same thing once."""

from __future__ import annotations

from lightship import lint
from lightship.config import Settings
from lightship.model import analyze
from lightship.text import Safety, Source

ADDS = Source("FROM debian:12-slim\nADD files/ /\nADD a /a\n# hadolint ignore=DL3020\nADD b /b\nADD c /c\n")
CD = Source("FROM debian:12-slim\nCMD cd /srv && exec app\n")
VIM = Source("FROM debian:12-slim\nRUN apt-get install -y vim\n")


def told(source: Source, settings: Settings, rule: str) -> list[str]:
    found = lint.check(analyze(source), settings)
    return [
        f"{source.line_of(each.span.start) + 1}: {each.message}"
        for each in found
        if rule in (each.code, *each.aliases)
    ]


def test_findings_that_belong_together_are_one_with_one_fix() -> None:
    rule = "add-instead-of-copy"
    (found,) = (each for each in lint.check(analyze(ADDS), Settings()) if each.code == rule)

    assert ADDS.line_of(found.span.start) == 1
    assert found.message.endswith(" There are 2 more like it.")
    assert [ADDS.line_of(related.span.start) for related in found.related] == [2, 5]
    assert found.fix
    assert found.fix.title == "Use COPY"  # the safe one; the others wait for the next pass
    text, _ = lint.fix_all(ADDS, Settings(), Safety.UNSAFE)
    assert text == ADDS.text.replace("ADD", "COPY").replace("COPY b", "ADD b")


def test_adds_that_copy_for_certain_are_no_finding_of_their_own() -> None:
    source = Source("FROM debian:12-slim\nADD files/ /\nADD a.py /a\n")
    assert not told(source, Settings(), "add-instead-of-copy")


def test_who_asks_for_a_rule_is_told_of_each_place() -> None:
    for settings in (
        Settings(select=("add-instead-of-copy",)),
        Settings(extend_select=("DL3020",)),
        Settings(preset="hadolint"),
    ):
        lines = [line.partition(":")[0] for line in told(ADDS, settings, "add-instead-of-copy")]
        assert lines == ["2", "3", "6"]


def test_what_is_seldom_worth_a_word_waits_until_it_is_asked_for() -> None:
    assert not told(VIM, Settings(), "recommended-packages")
    assert told(VIM, Settings(preset="hadolint"), "recommended-packages")
    assert not told(CD, Settings(), "shell-form-command")
    assert told(CD, Settings(preset="buildkit"), "shell-form-command")


def test_a_suppression_of_what_is_not_told_is_in_use() -> None:
    source = Source(VIM.text.replace("RUN", "# lightship: ignore[recommended-packages] tried\nRUN"))
    assert not told(source, Settings(), lint.UNUSED)
