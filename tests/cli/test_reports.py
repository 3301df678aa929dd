"""What reports look like, and that no input and no output makes them fail."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from command import FLAWED, RULE, SERVER, Run, process

from lightship.cli.rule import ALWAYS_TOLD
from lightship.formats import Checked, text
from lightship.formats.json import finding
from lightship.lint import ENGINE_CODES, Diagnostic
from lightship.rules import Related
from lightship.terms import Severity
from lightship.text import Edit, Fix, Safety, Source, Span


def diagnostic(span: Span, message: str = "Why.", **more: object) -> Diagnostic:
    return Diagnostic("a-rule", ("DL1", "DL2"), Severity.WARNING, span, message, **more)  # type: ignore[arg-type]


def shown(source: str, span: Span) -> list[str]:
    """The source line of a finding, and the marks beneath."""
    (report, _) = text.report([Checked(Source(source), (diagnostic(span),))])
    return [line.partition("| ")[2] for line in report.split("\n")[1:3]]


def test_a_whole_report() -> None:
    source = Source("FROM a\nRUN b\n", "dir/Dockerfile")
    fix = Fix("Do it", (Edit(Span(7, 10), "ADD"),), Safety.SAFE)
    unsafe = Fix("Do that", fix.edits, Safety.UNSAFE)
    found = (
        diagnostic(Span(7, 12), related=(Related(Span(0, 4), "begins here"),), fix=fix),
        diagnostic(Span(11, 12), fix=unsafe),
    )

    assert "".join(text.report([Checked(source, found), Checked(Source(""), ())])) == (
        "dir/Dockerfile:2:1: warning a-rule (DL1, DL2) Why.\n"
        "  2 | RUN b\n"
        "    | ^^^^^\n"
        "  dir/Dockerfile:1:1: begins here\n"
        "  1 | FROM a\n"
        "    | ^^^^\n"
        "  fix available: Do it\n"
        "\n"
        "dir/Dockerfile:2:5: warning a-rule (DL1, DL2) Why.\n"
        "  2 | RUN b\n"
        "    |     ^\n"
        "  unsafe fix available: Do that\n"
        "\n"
        '2 findings in 1 file, 1 fixable with "lightship fix", 1 more with "lightship fix --unsafe".\n'
    )


@pytest.mark.parametrize(
    ("source", "span", "lines"),
    [
        ("RUN x\n", Span(4, 5), ["RUN x", "    ^"]),
        ("RUN x\r\n", Span(0, 7), ["RUN x", "^^^^^..."]),
        ("", Span(0, 0), ["", "^"]),
        ("RUN a\n", Span(6, 6), ["", "^"]),
        ("RUN a \\\n  b\n", Span(4, 11), ["RUN a \\", "    ^^^..."]),
        ("RUN\tx\ty", Span(6, 7), ["RUN x   y", "        ^"]),
        ("RUN 日本 x", Span(4, 6), ["RUN 日本 x", "    ^^^^"]),
        ("RUN 🚀 x", Span(6, 7), ["RUN 🚀 x", "       ^"]),
        ("RUN e\u0301 x", Span(4, 6), ["RUN e\u0301 x", "    ^"]),
        ("RUN \x1b[31m", Span(5, 6), ["RUN \ufffd[31m", "     ^"]),
        ("RUN \udcff", Span(4, 5), ["RUN \ufffd", "    ^"]),
        ("x" * 500, Span(400, 402), ["..." + "x" * 120, " " * 23 + "^^"]),
    ],
)
def test_marks_stand_beneath_what_they_mark(source: str, span: Span, lines: list[str]) -> None:
    assert shown(source, span) == lines


def test_json_says_where_in_lines_and_characters_from_1() -> None:
    source = Source("FROM a\nRUN 日\u2028b\n", "Dockerfile")
    fix = Fix("Do it", (Edit(Span(13, 13), "\n"),), Safety.MANUAL)

    assert finding(source, diagnostic(Span(11, 15), fix=fix)) == {
        "file": "Dockerfile",
        "code": "a-rule",
        "aliases": ("DL1", "DL2"),
        "line": 2,
        "column": 5,
        "endLine": 3,
        "endColumn": 1,
        "severity": "warning",
        "message": "Why.",
        "fix": {
            "title": "Do it",
            "safety": "manual",
            "edits": [{"line": 2, "column": 7, "endLine": 2, "endColumn": 7, "text": "\n"}],
        },
    }


def test_json_holds_nothing_but_text() -> None:
    source = Source("RUN \udcff", "\udcff")
    broken = Fix("Do it", (Edit(Span(0, 0), "\udcff"),), Safety.SAFE)
    found = json.loads(json.dumps(finding(source, diagnostic(Span(4, 5), "\udcff", fix=broken))))

    assert (found["file"], found["message"], found["fix"]) == ("\ufffd", "\ufffd", None)


def test_json_without_findings(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text("FROM debian:12\n")

    assert run("check", "--select", RULE, "--format", "json") == (0, "[]\n", "")


@pytest.fixture
def dockerfile(folder: Path) -> Path:
    """A file with a finding, and with a name and a text that are hard to print."""
    path = folder / "日本\udcff.Dockerfile"
    path.write_bytes("# 🚀\n".encode() + FLAWED.encode().replace(b"curl", b"\xff\x1b"))
    return path


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8", "utf-8:strict", "utf-16"])
@pytest.mark.parametrize("arguments", [["--format", "text"], ["--format", "json"]], ids=str)
def test_every_encoding_of_the_output_will_do(dockerfile: Path, encoding: str, arguments: list[str]) -> None:
    with process(
        "check", "--select", RULE, *arguments, str(dockerfile), env={"PYTHONIOENCODING": encoding}
    ) as run:
        out, err = run.communicate()

    assert (run.returncode, err) == (1, b"")
    assert f"{RULE}" in out.decode(encoding.partition(":")[0])


@pytest.mark.parametrize(
    "arguments", [["rule"], ["check"], ["check", "--format", "json"], ["fix", "--diff"]], ids=str
)
def test_a_closed_pipe_ends_it_quietly(dockerfile: Path, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe, process(*arguments, stdout=pipe) as run:
        _, err = run.communicate()

    assert (run.returncode, err) == (1, b"")


def test_closed_streams_are_no_trouble(dockerfile: Path) -> None:
    command = f"exec {sys.executable} -m lightship check - <&- >&- 2>&-"
    done = subprocess.run(["sh", "-c", command], env=os.environ | {"PYTHONPATH": str(SERVER)}, timeout=60)

    assert done.returncode == 1, "of the empty file there is something to say"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device is always full here")
def test_a_full_disk_is_told(dockerfile: Path) -> None:
    with open("/dev/full", "wb") as full, process("check", stdout=full) as run:  # noqa: PTH123
        _, err = run.communicate()

    assert run.returncode == 2
    assert err == b"lightship: No space left on device\n"


@pytest.mark.parametrize(
    ("env", "coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
@pytest.mark.parametrize("arguments", [["check"], ["fix", "--diff"]], ids=str)
def test_colours_on_terminals_that_want_them(
    dockerfile: Path,
    arguments: list[str],
    env: dict[str, str],
    coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal, other_end = pty.openpty()
    with (
        os.fdopen(other_end, "wb", buffering=0) as stdout,
        process(*arguments, env=env, stdout=stdout) as run,
    ):
        assert run.wait() == 1
    out = os.read(terminal, 65536)
    os.close(terminal)

    assert (b"\x1b[3" in out) is coloured
    assert b"\x1b" in out if coloured else b"\x1b" not in out.replace(b"\xff\x1b", b"")


@pytest.mark.parametrize(
    ("env", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colours_elsewhere_where_they_are_asked_for(
    run: Run, dockerfile: Path, env: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    assert ("\x1b[3" in run("check").out) is coloured


def test_a_person_who_starts_the_server_is_told_what_it_is_for(run: Run) -> None:
    assert run("server") == (0, "", "")
    keys, stdin = pty.openpty()
    command = [sys.executable, "-m", "lightship", "server"]
    with subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        assert server.stderr
        assert server.stderr.readline().startswith(b"lightship: editors start this")
        server.kill()
    os.close(stdin)
    os.close(keys)


def test_rule_page_and_list(run: Run) -> None:
    page = run("rule", RULE).out
    listing = run("rule").out

    assert page.startswith(f"# {RULE}\n")
    assert "```dockerfile\n" in page
    assert any(line.startswith(f"{RULE} ") for line in listing.splitlines())
    assert set(ALWAYS_TOLD) == set(ENGINE_CODES)
    assert run("rule", "syntax").out.startswith("# syntax\n\nBuildKit refuses")
    assert run("rule", "security").out.startswith("root-user ")
    assert run("rule", "DL3059").out.startswith("# consecutive-runs\n")
    assert run("rule", "split-apt-updat") == (
        2,
        "",
        f'lightship: there is no rule "split-apt-updat": did you mean "{RULE}"?\n',
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("SC2086", "its errors and warnings"),
        ("SC2046", "it is advice"),
        ("sc2164", "its errors and warnings"),
        ("SC2148", "never told"),
    ],
)
def test_pages_of_shellchecks_codes(run: Run, name: str, told: str) -> None:
    page = run("rule", name).out
    name = name.upper()
    assert page.startswith(f"# {name}\n\n*one of ShellCheck's checks*")
    assert f"https://www.shellcheck.net/wiki/{name}\n" in page
    assert f"# lightship: ignore[{name}]" in page
    assert told in page


@pytest.mark.parametrize(
    ("name", "meant"), [("dl3008", "DL3008"), ("StageNameCase", "StageNameCasing"), ("SC9999", None)]
)
def test_the_name_of_no_rule(run: Run, name: str, meant: str | None) -> None:
    hint = f': did you mean "{meant}"?' if meant else "."
    assert run("rule", name) == (2, "", f'lightship: there is no rule "{name}"{hint}\n')
