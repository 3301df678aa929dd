"""Compare what a preset reports with what the tool itself says of the same Dockerfiles, code by code and line by line.

    python tools/parity.py FOLDER... --examples 3 --cache /tmp/parity

A file and a code agree where both report the code on the same lines of the file, or neither does. Files that the tool
cannot read at all are counted and left out. `--record FILE` writes the tool's answers down for the tests.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lightship import lint
from lightship.config import Settings
from lightship.model import analyze
from lightship.text import Source

Lines = dict[str, set[int]]
"""The 1-based lines by code."""
TOOL = "hadolint"
UNREADABLE = "DL1000"
"""What hadolint says of a file that it cannot parse."""
SETTINGS = Settings(preset=TOOL)
BATCH = 50


class Difference(NamedTuple):
    """Lines on which one of the two reports the code in the file, and the other one does not."""

    path: Path
    code: str
    theirs: set[int]
    ours: set[int]


class Comparison(NamedTuple):
    """`agreed` counts the files by code; `unreadable` are those that the tool cannot parse."""

    agreed: Counter[str]
    differences: list[Difference]
    unreadable: list[Path]

    @property
    def agreement(self) -> float:
        """The share of pairs of a file and a code, among those of which at least one of the two speaks."""
        return self.agreed.total() / ((self.agreed.total() + len(self.differences)) or 1)


def ask(paths: Sequence[Path], cache: Path | None = None, settings: str = "ignored: []") -> Iterator[Lines]:
    """What hadolint reports for each file, ShellCheck's codes left out; `settings` is the text of a `.hadolint.yaml`."""
    version = subprocess.run([TOOL, "--version"], check=True, capture_output=True, text=True).stdout
    for start in range(0, len(paths), BATCH):
        batch = paths[start : start + BATCH]
        key = hashlib.sha256("\0".join([version, settings, *map(str, batch)]).encode())
        for path in batch:
            key.update(path.read_bytes())
        kept = cache / f"{key.hexdigest()[:32]}.json" if cache else None
        if kept and kept.exists():
            out = kept.read_text()
        else:
            out = _run(batch, settings)
            if kept:
                kept.write_text(out)
        found: dict[str, Lines] = defaultdict(lambda: defaultdict(set))
        for remark in json.loads(out):
            if remark["code"].startswith("DL"):
                found[remark["file"]][remark["code"]].add(remark["line"])
        yield from (found[str(path)] for path in batch)


def _run(paths: Sequence[Path], settings: str) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(settings)
        file.flush()
        command = [TOOL, "--no-fail", "--config", file.name, "--format", "json", *map(str, paths)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def write(lines: Lines) -> str:
    """`DL3006:1 DL3008:3,5`."""
    return " ".join(
        f"{code}:{','.join(map(str, sorted(found)))}" for code, found in sorted(lines.items()) if found
    )


def read(text: str) -> Lines:
    pairs = (each.split(":") for each in text.split())
    return {code: {int(line) for line in lines.split(",")} for code, lines in pairs}


def report(source: Source, settings: Settings) -> Lines:
    """What we report for the file under that preset."""
    found: Lines = defaultdict(set)
    for diagnostic in lint.check(analyze(source), settings):
        if diagnostic.code.startswith("DL"):
            found[diagnostic.code].add(source.line_of(diagnostic.span.start) + 1)
    return found


def compare(paths: Iterable[Path], answers: Iterable[Lines]) -> Comparison:
    result = Comparison(Counter(), [], [])
    for path, theirs in zip(paths, answers, strict=True):
        if UNREADABLE in theirs:
            result.unreadable.append(path)
            continue
        ours = report(Source(path.read_bytes().decode(errors="replace"), str(path)), SETTINGS)
        for code in sorted(theirs.keys() | ours.keys()):
            left, right = theirs.get(code, set()), ours.get(code, set())
            if left == right:
                result.agreed[code] += 1
            else:
                result.differences.append(Difference(path, code, left - right, right - left))
    return result


def table(result: Comparison, examples: int) -> Iterator[str]:
    """A row for each code, the most disputed first, with places where one of the two is alone."""
    by_code: dict[str, list[Difference]] = defaultdict(list)
    for each in result.differences:
        by_code[each.code].append(each)
    yield f"{'code':8} {'files':>6} {'agree':>6} {'only theirs':>12} {'only ours':>10}"
    for code in sorted(result.agreed.keys() | by_code, key=lambda code: (-len(by_code[code]), code)):
        found = by_code[code]
        theirs, ours = (sum(bool(getattr(each, side)) for each in found) for side in ("theirs", "ours"))
        yield f"{code:8} {result.agreed[code] + len(found):6} {result.agreed[code]:6} {theirs:12} {ours:10}"
        for side in ("theirs", "ours"):
            places = [(each.path, min(getattr(each, side))) for each in found if getattr(each, side)]
            yield from (f"    only {side}: {path}:{line}" for path, line in places[:examples])
    yield f"{result.agreement:.2%} agree; {len(result.unreadable)} files that the tool cannot read are left out"


def files(paths: Iterable[Path]) -> list[Path]:
    return sorted(
        file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("path", type=Path, nargs="+", help="a file, or a folder to search")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="look at every Nth file alone")
    parser.add_argument("--examples", type=int, default=0, metavar="N", help="places to show for each code")
    parser.add_argument("--cache", type=Path, help="a folder to keep the tool's answers in")
    parser.add_argument("--record", type=Path, metavar="FILE", help="write the tool's answers to FILE")
    arguments = parser.parse_args()
    if arguments.cache:
        arguments.cache.mkdir(parents=True, exist_ok=True)
    paths = files(arguments.path)[:: arguments.every]
    answers = list(ask(paths, arguments.cache))
    if arguments.record:
        rows = (
            f"{path.parent.name}/{path.name}\t{write(lines)}\n"
            for path, lines in zip(paths, answers, strict=True)
        )
        arguments.record.write_text("".join(rows))
    print(*table(compare(paths, answers), arguments.examples), sep="\n")


if __name__ == "__main__":
    main()
