"""`lightship`, and `python -m lightship`."""

from __future__ import annotations

import sys


def main() -> int:
    from .cli import main

    return main()


if __name__ == "__main__":
    sys.exit(main())
