"""The server as a process: when it ends, and the other ways to reach it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time

import pytest
from client import STDIO, Client


def test_it_ends_when_its_input_does(fresh: Client) -> None:
    fresh.initialize()
    fresh.process.stdin.close()
    assert fresh.process.wait(5) == 1


def test_it_finishes_what_was_asked_before_its_input_ended(fresh: Client) -> None:
    fresh.initialize()
    last = fresh.begin("test/sleep", {"seconds": 0.2})
    fresh.process.stdin.close()
    assert fresh.answer(last) is None


def test_it_ends_in_the_middle_of_a_message(fresh: Client) -> None:
    fresh.raw(b"Content-Length: 100\r\n\r\n{")
    fresh.process.stdin.close()
    assert fresh.process.wait(5) == 1


def test_it_ends_though_work_is_under_way(fresh: Client) -> None:
    fresh.initialize()
    fresh.begin("test/sleep", {"seconds": 60})
    assert fresh.leave() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="kills a process the POSIX way")
def test_it_ends_with_the_process_of_its_client() -> None:
    """Though the pipe stays open, as it does when another child of the editor has inherited it."""
    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as editor,
        Client() as client,
    ):
        client.initialize(processId=editor.pid)
        time.sleep(0.2)
        assert client.request("test/nothing") is None
        editor.send_signal(signal.SIGKILL)
        assert client.process.wait(5) == 1


def test_a_client_in_another_namespace_is_not_waited_for(fresh: Client) -> None:
    """Its process id says nothing here."""
    fresh.initialize(processId=4_000_000)
    time.sleep(0.2)
    assert fresh.request("test/nothing") is None


def test_over_a_socket() -> None:
    with Client([*STDIO, "--tcp"]) as client:
        line = client.complaint()
        address, port = line.removeprefix("listening on ").rsplit(":", 1)
        assert address == "127.0.0.1"
        with socket.create_connection((address, int(port)), timeout=5) as connection:
            client.speak_through(connection)
            client.initialize()
            assert client.request("test/nothing") is None
            assert client.leave() == 0


def test_a_socket_that_breaks() -> None:
    with Client([*STDIO, "--tcp"]) as client:
        port = int(client.complaint().rpartition(":")[2])
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        assert client.process.wait(5) == 1


def test_by_the_command_line() -> None:
    with Client([sys.executable, "-m", "lightship", "server", "--stdio"]) as client:
        client.initialize()
        client.open("FROM a\nFRO\n")
        assert "syntax" in [each["code"] for each in client.diagnostics(1)]
        assert client.leave() == 0
