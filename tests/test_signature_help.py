"""Signature help: the forms that what is typed may become, and the part of them that is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import Case, read
from lightship.features.signature_help import signature_help
from lightship.knowledge.instructions import INSTRUCTIONS
from lightship.model import analyze
from lightship.model.build import Build
from lightship.syntax.keywords import FLAGS, KEYWORDS
from lightship.text import Source

CURSOR = "$0"
WHERE = Path(__file__).parent / "features" / "signature_help.md"


@pytest.mark.parametrize("case", read(WHERE), ids=lambda case: case.title)
def test_signature_help(case: Case, update: bool) -> None:
    """A line for each form, with the part that is typed between angles."""
    marked = case.blocks["dockerfile"]
    assert marked.count(CURSOR) == 1
    shown = _shown(analyze(Source(marked.replace(CURSOR, ""))), marked.index(CURSOR)) or "nothing\n"
    if update:
        case.rewrite({"forms": shown})
    else:
        assert shown == case.blocks["forms"]


def _shown(build: Build, offset: int) -> str:
    found = signature_help(build, offset)
    if found is None:
        return ""
    lines = []
    for signature in found.signatures:
        label = signature.label
        if found.parameter < len(signature.parameters):
            start, end = signature.parameters[found.parameter]
            assert 0 <= start < end <= len(label)
            label = f"{label[:start]}‹{label[start:end]}›{label[end:]}"
        assert signature.documentation
        lines.append(f"{label}\n")
    assert lines
    assert found.parameter < max(len(each.parameters) for each in found.signatures)
    return "".join(lines)


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_every_instruction_has_forms(keyword: str) -> None:
    text = f"FROM a\n{keyword} "
    found = signature_help(analyze(Source(text)), len(text))
    assert found
    assert {each.label.split()[0] for each in found.signatures} == {keyword}
    assert found.signatures[0].documentation == INSTRUCTIONS[keyword].summary


@pytest.mark.parametrize(
    ("keyword", "flag"), [(keyword, flag) for keyword in FLAGS for flag in FLAGS[keyword]]
)
def test_every_flag_has_a_form(keyword: str, flag: str) -> None:
    for start in ("", "ONBUILD "):
        text = f"FROM a\n{start}{keyword} --{flag}="
        found = signature_help(analyze(Source(text)), len(text))
        assert found
        assert all(each.label.startswith(f"--{flag}=") for each in found.signatures)


@given(st.text(alphabet='-=[]",:@ \\\n\t🚢abAS#', max_size=30))
def test_any_text(text: str) -> None:
    for keyword in KEYWORDS:
        whole = f"{keyword} {text}"
        _shown(analyze(Source(whole)), len(whole))
