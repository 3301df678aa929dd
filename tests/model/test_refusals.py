"""What a real BuildKit says to values that it refuses; most were put to one."""

from __future__ import annotations

import pytest

from lightship import lint
from lightship.config import Settings
from lightship.model import analyze
from lightship.model.refusals import refusals
from lightship.text import Source

REFUSED = {
    "FROM «alpine:^»\n": 'failed to parse stage name "alpine:^": invalid reference format',
    "FROM --platform=linux/amd64 «alpine:» AS a\n": 'failed to parse stage name "alpine:": invalid reference format',
    "FROM «Alpine»\n": (
        'failed to parse stage name "Alpine": invalid reference format: '
        "repository name (library/Alpine) must be lowercase"
    ),
    "FROM «a/B:1»\n": (
        'failed to parse stage name "a/B:1": invalid reference format: repository name (a/B) must be lowercase'
    ),
    "FROM a\nSTOPSIGNAL «FOO»\n": "invalid signal: FOO",
    "FROM a\nSTOPSIGNAL «SIGTERM extra»\n": "invalid signal: SIGTERM extra",
    "FROM a\nSTOPSIGNAL «0»\n": "invalid signal: 0",
    "FROM a\nENV PORT=http\nEXPOSE 80 «$PORT»\n": "invalid containerPort: http",
}

TAKEN = (
    "",
    "FROM Foo.com/bar\n", 'FROM "ubuntu"\n', "ARG V=^\nFROM alpine:$V\n", "FROM a AS b\nFROM B\n", "FROM scratch\n",
    "FROM a AS Build\nFROM a\nCOPY --from=BUILD a b\nCOPY --from=0 a b\nCOPY --from= a b\n",
    *(f"FROM a\nSTOPSIGNAL {signal}\n" for signal in ("9", "kill", "SIGRTMIN+3", "RTMAX-14", "-9", "$UNKNOWN")),
    "FROM a\nENV PORT=80-90/udp\nEXPOSE $PORT $UNKNOWN\n", "FROM a\nONBUILD STOPSIGNAL FOO\n",
    "FROM {{ image }}\n",
)  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    build = analyze(Source(text.replace("«", "").replace("»", "")))
    (problem,) = refusals(build)
    assert problem.message == REFUSED[text]
    assert build.source[problem.span] == text.partition("«")[2].partition("»")[0]


@pytest.mark.parametrize("text", TAKEN)
def test_taken(text: str) -> None:
    assert not [*refusals(analyze(Source(text)))]


def test_it_is_told_once() -> None:
    """As a syntax error, and nothing else as an error: a port beyond the last has a rule of its own."""
    build = analyze(Source("FROM a:1\nENV A=99999 B=x\nEXPOSE $A $B\n"))
    errors = [each for each in lint.check(build, Settings()) if each.severity.name == "ERROR"]
    assert [each.code for each in errors] == ["port-out-of-range", "syntax"]
