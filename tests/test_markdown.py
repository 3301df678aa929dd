"""What a workspace holds is shown as it is: in Markdown it makes no link, no tag, and no line of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lightship import context
from lightship.features import build_context, ignore_file
from lightship.features.code_lens import code_lenses
from lightship.features.completion import complete
from lightship.features.completion.ignored import pattern
from lightship.features.hover import hover
from lightship.model import analyze
from lightship.text import Source, code, escaped

HOSTILE = (
    "](command:x)",
    "[x](command:x)",
    "`](command:x)`",
    "```</b><script>",
    "a\r\r<script>",
    "a\n\n<script>",
    "\x1b",
)
"""Each breaks out of what a naive author would have written around it."""


def outside_code(markdown: str) -> str:
    """What CommonMark may read as more than text: no code between runs of as many backticks, nothing escaped."""
    lines = re.split("[\r\n]", re.sub(r"(?ms)^```dockerfile\n.*?^```$", "", markdown))
    texts = [re.sub(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", "", line) for line in lines]
    return "\n".join(re.sub(r"\\.", "", text) for text in texts)


def assert_harmless(markdown: str) -> None:
    assert not re.search(r"<\w|</|\]\(command|\x1b", outside_code(markdown)), markdown


@pytest.mark.parametrize("text", HOSTILE)
def test_words_and_values(text: str) -> None:
    assert_harmless(f"A {code(text)} b.")
    assert_harmless(f"A {escaped(text)} b.")


@pytest.mark.parametrize("text", HOSTILE)
def test_hovers(text: str) -> None:
    word, quoted = re.sub(r"\s", "\r", text), text.replace("\n", " ")
    dockerfile = (
        f"ARG X='{quoted}'\nFROM debian:12 AS {word}\nARG X\nARG {word}=1\nENV {word}=1 Y='{quoted}'\n"
        f"RUN pip install '{quoted}' && apt-get install '{quoted}' $X\nLABEL '{quoted}'=1\nWORKDIR '{quoted}'\n"
        f"USER '{quoted}'\nRUN <<'{quoted}'\n#!{quoted}\n{quoted}\nCOPY --from={word} '{quoted}' ${{X}} /\nFROM {word}\n"
        f"COPY --from=0 {word} /\n"
    )
    build = analyze(Source(dockerfile))
    who = f"{text} in {text}"
    place = context.Place(Path(f"/{text}"), who, True, {who: {"X": text}}, {}, (), {who: word})
    hovers = [found.markdown for at in range(len(dockerfile)) if (found := hover(build, at))]
    assert len(hovers) > 50
    for markdown in {*hovers, *(build_context.about(build, at, place) for at in range(len(dockerfile)))}:
        assert_harmless(markdown)
    for lens in code_lenses(build):
        assert not re.search("[\r\n\x1b]", lens.title)


@pytest.mark.parametrize("text", HOSTILE)
def test_files_of_a_context(text: str) -> None:
    seen = context.of({text.replace("/", ""): "x"})
    for known in (seen, None):
        line = text.partition("\n")[0]
        shown = ignore_file.hover(f"*\n!{line}\n", 0, known), ignore_file.hover(f"{line}\n", 0, known)
        for each in shown:
            assert_harmless(each[0] if each else "")


def test_names_that_would_begin_a_line_are_not_completed() -> None:
    names = ("a\rRUN\x0bb", "a\nb", "a\x1bb")
    seen = context.of(dict.fromkeys((*names, "all"), "x"))
    text = "FROM a\nCOPY a"
    build = analyze(Source(text))
    assert [each.text for each in complete(build, len(text), seen, {}, snippets=False)] == ["all"]
    assert [each.text for each in pattern("a", 1, seen)] == ["all"]
