"""`lightship`, and `python -m lightship`: the command line, or the language server."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    from . import cli

    status = cli.main(_serve)
    # Python would look for garbage on its way out, in all that is remembered: a third of the time for 2,000 files.
    gc.freeze()
    return status


def _serve(address: tuple[str, int] | None) -> int:
    from .lsp import server  # takes longer to import than a check takes to run

    return server.serve_tcp(*address) if address else server.serve_stdio()


if __name__ == "__main__":
    if not sys.flags.safe_path:
        # The working folder, from which `python -m` imports before all others: a workspace may have a `yaml.py`.
        del sys.path[0]
    sys.exit(main())
