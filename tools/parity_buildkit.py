"""Compare what the preset for BuildKit reports with what BuildKit's own checks say of the same Dockerfiles.

    python tools/parity_buildkit.py FOLDER... --cache /tmp/answers --examples 3

It needs a Docker of its own (`tests/images/engine up FOLDER`, then source what it writes): base images are looked up
before anything is checked, and where there is no registry an empty image is given their names, with the variables that
they are known to set. `InvalidBaseImagePlatform` is left out for that reason, and `UndefinedVar` where it is not known
what a base image sets. `--record FILE` writes the answers down for the tests.

Of a file that BuildKit refuses, only what it reported before it stopped is compared.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lightship import lint
from lightship.config import Settings
from lightship.knowledge import environments
from lightship.model import analyze
from lightship.model.build import Build, Workdir
from lightship.syntax.dockerfile import Instruction
from lightship.text import Source
from parity import Comparison, Difference, Lines, files, table

SETTINGS = Settings(preset="buildkit")
UNRESOLVED = re.compile(r"failed to resolve source metadata for (\S+?): ")
MOST_IMAGES = 30
"""Images that are made up for one file before it is given up."""


class Answer(NamedTuple):
    """`stopped` is the error with which BuildKit ended, if it did; `resolved` is false where that is an image
    that cannot be looked up, so that nothing can be said."""

    lines: Lines
    stopped: str = ""

    @property
    def resolved(self) -> bool:
        return not re.search(
            r"failed to (resolve|solve|do request|fetch)|no match for platform", self.stopped
        )


def ask(path: Path, cache: Path | None = None) -> Answer:
    """What BuildKit says of a file, in an empty context."""
    content = path.read_bytes()
    kept = cache / f"{hashlib.sha256(content).hexdigest()[:32]}.json" if cache else None
    if kept and kept.exists():
        said = json.loads(kept.read_text())
    else:
        said = _ask(path)
        if kept:
            kept.write_text(json.dumps({key: said.get(key) for key in ("warnings", "buildError")}))
    lines: Lines = defaultdict(set)
    for warning in said.get("warnings") or ():
        ranges = warning.get("location", {}).get("ranges") or [{"start": {"line": 0}}]
        lines[warning["ruleName"]].add(ranges[0]["start"]["line"])
    error = (said.get("buildError") or {}).get("message", "")
    return Answer(lines, "" if error.startswith("lint violation") else error)


def _ask(path: Path) -> dict[str, object]:
    made: Counter[str] = Counter()
    while True:
        with tempfile.TemporaryDirectory() as context:
            command = ["docker", "build", "--call=check,format=json", "-f", str(path), context]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        try:
            said: dict[str, object] = json.loads(done.stdout)
        except ValueError:
            return {"buildError": {"message": done.stderr.strip().rpartition("\n")[2]}}
        error = said.get("buildError") or {}
        missing = UNRESOLVED.search(error.get("message", "") if isinstance(error, dict) else "")
        if not missing or "@" in missing[1] or made[missing[1]] or made.total() >= MOST_IMAGES:
            return said
        made[missing[1]] += 1
        if not _make_up(missing[1], path):
            return said


def _make_up(image: str, dockerfile: Path) -> bool:
    """Give an empty image that name, made for the platform that the Dockerfile asks for."""
    short = image.removeprefix("docker.io/").removeprefix("library/")
    asked = re.search(
        r"(?im)^\s*FROM\s+--platform=[\"']?([a-z]\w*/\w+)", dockerfile.read_text(errors="replace")
    )
    command = ["docker", "import", "--platform", asked[1] if asked else "linux/amd64"]
    if short.startswith("golang"):
        command += ["-c", "WORKDIR /go"]
    for name in sorted(environments.of(short) or ()):
        command += ["-c", f"ENV {name}=/{name.lower()}"]
    empty = subprocess.run(["tar", "-c", "-T", "/dev/null"], check=True, capture_output=True).stdout
    return not subprocess.run(
        [*command, "-", image], input=empty, capture_output=True, check=False
    ).returncode


def report(build: Build) -> Lines:
    """What we report, by lines."""
    found: Lines = defaultdict(set)
    for diagnostic in lint.check(build, SETTINGS):
        if diagnostic.rule:
            found[diagnostic.code].add(build.source.line_of(diagnostic.span.start) + 1)
    return found


def compare(paths: Sequence[Path], answers: Sequence[Answer]) -> Comparison:
    result = Comparison(Counter(), [], [])
    for path, answer in zip(paths, answers, strict=True):
        if not answer.resolved:
            result.unreadable.append(path)
            continue
        build = analyze(Source(path.read_bytes().decode(errors="replace"), str(path)))
        theirs, ours = sides(build, answer)
        for check in sorted((theirs.keys() | ours.keys()) - left_out(build)):
            if theirs[check] == ours[check]:
                result.agreed[check] += 1
            else:
                result.differences.append(
                    Difference(path, check, theirs[check] - ours[check], ours[check] - theirs[check])
                )
    return result


def sides(build: Build, answer: Answer) -> tuple[Lines, Lines]:
    """What BuildKit reports and what we report, by the lines on which instructions begin."""
    theirs, ours = (
        defaultdict(set, {check: _beginnings(build, found) for check, found in lines.items()})
        for lines in (answer.lines, report(build))
    )
    if answer.stopped:
        ours = defaultdict(set, {check: ours[check] & found for check, found in theirs.items()})
    return theirs, ours


def left_out(build: Build) -> set[str]:
    """Checks whose answer depends on what only a registry knows: what the base images are, and what they set."""
    checks = {"InvalidBaseImagePlatform"}
    if any(environments.of(stage.base) is None for stage in build.stages):
        checks.add("UndefinedVar")
        if any(isinstance(step, Workdir) and step.values == (None,) for step in build.steps):
            checks.add("WorkdirRelativePath")
    return checks


def _beginnings(build: Build, lines: set[int]) -> set[int]:
    """The lines on which the instructions begin that these lines belong to, or are comments of."""
    line_of = build.source.line_of
    begin: dict[int, int] = {}
    for node in reversed(build.file.nodes):
        first, last = line_of(node.extent.start) + 1, line_of(max(node.extent.end - 1, 0)) + 1
        start = (
            line_of(node.keyword_span.start) + 1
            if isinstance(node, Instruction)
            else begin.get(last + 1, first)
        )
        begin.update(dict.fromkeys(range(first, last + 1), start))
    return {begin.get(line, line) for line in lines}


def write(answer: Answer) -> str:
    """An answer as `read` takes it: the lines of each check, and `!` where BuildKit stopped."""
    lines = [
        f"{check}:{','.join(map(str, sorted(found)))}"
        for check, found in sorted(answer.lines.items())
        if found
    ]
    return " ".join([*lines, *(["!"] if answer.stopped else [])])


def read(text: str) -> Answer:
    pairs = (word.split(":") for word in text.split() if word != "!")
    lines = {check: set(map(int, found.split(","))) for check, found in pairs}
    return Answer(lines, "!" if text.endswith("!") else "")


def _asked(paths: Sequence[Path], cache: Path | None) -> Iterator[Answer]:
    for number, path in enumerate(paths):
        yield ask(path, cache)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number + 1} of {len(paths)} files")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("path", type=Path, nargs="+", help="a file, or a folder to search")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="look at every Nth file alone")
    parser.add_argument("--examples", type=int, default=0, metavar="N", help="places to show for each check")
    parser.add_argument("--cache", type=Path, help="a folder to keep the answers in")
    parser.add_argument("--record", type=Path, metavar="FILE", help="a file to write the answers to")
    arguments = parser.parse_args()
    if arguments.cache:
        arguments.cache.mkdir(parents=True, exist_ok=True)
    paths = files(arguments.path)[:: arguments.every]
    answers = list(_asked(paths, arguments.cache))
    if arguments.record:
        told = zip(paths, answers, strict=True)
        arguments.record.write_text(
            "".join(
                f"{path.parent.name}/{path.name}\t{write(each)}\n" for path, each in told if each.resolved
            )
        )
    print(*table(compare(paths, answers), arguments.examples), sep="\n")


if __name__ == "__main__":
    main()
