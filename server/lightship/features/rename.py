"""Another name for a stage, a variable or a heredoc, wherever the old one stands.

What would give something else the name, or take a variable from those who set it from outside, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import regex
from ..knowledge import environments
from ..model.build import Build, From, Step
from ..model.names import Name, Use, images_named, name_at, variables_at
from ..model.scope import PLATFORM_ARGUMENTS, PROXY_ARGUMENTS
from ..text import Edit, Refusal, Span

_VARIABLE = regex.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_STAGE = regex.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_DELIMITER = regex.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_RESERVED = frozenset(("scratch", "context"))


def prepare(build: Build, offset: int) -> Span | Refusal | None:
    """The place whose text is to be replaced; None where nothing has a name."""
    name = name_at(build, offset)
    use = name.at(offset) if name else None
    return (_fixed(build, name) or use.span) if name and use else None


def rename(build: Build, offset: int, new: str) -> tuple[Edit, ...] | Refusal:
    """The edits; none where the name stays as it is."""
    name = name_at(build, offset)
    if name is None:
        return Refusal("Stages, variables and heredocs can be renamed, and here is none.")
    if refused := _fixed(build, name):
        return refused
    if reason := {"stage": _stage, "variable": _variable, "heredoc": _heredoc}[name.kind](build, name, new):
        return Refusal(reason)
    return tuple(
        Edit(use.span, new)
        for use in name.uses
        # A stage may be called by its number too.
        if use.text != new and not (name.kind == "stage" and use.text.isdecimal())
    )


def _fixed(build: Build, name: Name) -> Refusal | None:
    """Why a name cannot be another one, whatever that is."""
    if name.kind == "stage" and name.declarations:
        if not name.text:
            return Refusal("The stage has no name yet: write AS and a name behind its image.")
        for use in name.uses:
            if use.text.lower() != name.text and not use.text.isdecimal():
                return Refusal(f"{_line(build, use)} names the stage by a variable, {use.text}.")
    elif name.kind == "stage" and not _STAGE.fullmatch(name.text):
        return Refusal("This is an image, not a stage.")
    elif name.kind == "variable":
        if name.text in PLATFORM_ARGUMENTS or name.text in PROXY_ARGUMENTS:
            return Refusal(f"BuildKit sets {name.text} by this name.")
        if not name.declarations and (name.text == "PATH" or environments.usual(name.text)):
            return Refusal(f"Nothing here declares {name.text}: the base image or the shell sets it.")
    return None


def _line(build: Build, use: Use) -> str:
    return f"Line {build.source.line_of(use.span.start) + 1}"


def _stage(build: Build, name: Name, new: str) -> str:
    if not _STAGE.fullmatch(new):
        return "A stage's name is a letter, and then letters, digits, dots, dashes and underscores."
    key = new.lower()
    if key == name.text:
        return ""
    if key in _RESERVED:
        return f"{key} means something else to Docker."
    if build.stage(key):
        return f"There is a stage {key} already."
    for step in build.outer_steps:
        # Those above the stage do not see it.
        if step.span.start > name.uses[0].span.start and key in _images(step):
            return f"Line {build.source.line_of(step.span.start) + 1} takes an image of that name."
    return ""


def _images(step: Step) -> Iterator[str]:
    if isinstance(step, From) and step.stage.parent is None:
        yield (step.stage.value or "").lower()
    yield from (use.text.lower() for use in images_named(step))


def _variable(build: Build, name: Name, new: str) -> str:
    if not _VARIABLE.fullmatch(new):
        return (
            "A variable's name is made of letters, digits and underscores, and does not begin with a digit."
        )
    if new == name.text:
        return ""
    if new in PLATFORM_ARGUMENTS:
        return f"BuildKit sets {new}."
    taken = variables_at(build, name.uses[0].step, new)
    return f"{_line(build, taken[0])} has a variable {new} already." if taken else ""


def _heredoc(build: Build, name: Name, new: str) -> str:
    if not _DELIMITER.fullmatch(new):
        return "A delimiter is made of letters, digits, dots, dashes and underscores."
    instruction = name.uses[0].step.instruction
    for doc in instruction.heredocs:
        lines = doc.text.split("\n")
        if doc.opener.covers(name.uses[0].span.start) and any(
            new == (line.lstrip("\t") if doc.chomp else line).removesuffix("\r") for line in lines
        ):
            return f"A line of the heredoc reads {new}, and would end it."
    return ""
