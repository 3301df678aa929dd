"""Where Python packages are installed so that one folder holds them all, and can be taken along.

A virtual environment needs Python 3 and the knowledge which one. Everything else goes to a folder that
`PYTHONUSERBASE` names: every Python since 2.6, whoever packaged it, installs there with `pip install --user` and looks
there by itself, each version in a folder of its own. An environment that the file makes is taken as it is.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from .. import regex
from ..knowledge import images
from ..knowledge.managers import RPM_FAMILY, SYSTEM, Action, Manager
from ..model.build import Env, PackageCall, Run, Stage, User
from ..model.paths import Reader
from .parts import Declined, Member
from .roles import Role, activated, created, sudoes
from .texts import line_of, shown
from .tools import installs_tools

VENV = "/opt/venv"
PACKAGES = "/opt/packages"
TOOLS = "/opt/tools"


class Kind(Enum):
    VENV = auto()
    """An environment that we make."""
    UV = auto()
    """The one that `uv sync` makes."""
    OWN = auto()
    """The one that the file makes."""
    USER = auto()
    """A folder that `PYTHONUSERBASE` names."""
    HOME = auto()
    """Where `pip install --user` of the file puts things: Python looks there, and nothing need be changed."""


@dataclass(frozen=True)
class Layout:
    """`python` is the program that makes the environment. `active`: installers look for it in `VIRTUAL_ENV`."""

    kind: Kind
    folder: str
    python: str = "python"
    active: bool = False

    @property
    def creation(self) -> tuple[str, ...]:
        """The instructions that make it in the build stage."""
        path = f'PATH="{self.folder}/bin:$PATH"'
        match self.kind:
            case Kind.HOME:
                return (f"RUN mkdir -p {self.folder}",)
            case Kind.VENV:
                active = f"VIRTUAL_ENV={self.folder} " if self.active else ""
                return (
                    f"RUN {self.python} -m venv --system-site-packages --without-pip {self.folder}",
                    f"ENV {active}{path}",
                )
            case Kind.USER:
                base = f"PYTHONUSERBASE={self.folder} PIP_SRC={self.folder}/src"
                return (f"RUN mkdir -p {self.folder}", f"ENV {base} {path}")
        return ()

    @property
    def activation(self) -> str | None:
        """The instruction by which programs of the final stage find it; None where the file's own do that."""
        path = f'PATH="{self.folder}/bin:$PATH"'
        match self.kind:
            case Kind.VENV | Kind.UV:
                return f"ENV {path}"
            case Kind.USER:
                return f"ENV PYTHONUSERBASE={self.folder} {path}"
        return None


_DISTRIBUTION = regex.compile(r"(debian|ubuntu|alpine|buildpack-deps)([:@]|\Z)")
_OF_PYTHON = regex.compile(
    r"demisto/python\S*|circleci/python|(frolvlad|jfloff)/alpine-python\d*|tiangolo/(uvicorn|uwsgi|meinheld)-\S+|(balenalib|resin)/\S+-python"
    r"|tensorflow/tensorflow|nvidia/cuda|phusion/(baseimage|passenger-\w+)|gliderlabs/alpine|bitnami/minideb"
)
"""Images of others that are known to run as root, with the distribution's Python or the official image's."""
_OTHER_PYTHON = regex.compile(r"jupyter|notebook|torch|conda|mamba|lambda|sagemaker|pypy|app_?engine")
"""Images that bring a Python of their own, or an environment."""
_SYSTEM_PYTHON = regex.compile(
    r"(python|py)[\d.]*(-(pip|dev|devel|setuptools|minimal|all|venv))*\Z|python[\d.]+u(-\w+)?"
)
_SYSTEM_PYTHON_2 = regex.compile(
    r"(python|py)(2.*)?-(pip|dev|setuptools)\Z|python2?(\.7)?\Z|py2-pip\Z|python2"
)
_PROGRAM_2 = regex.compile(r"(python|pip-?)2")
_PROGRAM_3 = regex.compile(r"(?:python|pip)(3\.\d+)")
_INTERPRETER = regex.compile(r"/usr/(local/)?bin/python[\d.]*(?![\w.])")
_SHUT_OUT = regex.compile(r"PYTHONNOUSERSITE|\bpython[\d.]*[\"',\s]+-\w*[sEI]\w*\b")
_RPM_PROGRAM = regex.compile(
    r"ansible|supervisor|certbot|salt|openstack|uwsgi|mod_wsgi|httpd|mopidy|cloud-init"
)
"""Programs that Fedora and its kin start with `python -s`."""
_OLD_PIP = regex.compile(r"precise|lucid|wheezy|squeeze|ubuntu:1[0-2]|debian:[67]\b")


def layout_of(stage: Stage, calls: Sequence[tuple[Run, PackageCall]]) -> Layout:
    """The layout for these installs, on this base."""
    managers = {call.meaning.manager for _, call in calls}
    if any(call.meaning.name == "sync" for _, call in calls if call.meaning.manager is Manager.UV):
        return Layout(Kind.UV, _folder_of_uv(calls, managers))
    if any(call.meaning.has("--user") for _, call in calls):
        if home := _home(stage, calls):
            return Layout(Kind.HOME, home)
        if not any(isinstance(step, Env) and "/.local/bin" in shown(step) for step in stage.steps):
            raise Declined("programs that pip puts into a home may be called by their path")
    active = bool(managers & {Manager.POETRY, Manager.PIPENV, Manager.PDM})
    python = _python3(stage, calls)
    named = _named(stage)
    if python and not named:
        return Layout(Kind.VENV, VENV, python, active)
    if managers - {Manager.PIP, Manager.SETUP_PY}:
        raise Declined(f"`{named}` means the base's Python" if named else "which Python is used is not known")
    _refuse_user(stage, calls)
    return Layout(Kind.USER, PACKAGES)


def _home(stage: Stage, calls: Sequence[tuple[Run, PackageCall]]) -> str | None:
    """Root's folder for packages, where all of them go there."""
    root = all(run.state.user in (None, "root", "0") and not run.scope.get("HOME") for run, _ in calls)
    reference = images.parse(stage.base or "")
    known = reference and images.default_user(reference) == "root"
    if root and known and all(call.meaning.has("--user") and not call.meaning.start for _, call in calls):
        return "/root/.local"
    return None


def _system_names(stage: Stage) -> list[str]:
    return [
        name
        for run in stage.runs
        for call in run.calls_to(SYSTEM, Action.INSTALL)
        for name in call.meaning.names
    ]


def _python3(stage: Stage, calls: Sequence[tuple[Run, PackageCall]]) -> str | None:
    """The program of the one Python 3 that is used; None where it may be another, or there are several."""
    image = stage.base or ""
    reference = images.parse(image)
    name = (images.official(reference) if reference else None) or image.partition(":")[0]
    tag = (reference.tag if reference else None) or ""
    programs = [call.command.words[call.meaning.start].text.rpartition("/")[2] for _, call in calls]
    if any(map(_PROGRAM_2.match, programs)):
        return None
    if name == "python" or re.match(r"demisto/python3|astral-sh/uv|ghcr\.io/astral-sh/uv", name):
        return "python" if not tag.startswith("2") else None
    names = _system_names(stage)
    if any(map(_SYSTEM_PYTHON_2.match, names)) or any(map(_PROGRAM_3.match, programs)):
        return None
    if not any(re.match(r"python3(-|\Z)", each) for each in names) or _OTHER_PYTHON.search(image):
        return None
    pip3 = "python3-pip" in names or "py3-pip" in names
    if any(re.match(r"python\Z|pip\Z", program) and not (pip3 and program == "pip") for program in programs):
        return None
    return "python3"


def _named(stage: Stage) -> str | None:
    """The base's Python where an instruction names it by its path: then it knows nothing of an environment."""
    kept = ("CMD", "ENTRYPOINT", "HEALTHCHECK", "RUN", "ENV")
    texts = (shown(step) for step in stage.steps if step.instruction.keyword in kept)
    return next((found[0] for text in texts if (found := _INTERPRETER.search(text))), None)


def _refuse_user(stage: Stage, calls: Sequence[tuple[Run, PackageCall]]) -> None:
    """Decline where Python is not known to look into `PYTHONUSERBASE`."""
    image = stage.base or ""
    reference = images.parse(image)
    official = images.official(reference) if reference else None
    name = image.partition("@")[0].partition(":")[0]
    if _OTHER_PYTHON.search(image):
        raise Declined("the base has a Python of its own")
    known = official or _DISTRIBUTION.match(image.rpartition("/")[2]) or _OF_PYTHON.match(name)
    if not known and not any(map(_SYSTEM_PYTHON.match, _system_names(stage))):
        raise Declined("the base's Python is not known")
    user = images.default_user(reference) if reference else None
    sudo = all(sudoes(call.command) for _, call in calls)
    if user and not images.runs_as_root(user) and not as_root(stage) and not sudo:
        raise Declined(f"the base's user {user} may not write everywhere")
    if _OLD_PIP.search(image):
        raise Declined("the base's pip is too old")
    for step in stage.steps:
        if found := _SHUT_OUT.search(shown(step)):
            raise Declined(f"`{found[0]}` in line {line_of(stage.build, step)} shuts PYTHONUSERBASE out")
    rpm = [call for run in stage.runs for call in run.calls_to(RPM_FAMILY, Action.INSTALL)]
    if any(_RPM_PROGRAM.match(name) for call in rpm for name in call.meaning.names):
        raise Declined("RPM's own Python programs shut PYTHONUSERBASE out")


def as_root(stage: Stage) -> bool:
    """Whether the file says before its first RUN that it is root's."""
    for step in stage.steps:
        if isinstance(step, User):
            return images.runs_as_root(step.name or "?")
        if isinstance(step, Run):
            return False
    return False


def needs_root(stage: Stage) -> bool:
    """Whether a stage on the same base has to say that it is root's to do what this one does."""
    reference = images.parse(stage.base or "")
    user = images.default_user(reference) if reference else None
    commands = (command for run in stage.runs for command in run.commands)
    return user != "root" and (as_root(stage) or any(map(sudoes, commands)))


def _folder_of_uv(calls: Sequence[tuple[Run, PackageCall]], managers: set[Manager]) -> str:
    runs = [run for run, call in calls if call.meaning.name == "sync"]
    if len(managers) > 1 or len({run.state.workdir for run in runs}) > 1:
        raise Declined("several installers share an environment")
    variable = runs[0].scope.get("UV_PROJECT_ENVIRONMENT")
    where = variable.value if variable else posixpath.join(runs[0].state.workdir or "", ".venv")
    if not where or not where.startswith("/") or where.startswith("/usr"):
        raise Declined("where uv puts the environment is not known")
    return where


def own_layout(stage: Stage, chains: Sequence[tuple[Run, tuple[Member, ...] | None]]) -> Layout | None:
    """The environment that the file makes and installs everything into; None where it makes none."""
    folders = {
        folder
        for run, chain in chains
        for member in chain or ()
        if member.role is Role.CREATION
        for folder in [_created(run, member)]
    }
    if not folders:
        return None
    if len(folders) > 1 or None in folders:
        raise Declined("where its environment is is not known")
    (folder,) = folders
    assert folder
    if folder.count("/") < 1 or re.match(r"/(usr|bin|lib|etc|tmp)(/|\Z)|/(opt|home|root|var|srv)?\Z", folder):
        raise Declined(f"its environment in {folder} is beside other things")
    for run, chain in chains:
        active = _on_path(run, folder)
        reader = Reader(run)
        at = {id(command): reader.folder for command in reader.commands()}
        for member in chain or ():
            for command in member.commands:
                reader.folder = at[id(command)]
                if (path := activated(command)) is not None:
                    word = command.words[1]
                    found = reader.path(word)
                    if not found or found != f"{folder}/bin/activate":
                        raise Declined(f"`{path}` in line {line_of(stage.build, run)} is another environment")
                    active = True
            if member.role is Role.PACKAGES and member.call and not installs_tools(member.call):
                reader.folder = at[id(member.call.command)]
                program = reader.path(member.call.command.words[member.call.meaning.start])
                inside = bool(program and program.startswith(f"{folder}/bin/"))
                plain = "/" not in member.call.command.words[member.call.meaning.start].text
                if not inside and not (active and plain):
                    raise Declined(
                        f"line {line_of(stage.build, run)} installs beside the file's own environment"
                    )
    return Layout(Kind.OWN, folder)


def _created(run: Run, member: Member) -> str | None:
    word = created(member.commands[0])
    if any("site-packages" in value and "no-" not in value for value in member.commands[0].values):
        raise Declined("its environment sees the base's packages")
    reader = Reader(run)
    for command in reader.commands():
        if command is member.commands[0]:
            found = reader.path(word) if word else None
            return found if found and found.startswith("/") and "$" not in found else None
    return None


def _on_path(run: Run, folder: str) -> bool:
    """Whether the environment's programs come first where this RUN begins."""
    first = None
    for step in run.stage.steps[: run.stage.steps.index(run)]:
        for pair in step.instruction.pairs if isinstance(step, Env) else ():
            if pair.key.text == "PATH" and pair.value:
                first = step.scope.expand(pair.value.text.strip("\"'").partition(":")[0])
    return first == f"{folder}/bin"
