"""Merged RUNs do what the RUNs did: thousands of them, made up at random, are run by real shells.

Each RUN is a process of its own in the same folder, as in a build, and the first that fails ends it; the merged
one is a single process. Files, their contents and modes, output and success must be the same, or the merge refused.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lightship.model import analyze
from lightship.model.build import Build
from lightship.rewrite import Refusal
from lightship.rewrite.merge import merge_runs
from lightship.text import Source, apply

CASES = 20_000
"""They take a minute of one core's time, most of it in starting shells."""
PARTS = 20
PATH = "/usr/bin:/bin"

SIMPLE = r"""
echo a|echo "$X"|echo '$X' "b  c"|printf '%s\n' "[$X]" "$i"|echo "${X:-none}" $Y|echo "$#" "$1"|echo "$?"|umask|alias
touch f1|touch "f 2"|mkdir -p d1|mkdir d2|echo x > f3|echo y >> f3|cat f3|cat|basename "$PWD"|ls|rm -f f1|echo *|ls d1
cd d1|cd d1 2>/dev/null|cd ..|cd nope|command cd d1|\cd d1|X=1|X=$Y|Y=2 Z=3|X=5 :|X=6 true|X=$(false)|export X=7|export Y|unset X
readonly Z=1|set -e|set -x|set -u|set +e|set -f|set -ex|set -o errexit|set -- a b|shift|umask 077|umask 022|true|false|:
exit|exit 0|exit 1|exec true|exec echo e|exec false|exec > f4|trap 'echo bye' EXIT|trap 'touch gone' 0|f|f() { echo f; }
f() { cd d1; return 1; }|g() { X=8; false; echo g; }|g|alias ll='echo z'|ll|read X < f3|: "${X:=9}"|echo "${Y=4}"|echo "$((N=4))$N"
: $((N += 1))|echo "n$N"|test -f f1|[ -d d1 ]|! true|! false|! cd d1|eval 'X=10'|eval 'cd d1'|. ./f3|return 1|nope
getopts a X -a|command -v echo|wait|times > /dev/null|case $- in *e*) echo e;; *) echo no;; esac|echo "\$X"|echo a\;b|echo "a # b"
env X=1 true|CD=cd; $CD d1|"cd" d1|export X=1 Y="a b"|find . -name 'f*' | sort|local Y=1|break|exit 3|ulimit -c 0|cd - > /dev/null
""".strip().replace("\n", "|").split("|")  # fmt: skip
BASH = r"""
[[ -n $X ]]|((N++))|let N=3|source ./f3|pushd d1|popd|shopt -s nullglob|declare X=11|typeset X=12|printf -v X 13|mapfile X < f3
set -o pipefail|echo {a,b}|read -r X <<< 14|((N=2))|[[ -f f1 ]] && cd d1|time true|enable -n echo|exec 3> f5|X+=1|arr=(a b)
""".strip().replace("\n", "|").split("|")  # fmt: skip
SHELLS = {
    "": (["dash", "-c"], ["bash", "--posix", "-c"]),
    'SHELL ["/bin/bash", "-c"]': (["bash", "-c"],),
    'SHELL ["/bin/bash", "-o", "pipefail", "-c"]': (["bash", "-o", "pipefail", "-c"],),
    'SHELL ["/bin/bash", "-eo", "pipefail", "-c"]': (["bash", "-eo", "pipefail", "-c"],),
    'SHELL ["/bin/sh", "-ec"]': (["dash", "-ec"], ["bash", "--posix", "-ec"]),
    'SHELL ["/bin/bash", "-euxo", "pipefail", "-c"]': (["bash", "-euxo", "pipefail", "-c"],),
    'SHELL ["/bin/sh", "-uc"]': (["dash", "-uc"],),
}  # fmt: skip


class Maker:
    """Makes up RUNs."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.shell = self.random.choice(["", "", "", "", *SHELLS])
        self.simple = [*SIMPLE, *BASH] if "bash" in self.shell and self.random.random() < 0.5 else SIMPLE

    def dockerfile(self) -> str:
        lines = ["FROM a", self.shell] if self.shell else ["FROM a"]
        for _ in range(self.random.choice((2, 2, 3))):
            lines += self.random.choice(([], [], [], [""], ["# why"], ["", "  # why", "#"]))
            lines.append(self.random.choice(("RUN ", "RUN ", "run   ", "RUN \\\n    ")) + self.body())
        return "\n".join(lines) + self.random.choice(("\n", ""))

    def body(self) -> str:
        tail = self.random.choice(("",) * 12 + (";", " ;", "  ", " &", " # end", " || true", " && true"))
        return self.items(self.random.choice((1, 1, 2, 3)), 2, self.operator) + tail

    def items(self, count: int, depth: int, operator: Callable[[], str]) -> str:
        text = self.command(depth)
        for _ in range(count - 1):
            text += operator() + self.command(depth)
        return text

    def operator(self) -> str:
        operator = self.random.choice(("&&", "&&", "&&", ";", ";", "||"))
        return self.random.choice(
            (f" {operator} ", f" {operator} ", f"{operator} \\\n\t", f" {operator} \\\n  # why\n    ", f" \\\n    {operator} ")
        )  # fmt: skip

    def inner(self, depth: int) -> str:
        return self.items(
            self.random.choice((1, 1, 2)), depth - 1, lambda: f" {self.random.choice(('&&', '||', ';'))} "
        )

    def command(self, depth: int) -> str:
        if depth == 0 or self.random.random() < 0.72:
            return self.random.choice(self.simple)
        inner, other = self.inner(depth), self.inner(depth)
        return self.random.choice(
            (
                f"({inner})", f"{{ {inner}; }}", f"{inner} | cat", f": | {other}", f"if {inner}; then {other}; fi",
                f"if {inner}; then {other}; else true; fi", f"for i in 1 2; do {inner}; done", f"echo \"$({inner})\"",
                f"X=$({inner})", f"case a in a) {inner};; esac", f"while {inner}; do {other}; break; done",
                f"({inner}) || {other}", f"! ({inner})", f"{{ {inner}; }} > f6", f"until {inner}; do break; done",
                f"h() {{ {inner}; }}; h", f"echo `{self.random.choice(SIMPLE)}`",
            )
        )  # fmt: skip


Left = tuple[bytes, dict[str, tuple[int, bytes | None]]]
"""What scripts print, and the modes and contents of the files that they leave, by name."""


def outcome(shell: list[str], scripts: list[str], folder: Path) -> Left | None:
    """What the scripts leave, each run by a shell of its own; None if one fails, for that leaves no image."""
    start = folder / "a/b/c/d"  # `cd ..` must not lead out of the folder
    (start / "d1").mkdir(parents=True)
    (start / "f3").write_text("Y=3\n")
    said = folder.with_suffix(".said")
    environment = {"PATH": PATH, "HOME": str(start), "Y": "why", "LC_ALL": "C"}
    program = shutil.which(shell[0], path=PATH)
    assert program
    streams = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    try:
        with contextlib.chdir(start):
            for script in scripts:
                # `subprocess` takes longer than most of these shells do.
                process = os.posix_spawn(program, [*shell, script], environment, file_actions=streams)
                if os.waitpid(process, 0)[1]:
                    return None
        return said.read_bytes(), dict(files(str(folder), len(str(folder))))
    finally:
        shutil.rmtree(folder)
        said.unlink(missing_ok=True)


def files(folder: str, root: int) -> Iterator[tuple[str, tuple[int, bytes | None]]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            mode = entry.stat(follow_symlinks=False).st_mode
            if entry.is_dir(follow_symlinks=False):
                yield entry.path[root:], (mode, None)
                yield from files(entry.path, root)
            else:
                yield entry.path[root:], (mode, Path(entry.path).read_bytes())


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that is yet to be made, in memory where there is some for files: thousands are made and removed."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path / "x"
        return
    with tempfile.TemporaryDirectory(dir=memory) as place:
        yield Path(place) / "x"


def merged(build: Build) -> Build | Refusal:
    found = merge_runs(build.stages[0].runs, build)
    return found if isinstance(found, Refusal) else analyze(Source(apply(build.source.text, found.edits)))


def mistakes(seeds: range, folder: Path) -> Iterator[str | None]:
    """For each merge that was made, None or what is wrong with it."""
    for seed in seeds:
        text = Maker(seed).dockerfile()
        build = analyze(Source(text))
        runs = build.stages[0].runs
        after = merged(build)
        if isinstance(after, Refusal):
            continue
        (run,) = after.stages[0].runs
        shells = SHELLS[text.split("\n")[1] if text.startswith("FROM a\nSHELL") else ""]
        shell = shells[seed % len(shells)]
        scripts = [[each.instruction.arguments.text for each in group] for group in (runs, (run,))]
        before, now = (outcome(shell, group, folder) for group in scripts)
        same = before == now
        yield None if same else f"{seed} {shell}\n{text}\n{before}\nbecomes\n{after.source.text}\n{now}\n"


@pytest.mark.parametrize("part", range(PARTS))
def test_merged_runs_do_the_same(part: int, folder: Path) -> None:
    size = CASES // PARTS
    found = list(mistakes(range(part * size, (part + 1) * size), folder))
    wrong = [mistake for mistake in found if mistake]
    assert not wrong, f"{len(wrong)} of {len(found)} merges\n" + "\n".join(wrong[:3])
    assert len(found) > size / 4, "most must not be refused"
