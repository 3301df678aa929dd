"""Programs that pip has installed and that are started by their paths: by their names, they are found in the environment
as well, and what is not pip's is still found where it was."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import regex
from ..knowledge import images
from ..knowledge.managers import RPM_FAMILY, SYSTEM, Action, Manager
from ..model.build import Add, Copy, Env, Run, Stage, Step
from ..model.paths import absolute, working_directory
from ..text import Edit
from .plan import Plan
from .roles import Role
from .texts import RUNNERS, shown, text_of

ENDS = ("CMD", "ENTRYPOINT", "HEALTHCHECK")
"""Instructions that say what is run in the end."""
_PROGRAM = regex.compile(r"(?<![\w/])(?P<folder>/usr/(?P<local>local/)?bin/)(?P<name>[\w.-]+)")
_BASE_PROGRAMS = regex.compile(r"(env|bash|sh|docker-\w+-?entrypoint(\.sh)?|python[\d.]*)")
_IMAGES = frozenset(
    ("python", "alpine", "debian", "ubuntu", "centos", "fedora", "amazonlinux", "buildpack-deps")
)
"""Official images without an entrypoint, which the command would be the arguments of."""
_WITH_PROGRAMS = regex.compile(r"(\?\d*)?/?|/usr(/local)?(/bin)?")
"""Folders that hold programs, and the base's own working directory, not known, which mostly is the root."""
_FOLDER = regex.compile(r"(?<![\w/])/usr(/local)?(/bin)?/?(?![\w./-])")


def plan_programs(stage: Stage, plan: Plan) -> None:
    """Fill in the edits by which the programs that are started at pip's paths are started by their names.

    Only where PATH is the image's, so that a name can mean nothing but what was at the path, and where what is started
    is no argument of another program.
    """
    reference = images.parse(stage.base or "")
    official = images.official(reference) if reference else None
    if official not in _IMAGES or any(map(_changes_programs, stage.steps)):
        return
    entry = any(step.instruction.keyword == "ENTRYPOINT" for step in stage.steps)
    for step in stage.steps:
        if step.instruction.keyword not in ENDS or (step.instruction.keyword == "CMD" and entry):
            continue
        first = next(_installed(stage, plan, step), None)
        instruction = step.instruction.inner or step.instruction
        if first is None or first["name"] in RUNNERS:
            continue
        if instruction.json:
            word = instruction.json[0]
            if word.value == first[0]:
                plan.named[step] = Edit(word.span, f'"{first["name"]}"')
        elif match := re.match(
            rf"(?:exec\s+)?({first['folder']}){re.escape(first['name'])}(?=\s|\Z)", instruction.arguments.text
        ):
            plan.named[step] = Edit(instruction.arguments.span(match.start(1), match.end(1)), "")


def installed_program(stage: Stage, plan: Plan, step: Step) -> str | None:
    """The path of a program, in what is run in the end, that pip, and nothing that can be seen, has put there."""
    found = [match[0] for match in _installed(stage, plan, step)]
    return next(iter(found[1:] if step in plan.named else found), None)


def _changes_programs(step: Step) -> bool:
    """Whether it sets PATH, or may put programs beside pip's, or over them, that are not named."""
    if isinstance(step, Env):
        return any(pair.key.text == "PATH" for pair in step.instruction.pairs)
    if isinstance(step, Copy | Add):
        target = absolute(step.target or "$", working_directory(step.state))
        return target is None or bool(_WITH_PROGRAMS.fullmatch(target.rstrip("/")))
    return isinstance(step, Run) and bool(_FOLDER.search(shown(step)))


def _installed(stage: Stage, plan: Plan, step: Step) -> Iterator[re.Match[str]]:
    managers = {call.meaning.manager for run in stage.runs for call in run.calls}
    debian = not managers & (RPM_FAMILY | {Manager.APK})
    brought = " ".join(_brought(stage, plan))
    files = {word for step in stage.steps if isinstance(step, Copy | Add) for word in _names(step)}
    for program in _PROGRAM.finditer(shown(step)):
        name = program["name"]
        if _BASE_PROGRAMS.fullmatch(name) or (debian and not program["local"]):
            continue
        if name not in files and not re.search(rf"(?<![\w.-]){re.escape(name.rstrip('d'))}", brought):
            yield program


def _brought(stage: Stage, plan: Plan) -> Iterator[str]:
    """What may bring programs but for files and installs of Python packages: system packages, paths of programs."""
    for step in stage.steps:
        if isinstance(step, Run):
            chain = plan.chains[step] or ()
            others = [text_of(member) for member in chain if member.role is not Role.PACKAGES] or [
                shown(step)
            ]
            yield from (found["name"] for text in others for found in _PROGRAM.finditer(text))
            yield from (name for call in step.calls_to(SYSTEM, Action.INSTALL) for name in call.meaning.names)


def _names(step: Copy | Add) -> list[str]:
    """The names of the files that it copies, or that they get."""
    return re.findall(r"[^\s/\"',\[\]]+(?=[\s\"',\]]|\Z)", shown(step))
