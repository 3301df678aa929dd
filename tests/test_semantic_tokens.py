"""Semantic tokens: what each word is taken for."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import Case, read
from lightship.features.semantic_tokens import tokens
from lightship.model import analyze
from lightship.syntax import lexing
from lightship.text import Source, Span

FOLDER = Path(__file__).parent / "features"


@pytest.mark.parametrize("case", read(FOLDER / "semantic_tokens.md"), ids=lambda case: case.title)
def test_tokens(case: Case, update: bool) -> None:
    text = case.blocks["dockerfile"]
    found = _shown(text)
    if update:
        case.rewrite({"tokens": found})
    else:
        assert found == case.blocks["tokens"]
    windows = text.replace("\n", "\r\n")
    assert _shown(windows) == found


def _shown(text: str) -> str:
    """A line for each line of the file: its tokens, each with its kind."""
    source = Source(text)
    lines: dict[int, list[str]] = {}
    for token in tokens(analyze(source)):
        modifier = f".{token.modifier}" if token.modifier else ""
        lines.setdefault(source.line_of(token.start), []).append(
            f"{source[Span(token.start, token.end)]} {token.kind}{modifier}"
        )
    return "".join(f"{', '.join(shown)}\n" for _, shown in sorted(lines.items()))


def test_a_part_has_the_tokens_of_its_nodes() -> None:
    text = "FROM a\nRUN b \\\n  c\nUSER d\n"
    build = analyze(Source(text))
    at = text.index("c")
    part = tokens(build, Span(at, at))
    assert part
    assert part == [token for token in tokens(build) if 7 <= token.start < text.index("USER")]


def test_every_kind_is_in_the_legend(corpus: list[Path]) -> None:
    kinds = set()
    for path in random.Random(5).sample(corpus, 300):
        text = path.read_bytes().decode(errors="surrogateescape")
        kinds |= {token.kind for token in _in_order(text)}
    assert kinds == set(lexing.TYPES)


@given(st.text(alphabet="RUN ENV'\"\\$({}[]`;&|<>#=:-/\n\r\t🚢a1", max_size=60))
def test_any_text(text: str) -> None:
    for start in ("", "RUN ", "FROM a\nRUN <<E\n", "COPY <<E /a.py\n", "ENV "):
        _in_order(start + text)


def _in_order(text: str) -> list[lexing.Token]:
    found = tokens(analyze(Source(text)))
    end = 0
    for token in found:
        assert end <= token.start < token.end <= len(text), token
        assert "\n" not in text[token.start : token.end], token
        assert token.kind in lexing.TYPES
        assert token.modifier in ("", *lexing.MODIFIERS)
        end = token.end
    return found
