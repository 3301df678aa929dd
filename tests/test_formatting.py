"""Formatting: what moves, what stays, and that BuildKit reads the same before and after."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import Case, read
from lightship.features import formatting
from lightship.features.formatting import Layout
from lightship.model import analyze
from lightship.syntax.dockerfile import parse
from lightship.text import Source, Span, apply

TABS = Layout(insert_spaces=False)
LAYOUTS = {"": Layout(), "tabs": TABS, "2": Layout(2), "trim": Layout(4, True, True, True, True)}
FOLDER = Path(__file__).parent / "features"


@pytest.mark.parametrize("case", read(FOLDER / "formatting.md"), ids=lambda case: case.title)
def test_formatting(case: Case, update: bool) -> None:
    """A block `layout` names one of `LAYOUTS`; without `formatted`, nothing changes."""
    before = case.blocks["dockerfile"]
    layout = LAYOUTS[case.blocks.get("layout", "").strip()]
    after = formatting.result(before, layout)
    if update and after != before:
        case.rewrite({"formatted": after})
    else:
        assert after == case.blocks.get("formatted", before)
    assert formatting.result(after, layout) == after
    windows = before.replace("\n", "\r\n")
    assert formatting.result(windows, layout) == after.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\ufeff  FROM node", "\ufeffFROM node"),
        ("FROM a\n \t \n", "FROM a\n\n"),
        ("RUN a \\ \n  b", "RUN a \\ \n    b"),
        ("RUN a \\\n\u00a0b", "RUN a \\\n    \u00a0b"),
        ("FROM a\r\tEXPOSE 8080\\\r8081", "FROM a\rEXPOSE 8080\\\r    8081"),
        ("FROM a\nRUN echo 🚢 && \\\nls", "FROM a\nRUN echo 🚢 && \\\n    ls"),
        ("", ""),
    ],
)
def test_odd_characters(before: str, after: str) -> None:
    assert formatting.result(before, Layout()) == after


def test_a_selection_changes_its_lines_alone() -> None:
    text = " FROM a\n RUN b \\\nc \\\nd\n USER e\n"
    at = text.index("c")
    edits = formatting.selection(parse(text), Layout(), Span(at, at))
    assert apply(text, edits) == " FROM a\n RUN b \\\n    c \\\nd\n USER e\n"


@pytest.mark.parametrize("text", ["RUN a \\\nb", "RUN a \nb"])
def test_an_escape_that_is_typed_indents_the_next_line(text: str) -> None:
    """Whether the editor has told of the character already, or not."""
    offset = len(text.partition("\n")[0])
    edits = formatting.typed(parse(text), TABS, offset, "\\")
    assert apply(text, edits).endswith("\n\tb")


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("# a\nRUN b", 3),
        ("RUN <<E\n a\n b\nE", 10),
        ("RUN a\n b", 3),
        ("RUN a", 5),
        ("# escape=`\nRUN a\n b", 16),
    ],
)
def test_an_escape_that_continues_nothing_changes_nothing(text: str, offset: int) -> None:
    assert formatting.typed(parse(text), TABS, offset, "\\") == []


@given(st.text(alphabet="RUN EV\t\\\n'\"$#<E=`a1\r\ufeff", max_size=60), st.sampled_from([*LAYOUTS.values()]))
def test_any_text_settles_and_keeps_what_is_no_white_space(text: str, layout: Layout) -> None:
    after = formatting.result(text, layout)
    assert formatting.result(after, layout) == after
    assert re.sub(r"[ \t]", "", after).rstrip("\r\n\ufeff") == re.sub(r"[ \t]", "", text).rstrip("\r\n\ufeff")
    for offset in range(len(text) + 1):
        for edit in formatting.typed(parse(text), Layout(), offset, "\\"):
            assert 0 <= edit.span.start <= edit.span.end <= len(text)


def test_the_corpus_is_read_as_before(corpus: list[Path]) -> None:
    """By the Go parser, where there is one, and by our own reading of the shell; a second run changes nothing. A fifth
    of the files by default; `LIGHTSHIP_FULL=1` takes all."""
    if platform.machine() == "x86_64":
        import dockerfile
    else:
        dockerfile = None
    changed = 0
    for number, path in enumerate(corpus if os.environ.get("LIGHTSHIP_FULL") else corpus[::5]):
        text = path.read_bytes().decode(errors="surrogateescape")
        layout = (Layout(), TABS, Layout(2))[number % 3]
        after = formatting.result(text, layout)
        if after == text:
            continue
        changed += 1
        assert formatting.result(after, layout) == after, path
        assert _own_reading(after) == _own_reading(text), path
        if dockerfile:
            assert _go_reading(dockerfile, after) == _go_reading(dockerfile, text), path
    assert changed > 100


def _own_reading(text: str) -> list[object]:
    build = analyze(Source(text))
    found: list[object] = [
        (
            instruction.keyword,
            [flag.value.text if flag.value else flag.name.text for flag in instruction.flags],
            [(pair.key.text, pair.value.text if pair.value else None) for pair in instruction.pairs],
            [word.text for word in instruction.words],
            [element.value for element in instruction.json or ()],
            [doc.text for doc in instruction.heredocs],
            len(instruction.problems),
        )
        for instruction in build.file.instructions
    ]
    for step in build.steps:
        for command in getattr(step, "commands", ()):
            # White space within `$( … )` is none of a word's.
            found.append([re.sub(r"\s+", " ", word) for word in command.values])
    return found


def _go_reading(dockerfile, text: str) -> object:  # type: ignore[no-untyped-def]
    try:
        commands = dockerfile.parse_string(text)
    except (dockerfile.GoParseError, UnicodeError) as error:
        return type(error)
    return [
        (each.cmd.lower(), each.json, [" ".join(word.split()) for word in (*each.flags, *each.value)])
        for each in commands
    ]
