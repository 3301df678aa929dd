"""The end of a stage, where it says what its image does when it starts."""

from __future__ import annotations

from collections.abc import Sequence

from ..model.build import Cmd, Entrypoint, Expose, Healthcheck, Label, Stage, Step, Stopsignal, Volume
from ..syntax.dockerfile import Comment
from ..text import Edit, Span
from . import line_end

_SETTINGS = (Cmd, Entrypoint, Expose, Healthcheck, Label, Stopsignal, Volume)


def trailing(stage: Stage) -> list[Step]:
    """The steps at the stage's end that only set what the image says of itself."""
    steps = stage.steps
    start = next((at for at in range(len(steps), 0, -1) if not isinstance(steps[at - 1], _SETTINGS)), 0)
    return steps[start:]


def above_command(stage: Stage, lines: Sequence[str]) -> Edit:
    """Put lines above the commands that end the stage, and the comments on them; behind all where there are none."""
    build, newline = stage.build, line_end(stage.build)
    text = "".join(f"{line}{newline}" for line in lines)
    command = next((step for step in trailing(stage) if isinstance(step, (Cmd, Entrypoint))), None)
    if command is not None:
        return above(stage, command, lines)
    at = stage.steps[-1].instruction.extent.end
    before = build.source.text[:at]
    return Edit(Span(at, at), text if before.endswith("\n") else f"{newline}{text}")


def above(stage: Stage, step: Step, lines: Sequence[str]) -> Edit:
    """Put lines above a step, and the comments on it."""
    at, newline = with_comments(stage, step), line_end(stage.build)
    return Edit(Span(at, at), "".join(f"{line}{newline}" for line in lines))


def with_comments(stage: Stage, step: Step) -> int:
    """Where a step begins with the comments on it."""
    nodes = stage.build.file.nodes
    place = next(at for at, node in enumerate(nodes) if node is step.instruction)
    while place and isinstance(nodes[place - 1], Comment):
        place -= 1
    return nodes[place].extent.start
