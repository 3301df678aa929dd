"""Frames on the wire: a header with a `Content-Length`, an empty line, a body of that many bytes.

pygls' own loop knows the header in one spelling only, waits for ever for what follows any other, and reads
in the pool that also runs handlers. This one reads on a thread of its own and finds its feet again after
bytes that make no sense.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO

# Not anchored at the start: after a body that was longer than announced, the next header follows its rest.
_CONTENT_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,12})[ \t]*\r?\n", re.IGNORECASE)

LARGEST_BODY = 1 << 28
"""Bytes. No editor sends as much; a length beyond it is taken for noise, not for memory to ask for."""


def bodies(stream: BinaryIO) -> Iterator[bytes | None]:
    """The body of every message until the stream ends; None for a header from which none can be told."""
    length: int | None = None
    begun = False
    while line := stream.readline():
        if line.strip():
            begun = True
            if match := _CONTENT_LENGTH.search(line):
                length = int(match[1])
            continue
        if length is not None and length <= LARGEST_BODY:
            body = stream.read(length)
            if len(body) < length:
                return
            yield body
        elif begun:
            yield None
        length, begun = None, False


class Writer:
    """Sends bodies in the order given, from a thread of its own.

    A client that is slow to read then delays nobody but itself: neither the thread that reads its messages
    nor the one that works for it ever waits for it.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._bodies: SimpleQueue[bytes | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def write(self, body: bytes) -> None:
        self._bodies.put(body)

    def close(self, timeout: float = 2.0) -> None:
        """Wait for what was written to leave, at most `timeout` seconds."""
        self._bodies.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        while (body := self._bodies.get()) is not None:
            try:
                self._stream.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
                self._stream.flush()
            except (OSError, ValueError):
                # Nobody listens any more. The reading side sees the same and ends the server.
                return
