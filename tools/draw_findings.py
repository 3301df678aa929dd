"""Draw findings at random from an archive of Dockerfiles, to be read by a person who knows Docker; then count them all.

    python tools/draw_findings.py dockerfiles.tar.xz --seed 1 --count 200

Settings are the defaults, and ShellCheck is not asked. A wrong finding is one that states what is not so, points at
the wrong words, advises what does harm, repeats another finding, or is about no problem.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lightship import lint
from lightship.config import Settings
from lightship.lint import Diagnostic
from lightship.model import analyze
from lightship.text import Source

CONTEXT = 6
"""Lines shown of a finding's file, from two above its place on."""


def sources(archive: Path) -> Iterator[Source]:
    with tarfile.open(archive) as files:
        for member in files:
            if content := files.extractfile(member):
                yield Source(content.read().decode(errors="surrogateescape"), member.name)


def shown(source: Source, found: Diagnostic) -> Iterator[str]:
    """The finding with the lines around it, its own marked."""
    first, last = map(source.line_of, found.span)
    fix = f" [{found.fix.safety.name.lower()}: {found.fix.title}]" if found.fix else ""
    yield f"{source.name}:{first + 1} {found.severity.name.lower()} {found.code}: {found.message}{fix}"
    yield f"    marked: {source[found.span]!r:.200}"
    yield from (f"    line {source.line_of(each.span.start) + 1}: {each.message}" for each in found.related)
    start = max(first - 2, 0)
    for line in range(start, min(start + CONTEXT, len(source.line_starts))):
        mark = ">" if first <= line <= last else " "
        yield f"  {mark} {line + 1:4} {source[source.line_span(line)].rstrip()[:240]}"
    yield ""


def table(counts: Counter[str], per_file: list[int]) -> Iterator[str]:
    """How many findings each rule has, and how many a file."""
    yield from (f"{count:6} {code}" for code, count in counts.most_common())
    ninth = statistics.quantiles(per_file, n=10)[-1]
    yield (
        f"{sum(per_file):6} findings in {len(per_file)} files; a file: median {statistics.median(per_file):g},"
        f" mean {statistics.mean(per_file):.2f}, 90 % of files at most {ninth:g}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    arguments = parser.parse_args()
    found = [(source, lint.check(analyze(source), Settings())) for source in sources(arguments.archive)]
    each = [(source, diagnostic) for source, diagnostics in found for diagnostic in diagnostics]
    for source, diagnostic in random.Random(arguments.seed).sample(each, min(arguments.count, len(each))):
        print(*shown(source, diagnostic), sep="\n")
    print(*table(Counter(code.code for _, code in each), [len(all_) for _, all_ in found]), sep="\n")


if __name__ == "__main__":
    main()
