"""Ends the server with the editor that started it.

An editor that is killed cannot send `exit`, and its end of the pipe may live on in another child of it.
"""

from __future__ import annotations

import os
import sys
import time
from threading import Thread

POLL = 2.0
"""Seconds between two looks, where the system cannot tell us."""


def end_with(pid: int) -> None:
    """End this process as soon as the process `pid` has ended.

    A process that is not there to begin with is not watched: the client is then in another namespace (a
    server in a container is told a number that means nothing inside), and the pipe will have to tell.
    """
    if pid > 0 and _alive(pid):
        Thread(target=_watch, args=(pid,), name="parent", daemon=True).start()


def _watch(pid: int) -> None:
    _wait(pid)
    # The main thread waits for input that need never end; nobody is left to hear an answer.
    os._exit(1)


if sys.platform == "win32":
    import ctypes

    _SYNCHRONIZE = 0x00100000
    _INFINITE = 0xFFFFFFFF

    def _alive(pid: int) -> bool:
        handle = ctypes.windll.kernel32.OpenProcess(_SYNCHRONIZE, False, pid)
        return bool(handle and ctypes.windll.kernel32.CloseHandle(handle))

    def _wait(pid: int) -> None:
        if handle := ctypes.windll.kernel32.OpenProcess(_SYNCHRONIZE, False, pid):
            ctypes.windll.kernel32.WaitForSingleObject(handle, _INFINITE)

else:
    import select

    def _alive(pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except PermissionError:
            return True
        except (OSError, OverflowError):
            return False
        return True

    def _wait(pid: int) -> None:
        try:
            # Linux says when, and does not take a dead child that nobody buried for a living one.
            process = os.pidfd_open(pid)
        except ProcessLookupError:
            return
        except (AttributeError, OSError):
            while _alive(pid):
                time.sleep(POLL)
        else:
            select.select([process], [], [])
