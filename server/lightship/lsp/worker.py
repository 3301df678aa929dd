"""The thread on which everything runs that takes time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from queue import SimpleQueue
from threading import Event, Thread

logger = logging.getLogger(__name__)

Work = Callable[[], object]


class Worker:
    """Runs work one piece at a time, in the order it came.

    One thread, so that no feature has to think about another, and because two would not be faster: all of
    it is computation, under one interpreter lock. What matters is that it is not the thread that reads, so
    that changes, cancellations and a shutdown are seen while it is busy.
    """

    def __init__(self, name: str = "worker") -> None:
        self._queue: SimpleQueue[tuple[Work, str | None]] = SimpleQueue()
        self._newest: dict[str, Work] = {}
        Thread(target=self._run, name=name, daemon=True).start()

    def submit(self, work: Work, *, once: str | None = None) -> None:
        """Run `work` after all that was submitted before.

        Of several pieces with the same `once` that wait, only the last is run, in its own place: work that
        looks at the newest state when it starts need not be done for each state on the way.
        """
        if once is not None:
            self._newest[once] = work
        self._queue.put((work, once))

    def drain(self, timeout: float) -> None:
        """Wait until all that was submitted is done, at most `timeout` seconds."""
        done = Event()
        self.submit(done.set)
        done.wait(timeout)

    def _run(self) -> None:
        while True:
            work, once = self._queue.get()
            if once is not None:
                if self._newest.get(once) is not work:
                    continue
                # Before it runs, not after: what changes from here on needs another run.
                del self._newest[once]
            try:
                work()
            except BaseException:
                # Work answers for its own failures; this is the last line, so that the thread lives on.
                logger.exception("work failed")
