"""A fix that changes more, or less, or in another order than it says is refused."""

import pytest

from lightship.proof import holds
from lightship.syntax.dockerfile import parse
from lightship.text import Edit, Fix, Safety, Span

TEXT = "FROM a\n# keep\nRUN apt-get install curl\nENV A=b\n"


def fix(
    old: str, new: str, *, adds: tuple[str, ...] = (), removes: tuple[str, ...] = (), text: str = TEXT
) -> bool:
    at = text.index(old)
    return holds(parse(text), Fix("", (Edit(Span(at, at + len(old)), new),), Safety.SAFE, adds, removes))


def test_a_declared_word_may_come():
    assert fix("install curl", "install -y curl", adds=("-y",))


def test_a_declared_word_may_go():
    assert fix("install curl", "install", removes=("curl",))


@pytest.mark.parametrize(
    ("old", "new", "adds", "removes"),
    [
        ("install curl", "install -y curl", (), ()),
        ("install curl", "install -y -q curl", ("-y",), ()),
        ("install curl", "curl install", (), ()),
        ("install curl", "install curl", (), ()),
        ("# keep\n", "", (), ()),
        ("ENV A=b", "ENV A=c", (), ()),
        ("ENV A=b", "ENV A=b B", ("B",), ()),
        ("ENV A=b", "ENV A", (), ()),
        ("install", "install <<EOF", ("<<EOF",), ()),
    ],
)
def test_anything_else_is_refused(old, new, adds, removes):
    assert not fix(old, new, adds=adds, removes=removes)


def test_white_space_alone_changes_no_word():
    assert fix("RUN apt-get install", "RUN apt-get \\\n    install")


def test_white_space_inside_quotes_is_part_of_a_word():
    assert not fix("a  b", "a b", text='FROM x\nRUN echo "a  b"\n')


def test_overlapping_edits_are_refused():
    edits = (Edit(Span(0, 4), "FROM"), Edit(Span(2, 6), "OM a"))
    assert not holds(parse(TEXT), Fix("", edits, Safety.SAFE))


def test_words_may_move_where_the_fix_says_so():
    text = "FROM a\nCOPY . .\nRUN b\n"
    edit = (Edit(Span(7, len(text)), "RUN b\nCOPY . .\n"),)
    assert not holds(parse(text), Fix("", edit, Safety.SAFE))
    assert holds(parse(text), Fix("", edit, Safety.SAFE, reorders=True))


def test_a_comment_may_come_to_stand_inside_an_instruction():
    text = "FROM a\nRUN b\n# why\nRUN c\n"
    edit = Edit(Span(12, 23), " && \\\n# why\n   ")
    assert holds(parse(text), Fix("", (edit,), Safety.SAFE, ("&&",), ("RUN",)))


def test_comments_may_not_change_places():
    text = "FROM a\n# one\n# two\n"
    edit = Edit(Span(7, 19), "# two\n# one")
    assert not holds(parse(text), Fix("", (edit,), Safety.SAFE))
