"""The command line. Exit status: 0 clean, 1 findings, 2 misuse, or input that could not be read.

What a command needs is imported when it runs: a small file should be checked before one looks up.
"""

from __future__ import annotations

import gc
import os
import sys

from .arguments import Serve, parse
from .outcome import FAILED, FOUND, Misuse


def main(serve: Serve, arguments: list[str] | None = None) -> int:
    """Run a command and give its exit status. A closed pipe or an interrupt ends it quietly."""
    # Trees live as long as they are looked at: looking for garbage often finds none.
    gc.set_threshold(50_000, 20, 100)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by who started us
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character should not keep us from showing the others.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        options = parse(serve, arguments)
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # The reader has seen enough. Python would complain when it flushes on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND
    except OSError as error:
        # As when the disk that takes the report is full.
        place = f"{error.filename}: " if error.filename else ""
        print(f"lightship: {place}{error.strerror or error}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Misuse as misuse:
        print(f"lightship: {misuse}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 130
