"""A text that came about by typing is read and judged like one that is seen for the first time."""

from __future__ import annotations

import random
import sys
from dataclasses import astuple
from itertools import chain
from pathlib import Path

from lightship import lint
from lightship.config import Settings
from lightship.model import analyze
from lightship.model.build import Build, Run, Shellish
from lightship.remembered import remembered
from lightship.syntax.dockerfile import parse
from lightship.text import Source
from syntax.fragments import FRAGMENTS

FILES, EDITS = 60, 6
SETTINGS = Settings(select=("all",))


def forget() -> None:
    """Empty all that is remembered from one text to the next."""
    modules = [module for name, module in sys.modules.items() if name.startswith("lightship.")]
    for each in {id(each): each for module in modules for each in vars(module).values()}.values():
        if hasattr(each, "cache_parameters") and not isinstance(each, type):
            each.cache_clear()


def meaning(build: Build) -> list[object]:
    """What each instruction is, whatever order its parts are asked for in, and what its commands are."""
    return [
        (
            astuple(step.instruction),
            step.instruction.words,
            step.instruction.variables,
            step.values,
            {name: step.scope.get(name) for name in step.scope.variables},
            (step.state.shell, step.state.user, step.state.workdir, step.state.workdir_set),
            step.script if isinstance(step, Shellish) else None,
            [(call.span, call.meaning) for call in step.calls] if isinstance(step, Run) else None,
        )
        for step in build.steps
    ]


def edited(text: str, chance: random.Random) -> str:
    """The text after a keystroke, a line put in or taken out, or a block that has moved."""
    lines = text.split("\n")
    at, line = chance.randint(0, len(text)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            return text[:at] + chance.choice(FRAGMENTS) + text[at:]
        case 1:
            return text[:at] + text[at + 1 :]
        case 2:
            lines.insert(line, chance.choice(("", "# a comment", "ENV A=$B", "USER app", *lines)))
        case _:
            moved = lines[line : line + 3]
            del lines[line : line + 3]
            place = chance.randint(0, len(lines))
            lines[place:place] = moved
    return "\n".join(lines)


def test_what_is_remembered_is_what_would_be_read(corpus: list[Path]) -> None:
    chance = random.Random(5)
    for path in chance.sample(corpus, FILES):
        text = path.read_bytes().decode(errors="surrogateescape")
        texts = [text]
        for _ in range(EDITS):
            texts.append(edited(texts[-1], chance))
        forget()
        judged = [
            (lint.check(analyze(Source(each)), SETTINGS), meaning(analyze(Source(each)))) for each in texts
        ]
        for each, (found, meant) in zip(texts, judged, strict=True):
            forget()
            build = analyze(Source(each))
            # In the other order: what is asked for first must not matter.
            assert meaning(build) == meant, path.name
            assert lint.check(build, SETTINGS) == found, path.name


def test_an_undone_edit_leaves_no_trace(corpus: list[Path]) -> None:
    chance = random.Random(6)
    for path in chance.sample(corpus, FILES):
        text = path.read_bytes().decode(errors="surrogateescape")
        before = parse(text)
        for other in chain.from_iterable((edited(text, chance), text) for _ in range(EDITS)):
            parse(other)
        assert parse(text) == before, path.name


def test_there_is_room_for_so_many_characters() -> None:
    made: list[str] = []

    @remembered(1_000)
    def lengths(text: str, more: int) -> int:
        made.append(text)
        return len(text) + more

    for text in ("a", "b" * 300, "c" * 300, "a"):
        assert lengths(text, 1) == len(text) + 1
    assert len(made) == 3
    # One more: those that were used longest ago go, and a short one counts for more than it has.
    lengths("d" * 300, 1)
    lengths("a", 1)
    lengths("c" * 300, 1)
    assert len(made) == 4
    lengths("b" * 300, 1)
    assert len(made) == 5
    # What is larger than all the room is kept until something else comes.
    assert lengths("e" * 9_000, 1) == lengths("e" * 9_000, 1) == 9_001
    assert len(made) == 6
    lengths("a", 1)
    assert len(made) == 7
    lengths("a", 1)
    lengths("a", 2)
    assert len(made) == 8
