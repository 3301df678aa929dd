"""Split and heredoc conversions do the same: made-up chains are run, before and after, by real shells.

Those that are generated for merging serve here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lightship.model import analyze
from lightship.model.build import Build, Cmd, Run
from lightship.refactorings import Refactoring, exec_form, heredoc_to_run, result, run_to_heredoc, split_run
from lightship.text import Fix, Source, Span
from test_merge_runs import SHELLS, Maker, folder, outcome

__all__ = ["folder"]

CASES = 7_000
"""Of each refactoring."""
PARTS = 7
REFACTORINGS = {each.name: each for each in (split_run.offer, run_to_heredoc.offer, heredoc_to_run.offer)}
OPERATORS = (" && ", " && \\\n    ", " && \\\n    # why\n    ", "&&")


def chain(maker: Maker) -> str:
    """A RUN that is a chain, mostly of simple commands."""
    random = maker.random
    text = ""
    for number in range(random.choice((2, 3, 4))):
        text += random.choice(OPERATORS) if number else ""
        text += maker.command(1) if random.random() < 0.15 else random.choice(maker.simple)
    return f"{maker.shell}\nRUN {text}\n".lstrip("\n")


def heredoc(maker: Maker) -> str:
    random = maker.random
    lines = ["set -e" if random.random() < 0.9 else "set -ex"]
    for _ in range(random.choice((1, 2, 3))):
        lines += ["# why"] * (random.random() < 0.2)
        lines.append(maker.command(1) if random.random() < 0.15 else random.choice(maker.simple))
        lines[-1] += ";" * (random.random() < 0.1) + " # why" * (random.random() < 0.05)
    body = "\n".join(lines)
    return f"{maker.shell}\nRUN <<EOF\n{body}\nEOF\n".lstrip("\n")


def scripts(build: Build) -> list[str]:
    """What each RUN hands to its shell."""
    return [_script(run) for run in build.stages[0].runs]


def _script(run: Run) -> str:
    if run.instruction.heredocs:
        assert len(run.instruction.words) == 1
        return run.instruction.heredocs[0].text
    return run.instruction.arguments.text


def mistakes(refactoring: Refactoring, seeds: range, folder: Path) -> Iterator[str | None]:
    """For each that was offered, None or what is wrong with it."""
    for seed in seeds:
        maker = Maker(seed)
        text = "FROM a\n" + (heredoc if refactoring is heredoc_to_run.offer else chain)(maker)
        build = analyze(Source(text))
        fixes = [
            offer.outcome
            for offer in refactoring.offers(build, Span(0, len(text)))
            if isinstance(offer.outcome, Fix)
        ]
        if not fixes:
            continue
        after = analyze(Source(result(build, fixes[0])))
        shells = SHELLS[maker.shell]
        shell = shells[seed % len(shells)]
        before, now = (outcome(shell, scripts(each), folder) for each in (build, after))
        yield (
            None
            if before == now
            else f"{seed} {shell}\n{text}\n{before}\nbecomes\n{after.source.text}\n{now}\n"
        )


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", REFACTORINGS)
def test_they_do_the_same(name: str, part: int, folder: Path) -> None:
    size = CASES // PARTS
    found = list(mistakes(REFACTORINGS[name], range(part * size, (part + 1) * size), folder))
    wrong = [mistake for mistake in found if mistake]
    assert not wrong, f"{len(wrong)} of {len(found)}\n" + "\n".join(wrong[:4])
    assert len(found) > size / 20, "some must be offered"


def test_a_command_in_exec_form_does_the_same(folder: Path) -> None:
    """Where a shell stays, which its last command takes the place of."""
    count = 0
    for seed in range(2_000):
        maker = Maker(seed)
        before = analyze(Source("FROM a\n" + chain(maker).replace("RUN", "CMD")))
        fixes = [
            offer.outcome
            for offer in exec_form.offer.offers(before, Span(0, len(before.source.text)))
            if isinstance(offer.outcome, Fix)
        ]
        if not fixes:
            continue
        old, new = (
            build.stages[0].last(Cmd) for build in (before, analyze(Source(result(before, fixes[0]))))
        )
        assert old
        assert new
        shells = SHELLS[maker.shell]
        if new.instruction.json and [each.value for each in new.instruction.json][:-1] == [*old.state.shell]:
            shell = shells[seed % len(shells)]
            then = outcome(shell, [old.instruction.arguments.text], folder)
            now = outcome(shell, [new.instruction.json[-1].value], folder)
            count += 1
            assert then == now, before.source.text
    assert count > 200
