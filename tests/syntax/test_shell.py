"""The commands in the body of a RUN: their words, where they stand, and how sure that is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightship.syntax import shell
from lightship.syntax.dockerfile import parse
from lightship.syntax.joined import Joined
from lightship.syntax.shell import Script

from .fragments import FRAGMENTS


def read(text: str) -> Script:
    return shell.parse(Joined(text, (0,), (0,)))


COMMANDS = {
    "a b": [("a b", "")],
    "a && b || c; d & e": [("a", ""), ("b", ""), ("c", ""), ("d", ""), ("e", "")],
    "a | b": [("a", "pipeline"), ("b", "pipeline")],
    "(a; b)": [("a", "subshell"), ("b", "subshell")],
    "{ a; }": [("a", "group")],
    "! a": [("a", "negation")],
    "a $(b `c`)": [("a $(b `c`)", ""), ("b `c`", "substitution"), ("c", "substitution substitution")],
    "if a; then b; else c; fi": [("a", "if"), ("b", "if"), ("c", "if")],
    "for i in a b; do c $i; done": [("c $i", "loop")],
    "while a; do b; done": [("a", "loop"), ("b", "loop")],
    "case $a in b) c;; *) d;; esac": [("c", "case"), ("d", "case")],
    "f() { a; }; f": [("a", "function group"), ("f", "")],
    "A=b C='d e' f": [("f", "")],
    "echo $((1 + 2))": [("echo $((1 + 2))", "")],
    "export A=b C": [("export A=b C", "")],
    "[ -f a ] && [[ b == c ]]": [("[ -f a ]", ""), ("[[ b == c ]]", "")],
    "cat <<E && b\nx\nE": [("cat", ""), ("b", "")],
    "cat <<E | b\nx\nE": [("cat", "pipeline"), ("b", "pipeline")],
    "a 2>&1 >b": [("a", "")],
}


@pytest.mark.parametrize("text", COMMANDS)
def test_commands(text: str) -> None:
    script = read(text)
    assert script.certain
    assert [(" ".join(it.values), " ".join(it.within)) for it in script.commands] == COMMANDS[text]


ITEMS = {
    "a && b": [("command", "&&"), ("command", "")],
    "a || b; c & d": [("command", "||"), ("command", ";"), ("command", "&"), ("command", "")],
    "a\nb": [("command", "\n"), ("command", "")],
    "a | b && (c)": [("pipeline", "&&"), ("subshell", "")],
    "a && b >c && d >e; f": [("command", "&&"), ("command", "&&"), ("command", ";"), ("command", "")],
    "a && b && if c; then d; fi": [("command", "&&"), ("command", "&&"), ("if", "")],
    "cat <<E\nx\nE": [("command", "")],
    "cat <<E > b\nx\nE": [("command", "")],
    "cat <<E && b\nx\nE": [("heredoc", "")],
    "cat <<E | b\nx\nE": [("heredoc", "")],
}


@pytest.mark.parametrize("text", ITEMS)
def test_items(text: str) -> None:
    assert [(item.kind, item.operator) for item in read(text).items] == ITEMS[text]


VALUES = {
    "abc": "abc",
    "'a b'": "a b",
    '"a b"': "a b",
    "a'b'\"c\"": "abc",
    r"a\ b": "a b",
    r'"a\"b\n"': 'a"b\\n',
    "'$a'": "$a",
    r"\$a": "$a",
    "a$": "a$",
    "$a": None,
    '"${a}"': None,
    "$(a)": None,
    "`a`": None,
    "$'a'": None,
    "''": "",
}


@pytest.mark.parametrize("text", VALUES)
def test_value_of_a_word(text: str) -> None:
    assert shell.static_value(text) == VALUES[text]


UNCERTAIN = [
    "echo >&2 'x'",
    "a <b c",
    "a`b`c d",
    "if a",
    "a 'b",
    "(a",
    "a && ",
    "a ) b",
    "case a in",
    "((((",
]


@pytest.mark.parametrize("text", UNCERTAIN)
def test_not_certain(text: str) -> None:
    assert not read(text).certain


def test_arguments_behind_a_redirection_belong_to_the_command() -> None:
    (command,) = read("echo >&2 'x' y").commands
    assert command.values == ("echo", "x", "y")
    assert not command.certain
    (redirection,) = command.redirections
    assert (redirection.operator, redirection.target and redirection.target.text) == (">&", "2")


REDIRECTED = {
    "a && b >c": ["", ">c"],
    "a >b && c": [">b", ""],
    "a || b 2>c && d": ["", "2>c", ""],
    "a | b >c": ["", ">c"],
    "(a && b >c); d": ["", ">c", ""],
    "a && b <<E >c\nx\nE": ["", "<<E >c"],
    "a >b 2>&1": [">b 2>&1"],
    "! a >b": [">b"],
    "(a) >b": [""],
}


@pytest.mark.parametrize("text", REDIRECTED)
def test_whose_a_redirection_is(text: str) -> None:
    script = read(text)
    assert script.certain
    assert [" ".join(text[slice(*it.span)] for it in each.redirections) for each in script.commands] == (
        REDIRECTED[text]
    )


def test_places_lead_back_through_continuations() -> None:
    text = "FROM a\nRUN apt-get \\\n  # why\n  inst\\\nall 'b c' &&\\\n  d > e\n"
    script = shell.parse(parse(text).instructions[1].arguments)
    assert [text[slice(*word.span)] for it in script.commands for word in it.words] == [
        "apt-get", "inst\\\nall", "'b c'", "d"]  # fmt: skip
    assert script.commands[0].values == ("apt-get", "install", "b c")
    assert text[slice(*script.items[0].operator_span)] == "&&"
    (redirection,) = script.commands[1].redirections
    assert text[slice(*redirection.span)] == "> e"


DEEP = [
    "(",
    "$(",
    "a $(",
    '"$(',
    "`",
    "{ ",
    "if ",
    "f() { ",
    "while a; do ",
    "$((",
    "[[ (",
    "x=(",
    "! ",
    "${a:-",
]


@pytest.mark.parametrize("opening", DEEP)
def test_nesting_is_bounded(opening: str) -> None:
    assert read(opening * 10_000 + "a").span.end == len(opening) * 10_000 + 1
    assert not read("(" * 10_000 + "a" + ")" * 10_000).certain


def test_what_stands_beside_deep_nesting_is_read() -> None:
    script = read("a && " + "(" * 500 + "b" + ")" * 500 + " && c")
    assert [command.values for command in script.commands] == [("a",), ("c",)]
    assert not script.certain


CONTINUATION = re.compile(r"[\\`][ \t]*\r?\n(?:[ \t]*(?:#.*)?\r?\n)*")


def test_words_of_real_files_stand_where_they_say(corpus: list[Path]) -> None:
    bodies = uncertain = 0
    for path in corpus:
        text = path.read_bytes().decode(errors="surrogateescape")
        for instruction in parse(text).instructions:
            step = instruction.inner or instruction
            if step.keyword != "RUN" or step.json is not None:
                continue
            script = shell.parse(step.arguments)
            bodies += 1
            uncertain += not script.certain
            for command in script.commands:
                for word in command.words:
                    written = text[slice(*word.span)]
                    assert written == word.text or CONTINUATION.sub("", written) == word.text, path
    assert bodies > 10_000
    assert uncertain / bodies < 0.05


quoted = st.text(alphabet="ab \t*;|&()#", max_size=6)
pieces = st.one_of(
    st.text(alphabet="abc-./=:@%+,", min_size=1, max_size=6),
    quoted.map("'{}'".format),
    quoted.map('"{}"'.format),
    st.sampled_from(["\\ ", "\\'", '\\"', "\\\\", "'\"'", '"\'"']),
)
simple = st.lists(st.lists(pieces, min_size=1, max_size=3).map("".join), min_size=1, max_size=5)


@settings(max_examples=2_000, deadline=None, derandomize=True, database=None)
@given(simple)
def test_words_are_those_of_shlex(found: list[str]) -> None:
    text = "run " + " ".join(found)
    script = read(text)
    if script.certain:
        assert [list(it.values) for it in script.commands] == [shlex.split(text)]


scripts = st.lists(
    st.sampled_from(
        [
            *FRAGMENTS,
            "for i in ",
            "; do ",
            "done",
            "then ",
            "fi",
            "case ",
            "esac",
            "((",
            "))",
            "<<<",
            ">",
            "2>&1",
            "function f ",
        ]
    ),
    max_size=20,
)


@settings(max_examples=3_000, deadline=None, derandomize=True, database=None)
@given(scripts.map("".join))
def test_nothing_breaks_it(text: str) -> None:
    script = read(text)
    assert script.span == (0, len(text))
    for command in script.commands:
        for word in command.words:
            assert text[slice(*word.span)] == word.text
