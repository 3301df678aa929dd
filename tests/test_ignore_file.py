"""`.dockerignore` files: what is said of patterns, on the cases in `features/ignore_file.md`, and in odd contexts."""

from __future__ import annotations

from pathlib import Path

import pytest
from e2b_dockerfile_utils import PatternMatcher
from hypothesis import given
from hypothesis import strategies as st

from cases import Case, read
from lightship import context
from lightship.features import ignore_file
from lightship.syntax.dockerignore import clean
from lightship.text import Source

CURSOR = "$0"
WHERE = Path(__file__).parent / "features" / "ignore_file.md"


@pytest.mark.parametrize("case", read(WHERE), ids=lambda case: case.title)
def test_ignore_file(case: Case, update: bool) -> None:
    """`findings` are lines with a code and a message; `hover` is what is said where `$0` stands. Paths in the block
    `context` come with their bytes; without it there is no context to be seen."""
    marked = case.blocks["ignore"]
    text = marked.replace(CURSOR, "")
    files = case.blocks.get("context")
    seen = (
        context.of({line.split()[0]: "x" * int(line.split()[1]) for line in files.splitlines()})
        if files
        else None
    )
    source = Source(text)
    found = [
        f"{source.line_of(each.span.start) + 1} {each.severity.name.lower()} {each.code}: {each.message}"
        for each in ignore_file.findings(text, seen)
    ]
    results = {"findings": "".join(f"{line}\n" for line in found)}
    if CURSOR in marked:
        shown = ignore_file.hover(text, marked.index(CURSOR), seen)
        results["hover"] = f"{source[shown[1]]}\n\n{shown[0]}\n" if shown else "nothing\n"
    results = {name: text for name, text in results.items() if text or name in case.blocks}
    if update:
        case.rewrite(results)
    else:
        assert results == {name: case.blocks[name] for name in ("findings", "hover") if name in case.blocks}
    windows = [each.message for each in ignore_file.findings(text.replace("\n", "\r\n"), seen)]
    assert windows == [each.message for each in ignore_file.findings(text, seen)]


def test_of_a_context_that_is_too_large_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ignore_file, "MOST_FILES", 2)
    files = {f"a/{number}": "" for number in range(3)}
    assert ignore_file.findings("b/c\n", context.of(files)) == []
    files.popitem()
    assert [each.code for each in ignore_file.findings("b/c\n", context.of(files))] == ["unmatched-pattern"]


@pytest.mark.filterwarnings("ignore::FutureWarning")
@given(
    st.lists(st.text(alphabet="ab*?./[!\\\n", min_size=1, max_size=7), max_size=4),
    st.lists(st.text(alphabet="ab./\n", min_size=1, max_size=7), max_size=8),
)
def test_patterns_mean_what_they_mean_to_the_builder(patterns: list[str], paths: list[str]) -> None:
    """All at once, and one path at a time by the library that speaks for it."""
    files = tuple({clean(path) for path in paths if not clean(path).startswith((".", "/"))})
    for pattern in map(clean, patterns):
        try:
            matches = PatternMatcher([pattern]).matches
        except ValueError:
            continue
        if not pattern.startswith(("!", "#")) and pattern.strip() == pattern:
            wanted = {at for at, path in enumerate(files) if matches(path)}
            assert ignore_file._matching(pattern, files) == wanted, (pattern, files)


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of what `re` may one day make of `[[`
@given(st.text(alphabet="ab*!/.[]\\?#\n\r \ufeff🚢", max_size=30))
def test_any_text(text: str) -> None:
    files = context.of({"a/b": "", "b": "1", "🚢/a": "22"})
    for each in ignore_file.findings(text, files):
        assert 0 <= each.span.start < each.span.end <= len(text)
    for offset in range(len(text) + 1):
        for seen in (files, None):
            found = ignore_file.hover(text, offset, seen)
            assert found is None or (found[0] and found[1].covers(offset))
