"""Variables by BuildKit's rules.

The expected values are those that Docker 28.5 gave an image built from these files; None stands where it
would depend on the base image or on a build argument.
"""

import pytest

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
