"""The editor's features, on the cases in `tests/features/`: `$0` in a `dockerfile` block marks the cursor.

A block `rules` names the rules whose findings are there.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from cases import Case, read
from lightship import lint
from lightship.config import Settings
from lightship.features.hover import hover
from lightship.knowledge.instructions import MOUNTS
from lightship.model import analyze
from lightship.model.build import Build
from lightship.rules import all_rules
from lightship.syntax.keywords import FLAGS
from lightship.text import Source

FOLDER = Path(__file__).parent / "features"
CURSOR = "$0"
PAGES = {rule.name: rule.page for rule in all_rules()}


@pytest.mark.parametrize("case", read(FOLDER / "hover.md"), ids=lambda case: case.title)
def test_hover(case: Case, update: bool) -> None:
    build, offset = _at_cursor(case)
    settings = Settings(select=tuple(case.blocks.get("rules", "").split()))
    diagnostics = lint.check(build, settings) if settings.select else ()
    found = hover(build, offset, diagnostics, PAGES)
    text = "nothing\n"
    if found:
        start, end = (":".join(str(n + 1) for n in build.source.position(at)) for at in found.span)
        text = f"{start}-{end}\n\n{found.markdown}\n"
    if update:
        case.rewrite({"hover": text})
    else:
        assert text == case.blocks.get("hover", ""), "pytest --update writes what comes out into the case"


def test_every_flag_and_every_option_of_a_mount_has_a_hover() -> None:
    texts = [
        f"{keyword} --{flag}{'' if kind == 'bool' else '=x'} a b"
        for keyword, flags in FLAGS.items()
        for flag, kind in flags.items()
    ]
    texts += [
        f"RUN --mount=type={kind},{option}=x a" for kind, doc in MOUNTS.items() for option in doc.options
    ]
    assert len(texts) > 40
    for text in texts:
        start = text.index(",") if "," in text else text.index("--")
        found = hover(analyze(Source(f"FROM a\n{text}\n")), len("FROM a\n") + start + 3)
        assert found, text
        assert "[Reference](https://docs.docker.com/" in found.markdown, text


def _at_cursor(case: Case) -> tuple[Build, int]:
    text = case.blocks["dockerfile"]
    assert text.count(CURSOR) == 1, "one $0 marks the cursor"
    return analyze(Source(text.replace(CURSOR, ""))), text.index(CURSOR)


def test_hover_answers_everywhere(corpus: list[Path]) -> None:
    """At every place of some files, and at the end of every beginning of a few: an answer, and a place for it."""
    chosen = random.Random(7).sample(corpus, 30)
    for path in chosen:
        build = analyze(Source(path.read_bytes()[:4000].decode(errors="surrogateescape")))
        for offset in range(len(build.file.text) + 1):
            _answers(build, offset)
    for path in chosen[:3]:
        text = path.read_bytes()[:1500].decode(errors="surrogateescape")
        for end in range(len(text) + 1):
            _answers(analyze(Source(text[:end])), end)


def _answers(build: Build, offset: int) -> None:
    found = hover(build, offset)
    if found:
        assert found.markdown.strip()
        assert found.span.covers(offset)
        assert 0 <= found.span.start <= found.span.end <= len(build.file.text)
