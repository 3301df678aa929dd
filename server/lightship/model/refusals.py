"""What BuildKit reads and then refuses for its values, in its own words: images, signals and ports."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from ..knowledge import images, signals
from ..syntax import values
from ..syntax.dockerfile import Problem, Word
from .build import Build, Expose, From, Stopsignal


def refusals(build: Build) -> Iterator[Problem]:
    """Values that are known, and that no build would take. What stands behind ONBUILD is not looked at here."""
    # An empty file has no node in which its problem could lie.
    starts = build.file.starts or (0,)
    refused = {starts[bisect_right(starts, problem.span.start) - 1] for problem in build.file.problems}
    for step in build.outer_steps:
        if step.instruction.extent.start in refused:
            continue
        match step:
            case From(image=Word() as word) if step.stage.parent is None:
                yield from _image(word, step.expand(word))
            case Stopsignal() if step.values and step.values[0] is not None:
                if not signals.known(step.values[0]):
                    yield Problem(step.operands[0], f"invalid signal: {step.values[0]}")
            case Expose():
                for word, value in zip(step.instruction.words, step.values, strict=True):
                    # A port that is written out is refused as it is read; one beyond the last has a rule.
                    told = not value or "$" not in word.text or re.search("[0-9]{5}", value)
                    if not told and (message := values.port(value or "")):
                        yield Problem(word.span, message)


def _image(word: Word, value: str | None) -> Iterator[Problem]:
    # What a variable brings may be another image in another build, and what a template says is yet to be filled in.
    if not value or "$" in word.text or images.parse(value) or re.search(r"@\w+@|<.+>|\{\{|\}\}|%%", value):
        return
    reason = "invalid reference format"
    if images.parse(value.lower()):
        name = value if "/" in value else f"library/{value}"
        reason += f": repository name ({re.sub('[:@].*', '', name)}) must be lowercase"
    yield Problem(word.span, f'failed to parse stage name "{value}": {reason}')
