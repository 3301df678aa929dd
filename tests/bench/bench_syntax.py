"""How much of a processor's time reading takes: every real file, and texts long in one direction.

Exit code 1 where something takes longer than it may, or a text twice as long three times as long.

    python tests/bench/bench_syntax.py
"""

from __future__ import annotations

import sys
import tarfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "server"))

from lightship.syntax import dockerfile, shell  # noqa: E402
from lightship.syntax.joined import Joined  # noqa: E402

CORPUS = ROOT.parent / "shared" / "corpus" / "dockerfiles.tar.xz"
PER_FILE = 0.45
"""Milliseconds that an average real file may take."""
STEEPEST = 3.0
"""How much more a text twice as long may take."""
NOISE = 20.0
"""Milliseconds under which growth says nothing."""

TEXTS: dict[str, tuple[Callable[[int], str], int, float]] = {
    "instructions": (lambda n: "FROM a\n" + "RUN apt-get install -y a b c\n" * n, 50_000, 3000.0),
    "comments and blank lines": (lambda n: "FROM a\n" + "# c\n\n" * (n // 2), 50_000, 1500.0),
    "one continuation": (lambda n: "FROM a\nRUN a" + " \\\n  && b" * n, 20_000, 1000.0),
    "one continuation, commented": (lambda n: "FROM a\nRUN a" + " \\\n  # c\n" * n, 20_000, 1000.0),
    "one ENV": (lambda n: "FROM a\nENV" + " \\\n  A=b" * n, 20_000, 1000.0),
    "one heredoc": (lambda n: "FROM a\nRUN <<E\n" + "a && b\n" * n + "E\n", 50_000, 1000.0),
    "heredocs": (lambda n: "FROM a\n" + "COPY <<E /x\n$a\nE\n" * (n // 3), 50_000, 3000.0),
    "unterminated heredocs": (lambda n: "FROM a\n" + "RUN <<E\n" * n, 50_000, 1000.0),
    "unknown instructions": (lambda n: "FROM a\n" + "FOO a\n" * n, 20_000, 3000.0),
}
"""A text by its number of lines, that number, and the milliseconds that it may take."""

BODIES: dict[str, tuple[Callable[[int], str], int, float]] = {
    "a && a …": (lambda n: " && ".join(["a b"] * n), 10_000, 3000.0),
    "a; a …": (lambda n: "; ".join(["a b"] * n), 10_000, 3000.0),
    "((( …": (lambda n: "(" * n, 10_000, 1000.0),
}


def milliseconds(work: Callable[[], object], rounds: int = 3) -> float:
    best = float("inf")
    for _ in range(rounds):
        dockerfile._last_read.cache_clear()
        shell._remembered.cache_clear()
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best * 1000


def corpus() -> list[str]:
    with tarfile.open(CORPUS) as archive:
        files = [archive.extractfile(each) for each in archive if each.isfile()]
        return [file.read().decode(errors="surrogateescape") for file in files if file]


def main() -> int:
    missed = 0

    def row(name: str, taken: float, limit: float, growth: float | None = None) -> None:
        nonlocal missed
        over = taken > limit or (growth is not None and growth > STEEPEST and taken > NOISE)
        missed += over
        grown = "" if growth is None else f"×{growth:.1f}"
        print(f"{name:32} {taken:9.2f} ms  of {limit:7.1f}  {grown:5} {'OVER' if over else ''}".rstrip())

    if CORPUS.exists():
        texts = corpus()
        taken = milliseconds(lambda: deque(map(dockerfile.parse, texts), maxlen=0)) / len(texts)
        row(f"a real file ({len(texts):,} of them)", taken, PER_FILE)
    for name, (make, lines, limit) in TEXTS.items():
        half, whole = make(lines // 2), make(lines)
        taken = milliseconds(lambda text=whole: dockerfile.parse(text))  # type: ignore[misc]
        growth = taken / milliseconds(lambda text=half: dockerfile.parse(text))  # type: ignore[misc]
        row(f"{name}, {lines:,} lines", taken, limit, growth)
    for name, (make, count, limit) in BODIES.items():
        half, whole = make(count // 2), make(count)
        taken = milliseconds(lambda text=whole: shell.parse(Joined(text, (0,), (0,))))  # type: ignore[misc]
        growth = taken / milliseconds(lambda text=half: shell.parse(Joined(text, (0,), (0,))))  # type: ignore[misc]
        row(f"body {name} ×{count:,}", taken, limit, growth)
    return missed > 0


if __name__ == "__main__":
    sys.exit(main())
