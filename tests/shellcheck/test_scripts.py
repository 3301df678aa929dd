"""What ShellCheck is shown of a Dockerfile, and where in the file its answers are; the real program answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lightship import lint, shellcheck
from lightship.config import Settings
from lightship.model import analyze
from lightship.sources.shellcheck import ShellCheck
from lightship.terms import Severity
from lightship.text import Source, apply

Found = list[tuple[str, str]]
Check = Callable[..., Found]
ALL = Settings(select=("shellcheck",))


def _diagnostics(program: ShellCheck, text: str, settings: Settings) -> tuple[lint.Diagnostic, ...]:
    build = analyze(Source(text))
    program.ask(script.text for script in shellcheck.scripts(build))
    return tuple(d for d in lint.check(build, settings, program.answers) if shellcheck.is_code(d.code))


@pytest.fixture(scope="module")
def program() -> ShellCheck:
    """The real one; the development tools bring it."""
    warnings: list[str] = []
    program = ShellCheck(warnings.append)
    assert program.available(True), warnings
    return program


@pytest.fixture
def check(program: ShellCheck) -> Check:
    """Codes and the text that they mark, in order."""

    def found(text: str, settings: Settings = ALL) -> Found:
        source = Source(text)
        return [(d.code, source[d.span]) for d in _diagnostics(program, text, settings)]

    return found


def dialects(text: str) -> list[str]:
    return [script.dialect for script in shellcheck.scripts(analyze(Source(text)))]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("FROM a\nRUN rm $x\n", "$x"),
        ("FROM a\nRUN echo '🚀 日本 é' && rm $x\n", "$x"),
        ("FROM a\nRUN\trm\t\t-f\t$x\n", "$x"),
        ("FROM a\nRUN true \\\n  # rm $y\n\n  && rm '\t' \\\n\t$x\n", "$x"),
        ("# escape=`\nFROM a\nRUN true && `\n rm $x\n", "$x"),
        ("FROM a\r\nRUN true \\\r\n  && rm $x \\\r\n  -f\r\n", "$x"),
        ("FROM a\nRUN <<EOF\necho é\n\trm $x\nEOF\n", "$x"),
        ("FROM a\r\nRUN <<EOF\r\necho '🚀'\r\ntrue && \\\r\n\trm $x\r\nEOF\r\n", "$x"),
        ("FROM a\nRUN <<-EOF\n\t\techo '🚀'\n\t\trm $x\n\tEOF\n", "$x"),
        ("FROM a\nRUN cat <<A >a <<B && rm $x\n$(true)\nA\nB\n", "$x"),
        ("FROM a\nRUN cat <<A\n$(rm $x)\nA\n", "$x"),
        ("FROM a\nONBUILD RUN rm $x\n", "$x"),
        ("FROM a\nCMD rm $x\n", "$x"),
        ("FROM a\nENTRYPOINT rm \\\n $x\n", "$x"),
        ("FROM a\nHEALTHCHECK --interval=5s CMD rm $x\n", "$x"),
        ("FROM a\nRUN --mount=type=cache,target=/x rm $x\n", "$x"),
        ("FROM a\n# not UTF-8: \udcff\nRUN echo '\udcff' && rm $x", "$x"),
    ],
)
def test_the_very_words_are_marked(check: Check, text: str, marked: str) -> None:
    assert ("SC2086", marked) in check(text), check(text)


def test_a_place_over_two_lines(check: Check) -> None:
    assert ("SC2046", "$(cat \\\n  y)") in check("FROM a\nRUN rm $(cat \\\n  y)\n")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FROM a\nRUN if true; then\n", ["SC1073"]),
        ("FROM a\nRUN echo 'a\n", ["SC1073"]),
        ("FROM a\nRUN . x; if true; then\n", ["SC1073"]),
        ("FROM a\nRUN <<EOF\nif true\nEOF\n", ["SC1050"]),
    ],
)
def test_one_syntax_error_is_one_finding(check: Check, text: str, found: list[str]) -> None:
    assert [code for code, _ in check(text)] == found


@pytest.mark.parametrize(
    ("lines", "dialect"),
    [
        ("FROM nobody/knows\nRUN a", "sh"),
        ("FROM debian:12\nRUN a", "dash"),
        ("FROM debian:12 AS base\nFROM base\nRUN a", "dash"),
        ("FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\nRUN a", "dash"),
        ("FROM python:3.13\nRUN a", "dash"),
        ("FROM python:3.13-alpine\nRUN a", "busybox"),
        ("FROM python:3.13-windowsservercore\nRUN a", None),
        ("FROM fedora:42\nRUN a", "bash"),
        ("FROM registry.access.redhat.com/ubi9/ubi-minimal\nRUN a", "bash"),
        ("FROM x/centos-debian\nRUN a", "sh"),
        ("FROM $base\nRUN a", "sh"),
        ('FROM a\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN a', "bash"),
        ('FROM a\nSHELL ["/usr/bin/env", "bash", "-c"]\nRUN a', "bash"),
        ('FROM alpine\nSHELL ["/bin/ash", "-c"]\nRUN a', "busybox"),
        ('FROM alpine\nSHELL ["/bin/sh", "-c"]\nRUN a', "busybox"),
        ('FROM a\nSHELL ["dash", "-c"]\nRUN a', "dash"),
        ('FROM a\nSHELL ["ksh", "-c"]\nRUN a', "ksh"),
        ('FROM a\nSHELL ["zsh", "-c"]\nRUN a', None),
        ('FROM a\nSHELL ["pwsh", "-Command"]\nRUN a', None),
        ('FROM a\nSHELL ["cmd", "/S", "/C"]\nRUN a', None),
        ("FROM mcr.microsoft.com/windows/nanoserver\nRUN a", None),
        ("FROM debian\n# hadolint shell=bash\nRUN a", "bash"),
        ("FROM debian\n# hadolint shell=/bin/zsh\nRUN a", None),
        ("FROM debian\nRUN <<EOF\n#!/bin/bash\na\nEOF", "bash"),
        ("FROM debian\nRUN <<EOF\n#!/usr/bin/env -S bash -e\na\nEOF", "bash"),
        ("FROM debian\nRUN <<EOF\n#!/usr/bin/env python3\na\nEOF", None),
        ("FROM debian\nRUN <<EOF\n#!/bin/zsh\na\nEOF", None),
        ("FROM debian\nRUN <<EOF\na\nEOF", "dash"),
        ("FROM debian\nRUN python3 <<EOF\nprint('é')\nEOF", "dash"),
        ('FROM debian\nRUN ["a", "$b"]', None),
        ("FROM debian\nCMD ['a', 'b']", None),
        ("FROM debian\nRUN <<EOF\na", None),
        ("FROM debian\nHEALTHCHECK NONE", None),
        ("FROM debian\nRUN", None),
    ],
)
def test_dialects(lines: str, dialect: str | None) -> None:
    assert dialects(f"{lines}\n") == ([dialect] if dialect else [])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("FROM debian\nRUN [[ -e x ]]", {"SC3010"}),
        ("FROM fedora\nRUN [[ -e x ]]", set()),
        ("FROM alpine\nRUN [[ -e x ]]", set()),
        ("FROM nobody/knows\nRUN [[ -e x ]]", {"SC3010"}),
        ("FROM debian\nRUN cd x; make", {"SC2164"}),
        ('FROM debian\nSHELL ["/bin/bash", "-ec"]\nRUN cd x; make', set()),
        ("FROM debian\nRUN <<EOF\n#!/bin/bash -eu\ncd x; make\nEOF", set()),
        ("FROM debian\nRUN <<EOF\nset -e\ncd x; make\nEOF", set()),
    ],
)
def test_what_the_shell_understands(check: Check, text: str, codes: set[str]) -> None:
    assert {code for code, _ in check(f"{text}\n")} == codes


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ('RUN echo "$who"', {"SC2154"}),
        ('ARG who\nRUN echo "$who"', set()),
        ('ENV who=a\nRUN echo "$who"', set()),
        ('ENV who=a\nFROM debian\nRUN echo "$who"', {"SC2154"}),
        ('RUN echo "$http_proxy"', set()),
        ('RUN --mount=type=secret,id=a,env=who echo "$who"', set()),
        ('RUN . ./settings; echo "$who"', set()),
        ('CMD echo "$who"', set()),
        ('ONBUILD RUN echo "$who"', set()),
        ("RUN who=a", {"SC2034"}),
        ("ENV who=b\nRUN who=a b", set()),
        ("ENV who=b\nRUN who=a; b", set()),
        ("ARG who=b\nRUN who=a; b", {"SC2034"}),
        ("ENV who=me\nRUN rm $who", set()),
        ('ENV who="you and me"\nRUN rm $who', {"SC2086"}),
        ("ARG who\nRUN rm $who", {"SC2086"}),
        ('ENV who=a\nRUN rm -r "/$who"', set()),
        ('ARG who\nRUN rm -r "/$who"', {"SC2115"}),
    ],
)
def test_variables_that_the_dockerfile_sets(check: Check, lines: str, codes: set[str]) -> None:
    assert {code for code, _ in check(f"FROM debian\n{lines}\n")} == codes


SOME = 'FROM nobody/knows\nRUN rm $x && a=1; [[ -e "$a" ]]; make -j$(nproc); cd y; make\n'


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (Settings(), {"SC2154", "SC2164"}),
        (Settings(extend_select=("SC2086",)), {"SC2154", "SC2164", "SC2086"}),
        (Settings(select=("shellcheck",)), {"SC2154", "SC2164", "SC2086", "SC2046", "SC3010"}),
        (Settings(preset="hadolint"), {"SC2154", "SC2164", "SC2086", "SC2046", "SC3010"}),
        (Settings(preset="buildkit"), set()),
        (Settings(ignore=("SC2154",)), {"SC2164"}),
        (Settings(ignore=("shellcheck",)), set()),
        (Settings(ignore=("shellcheck",), extend_select=("SC2164",)), {"SC2164"}),
        (Settings(select=("pip-cache",)), set()),
    ],
)
def test_selection(check: Check, settings: Settings, codes: set[str]) -> None:
    assert {code for code, _ in check(SOME, settings)} == codes
    assert bool(codes) == bool(shellcheck.wanted(settings))


def test_severities(program: ShellCheck) -> None:
    text = "FROM debian\nRUN rm $x `ls`; echo {a,b}\n"
    levels = {d.code: d.severity for d in _diagnostics(program, text, ALL)}
    assert levels == {
        "SC2086": Severity.INFO,
        "SC2154": Severity.WARNING,
        "SC2006": Severity.HINT,
        "SC2046": Severity.WARNING,
        "SC3009": Severity.ERROR,
    }
    quieter = Settings(select=("SC2154",), severity={"shellcheck": Severity.INFO})
    assert [d.severity for d in _diagnostics(program, text, quieter)] == [Severity.INFO]


def test_a_diagnostic_leads_to_the_wiki(program: ShellCheck) -> None:
    (found,) = _diagnostics(program, "FROM debian\nRUN cd x; make\n", Settings())
    assert found.url == "https://www.shellcheck.net/wiki/SC2164"


@pytest.mark.parametrize(
    "text",
    [
        "# hadolint ignore=SC2164\nRUN cd x; make",
        "# hadolint global ignore=SC2164\nRUN cd x; make",
        "# lightship: ignore[SC2164] there is no x\nRUN cd x; make",
        "# lightship: ignore[shellcheck]\nRUN cd x; make",
        "# lightship: ignore-file[SC2164]\n\nRUN cd x; make",
        "RUN <<EOF\n#!/bin/sh\n# shellcheck disable=SC2164\ncd x; make\nEOF",
        "RUN <<EOF\ntrue\n# shellcheck disable=SC2164\ncd x\nEOF",
        "# hadolint ignore=SC1072\nRUN if true; then",
    ],
)
def test_suppressions(program: ShellCheck, text: str) -> None:
    source = f"FROM debian:12-slim\n{text}\n"
    assert not _diagnostics(program, source, Settings())
    about = [d for d in lint.check(analyze(Source(source)), Settings()) if d.code in lint.ENGINE_CODES]
    assert not about, "neither unknown nor unused, whether ShellCheck is there or not"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN rm $x \\\n  -f\n", 'RUN rm "$x" \\\n  -f\n'),
        ("RUN true \\\n  && rm $x\n", 'RUN true \\\n  && rm "$x"\n'),
        ("RUN true; \\\n  cd x; \\\n  make\n", "RUN true; \\\n  cd x || exit; \\\n  make\n"),
        ("CMD echo '🚀' $x\n", "CMD echo '🚀' \"$x\"\n"),
        ("RUN echo `a \\\n b`\n", None),
        ("RUN <<EOF\nrm $x\nEOF\n", None),
    ],
)
def test_fixes(program: ShellCheck, before: str, after: str | None) -> None:
    settings = Settings(select=("SC2086", "SC2164", "SC2006"))
    build = analyze(Source(f"FROM debian\n{before}"))
    (found,) = _diagnostics(program, build.source.text, settings)
    if after is None:
        assert found.fix is None
        return
    assert found.fix
    assert lint.holds(build, found.fix)
    assert apply(build.source.text, found.fix.edits) == f"FROM debian\n{after}"


@pytest.mark.parametrize("name", ["SC2086", "SC3010", "shellcheck"])
def test_names(name: str) -> None:
    from lightship.rules import known_names

    assert name in known_names()
