"""What a conversion declines, with the reason: where it is not certain what the app needs in the end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .. import regex
from ..knowledge.managers import Manager
from ..model.build import Add, Build, Copy, Onbuild, PackageCall, Run, Stage, Step
from ..model.paths import Reader, absolute, working_directory
from ..model.purpose import has_command, is_for_building
from .layout import PACKAGES, TOOLS, VENV, Kind, Layout
from .packages import unknown_commands
from .parts import Declined, Member
from .plan import Plan
from .programs import ENDS, installed_program
from .roles import Role, sudoes
from .texts import line_of, shown, started, text_of
from .tools import apart

_REDIRECTING = frozenset(("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PYTHONHOME", "PYTHONUSERBASE"))
"""Variables by which installs go elsewhere."""
_ELSEWHERE = ("--target", "--prefix", "--root", "--home", "--src", "--python")
_PLACED = regex.compile(r"--(prefix|exec-prefix|root|home|user|install-)")
"""Options of setup.py that choose a place."""
_OTHER_ENVIRONMENT = regex.compile(
    r"\bpyenv\b|\b(mini|ana)?conda\d?\b|\bmamba\b|\buv venv\b|mkvirtualenv|\btox\b"
)
_ACTIVATION = regex.compile(r"\bvirtualenv\b(?!s)|-m venv\b|bin/activate\b")
_INSTALLED = regex.compile(
    r"/\.local/(?:bin|lib)/|(?:site|dist)-packages|/lib/python[\d.*?]*/?(?=[\s'\"]|\Z)"
)
"""Where pip would have installed packages."""
_SEARCHED = regex.compile(r"\b(find|scanelf|ldd)\b[^;&|]*\s/usr/local(/lib)?/?(?=\s|\Z)")
"""A search of what pip would have installed."""
_OWN_VARIABLES = regex.compile(
    r"\b(cron|crond|crontab|anacron|sshd|openssh-server|mod[-_]wsgi|uwsgi-plugin-python\d?|apache2ctl|systemctl|systemd|libapache2-mod-[\w.-]+)\b"
    r"|\bsu -|\bsudo -i|\brunuser -l|/s?bin/init\b|/etc/services\.d\b"
    r"|\b(ba|z|a|da|k)?sh[\"',\s]+(-\w*l\w*|--login)\b"
)
"""What starts programs without the variables that the image sets."""
_OTHER_USER = regex.compile(r"(?<![\w./-])(sudo|su)(?![\w./-])")
"""What starts programs with variables of its own, PATH among them, unless it is set up not to."""
_SUPERVISED = regex.compile(r"lsiobase|linuxserver|\bs6\b|systemd|jlesage")
"""Bases that do so."""
_MAY_NAME_PATHS = (*ENDS, "RUN", "ENV")


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
    if any(_PLACED.search(option) for option in it.values("--install-option")):
        raise Declined(f"--install-option in line {line} installs elsewhere")
    if it.manager is Manager.SETUP_PY and not _is_copied(run, call):
        raise Declined(f"what setup.py in line {line} installs beside packages is not known")
    if it.manager is Manager.SETUP_PY and (
        not any(word.value == "setup.py" for word in words[it.start : it.verb]) or it.flags
    ):
        raise Declined(f"setup.py in line {line} is called in a way that is not understood")
    if it.name in ("add", "lock"):
        raise Declined(f"line {line} writes the manifest")
    if it.start and not (sudoes(call.command) or words[0].value in ("exec", "env", "time", "command")):
        raise Declined(f"`{words[0].text}` in line {line} decides who installs")


def _is_copied(run: Run, call: PackageCall) -> bool:
    """Whether a command runs in a folder to or into which files of the build context are copied."""
    reader = Reader(run)
    folder = next((reader.folder for command in reader.commands() if command is call.command), None)
    for step in run.stage.steps[: run.stage.steps.index(run)]:
        if not isinstance(step, Copy | Add) or step.instruction.flag("from"):
            continue
        target = absolute(step.target or "$", working_directory(step.state))
        if target and folder and not any("://" in (source or "") for source in step.sources):
            into, where = _rooted(target), _rooted(folder)
            if where.startswith(into) or into.startswith(where):
                return True
    return False


def _rooted(path: str) -> str:
    """The folder, where the base image's own working directory, not known, is taken for the root, as it mostly is."""
    return re.sub(r"\A(\?\d*)?/?", "/", path).rstrip("/") + "/"


def refuse_places(stage: Stage, layout: Layout, chains: Mapping[Run, Sequence[Member] | None]) -> None:
    """Decline where the file uses places that the layout needs, or environments that it is not."""
    for step in stage.steps:
        text, line = shown(step), line_of(stage.build, step)
        if re.search(rf"({PACKAGES}|{TOOLS}|{VENV})(?![\w-])", text) and layout.kind is not Kind.OWN:
            raise Declined(f"line {line} uses a folder that the conversion needs")
        if layout.kind is not Kind.OWN:
            if isinstance(step, Run) and _ACTIVATION.search(_run_text(step, chains[step], layout)):
                raise Declined(f"line {line} has to do with another environment")
            if step.instruction.keyword == "ENV" and any(
                pair.key.text == "VIRTUAL_ENV" for pair in step.instruction.pairs
            ):
                raise Declined("VIRTUAL_ENV names another environment")


def _run_text(run: Run, chain: Sequence[Member] | None, layout: Layout) -> str:
    """A RUN without what it installs, where `virtualenv` may be: from a folder of packages, it makes environments as
    it does from the base's, which is not certain of what an environment's Python runs."""
    if chain is None or layout.kind is not Kind.USER:
        return shown(run)
    return " ".join(text_of(it) for it in chain if not (it.call and it.role in (Role.SYSTEM, Role.PACKAGES)))


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
    if not own and (found := _SUPERVISED.search(stage.base or "")):
        raise Declined(f"the base, {stage.base}, may start programs without the image's variables")
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
        if (
            not own
            and keyword in (*_MAY_NAME_PATHS, "COPY", "ADD", "SHELL")
            and (found := _OWN_VARIABLES.search(text))
        ):
            raise Declined(f"{found[0]} in line {line} starts programs without the image's variables")
        if not own and keyword in _MAY_NAME_PATHS and (path := _installed_path(stage, plan, step)):
            raise Declined(f"`{path}` in line {line} is where pip has installed something")
        if not own and keyword == "RUN" and (found := _SEARCHED.search(text)):
            raise Declined(f"`{found[1]}` in line {line} searches where pip has installed something")
        if keyword in ENDS:
            if re.search(r"(?<![\w.-])pip3?(?![\w.=-])", text) and not own:
                raise Declined(f"line {line} calls pip in the end")
            if started(step) is None:
                raise Declined(f"line {line} starts through an installer")
            if not own and (found := _OTHER_USER.search(text)):
                raise Declined(f"{found[0]} in line {line} starts programs without the image's variables")
            if re.search(r"\bpipenv[\"',\s]+run\b", text) and _may_have_variables(build):
                raise Declined(f"the variables of a file .env may come with `pipenv run` in line {line}")
            if plan.layout.kind in (Kind.VENV, Kind.USER) and "/.venv/" in text:
                raise Declined(f"line {line} looks into another environment")


def _may_have_variables(build: Build) -> bool:
    context = build.context
    return context is None or (context.exists(".env") and not context.leaves_out(".env"))


def _installed_path(stage: Stage, plan: Plan, step: Step) -> str | None:
    """A path in an instruction under which pip, and nothing that can be seen, has put something."""
    text = shown(step)
    for match in _INSTALLED.finditer(text):
        if not (step.instruction.keyword == "ENV" and "/.local/" in match[0]):
            return match[0]
    return installed_program(stage, plan, step) if step.instruction.keyword in ENDS else None
