"""Who waits for whom on the thread that works."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event

import pytest

from lightship.lsp.worker import Pace, Worker


@pytest.fixture
def done() -> list[str]:
    """What was done, in order."""
    return []


def held(worker: Worker) -> Callable[[], None]:
    """Keep the worker busy until what is returned is called."""
    begun, end = Event(), Event()

    def hold() -> None:
        begun.set()
        end.wait(10)

    worker.submit(hold)
    assert begun.wait(10)
    return end.set


def test_quick_work_passes_long_work_alone(done: list[str]) -> None:
    worker = Worker()
    release = held(worker)
    for name, pace in (
        ("long", Pace.LONG), ("quick", Pace.QUICK), ("plain", Pace.PLAIN), ("longer", Pace.LONG), ("second", Pace.QUICK)
    ):  # fmt: skip
        worker.submit(partial(done.append, name), pace=pace)
    release()
    worker.drain(10)
    assert done == ["quick", "long", "plain", "second", "longer"]


def test_long_work_lets_quick_work_in_between(done: list[str]) -> None:
    worker, finished = Worker(), Event()

    def long() -> None:
        worker.submit(lambda: done.append(str(1 / 0)), pace=Pace.QUICK)
        worker.submit(partial(done.append, "quick"), pace=Pace.QUICK)
        worker.submit(partial(done.append, "plain"))
        worker.submit(partial(done.append, "second"), pace=Pace.QUICK)
        done.append("begin")
        worker.breathe()
        done.append("end")
        worker.submit(finished.set)

    worker.submit(long, pace=Pace.LONG)
    assert finished.wait(10)
    assert done == ["begin", "quick", "end", "plain", "second"]


def test_of_work_that_looks_at_the_newest_state_the_last_is_done(done: list[str]) -> None:
    worker = Worker()
    release = held(worker)
    for name in ("first", "other", "last"):
        once = None if name == "other" else "state"
        worker.submit(partial(done.append, name), once=once, pace=Pace.LONG)
    release()
    worker.drain(10)
    assert done == ["other", "last"]


def test_what_can_wait_is_done_once_when_nobody_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Worker, "IDLE", 0.05)
    rests = 0
    rested = Event()

    def rest() -> None:
        nonlocal rests
        rests += 1
        rested.set()

    worker = Worker("idle", rest)
    assert not rested.wait(0.2), "there was nothing to rest from"
    worker.submit(int)
    assert rested.wait(10)
    rested.clear()
    assert not rested.wait(0.2)
    assert rests == 1
