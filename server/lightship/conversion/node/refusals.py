"""What a conversion of an app of Node's declines, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ... import regex
from ...knowledge import images, node
from ...knowledge.managers import SYSTEM, Action, Manager
from ...knowledge.packages import Kind
from ...model.build import Add, Cmd, Copy, Entrypoint, Env, PackageCall, Run, Stage
from ...model.paths import home
from ...model.purpose import has_command, is_for_building
from ..packages import unknown_commands
from ..parts import Declined
from ..plan import Plan
from ..refusals import refuse
from ..roles import Role
from ..texts import line_of, shown
from .roles import Chains, is_global, works_on_project

_LEAVES = frozenset((".", "source", "exit", "exec", "trap", "eval"))
"""Commands behind which a script may be over, or is another one."""
_SKIPS_BROWSER = regex.compile(r"PUPPETEER_SKIP_(CHROMIUM_)?DOWNLOAD")
_ONLY_YARN_1 = (
    "--production",
    "--pure-lockfile",
    "--no-lockfile",
    "--ignore-engines",
    "--flat",
    "--non-interactive",
)
_YARN_2 = regex.compile(r"\.yarnrc\.yml|\.pnp\.|(?<![\w/])\.yarn(?![\w-])|yarn set version|\s--immutable\b")
_NAMES_YARN_2 = regex.compile(r"yarn@([2-9]|\d\d)")
_COREPACK = regex.compile(r"corepack +(?P<verb>\w+)(?P<version>[^&;|\n]*(yarn|pnpm)@)?")


def project_calls(run: Run, *actions: Action) -> Iterator[PackageCall]:
    """The commands of npm and its like that work on the project."""
    for call in run.calls_to(node.MANAGERS, *(actions or tuple(Action))):
        if works_on_project(call.command, call):
            yield call


def refuse_file(stage: Stage) -> None:
    """Decline for what is true of the file as a whole."""
    refuse(stage)
    if not has_command(stage):
        raise Declined("it starts nothing of its own")
    for step in stage.steps:
        if isinstance(step, (Cmd, Entrypoint)) and (found := node.DEVELOPING.search(shown(step))):
            what = " ".join(re.findall(r"[^\s\"',\[\]]+", found[0]))
            raise Declined(
                f"`{what}` in line {line_of(stage.build, step)} is for developing, which needs all that there is"
            )
    _refuse_browser(stage)
    for run in stage.runs:
        for call in run.calls:
            _refuse_call(stage, run, call)


def _refuse_call(stage: Stage, run: Run, call: PackageCall) -> None:
    it, line = call.meaning, line_of(stage.build, run)
    if it.manager not in node.MANAGERS | SYSTEM:
        raise Declined(f"`{call.command.name}` in line {line} installs for another language than Node")
    if is_global(call) and it.action is Action.INSTALL:
        kinds = {package.kind for package in it.packages}
        if not kinds or kinds & {Kind.PATH, Kind.FILE, Kind.UNKNOWN}:
            raise Declined(f"line {line} installs for everybody what is not known")
    elif works_on_project(call.command, call):
        if it.name in ("link", "ln", "unlink"):
            raise Declined(f"line {line} links packages")
        if it.name == "deploy" or it.has("--modules-folder", "--modules-dir", "--virtual-store-dir"):
            raise Declined(f"line {line} installs elsewhere")


def _refuse_browser(stage: Stage) -> None:
    texts = [stage.base or "", *(shown(step) for step in stage.steps if isinstance(step, (Run, Env)))]
    if any(map(node.BROWSER.search, texts)) and not any(map(_SKIPS_BROWSER.search, texts)):
        raise Declined("a browser may have been downloaded to the user's home")


def refuse_yarn(stage: Stage) -> None:
    """Decline where it is not certain that yarn installs into the project."""
    for run in stage.runs:
        for call in project_calls(run, Action.INSTALL):
            if call.meaning.manager is Manager.YARN:
                _refuse_yarn(stage, run, call)


def _refuse_yarn(stage: Stage, run: Run, call: PackageCall) -> None:
    """Yarn 2 and later need no `node_modules`, and keep packages in the user's home."""
    if call.meaning.has(*_ONLY_YARN_1) or node.has_old_yarn(images.parse(stage.base or "")):
        return
    before = stage.steps[: stage.steps.index(run) + 1]
    told = any(_YARN_2.search(shown(step)) for step in before)
    only_manifests = all(
        re.search(r"(package[\w.*-]*|yarn\.lock\*?|\.npmrc|\.yarnrc)\Z", source or "?")
        for step in before
        if isinstance(step, Copy | Add)
        for source in step.sources
    )
    fetched = any(isinstance(step, Run) and "corepack" in shown(step) for step in before)
    context = stage.build.context
    if context and context.exists("package.json") and not told:
        settings, package = context.text(".yarnrc.yml") or "", context.text("package.json") or "yarn@4"
        old = not context.exists(".yarnrc.yml") and not _NAMES_YARN_2.search(package)
        if old or re.search(r"nodeLinker:\s*[\"']?node-modules", settings):
            return
    if told or fetched or not only_manifests:
        raise Declined(
            f"whether yarn in line {line_of(stage.build, run)} installs into node_modules is not certain"
        )


def corepack_folder(stage: Stage) -> str | None:
    """Where corepack keeps the manager that starts the app; None where none does, or the file itself fetches it."""
    started = " ".join(shown(step) for step in stage.steps if isinstance(step, (Cmd, Entrypoint)))
    runs = [run for run in stage.runs if "corepack" in shown(run)]
    calls = [call for run in runs for call in _COREPACK.finditer(shown(run))]
    fetches = [call for call in calls if call["verb"] in ("prepare", "install", "use", "up")]
    if not all(call["version"] and call["verb"] in ("prepare", "install") for call in fetches):
        raise Declined(f"corepack in line {line_of(stage.build, runs[0])} has to do with package.json")
    if not runs or fetches or not re.search(r"\b(yarn|pnpm)\b", started):
        return None
    states = [stage.end, *(run.state for run in stage.runs if any(project_calls(run)))]
    moved = any(state.scope.get(name) for state in states for name in ("COREPACK_HOME", "XDG_CACHE_HOME"))
    folder = "/root/.cache/node/corepack"
    if (
        moved
        or {home(state) for state in states} != {"/root"}
        or any(run.mounted(folder) for run in stage.runs)
    ):
        raise Declined(
            f"where corepack in line {line_of(stage.build, runs[0])} keeps what it fetches is not known"
        )
    return folder


def refuse_chains(stage: Stage, chains: Chains) -> None:
    """Decline where commands that work on the project are among others that are not understood."""
    for run, chain in chains.items():
        line = line_of(stage.build, run)
        for member in chain or ():
            calls = [call for call in project_calls(run) if call.command in member.commands]
            if member.role is not Role.PACKAGES and calls:
                raise Declined(f"the commands in line {line} are not a plain list")
        if any(member.role is Role.PACKAGES for member in chain or ()):
            for member in chain or ():
                name = member.commands[0].name if member.commands else ""
                if name in _LEAVES and member.role is not Role.PACKAGES:
                    raise Declined(f"`{name}` in line {line} decides what follows")


def refuse_needs(stage: Stage, plan: Plan) -> None:
    """Decline where something in the final stage may need what is not there."""
    if not plan.dropped:
        return
    if plan.shipped and is_for_building(stage):
        raise Declined("what builds may be what the image is for")
    for run in stage.runs:
        line = line_of(stage.build, run)
        for name in unknown_commands(run, plan):
            raise Declined(f"`{name}` in line {line} may need what only building needs")
        for call in run.calls_to(node.MANAGERS, Action.INSTALL, Action.UPGRADE):
            others = [
                each.name or "a repository" for each in call.meaning.packages if each.name not in node.PLAIN
            ]
            if is_global(call) and (others or not call.meaning.packages):
                what = f"`{others[0]}`" if others else "what"
                raise Declined(
                    f"{what}, which line {line} installs for everybody, may need what only building needs"
                )
