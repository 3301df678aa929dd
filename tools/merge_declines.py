"""How often `merge-runs` declines to join two neighbouring RUNs of real files, and why.

    python tools/merge_declines.py FOLDER...

Prints a line for each reason and the rate; `--show REASON` prints the pairs that were declined for it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from lightship.model import analyze
from lightship.model.build import Run
from lightship.proof import holds
from lightship.rewrite import Refusal
from lightship.rewrite.merge import merge_runs
from lightship.text import Fix, Safety, Source


def pairs(folders: list[Path]) -> Iterator[tuple[Run, Run]]:
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        build = analyze(Source(path.read_bytes().decode("utf-8", "surrogateescape"), str(path)))
        for stage in build.stages:
            for first, second in pairwise(stage.steps):
                if isinstance(first, Run) and isinstance(second, Run):
                    yield first, second


def declined(first: Run, second: Run) -> str:
    """Why the two are not joined; '' where they are."""
    build = first.stage.build
    merged = merge_runs((first, second), build)
    if isinstance(merged, Refusal):
        return merged.reason
    fix = Fix("", merged.edits, Safety.SAFE, merged.adds, merged.removes)
    return "" if holds(build.file, fix) else "the result is not what was meant"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--show", metavar="REASON")
    options = parser.parse_args()
    reasons: Counter[str] = Counter()
    for first, second in pairs(options.folders):
        reason = declined(first, second)
        reasons[reason] += 1
        if reason and reason == options.show:
            source = first.stage.build.source
            print(f"{source.name}:{source.line_of(first.span.start) + 1}")
            print(source.text[first.span.start : second.span.end], end="\n\n")
    total, made = reasons.total(), reasons.pop("")
    for reason, count in reasons.most_common():
        print(f"{count:6} {count / total:6.1%}  {reason}")
    print(f"{total:6} pairs, {total - made} declined: {(total - made) / total:.1%}")


if __name__ == "__main__":
    main()
