"""Test cases written as Markdown: a `## ` heading, a sentence why, and fenced blocks of what goes in and comes out.

A block is named by the first word behind its fence; one named by a path is a file of the build context. A
longer fence may hold a shorter one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_FENCE = re.compile(r"(`{3,})(\S*)")


@dataclass
class Case:
    """One heading and what stands beneath it. Places are indices of lines in the file."""

    path: Path
    title: str
    end: int
    """Behind the last line that is not blank."""
    blocks: dict[str, str] = field(default_factory=dict)
    """Texts by name, each with its last line's end."""
    places: dict[str, slice] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, str]:
        """What the build context holds."""
        return {name: text for name, text in self.blocks.items() if "." in name or "/" in name}

    def add(self, name: str, place: slice, lines: list[str]) -> None:
        assert name not in self.blocks, f"{self.path.name}: {self.title!r} has two blocks {name}"
        self.blocks[name] = "".join(f"{line}\n" for line in lines)
        self.places[name] = place

    def rewrite(self, results: Mapping[str, str]) -> None:
        """Put other results into the file: into their blocks, or into new ones at the case's end."""
        for name, text in results.items():
            lines = self.path.read_text().split("\n")
            case = next(case for case in read(self.path) if case.title == self.title)
            new = text.split("\n")[:-1]
            if name in case.places:
                lines[case.places[name]] = new
            else:
                lines[case.end : case.end] = ["", f"```{name}", *new, "```"]
            self.path.write_text("\n".join(lines))


def read(path: Path) -> list[Case]:
    """The cases of a file; none where there is no file. Titles differ, so that each can be named."""
    cases: list[Case] = []
    fence = name = ""
    start = 0
    lines = path.read_text().split("\n") if path.exists() else []
    for number, line in enumerate(lines):
        if fence:
            if line.rstrip() == fence:
                fence = ""
                if cases:
                    cases[-1].add(name, slice(start, number), lines[start:number])
        elif match := _FENCE.match(line):
            fence, name = match.groups()
            start = number + 1
        elif line.startswith("## "):
            title = line[3:].strip()
            assert title not in [case.title for case in cases], f"{path.name}: two cases {title!r}"
            cases.append(Case(path, title, number))
        if cases and line.strip():
            cases[-1].end = number + 1
    return cases
