"""How long a keystroke in a document of 50,000 lines takes the document store.

Exit code 1 where it takes longer than it may.

    python tests/bench/bench_documents.py
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "server"))

from lsprotocol.types import Position, Range, TextDocumentContentChangePartial

from lightship.lsp.convert import Encoding
from lightship.lsp.documents import Buffer

LINES = {"ASCII": "RUN echo hello  # comment", "emoji": "RUN echo 'olá 🚀' && true"}
PLACES = {"in one place": ([25_000] * 20, 3.0), "from end to end": ([0, 49_999] * 2, 12.0)}
"""The lines that are typed in, and the milliseconds that a keystroke may take."""


def milliseconds(buffer: Buffer, lines: list[int]) -> float:
    start = time.perf_counter()
    for line in lines:
        here = Position(line, 4)
        buffer.apply(TextDocumentContentChangePartial(Range(here, here), "x"))
    return (time.perf_counter() - start) / len(lines) * 1000


def main() -> int:
    missed = 0
    for text, line in LINES.items():
        buffer = Buffer(f"{line}\n" * 50_000, Encoding.Utf16)
        milliseconds(buffer, [25_000])
        for name, (places, limit) in PLACES.items():
            best = min(milliseconds(buffer, places) for _ in range(5))
            missed += best > limit
            print(f"a keystroke {name}, {text}: {best:.2f} ms (at most {limit:g})")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
