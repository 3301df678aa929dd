"""What a conversion to two stages keeps, leaves out and cannot do: decided before a word is written."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .. import regex
from ..knowledge.managers import APT_FAMILY, Action, Manager
from ..knowledge.runtime_packages import runtime_of
from ..model.build import Add, Build, Copy, Onbuild, PackageCall, Run, Stage, Step
from ._parts import PYTHON, Member, Role, members, role_of_command
from ._texts import line_of, reworded, shown, started

VENV = "/opt/venv"

_MANIFEST = regex.compile(
    r"(.*/)?([\w.-]*requirements[\w.-]*(\.txt|\.in)|requirements/?|constraints[\w.-]*\.txt|pyproject\.toml|poetry\.lock|uv\.lock|pdm\.lock|Pipfile(\.lock)?|Pipfile\*"
    r"|poetry\.lock\*|setup\.(py|cfg))"
)

_REDIRECTING = frozenset(
    ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PYTHONHOME", "PYTHONUSERBASE", "VIRTUAL_ENV")
)
"""Variables by which installs go elsewhere."""

_ELSEWHERE = ("--target", "--prefix", "--root", "--home", "--editable", "--src", "--python")

_OWN_ENVIRONMENT = regex.compile(
    r"\bvirtualenv\b(?!s)|-m venv\b|bin/activate\b|\bpyenv\b|\bconda\b|\bmamba\b|\buv venv\b"
)

_BASE_PYTHON = regex.compile(
    r"/usr/(local/)?bin/(python|pip|gunicorn|uwsgi|uvicorn|celery|flask|supervisord|django|ansible|jupyter|aws)"
    r"|(site|dist)-packages"
)

_OWN_PYTHON = regex.compile(r"jupyter|tensorflow|torch|conda|centos|fedora|ubi|amazonlinux|rocky|alma|suse")
"""Bases that bring a Python of their own, or have another manager of packages."""

_NEEDS_LOGIN = regex.compile(
    r"(cron|cronie|dcron|openssh-server|libapache2-mod-wsgi.*|uwsgi-plugin-python.*|apache2-dev)\Z"
)

_PROVIDES = {"git": "git"}
"""Programs that may be called in the end, with the build package that has them."""


class Declined(Exception):
    """Carries the reason."""


@dataclass
class Plan:
    """What is where. Members are keys by identity."""

    chains: Mapping[Run, tuple[Member, ...] | None]
    first: int = 0
    last: int = 0
    """Indices of the first and the last step that install Python packages."""
    python: str = "python"
    venv: str = VENV
    creates: bool = True
    """Whether the environment is made by us, not by uv."""
    active: bool = False
    """Whether installers look for the environment in VIRTUAL_ENV."""
    system: dict[Member, str] = field(default_factory=dict)
    """What each install of system packages is in the final stage; '' where nothing is left of it."""
    dropped: set[str] = field(default_factory=set)
    removed: set[Member] = field(default_factory=set)
    """Removals of what is not installed any more."""
    covered: set[Step] = field(default_factory=set)
    """COPYs that a later one makes again."""


def plan_of(stage: Stage) -> Plan:
    build = stage.build
    _refuse(stage)
    chains = {run: members(run) for run in stage.runs}
    plan = Plan(chains)
    places = [
        index
        for index, step in enumerate(stage.steps)
        if isinstance(step, Run) and any(member.role is Role.PYTHON for member in chains[step] or ())
    ]
    for run, chain in chains.items():
        if chain is None and any(
            call.meaning.manager in PYTHON and call.meaning.action is Action.INSTALL for call in run.calls
        ):
            raise Declined(f"the commands in line {line_of(build, run)} are not joined by && alone")
        for member in chain or ():
            if member.role is Role.UNKNOWN and any(
                call.meaning.manager in PYTHON for call in run.calls if call.command in member.commands
            ):
                raise Declined(f"line {line_of(build, run)} installs in a way that is not understood")
    if not places:
        raise Declined("the install is not understood")
    plan.first, plan.last = places[0], places[-1]
    calls = [
        (step, member.call)
        for step, chain in chains.items()
        for member in chain or ()
        if member.role is Role.PYTHON and member.call
    ]
    for run, call in calls:
        _accept(build, run, call)
    _environment(stage, plan, calls)
    _packages(stage, plan)
    _unknown(stage, plan)
    _covered(stage, plan)
    return plan


def _refuse(stage: Stage) -> None:
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
    texts = [shown(step) for step in stage.steps]
    if any(
        "sudo" in (word.value or "")
        for run in stage.runs
        for command in run.commands
        for word in command.words[:1]
    ):
        raise Declined("sudo decides who installs")
    for step, text in zip(stage.steps, texts, strict=True):
        if isinstance(step, Run) and _OWN_ENVIRONMENT.search(text):
            raise Declined("it has an environment of its own")
        if step.instruction.keyword in ("ENV", "ARG"):
            for pair in step.instruction.pairs:
                if pair.key.text in _REDIRECTING:
                    raise Declined(f"{pair.key.text} sends installs elsewhere")
    if not all(run.state.posix for run in stage.runs):
        raise Declined("the shell is not one that Lightship reads")


def _accept(build: Build, run: Run, call: PackageCall) -> None:
    """Decline for what is true of one install."""
    it = call.meaning
    line = line_of(build, run)
    elsewhere = next((flag.name for flag in it.flags if flag.name in _ELSEWHERE), None)
    if it.name == "develop" or elsewhere == "--editable":
        raise Declined(f"the editable install in line {line} points back to its source")
    if elsewhere:
        raise Declined(f"{elsewhere} in line {line} installs elsewhere")
    if it.manager is Manager.SETUP_PY:
        words = call.command.words[it.start : it.verb]
        if not any(word.value == "setup.py" for word in words) or len(it.flags) > 0:
            raise Declined(f"setup.py in line {line} is called in a way that is not understood")
    if it.name in ("add", "lock"):
        raise Declined(f"line {line} writes the manifest")
    if re.match(r"python2|pip2|pip-2", call.command.words[it.start].text.rpartition("/")[2]):
        raise Declined("Python 2 has no venv")


def _environment(stage: Stage, plan: Plan, calls: Sequence[tuple[Run, PackageCall]]) -> None:
    """Where the environment is, and which Python makes it."""
    image = (stage.base or "").rpartition("/")[2]
    name, _, tag = image.partition(":")
    managers = {call.meaning.manager for _, call in calls}
    syncs = [
        (run, call)
        for run, call in calls
        if call.meaning.name == "sync" and call.meaning.manager is Manager.UV
    ]
    system = [
        package
        for run in stage.runs
        for call in run.calls_to(APT_FAMILY | {Manager.APK}, Action.INSTALL)
        for package in call.meaning.names
    ]
    if name.startswith("python2") or (name == "python" and tag.startswith("2")):
        raise Declined("Python 2 has no venv")
    if re.match(r"python|uv\b", name):
        plan.python = "python"
    elif re.match(r"debian|ubuntu|alpine|buildpack-deps", name) or (
        any(package.startswith("python3") for package in system) and not _OWN_PYTHON.search(image)
    ):
        if any(
            re.match(r"(python|py)(2.*)?-(pip|dev|setuptools)\Z|python2?\Z|py2-pip", package)
            for package in system
        ):
            raise Declined("Python 2 has no venv")
        if not any(re.match(r"python3", package) for package in system):
            raise Declined("no Python is installed that is known")
        plan.python = "python3"
        special = {
            match[1]
            for _, call in calls
            if (
                match := re.match(
                    r"(?:python|pip)(3\.\d+)", call.command.words[call.meaning.start].text.rpartition("/")[2]
                )
            )
        }
        if special:
            raise Declined(f"Python {min(special)} beside the base's own")
    else:
        raise Declined("the base is not known to have Python")
    if syncs:
        if len(managers) > 1 or len({run.state.workdir for run, _ in syncs}) > 1:
            raise Declined("several installers share an environment")
        run = syncs[0][0]
        set_ = run.scope.get("UV_PROJECT_ENVIRONMENT")
        where = set_.value if set_ else posixpath.join(run.state.workdir or "", ".venv")
        if not where or not where.startswith("/") or where.startswith("/usr"):
            raise Declined("where uv puts the environment is not known")
        plan.venv, plan.creates = where, False
    plan.active = bool(managers & {Manager.POETRY, Manager.PIPENV, Manager.PDM})


def _packages(stage: Stage, plan: Plan) -> None:
    """What each install of system packages is in the final stage."""
    image = stage.base or ""
    removed: set[str] = set()
    removals: list[Member] = []
    installs: list[Member] = []
    for chain in plan.chains.values():
        for member in chain or ():
            if member.role is Role.REMOVE and member.call:
                removals.append(member)
                removed.update(member.call.meaning.names)
            elif member.role is Role.SYSTEM and member.call:
                installs.append(member)
    used = set(_programs_at_the_end(stage, plan))
    kept = {package for program, package in _PROVIDES.items() if program in used}
    ours: set[str] = set()
    present: set[str] = set()
    for member in installs:
        assert member.call
        present.update(member.call.meaning.names)
    given: set[str] = set(present)
    for member in installs:
        assert member.call
        call = member.call
        virtual = call.meaning.values("--virtual")
        if virtual:
            ours.update(virtual)
            if set(virtual) <= removed:
                plan.system[member] = ""
                plan.dropped.update(call.meaning.names)
                continue
        replacing: dict[int, str | None] = {}
        for package in call.meaning.packages:
            if not package.name:
                continue
            runtime = runtime_of(package.name, image)
            if runtime is not None and plan.python == "python" and "python3" in package.name:
                runtime = ()  # the image has a Python of its own
            if package.name in kept or (runtime is None and package.name not in removed):
                continue
            fresh = [name for name in runtime or () if name not in given]
            given.update(fresh)
            ours.add(package.name)
            plan.dropped.add(package.name)
            replacing[package.index] = " ".join(fresh) or None
        if plan.python == "python3" and _needs_python(call, replacing, present, given):
            index = next(iter(replacing))
            replacing[index] = " ".join(filter(None, ("python3", replacing[index])))
            given.add("python3")
        left = len(call.meaning.packages) - sum(value is None for value in replacing.values())
        plan.system[member] = reworded(member, replacing) if left else ""
    for member in removals:
        assert member.call
        it = member.call.meaning
        if set(it.names) <= ours | set(removed & present) and not it.unknown:
            plan.removed.add(member)


def _needs_python(
    call: PackageCall, replacing: Mapping[int, str | None], present: set[str], given: set[str]
) -> bool:
    """Whether Python itself would go with its headers, or whatever else brought it in."""
    gone = [package.name for package in call.meaning.packages if package.index in replacing]
    return "python3" not in given and any(re.match(r"(lib)?python3", name) for name in gone)


def _programs_at_the_end(stage: Stage, plan: Plan) -> Iterator[str]:
    """The programs that the final stage calls, as far as they can be seen."""
    for step in stage.steps:
        if isinstance(step, Run):
            for member in plan.chains[step] or ():
                if member.role in (Role.FILES, Role.UNKNOWN):
                    yield from (command.name for command in member.commands)
            if plan.chains[step] is None:
                yield from (command.name for command in step.commands)
        elif step.instruction.keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            yield from re.findall(r"[\w.-]+", shown(step))


def _unknown(stage: Stage, plan: Plan) -> None:
    """Decline where something in the final stage may need what is not there."""
    build = stage.build
    if plan.dropped:
        for run in stage.runs:
            for command in _unknown_commands(run, plan):
                raise Declined(f"`{command}` in line {line_of(build, run)} may need what only building needs")
    elif len(build.stages) > 1:
        raise Declined("it has several stages, and nothing that only building needs")
    for name in plan.system.values():
        for word in name.split():
            if _NEEDS_LOGIN.match(word):
                raise Declined(f"{word} starts programs without the image's PATH")
    sets_path = False
    for index, step in enumerate(stage.steps):
        keyword = step.instruction.keyword
        text = shown(step)
        sets_path = (
            index > plan.first
            and keyword == "ENV"
            and any(
                pair.key.text == "PATH" and pair.value and not re.search(r"\$\{?PATH\b", pair.value.text)
                for pair in step.instruction.pairs
            )
        )
        if sets_path:
            raise Declined("PATH is set anew behind the install")
        if keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK", "RUN", "ENV") and (
            found := _BASE_PYTHON.search(text)
        ):
            raise Declined(f"`{found[0]}` in line {line_of(build, step)} means the base's Python")
        if keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            if re.search(r"(?<![\w.-])pip3?(?![\w.=-])", text):
                raise Declined(f"line {line_of(build, step)} calls pip in the end")
            if started(step) is None:
                raise Declined(f"line {line_of(build, step)} starts through an installer")
            if plan.creates and "/.venv/" in text:
                raise Declined(f"line {line_of(build, step)} looks into another environment")


def _unknown_commands(run: Run, plan: Plan) -> Iterator[str]:
    chain = plan.chains[run]
    if chain is None:
        if run.instruction.heredocs or run.script is None or not run.script.certain:
            yield run.commands[0].name if run.commands else "RUN"
            return

        for command in run.commands:
            if any(call.command is command for call in run.calls) or (
                role_of_command(command) is Role.UNKNOWN and command.name
            ):
                yield command.name
    for member in chain or ():
        if member.role is Role.UNKNOWN:
            yield next((command.name for command in member.commands if command.name), "a command")


def _covered(stage: Stage, plan: Plan) -> None:
    """COPYs of manifests alone that a later `COPY . .` makes again, at the same place."""
    wide: set[tuple[str | None, str]] = set()
    texts: list[str] = []
    context = stage.build.context
    for index in range(len(stage.steps) - 1, 0, -1):
        step = stage.steps[index]
        if isinstance(step, Copy) and step.from_context and not step.instruction.heredocs:
            target = folder_of(step)
            if step.sources in ((".",), ("./",)) and target is not None:
                wide.add(target)
                texts.clear()
                continue
            if (
                index < plan.last
                and target in wide
                and step.sources
                and all(
                    source and "/" not in source.removeprefix("./") and _MANIFEST.fullmatch(source)
                    for source in step.sources
                )
                and not any(
                    posixpath.basename(source or "") in text for source in step.sources for text in texts
                )
                and not (context and any(context.leaves_out(source or "") for source in step.sources))
            ):
                plan.covered.add(step)
        if isinstance(step, Run):
            chain = plan.chains[step]
            texts += [
                stage.build.source[member.span]
                for member in chain or ()
                if member.role not in (Role.PYTHON, Role.TOOL)
            ]
            if chain is None:
                texts.append(shown(step))


def folder_of(step: Copy) -> tuple[str | None, str] | None:
    """The working directory and, taken from there, the folder that a COPY writes to."""
    target = step.target
    if target is None:
        return None
    if not target.endswith("/") and posixpath.basename(target) not in (".", ""):
        single = step.sources[0] or "" if len(step.sources) == 1 else ""
        if posixpath.basename(target) == posixpath.basename(single):
            target = posixpath.dirname(target) or "."
    if target.startswith("/"):
        return None, posixpath.normpath(target)
    workdir = step.state.workdir
    if workdir:
        return None, posixpath.normpath(posixpath.join(workdir, target))
    return workdir, posixpath.normpath(target)


def copied_again(copy: Copy, later: Sequence[Step]) -> bool:
    """Whether the next COPY or ADD behind it is of the whole context, to the same folder."""
    for step in later:
        if isinstance(step, Copy | Add):
            return (
                isinstance(step, Copy)
                and step.from_context
                and step.sources in ((".",), ("./",))
                and folder_of(step) == folder_of(copy)
            )
        if isinstance(step, Run):
            return False
    return False
