"""What is offered at the cursor without a finding, and what findings of syntax offer, on `features/corrections.md`.

A block `offered` has each fix that is proven, its safety, and the lines that it changes; `found` those of findings,
wherever they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import Case, read
from lightship import lint
from lightship.config import Settings
from lightship.features.corrections import offered
from lightship.model import analyze
from lightship.model.build import Build
from lightship.text import Fix, Safety, Source, Span, apply

CASES = read(Path(__file__).parent / "features" / "corrections.md")
SYNTAX_ALONE = Settings(select=())


def proven(build: Build, fixes: Iterable[Fix]) -> list[Fix]:
    return [fix for fix in fixes if lint.holds(build, fix)]


def found(build: Build) -> list[Fix]:
    return [each.fix for each in lint.check(build, SYNTAX_ALONE) if each.fix]


def shown(build: Build, fixes: Iterable[Fix]) -> str:
    text = ""
    before = build.source.text.split("\n")
    for fix in fixes:
        after = apply(build.source.text, fix.edits).split("\n")
        text += f"{fix.title} ({fix.safety.name.lower()})\n"
        text += "".join(f"  {line.rstrip()}\n" for line in after if line not in before)
    return text or "nothing\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_corrections(case: Case, update: bool) -> None:
    text = case.blocks["dockerfile"]
    assert text.count("$0") == 1, "one $0 marks the cursor"
    at = text.index("$0")
    for end in ("\n", "\r\n"):
        build = analyze(Source(text.replace("$0", "").replace("\n", end)))
        here = at + text[:at].count("\n") * (len(end) - 1)
        results = {
            "offered": shown(build, proven(build, offered(build.file, Span(here, here)))).replace("\r", ""),
            "found": shown(build, proven(build, found(build))).replace("\r", ""),
        }
        if update:
            case.rewrite(results)
        else:
            assert results == {name: case.blocks[name] for name in results}


def test_what_is_found_wrong_in_a_way_that_has_one_answer_is_fixed_in_bulk() -> None:
    text = "FROM debian:12\nCOPY --LINK a /a\nCOPY --chown=a --chown=a b /b\nRNU make\n"
    fixed, count = lint.fix_all(Source(text), SYNTAX_ALONE)
    assert (fixed, count) == ("FROM debian:12\nCOPY --link a /a\nCOPY --chown=a b /b\nRNU make\n", 2)
    fixed, count = lint.fix_all(Source(text), SYNTAX_ALONE, Safety.UNSAFE)
    assert fixed.endswith("RUN make\n")


def test_nobody_is_kept_waiting_by_a_file_that_is_something_else() -> None:
    build = analyze(Source("FROM debian:12\n" + "rum x\n" * 500))
    assert len(found(build)) == lint.MOST_CORRECTED
    assert len(list(offered(build.file, Span(0, len(build.file.text))))) <= lint.MOST_CORRECTED


WORDS = """FROM frm RUN RNU COPY HEALTHCHECK CDM ONBUILD STOPSIGNAL SIGTERM a A$ as --x --FROM=a --from=a --link -- =
    ` \\ <<E E $ ' " [ Debian:12"""
PIECES = st.sampled_from(
    [
        *WORDS.split(),
        "# escape=",
        "# syntax=",
        "\\\n",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        " ",
        "\t",
        "\ufeff",
        "\u2028",
    ]
)


@given(st.lists(PIECES, max_size=24))
def test_whatever_is_written_nothing_fails_and_no_more_is_refused(pieces: list[str]) -> None:
    text = "".join(pieces)
    build = analyze(Source(text))
    at = len(text) // 2
    fixes = [*offered(build.file, Span(at, at)), *offered(build.file, Span(0, len(text))), *found(build)]
    for fix in proven(build, fixes):
        after = analyze(Source(apply(text, fix.edits)))
        assert after.source.text != text
        assert len(after.file.problems) <= len(build.file.problems) + (
            "no instructions" in str(build.file.problems)
        )
