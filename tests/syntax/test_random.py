"""No text breaks the tree, whatever it is made of, and BuildKit's parser sees the same instructions."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from e2b_dockerfile_utils import parse_heredoc
from hypothesis import given, settings
from hypothesis import strategies as st

from lightship.syntax.dockerfile import parse
from lightship.syntax.normalise import heredoc

from .fragments import FRAGMENTS, check, dockerfiles

often = settings(max_examples=10_000, deadline=None, derandomize=True, database=None)
some = settings(max_examples=2_000, deadline=None, derandomize=True, database=None)

NEWER = re.compile(r"<<[\s\\`]|[]]\s*\S*<<|[$]{\w*[#%/]|#\s*check\s*=", re.IGNORECASE)
"""What BuildKit reads otherwise since the version (0.12.5) that the `dockerfile` package is made of: `<< EOF`
opens a heredoc, `["a"] <<EOF` is no JSON form with something ignored behind it, `${A#b}` is no error that
hides a heredoc, and `# check=` is a directive, behind which `# escape=` still is one."""


@often
@given(dockerfiles)
def test_made_of_fragments(text: str) -> None:
    check(text)


@some
@given(st.text(max_size=200))
def test_made_of_any_characters(text: str) -> None:
    check(text)


@some
@given(st.binary(max_size=100))
def test_made_of_any_bytes(data: bytes) -> None:
    check(data.decode(errors="surrogateescape"))


def test_every_prefix_of_real_files(corpus: list[Path]) -> None:
    """A hundred of those that are short: the work grows with the square of their length."""
    texts = (path.read_bytes().decode(errors="surrogateescape") for path in corpus)
    chosen = [text for text in texts if 150 < len(text) < 700][:100]
    assert len(chosen) == 100
    for text in chosen:
        for end in range(len(text)):
            check(text[:end])


def buildkit(text: str) -> list[tuple[str, int]] | None:
    """The instructions and first lines that BuildKit's parser finds, None where it refuses the text."""
    dockerfile = pytest.importorskip("dockerfile")
    try:
        found = dockerfile.parse_string(text)
    except dockerfile.GoParseError:
        return None
    return [((each.cmd or "").upper(), each.start_line) for each in found]


def compare(text: str) -> None:
    tree = parse(text)
    theirs = buildkit(text)
    if theirs is None:
        assert tree.problems, text
    else:
        ours = [
            (each.keyword.upper(), text.count("\n", 0, each.extent.start) + 1) for each in tree.instructions
        ]
        assert ours == theirs, text


@some
@given(dockerfiles.filter(lambda text: not NEWER.search(text)))
def test_the_same_instructions_in_random_texts(text: str) -> None:
    compare(text)


def test_the_same_instructions_in_real_files(corpus: list[Path]) -> None:
    for path in corpus:
        compare(path.read_bytes().decode())


def test_the_same_instructions_in_changed_files(corpus: list[Path]) -> None:
    chance = random.Random(8)
    texts = [path.read_bytes().decode() for path in chance.sample(corpus, 800)]
    for text in texts:
        changed = mutated(text, chance)
        if not NEWER.search(changed):
            compare(changed)


def mutated(text: str, chance: random.Random) -> str:
    """The text with a few lines or characters gone, cut short, or put in."""
    for _ in range(chance.randint(1, 4)):
        lines = text.split("\n")
        at, line = chance.randint(0, len(text)), chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                text = text[:at] + chance.choice(FRAGMENTS) + text[at:]
            case 1:
                text = text[:at] + text[at + chance.randint(1, 3) :]
            case 2:
                del lines[line]
                text = "\n".join(lines)
            case 3:
                lines.insert(line, chance.choice((*FRAGMENTS, *lines)))
                text = "\n".join(lines)
            case _:
                lines[line] = lines[line][: chance.randint(0, len(lines[line]))]
                text = "\n".join(lines)
    return text


openers = st.lists(
    st.sampled_from(["<<", "<<-", "E", "-", "1", ">", "<", "|", '"', "'", "\\", "$x", "${x}", "$", "}"])
)


@some
@given(openers.map("".join).filter(lambda word: not word.endswith("\\")))
def test_the_same_heredocs_as_another_port(word: str) -> None:
    try:
        theirs = parse_heredoc(word)
    except ValueError:  # a quote or a brace is left open
        theirs = None
    if theirs and not theirs.name:  # `<<""` is none to BuildKit
        theirs = None
    ours = heredoc(word)
    assert (ours and (ours.name, ours.expand, ours.chomp)) == (
        theirs and (theirs.name, theirs.expand, theirs.chomp)
    )
