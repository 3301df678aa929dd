"""Variables by BuildKit's rules.

The expected values are those that Docker 28.5 gave an image built from these files; None stands where it
would depend on the base image or on a build argument.
"""

import re
import time
from fnmatch import translate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightship.model import analyze
from lightship.text import Source


def value_of_last_env(text: str) -> str | None:
    """What the last instruction's `V` is worth."""
    stage = analyze(Source(text)).stages[-1]
    variable = stage.end.scope.get("V")
    assert variable is not None
    return variable.value


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("ENV V=a", "a"),
        ("ENV V a b", "a b"),
        ('ENV V="a b" W=c', "a b"),
        ("ENV V='$A'", "$A"),
        (r"ENV V=\$A", "$A"),
        (r"ENV V=a\ b", "a b"),
        ("ENV A=x\nENV V=${A}y", "xy"),
        ("ENV A=x V=$A", None),
        ("ENV A=x\nENV A=y V=$A", "x"),
        ("ENV V=${A:-d}", "d"),
        ("ENV V=${A-d}", "d"),
        ("ENV A=\nENV V=${A-d}", ""),
        ("ENV A=\nENV V=${A:-d}", "d"),
        ("ENV V=${A:+d}", ""),
        ("ENV A=x\nENV V=${A:+d}", "d"),
        ("ENV A=\nENV V=${A:+d}", ""),
        ("ENV A=\nENV V=${A+d}", "d"),
        ("ENV A=x\nENV V=${B:-$A}", "x"),
        ("ENV A=x\nENV V=${B:-${C:-${A}}}", "x"),
        ("ENV A=foobarbaz\nENV V=${A#*ba}", "rbaz"),
        ("ENV A=foobarbaz\nENV V=${A##*ba}", "z"),
        ("ENV A=foobarbaz\nENV V=${A%ba*}", "foobar"),
        ("ENV A=foobarbaz\nENV V=${A%%ba*}", "foo"),
        ("ENV A=foobarbaz\nENV V=${A/ba/X}", "fooXrbaz"),
        ("ENV A=foobarbaz\nENV V=${A//ba/X}", "fooXrXz"),
        ("ENV A=foobarbaz\nENV V=${A/b?r/X}", "fooXbaz"),
        ("ARG V=a", "a"),
        ("ARG A=1\nARG V=$A", "1"),
        ("ARG A=1 V=${A}2", "12"),
        ("ARG V=a\nENV V=b", "b"),
        ("ENV V=b\nARG V=a", "a"),
        ("ENV V=b\nARG V", "b"),
        ("ARG V=a\nENV V=${V}c", "ac"),
        ("ARG V=a\nENV V=${V:-c}", "a"),
        ("ARG V", None),
        ("ARG TARGETARCH\nENV V=$TARGETARCH", None),
    ],
)
def test_inside_a_stage(lines, expected):
    assert value_of_last_env(f"FROM scratch\n{lines}\n") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ARG V=g\nFROM scratch\nARG V", "g"),
        ("ARG V=g\nFROM scratch\nARG V=s", "s"),
        ("ARG A=g\nFROM scratch\nENV V=${A:-undeclared}", "undeclared"),
        ("FROM scratch AS a\nENV V=a\nFROM a", "a"),
        ("FROM scratch AS a\nENV V=a\nFROM a AS b\nFROM b", "a"),
        ("ARG V=g\nFROM scratch\nENV V=b\nARG V", "g"),
        ("FROM scratch AS a\nARG V=a\nFROM a", "a"),
        ("FROM scratch AS a\nENV A=a\nFROM scratch\nENV V=${A:-none}", "none"),
        ("# escape=`\nFROM scratch\nENV V=`$A", "$A"),
        ("# escape=`\nFROM scratch\nENV V=C:\\a", "C:\\a"),
    ],
)
def test_between_stages(text, expected):
    assert value_of_last_env(text) == expected


@pytest.mark.parametrize(
    ("text", "images"),
    [
        ("ARG V=3.12\nFROM python:$V", ["python:3.12"]),
        ("ARG V=3.12\nARG IMAGE=python:${V}-slim\nFROM $IMAGE", ["python:3.12-slim"]),
        ("ARG V\nFROM python:$V", [None]),
        ("FROM ${X:-debian}", ["debian"]),
        ("FROM --platform=$BUILDPLATFORM golang AS b\nFROM b", ["golang", "b"]),
        ("ARG V=1\nFROM a\nARG V=2\nFROM b:$V", ["a", "b:1"]),
        ('FROM "debian:12"', ["debian:12"]),
    ],
)
def test_images(text, images):
    assert [stage.image for stage in analyze(Source(text)).stages] == images


letters = st.text("ab", max_size=8)


@given(letters, st.text("ab*?", min_size=1, max_size=6))
def test_patterns_take_the_shortest_and_the_longest(value: str, pattern: str) -> None:
    """Tried one by one."""
    matches = re.compile(translate(pattern)).match
    heads = [end for end in range(len(value) + 1) if matches(value[:end])] or [0]
    tails = [start for start in range(len(value) + 1) if matches(value[start:])] or [len(value)]
    for operator, expected in (
        ("#", value[heads[0] :]),
        ("##", value[heads[-1] :]),
        ("%", value[: tails[-1]]),
        ("%%", value[: tails[0]]),
    ):
        assert value_of_last_env(f"FROM scratch\nENV A={value}\nENV V=${{A{operator}{pattern}}}") == expected


@pytest.mark.parametrize("operator", ["#", "##", "%", "%%", "/", "//"])
def test_no_pattern_takes_for_ever(operator: str) -> None:
    begin = time.monotonic()
    for length in (1, 300):
        text = f"FROM scratch\nENV A={'ab' * length}\nENV V=${{A{operator}{'*a' * 50}*c{'/x' * ('/' in operator)}}}"
        assert value_of_last_env(text) == "ab" * length
    assert time.monotonic() - begin < 2


@pytest.mark.parametrize("more", ["$V$V", "${V//x/xx}", "${V:+$V$V}", "${V/%/xx}$V"])
def test_a_value_that_grows_and_grows_is_not_known(more: str) -> None:
    text = "FROM scratch\nENV V=x\n" + f"ENV V={more}\n" * 60
    assert value_of_last_env(text) is None
    assert value_of_last_env(text.replace("ENV V", "ARG V")) is None
