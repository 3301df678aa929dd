"""What is shown in and above lines, on the cases in `features/inlay_hints.md` and `features/code_lens.md`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases import Case, read
from lightship import context
from lightship.features.code_lens import code_lenses
from lightship.features.inlay_hints import inlay_hints
from lightship.model import analyze
from lightship.text import Edit, Source, Span, apply

FOLDER = Path(__file__).parent / "features"


@pytest.mark.parametrize("case", read(FOLDER / "inlay_hints.md"), ids=lambda case: case.title)
def test_inlay_hints(case: Case, update: bool) -> None:
    text = case.blocks["dockerfile"]
    files = case.blocks.get("context")
    seen = (
        context.of({line.split()[0]: "x" * int(line.split()[1]) for line in files.splitlines()})
        if files
        else None
    )
    build = analyze(Source(text))
    hints = inlay_hints(build, Span(0, len(text)), seen)
    assert all(hint.tooltip for hint in hints)
    hinted = apply(text, (Edit(Span(hint.offset, hint.offset), f"«{hint.label}»") for hint in hints))
    if update:
        case.rewrite({"hinted": hinted})
    else:
        assert hinted == case.blocks["hinted"]
    windows = text.replace("\n", "\r\n")
    there = inlay_hints(analyze(Source(windows)), Span(0, len(windows)), seen)
    assert [hint.label for hint in there] == [hint.label for hint in hints]


@pytest.mark.parametrize("case", read(FOLDER / "code_lens.md"), ids=lambda case: case.title)
def test_code_lenses(case: Case, update: bool) -> None:
    source = Source(case.blocks["dockerfile"])
    shown = "".join(
        f"{source.line_of(lens.span.start) + 1} {lens.title}\n" for lens in code_lenses(analyze(source))
    )
    shown = shown or "nothing\n"
    if update:
        case.rewrite({"lenses": shown})
    else:
        assert shown == case.blocks["lenses"]


def test_of_a_part_there_are_its_own_hints() -> None:
    text = "FROM debian:12-slim\nFROM python:3.13-slim\nFROM node:24-slim\n"
    at = text.index("python")
    (hint,) = inlay_hints(analyze(Source(text)), Span(at, text.index("\n", at)))
    assert hint.offset == text.index("\n", at)
