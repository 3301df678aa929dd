"""Finding one's way through a file, on the cases in `tests/features/`: `$0` in a `dockerfile` block marks the cursor.

Places come out as marks in the text: `«name»` where it is read, and `«name»!` where it is declared or set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import Case, read
from lightship.features.definition import definition
from lightship.features.folding import folding
from lightship.features.links import links
from lightship.features.references import highlights, references
from lightship.features.rename import prepare, rename
from lightship.features.selection import selection
from lightship.features.symbols import Symbol, symbols
from lightship.model import analyze
from lightship.model.build import Build
from lightship.model.names import name_at
from lightship.text import Refusal, Source, Span, apply

FOLDER = Path(__file__).parent / "features"
CURSOR = "$0"


def _marked(build: Build, places: Iterable[tuple[Span, str]]) -> str:
    text = build.file.text
    for (start, end), mark in sorted(places, reverse=True):
        text = f"{text[:start]}«{text[start:end]}»{mark}{text[end:]}"
    return text


def _definition(build: Build, offset: int, case: Case) -> str:
    found = definition(build, offset)
    return _marked(build, ((span, "") for span in found.declarations)) if found else "nothing\n"


def _references(build: Build, offset: int, case: Case) -> str:
    found = highlights(build, offset)
    assert tuple(each.span for each in found) == references(build, offset)
    return _marked(build, ((span, "!" * written) for span, written in found)) if found else "nothing\n"


def _rename(build: Build, offset: int, case: Case) -> str:
    found = rename(build, offset, case.blocks["to"].strip())
    return f"{found.reason}\n" if isinstance(found, Refusal) else apply(build.file.text, found)


def _folding(build: Build, offset: int, case: Case) -> str:
    lines = build.source.line_of
    found = (
        f"{lines(span.start) + 1}-{lines(span.end) + 1}{' comment' * comment}\n"
        for span, comment in folding(build)
    )
    return "".join(found) or "nothing\n"


def _symbols(build: Build, offset: int, case: Case) -> str:
    def shown(found: Iterable[Symbol], depth: int) -> Iterator[str]:
        for each in found:
            first, last = (build.source.line_of(at) + 1 for at in each.span)
            assert each.span.start == each.name_span.start <= each.name_span.end <= each.span.end
            yield f"{'  ' * depth}{first}-{last} {each.kind}: {each.name} | {each.detail}".rstrip(" |") + "\n"
            yield from shown(each.children, depth + 1)

    return "".join(shown(symbols(build), 0)) or "nothing\n"


def _selection(build: Build, offset: int, case: Case) -> str:
    return "".join(build.source[span].replace("\n", "⏎") + "\n" for span in selection(build, offset))


def _links(build: Build, offset: int, case: Case) -> str:
    found = (f"{build.source[span]} → {address or f'file {path}'}\n" for span, address, path in links(build))
    return "".join(found) or "nothing\n"


FEATURES: dict[str, Callable[[Build, int, Case], str]] = {
    "definition": _definition,
    "references": _references,
    "rename": _rename,
    "folding": _folding,
    "symbols": _symbols,
    "selection": _selection,
    "links": _links,
}
CASES = [(name, case) for name in FEATURES for case in read(FOLDER / f"{name}.md")]


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}: {case.title}" for name, case in CASES])
def test_case(name: str, case: Case, update: bool) -> None:
    text = case.blocks["dockerfile"]
    build = analyze(Source(text.replace(CURSOR, "")))
    answer = FEATURES[name](build, max(text.find(CURSOR), 0), case)
    if update:
        case.rewrite({name: answer})
    else:
        assert answer == case.blocks.get(name, ""), "pytest --update writes what comes out into the case"


LINES = (
    "FROM alpine AS one", "FROM one AS Two", "FROM debian", "ARG A=1", "ARG A", "ARG B=$A", "ENV A=$B B=2", "ENV C $A",
    "RUN echo $A '$B' && C=1 cmd \"$C\"", "RUN <<EOF\necho ${A:-$B}\nEOF", "COPY <<-EOF /x\n\t$C\n\tEOF",
    "COPY --from=one a b", "COPY --from=TWO a b", "RUN --mount=from=two,target=/x ls", "ONBUILD RUN echo $A",
    "HEALTHCHECK CMD test $B", "LABEL a=\"$A\" b='$A'", "CMD echo $C", "EXPOSE $\\\nB", "# a comment",
)  # fmt: skip


@given(st.lists(st.sampled_from(LINES), min_size=2, max_size=8), st.data())
def test_renaming_there_and_back_changes_nothing(lines: list[str], data: st.DataObject) -> None:
    """And in between, all the same places have the new name."""
    text = "\n".join(lines).replace("$\\\n", "$") + "\n"
    build = analyze(Source(text))
    offset = data.draw(st.integers(0, len(text)))
    name = name_at(build, offset)
    edits = rename(build, offset, "fresh")
    if name is None or isinstance(edits, Refusal):
        return
    place = prepare(build, offset)
    assert isinstance(place, Span)
    start = place.start + sum(
        len(edit.text) - (edit.span.end - edit.span.start) for edit in edits if edit.span < place
    )
    renamed = analyze(Source(apply(text, edits)))
    there = name_at(renamed, start)
    assert there is not None
    assert len(there.uses) == len(name.uses)
    old = name.uses[0].text
    back = rename(renamed, start, old)
    if isinstance(back, Refusal):
        assert re.search(rf"\b{re.escape(old)}\b", renamed.file.text), "something else has the name all along"
        return
    assert apply(renamed.file.text, back).lower() == text.lower()
