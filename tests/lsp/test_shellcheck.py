"""ShellCheck in the background: our own findings first, its own when they are there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from client import STDIO, Client, at, insert, replace

SELECT = {"select": ["SC2164", "SC2154", "latest-base"]}
TEXT = "FROM debian:latest\n# 🚀\nRUN echo '🚀' && \\\r\n\tcd x; make\n"
OURS, ITS = ["latest-base"], ["SC2164", "latest-base"]


@pytest.fixture(scope="module")
def pushed() -> Iterator[Client]:
    with Client() as client:
        client.initialize(initializationOptions=SELECT)
        yield client


def codes(diagnostics: list[dict[str, Any]]) -> list[str]:
    return sorted(each["code"] for each in diagnostics)


def with_program(code: str, limit: float = 10.0) -> list[str]:
    """The server, with another program in ShellCheck's place."""
    start = (
        "import sys, functools, runpy; from pathlib import Path; sys.path.insert(0, {folder!r});"
        "from lightship.sources import shellcheck as s;"
        "s.ShellCheck = functools.partial(s.ShellCheck, program=Path({program!r}), limit={limit});"
        "sys.argv = [{serve!r}]; runpy.run_path({serve!r}, run_name='__main__')"
    )
    serve = STDIO[1]
    return [
        sys.executable,
        "-c",
        start.format(folder=str(Path(serve).parent), program=code, limit=limit, serve=serve),
    ]


def fake(folder: Path, code: str) -> str:
    path = folder / "shellcheck"
    path.write_text(f"#!{sys.executable} -S\nimport time\n{code}\n")
    path.chmod(0o755)
    return str(path)


def test_first_ours_then_its(pushed: Client, uri: str) -> None:
    pushed.open(TEXT, uri)
    assert codes(pushed.diagnostics(1, uri)) == OURS
    found = pushed.diagnostics(1, uri)
    assert codes(found) == ITS
    (its,) = (each for each in found if each["code"] == "SC2164")
    assert its["range"] == {"start": at(3, 1), "end": at(3, 5)}
    assert its["codeDescription"]["href"] == "https://www.shellcheck.net/wiki/SC2164"
    assert its["severity"] == 2


def test_what_an_edit_leaves_alone_keeps_its_findings(pushed: Client, uri: str) -> None:
    pushed.open(TEXT.replace("x", "kept"), uri)
    pushed.diagnostics(1, uri)
    assert codes(pushed.diagnostics(1, uri)) == ITS
    pushed.change(2, insert(0, 0, "# a line above\n"), uri=uri)
    found = pushed.diagnostics(2, uri)
    assert codes(found) == ITS
    assert {each["range"]["start"]["line"] for each in found} == {1, 4}
    assert not pushed.has_come(method="textDocument/publishDiagnostics")


def test_while_typing_nothing_of_ours_is_missing(pushed: Client, uri: str) -> None:
    pushed.open("FROM debian:latest\nRUN \n", uri)
    assert codes(pushed.diagnostics(1, uri)) == OURS
    typed = "cd here; make"
    for version, letter in enumerate(typed, 2):
        pushed.change(version, insert(1, 2 + version, letter), uri=uri)
    last = len(typed) + 1
    while True:
        params = pushed.expect("textDocument/publishDiagnostics")["params"]
        assert "latest-base" in codes(params["diagnostics"])
        if params["version"] == last and codes(params["diagnostics"]) == ITS:
            break


def test_an_answer_that_comes_late_is_for_the_text_of_now(pushed: Client, uri: str) -> None:
    pushed.open(TEXT.replace("x", "late"), uri)
    assert codes(pushed.diagnostics(1, uri)) == OURS
    pushed.change(2, replace(2, 0, 4, 0, ""), uri=uri)
    assert codes(pushed.diagnostics(2, uri)) == OURS
    pushed.request("test/sleep", {"seconds": 0.5})
    while pushed.has_come(method="textDocument/publishDiagnostics"):
        params = pushed.expect("textDocument/publishDiagnostics")["params"]
        assert (params["version"], codes(params["diagnostics"])) == (2, OURS)


def test_a_fix_is_offered(pushed: Client, uri: str) -> None:
    pushed.open(TEXT.replace("x", "fixed"), uri)
    pushed.diagnostics(1, uri)
    pushed.diagnostics(1, uri)
    found = pushed.request(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": uri},
            "range": {"start": at(3, 2), "end": at(3, 2)},
            "context": {"diagnostics": []},
        },
    )
    fixes = {each["title"]: each["edit"]["changes"][uri] for each in found}
    place = {"start": at(3, 9), "end": at(3, 9)}
    assert fixes["Do as ShellCheck says (SC2164)"] == [{"range": place, "newText": " || exit"}]
    assert "Ignore SC2164 here" in fixes


def test_who_asks_is_told_to_ask_again(uri: str) -> None:
    capabilities = {
        "textDocument": {"diagnostic": {}},
        "workspace": {"diagnostics": {"refreshSupport": True}},
    }
    with Client() as client:
        client.initialize(capabilities, initializationOptions=SELECT)
        client.open(TEXT, uri)
        params: dict[str, Any] = {"textDocument": {"uri": uri}}
        first = client.request("textDocument/diagnostic", params)
        assert codes(first["items"]) == OURS
        refresh = client.expect("workspace/diagnostic/refresh")
        client.send({"jsonrpc": "2.0", "id": refresh["id"], "result": None})
        params["previousResultId"] = first["resultId"]
        second = client.request("textDocument/diagnostic", params)
        assert codes(second["items"]) == ITS
        params["previousResultId"] = second["resultId"]
        assert client.request("textDocument/diagnostic", params)["kind"] == "unchanged"


def test_nothing_is_run_where_it_is_not_wanted(tmp_path: Path, uri: str) -> None:
    program = fake(tmp_path, f"open({str(tmp_path / 'run')!r}, 'w')")
    with Client(with_program(program)) as client:
        client.initialize(initializationOptions={**SELECT, "shellcheck": False})
        client.open(TEXT, uri)
        assert codes(client.diagnostics(1, uri)) == OURS
        client.request("test/sleep", {"seconds": 0.5})
        assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("code", ["print('nonsense')", "time.sleep(60)"], ids=["nonsense", "hangs"])
def test_a_program_that_fails_is_told_of_once(code: str, tmp_path: Path, uri: str) -> None:
    with Client(with_program(fake(tmp_path, code), 0.3)) as client:
        client.initialize(initializationOptions=SELECT)
        client.open(TEXT, uri)
        assert codes(client.diagnostics(1, uri)) == OURS
        warning = client.expect("window/showMessage")["params"]
        assert warning["type"] == 2
        assert warning["message"].startswith("ShellCheck ")
        for version in range(2, 6):
            client.change(version, insert(3, 1, "y"), uri=uri)
            assert codes(client.diagnostics(version, uri)) == OURS
            client.request("test/sleep", {"seconds": 0.2})
        assert not client.has_come(method="window/showMessage")
        assert client.leave() == 0


def test_leaving_does_not_wait_for_it(tmp_path: Path, uri: str) -> None:
    with Client(with_program(fake(tmp_path, "time.sleep(60)"))) as client:
        client.initialize(initializationOptions=SELECT)
        client.open(TEXT, uri)
        assert codes(client.diagnostics(1, uri)) == OURS
        client.request("test/sleep", {"seconds": 0.3})
        assert client.leave() == 0
