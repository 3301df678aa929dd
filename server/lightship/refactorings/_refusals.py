"""What a conversion declines, with the reason: where it is not certain what the app needs in the end."""

from __future__ import annotations

import re

from .. import regex
from ..knowledge.managers import Manager
from ..model.build import Add, Copy, Onbuild, PackageCall, Run, Stage
from ..model.purpose import has_command, is_for_building
from ._layout import PACKAGES, TOOLS, VENV, Kind, Layout
from ._packages import unknown_commands
from ._parts import Declined, Role, apart, sudoes
from ._plan import Plan
from ._texts import line_of, shown, started

_REDIRECTING = frozenset(("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PYTHONHOME", "PYTHONUSERBASE"))
"""Variables by which installs go elsewhere."""
_ELSEWHERE = ("--target", "--prefix", "--root", "--home", "--src", "--python")
_OTHER_ENVIRONMENT = regex.compile(
    r"\bpyenv\b|\b(mini|ana)?conda\d?\b|\bmamba\b|\buv venv\b|mkvirtualenv|\btox\b"
)
_ACTIVATION = regex.compile(r"\bvirtualenv\b(?!s)|-m venv\b|bin/activate\b")
_INSTALLED = regex.compile(
    r"/usr/(local/)?bin/(pip|gunicorn|uwsgi|uvicorn|celery|flask|supervisor|django|ansible|jupyter|aws)[\w-]*"
    r"|/\.local/(bin|lib)/|(site|dist)-packages"
)
"""Where pip would have installed something."""
_NEEDS_LOGIN = regex.compile(
    r"(cron|cronie|dcron|openssh-server|libapache2-mod-wsgi.*|uwsgi-plugin-python.*|apache2-dev)\Z"
)
_RUN_IN_THE_END = ("CMD", "ENTRYPOINT", "HEALTHCHECK")
_MAY_NAME_PATHS = (*_RUN_IN_THE_END, "RUN", "ENV")


def refuse(stage: Stage) -> None:
    """Decline for what is true of the file as a whole."""
    build = stage.build
    image = stage.base or ""
    if build.file.problems:
        raise Declined("the file has a syntax error")
    if not image:
        raise Declined("the base image is not known")
    if "devcontainer" in image or "vscode" in image or ".devcontainer" in build.source.name:
        raise Declined("a development container needs its tools")
    if re.search(r"conda|mamba", image):
        raise Declined("conda makes its own environments")
    if "onbuild" in image or any(isinstance(step, Onbuild) for step in stage.steps):
        raise Declined("ONBUILD acts in a later build")
    for step in stage.steps:
        if isinstance(step, Run) and (found := _OTHER_ENVIRONMENT.search(shown(step))):
            raise Declined(f"{found[0]} makes its own environments")
        if step.instruction.keyword in ("ENV", "ARG"):
            for pair in step.instruction.pairs:
                if pair.key.text in _REDIRECTING:
                    raise Declined(f"{pair.key.text} sends installs elsewhere")
    if not all(run.state.posix for run in stage.runs):
        raise Declined("the shell is not one that Lightship reads")


def accept(run: Run, call: PackageCall) -> None:
    """Decline for what is true of one install."""
    it, words = call.meaning, call.command.words
    line = line_of(run.stage.build, run)
    elsewhere = next((flag.name for flag in it.flags if flag.name in _ELSEWHERE), None)
    if elsewhere:
        raise Declined(f"{elsewhere} in line {line} installs elsewhere")
    if it.manager is Manager.SETUP_PY and (
        not any(word.value == "setup.py" for word in words[it.start : it.verb]) or it.flags
    ):
        raise Declined(f"setup.py in line {line} is called in a way that is not understood")
    if it.name in ("add", "lock"):
        raise Declined(f"line {line} writes the manifest")
    if it.start and not (sudoes(call.command) or words[0].value in ("exec", "env", "time", "command")):
        raise Declined(f"`{words[0].text}` in line {line} decides who installs")


def refuse_places(stage: Stage, layout: Layout) -> None:
    """Decline where the file uses places that the layout needs, or environments that it is not."""
    for step in stage.steps:
        text, line = shown(step), line_of(stage.build, step)
        if re.search(rf"({PACKAGES}|{TOOLS}|{VENV})(?![\w-])", text) and layout.kind is not Kind.OWN:
            raise Declined(f"line {line} uses a folder that the conversion needs")
        if layout.kind is not Kind.OWN:
            if isinstance(step, Run) and _ACTIVATION.search(text):
                raise Declined(f"line {line} has to do with another environment")
            if step.instruction.keyword == "ENV" and any(
                pair.key.text == "VIRTUAL_ENV" for pair in step.instruction.pairs
            ):
                raise Declined("VIRTUAL_ENV names another environment")


def refuse_unknown(stage: Stage, plan: Plan) -> None:
    """Decline where something in the final stage may need what is not there."""
    build = stage.build
    if plan.dropped:
        copies = any(isinstance(step, Copy | Add) for step in stage.steps)
        if plan.shipped and (is_for_building(stage) or not (has_command(stage) or copies)):
            raise Declined("what builds may be what the image is for")
        for run in stage.runs:
            for command in unknown_commands(run, plan):
                raise Declined(f"`{command}` in line {line_of(build, run)} may need what only building needs")
    elif len(build.stages) > 1:
        raise Declined("it has several stages, and nothing that only building needs")
    own = plan.layout.kind in (Kind.OWN, Kind.HOME)
    for command in (command for commands in plan.system.values() for command in commands):
        for word in command.split():
            if _NEEDS_LOGIN.match(word) and not own:
                raise Declined(f"{word} starts programs without the image's PATH")
    for run, chain in plan.chains.items():
        for member in chain or ():
            call = member.call
            if (
                member.role is Role.TOOL
                and call
                and apart(call)
                and "/" in call.command.words[call.meaning.start].text
            ):
                raise Declined(f"line {line_of(build, run)} installs a tool in a way that is not understood")
    for index, step in enumerate(stage.steps):
        keyword, text, line = step.instruction.keyword, shown(step), line_of(build, step)
        if (
            index > plan.first
            and keyword == "ENV"
            and not own
            and any(
                pair.key.text == "PATH" and pair.value and not re.search(r"\$\{?PATH\b", pair.value.text)
                for pair in step.instruction.pairs
            )
        ):
            raise Declined("PATH is set anew behind the install")
        if keyword in _MAY_NAME_PATHS and not own and (found := _base_path(plan, keyword, text)):
            raise Declined(f"`{found}` in line {line} means the base's Python")
        if keyword in _RUN_IN_THE_END:
            if re.search(r"(?<![\w.-])pip3?(?![\w.=-])", text) and not own:
                raise Declined(f"line {line} calls pip in the end")
            if started(step) is None:
                raise Declined(f"line {line} starts through an installer")
            if plan.layout.kind in (Kind.VENV, Kind.USER) and "/.venv/" in text:
                raise Declined(f"line {line} looks into another environment")


def _base_path(plan: Plan, keyword: str, text: str) -> str | None:
    """A path in an instruction under which the base's Python has, or had, what is now elsewhere."""
    system = {word for commands in plan.system.values() for command in commands for word in command.split()}
    for found in _INSTALLED.finditer(text):
        if keyword == "ENV" and "/.local/" in found[0]:
            continue
        if found[0].startswith("/usr/bin/supervisor") and "supervisor" in system:
            continue  # Debian's own
        return found[0]
    return None
