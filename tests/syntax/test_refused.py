"""What BuildKit says of malformed files, and that we say the same.

`buildkit.txt` holds a text to a line, escaped as in Python, and behind a tab the error with which
`docker build --call=check` ends (Docker 28.5.2, BuildKit 0.25; without the line that it names). `…` is a FROM line.
What fails for want of a registry, a file or a stage is taken for accepted.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from lightship.syntax.dockerfile import parse

FROM = "FROM debian:bookworm-slim\n"
LINES = (Path(__file__).parent / "buildkit.txt").read_text().split("\n")[:-1]


def unescape(text: str) -> str:
    short = text.removeprefix("… ")
    unescaped = short.encode("latin-1").decode("unicode_escape")
    if short == text:
        return unescaped
    return FROM + unescaped + ("" if "\\n" in short else "\n")


@pytest.mark.parametrize("line", LINES)
def test_one_error_in_its_words(line: str) -> None:
    text, _, error = line.partition("\t")
    assert [problem.message for problem in parse(unescape(text)).problems] == ([error] if error else [])


SEVERAL = {
    "ENV a=b\nENV =\nCOPY\n": [
        "ENV names can not be blank",
        "COPY requires at least two arguments, but only one was provided. Destination could not be determined",
    ],
    "CMD <<EOF\na\nEOF\n": [
        "unknown instruction: a (did you mean add?)",
        "unknown instruction: EOF (did you mean ENV?)",
    ],
    'ENV a="b\n c"\n': [
        'failed to process "\\"b": unexpected end of statement while looking for matching double-quote',
        'unknown instruction: c" (did you mean cmd?)',
    ],
    "HEALTHCHECK --interval=x --bogus CMD a\n": ['time: invalid duration "x"', "unknown flag: --bogus"],
    "COPY --lnk --from a b\nRUN --mount=type=x a\n": [
        "unknown flag: --lnk (did you mean link?)",
        "missing a value on flag: --from",
        'unsupported mount type "x"',
    ],
}


@pytest.mark.parametrize("text", SEVERAL)
def test_each_error_is_told(text: str) -> None:
    assert [problem.message for problem in parse(FROM + text).problems] == SEVERAL[text]


PLACES = {
    "COPY «a»\n": "requires at least two",
    "«COPY»\n": "requires at least two",
    "RUN --network=«x» a\n": "invalid network mode",
    "COPY «--from» a b\n": "missing a value",
    "COPY --chown=a «--chown=b» c d\n": "duplicate flag",
    "RUN --mount=«type=x» a\n": "unsupported mount",
    'ENV a="b c" «d» e=f\n': "can't find =",
    'COPY a «"b» c\n': "looking for matching",
    "COPY a \\\n  «${b!c}» \\\n d\n": "unsupported modifier",
    'CMD ["a", «1», "b"]\n': "comprised of strings",
    "RUN a\n«FOO» b\nRUN c\n": "unknown instruction",
    "HEALTHCHECK «FOO»\n": "Unknown type",
    "ONBUILD «FROM» a\n": "isn't allowed",
    "FROM a AS «1»\n": "invalid name",
    "EXPOSE 80 «a»\n": "invalid containerPort",
    "RUN cat «<<EOF\n x\n»": "unterminated heredoc",
    "COPY <<EOF /x\n «${a!b}»\nEOF\n": "failed to process",
}


@pytest.mark.parametrize("text", PLACES)
def test_where_it_stands(text: str) -> None:
    clean = text.replace("«", "").replace("»", "")
    (problem,) = parse(FROM + clean).problems
    assert PLACES[text] in problem.message
    start, end = problem.span.start - len(FROM), problem.span.end - len(FROM)
    assert f"{clean[:start]}«{clean[start:end]}»{clean[end:]}" == text


def test_what_surrounds_an_error_is_understood() -> None:
    tree = parse('FROM a\nFRO b\nENV A=1 B C="2\nCOPY --from\nRUN x\n')
    assert [each.keyword for each in tree.instructions] == ["FROM", "FRO", "ENV", "COPY", "RUN"]
    assert [pair.key.text for pair in tree.instructions[2].pairs] == ["A", "B", "C"]
    assert tree.instructions[4].problems == ()


def test_another_frontend_may_know_more() -> None:
    text = "# syntax=example.com/my/frontend\nFROM a\nINCLUDE b\nRUN --bogus c\nCOPY d\n"
    assert [problem.message[:4] for problem in parse(text).problems] == ["COPY"]
    assert len(parse(text.replace("example.com/my/frontend", "docker/dockerfile:1")).problems) == 3


NEWER = ["COPY --parents a b\n", "RUN --security=insecure a\n", "RUN --device=x a\n"]


@pytest.mark.parametrize("text", NEWER)
def test_flags_of_newer_frontends_are_known(text: str) -> None:
    assert parse(FROM + text).problems == ()


DEEP = {
    "ONBUILD": "ONBUILD " * 7_000 + "RUN a",
    "JSON": "CMD " + "[" * 20_000,
    "variables": "ENV a=" + "${b:-" * 10_000 + "}" * 10_000,
}


@pytest.mark.parametrize("name", DEEP)
def test_nesting_is_bounded(name: str) -> None:
    tree = parse(FROM + DEEP[name])
    assert len(tree.instructions) == 2
    assert len(tree.problems) == (0 if name == "JSON" else 1)


def test_a_line_may_be_only_so_long() -> None:
    limit = "dockerfile line greater than max allowed size of 65535"
    assert parse(FROM + "RUN " + "a" * 65531 + "\n").problems == ()
    assert [problem.message for problem in parse(FROM + "RUN " + "a" * 65532 + "\n").problems] == [limit]
    assert [problem.message for problem in parse(FROM + "RUN " + "é" * 32766 + "\n").problems] == [limit]
