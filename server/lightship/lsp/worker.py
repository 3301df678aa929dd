"""The thread on which everything runs that takes time."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from threading import Condition, Event, Thread
from typing import NamedTuple

logger = logging.getLogger(__name__)

Work = Callable[[], object]


class Pace(Enum):
    """How work stands to other work."""

    QUICK = auto()
    """Passes long work in front of it, even such as has begun: somebody waits for it."""
    PLAIN = auto()
    LONG = auto()


class _Piece(NamedTuple):
    work: Work
    once: str | None
    pace: Pace


class Worker:
    """Runs work one piece at a time, in the order it came but for what is `QUICK`.

    One thread, so that no feature has to think about another, and because two would not be faster: all of
    it is computation, under one interpreter lock. What matters is that it is not the thread that reads, so
    that changes, cancellations and a shutdown are seen while it is busy.

    Once there has been nothing to do for `IDLE` seconds, it does what is to be done while nobody waits.
    """

    IDLE = 2.0

    def __init__(self, name: str = "worker", idle: Work | None = None) -> None:
        self._waiting: deque[_Piece] = deque()
        self._come = Condition()
        self._newest: dict[str, Work] = {}
        self._idle = idle
        Thread(target=self._run, name=name, daemon=True).start()

    def submit(self, work: Work, *, once: str | None = None, pace: Pace = Pace.PLAIN) -> None:
        """Run `work` after all that was submitted before.

        Of several pieces with the same `once` that wait, only the last is run, in its own place: work that
        looks at the newest state when it starts need not be done for each state on the way.
        """
        with self._come:
            if once is not None:
                self._newest[once] = work
            self._waiting.append(_Piece(work, once, pace))
            self._come.notify()

    def drain(self, timeout: float) -> None:
        """Wait until all that was submitted is done, at most `timeout` seconds."""
        done = Event()
        self.submit(done.set)
        done.wait(timeout)

    def breathe(self) -> None:
        """Do the quick work that waits. Called now and then by long work, from the worker's own thread."""
        while piece := self._quick():
            _do(piece.work)

    def _quick(self) -> _Piece | None:
        """The first quick piece that has nothing but long ones in front of it, taken out."""
        with self._come:
            for place, piece in enumerate(self._waiting):
                if piece.pace is Pace.QUICK:
                    del self._waiting[place]
                    return piece
                if piece.pace is not Pace.LONG:
                    break
        return None

    def _run(self) -> None:
        rested = True
        while True:
            with self._come:
                came = self._come.wait_for(lambda: self._waiting, None if rested else self.IDLE)
                piece = (self._quick() or self._waiting.popleft()) if came else None
                if piece and piece.once is not None:
                    if self._newest.get(piece.once) is not piece.work:
                        continue
                    # Before it runs, not after: what changes from here on needs another run.
                    del self._newest[piece.once]
            rested = piece is None or self._idle is None
            if piece:
                _do(piece.work)
            elif self._idle:
                _do(self._idle)


def _do(work: Work) -> None:
    try:
        work()
    except BaseException:
        # Work answers for its own failures; this is the last line, so that the thread lives on.
        logger.exception("work failed")
