"""Words: what quotes and escapes leave of them, and where their parts stand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightship.syntax import words
from lightship.syntax.dockerfile import parse
from lightship.syntax.words import Text, Variable


def show(text: str, escape: str = "\\") -> list[str]:
    """Each part as the text at its place and, for what is no variable, its value."""
    return [
        f"{text[part.start : part.end]} = {part.value}" + (" (quoted)" if part.quoted else "")
        if isinstance(part, Text)
        else f"{text[part.start : part.end]} {part.name} {part.operator}".rstrip()
        for part in words.parts(text, escape)
    ]


PARTS = {
    "abc": ["abc = abc"],
    '"a b"c': ['"a b" = a b (quoted)', "c = c"],
    "'a$b'": ["'a$b' = a$b (quoted)"],
    'x"a$b c"': ["x = x", '"a = a (quoted)', "$b b", ' c" =  c (quoted)'],
    '"$a"': ['" =  (quoted)', "$a a", '" =  (quoted)'],
    r"a\ b\"c": [r"a\ b\"c = a b" + '"c'],
    r'"a\nb\"c\\"': [r'"a\nb\"c\\" = a\nb"c' + "\\ (quoted)"],
    "''": ["'' =  (quoted)"],
    "a$": ["a = a", "$ = $"],
    "$1a$@b": ["$1 1", "a = a", "$@ @", "b = b"],
    "${a:-b}": ["${a:-b} a :-"],
    "${a%%b*}${c/d/e}": ["${a%%b*} a %%", "${c/d/e} c /"],
}


@pytest.mark.parametrize("text", PARTS)
def test_parts(text: str) -> None:
    assert show(text) == PARTS[text]


def test_a_backtick_may_be_the_escape() -> None:
    assert show('C:\\a` b"`""', "`") == ["C:\\a` b = C:\\a b", '"`"" = " (quoted)']


def test_what_stands_behind_an_operator() -> None:
    (variable,) = words.parts('${a:-"b c"$d}', "\\")
    assert isinstance(variable, Variable)
    quoted, inner = variable.word
    assert isinstance(quoted, Text)
    assert quoted.value == "b c"
    assert isinstance(inner, Variable)
    assert inner.name == "d"


def test_patterns_keep_their_escapes() -> None:
    (variable,) = words.parts(r"${a#\*b}", "\\")
    assert isinstance(variable, Variable)
    assert [part.value for part in variable.word if isinstance(part, Text)] == [r"\*b"]


def test_quotes_mean_nothing_in_a_heredoc() -> None:
    assert [type(part) for part in words.parts("it's $a", "\\", quotes=False)] == [Text, Variable]
    assert words.failure("it's", "\\") != ""
    assert words.failure("it's", "\\", quotes=False) == ""


@settings(max_examples=2_000, deadline=None, derandomize=True, database=None)
@given(st.text(alphabet="ab $\"'\\`{}:-/#%é", max_size=20), st.sampled_from("\\`"))
def test_parts_cover_the_word(text: str, escape: str) -> None:
    at = 0
    for part in words.parts(text, escape):
        assert part.start == at
        at = part.end
    assert at == len(text)


def test_parts_keep_their_places_across_lines() -> None:
    text = 'FROM a\nENV A="b \\\n# comment\n  c"$D"e\\\nf" G=h\n'
    instruction = parse(text).instructions[1]
    value = instruction.pairs[0].value
    assert value
    place = instruction.place(value)
    found = [
        (part.value if isinstance(part, Text) else part.name, text[slice(*place.span(part.start, part.end))])
        for part in words.parts(place.text, "\\")
    ]
    assert found == [("b   c", '"b \\\n# comment\n  c"'), ("D", "$D"), ("ef", '"e\\\nf"')]


def test_flags_end_where_arguments_start() -> None:
    text = "--a=b --c='d e' --f\\ g -- --h"
    found, at = words.flags(text, 0)
    assert [text[slice(*flag)] for flag in found] == ["--a=b", "--c='d e'", "--f\\ g"]
    assert text[at:] == " --h"
    assert words.unquoted_flag("--c='d e'\\ ") == "--c=d e "
