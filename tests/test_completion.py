"""Completion: what is offered where, what it replaces, and that nothing is too odd to be asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import Case, read
from lightship import context
from lightship.features.completion import Item, about, complete
from lightship.features.completion.ignored import pattern
from lightship.knowledge.instructions import INSTRUCTIONS, MOUNTS
from lightship.model import analyze
from lightship.rules import all_rules
from lightship.syntax.keywords import FLAGS, KEYWORDS
from lightship.text import Edit, Source, apply

CURSOR = "$0"
MOST = 8
"""Items of a case that are written down; the rest are counted."""
RULES = {name: rule.page for rule in all_rules() for name in (rule.name, *rule.aliases)}


@pytest.mark.parametrize(
    "case", read(Path(__file__).parent / "features" / "completion.md"), ids=lambda case: case.title
)
def test_completion(case: Case, update: bool) -> None:
    """A line for each item: its kind, and the cursor's line with it in place."""
    marked = case.blocks["dockerfile"]
    assert marked.count(CURSOR) == 1
    text, offset = marked.replace(CURSOR, ""), marked.index(CURSOR)
    files = {name: body for name, body in case.files.items() if name not in ("dockerfile", "items")}
    source = Source(text)
    found = complete(
        analyze(source), offset, context.of(files) if files else None, RULES, "plain" not in case.blocks
    )
    lines = [f"{item.kind}: {_result(source, offset, item)}" for item in found[:MOST]]
    more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
    shown = "".join(f"{line}\n" for line in [*lines, *more]) or "nothing\n"
    if update:
        case.rewrite({"items": shown})
    else:
        assert shown == case.blocks["items"]
    windows = text.replace("\n", "\r\n")
    there = complete(analyze(Source(windows)), offset + text[:offset].count("\n"), context.of(files), RULES)
    assert {item.label for item in there} >= {item.label for item in found if "plain" not in case.blocks}


def _result(source: Source, offset: int, item: Item) -> str:
    """What stands from the start of what is replaced to the end of the line, with the item in its place."""
    end = source.line_span(source.line_of(offset)).end
    written = apply(source.text, [Edit(item.span, item.snippet or item.text)])
    return written[item.span.start : len(written) - len(source.text) + end].replace("\n", "⏎")


def test_every_flag_is_offered_with_its_documentation() -> None:
    for keyword, flags in FLAGS.items():
        text = f"FROM a\n{keyword} "
        offered = {item.text.partition("=")[0]: item for item in complete(analyze(Source(text)), len(text))}
        for flag in flags:
            assert about(offered[f"--{flag}"].topic, {}).endswith(")"), (keyword, flag)


def test_every_option_of_a_mount_is_offered_with_its_documentation() -> None:
    assert {*MOUNTS} == {"bind", "cache", "tmpfs", "secret", "ssh"}
    text = "FROM a\nRUN --mount=type="
    assert {item.text for item in complete(analyze(Source(text)), len(text))} == {*MOUNTS}
    for kind, doc in MOUNTS.items():
        text = f"FROM a\nRUN --mount=type={kind},"
        offered = {item.text.rstrip("="): item for item in complete(analyze(Source(text)), len(text))}
        assert offered.keys() == doc.options.keys()
        for option, item in offered.items():
            assert doc.options[option] in about(item.topic, {})


def test_every_instruction_is_offered_with_its_documentation() -> None:
    found = {item.text.split()[0]: item for item in complete(analyze(Source("FROM a\n")), 7)}
    assert found.keys() == {*KEYWORDS} == INSTRUCTIONS.keys()
    for keyword, item in found.items():
        assert INSTRUCTIONS[keyword].summary in about(item.topic, {})
    assert [item.text.split()[0] for item in found.values() if item.deprecated] == ["MAINTAINER"]


def test_documentation_of_other_things() -> None:
    assert "shared" in about("mount cache sharing", {})
    assert about("environment PYTHONUNBUFFERED", {})
    assert about("rule sudo", {"sudo": "One.\n\n## Two\n"}) == "One."
    for topic in (
        "",
        "rule no",
        "flag RUN no",
        "mount no",
        "mount cache no",
        "no",
        "instruction no",
        "a b c d",
    ):
        assert about(topic, {}) == ""


def test_ignored_files_are_not_offered() -> None:
    files = context.of(
        {
            "app/a.py": "",
            "app/b.log": "",
            "out/c": "",
            "keep/d": "",
            ".dockerignore": "**/*.log\nout\nkeep\n!keep/d\n",
        }
    )
    labels = {item.label for item in complete(analyze(Source("FROM a\nCOPY ")), 12, files)}
    assert {"app/", "keep/"} <= labels
    assert "out/" not in labels
    build = analyze(Source("FROM a\nCOPY app/"))
    assert [item.label for item in complete(build, 16, files)] == ["a.py"]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("ap", ["app"]), ("!app/", ["a.py", "b.log"]), ("# app/", []), ("*/", []), ("../", []), ("x\r\napp/b", ["b.log"]),
    ],
)  # fmt: skip
def test_patterns_of_an_ignore_file(text: str, labels: list[str]) -> None:
    files = context.of({"app/a.py": "", "app/b.log": ""})
    assert [item.label for item in pattern(text, len(text), files)] == labels
    assert pattern(text, len(text), None) == []


@given(st.text(alphabet='FROM COPY RUN-=,$\\{"[#<\n\r\t🚢a1/:', max_size=40), st.booleans())
def test_any_text(text: str, snippets: bool) -> None:
    for start in ("", "FROM a\nCOPY --from=", "FROM a\nRUN --mount=type=cache,", "# syntax=", "FROM python:"):
        whole = start + text
        build = analyze(Source(whole))
        for offset in {len(start), len(whole), len(whole) // 2}:
            _fits(whole, offset, complete(build, offset, None, RULES, snippets))


def _fits(text: str, offset: int, found: list[Item]) -> None:
    for item in found:
        assert item.label
        assert item.text
        assert 0 <= item.span.start <= item.span.end == offset <= len(text)


def test_of_a_large_folder_no_more_is_offered_than_one_can_read() -> None:
    files = {f"{number:04}": "" for number in range(2000)} | {"z": ""}
    folder = context.of(files)
    for text, count in (("FROM a\nCOPY ", 500), ("FROM a\nCOPY z", 0), ("FROM a\nCOPY 19", 100)):
        found = [item for item in complete(analyze(Source(text)), len(text), folder) if item.kind == "file"]
        assert len(found) == count, text
    assert len(pattern("", 0, folder)) == 500
    assert len(pattern("19", 2, folder)) == 100
