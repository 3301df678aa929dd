"""Whether an app of Node's runs without the packages that only its development needs, as its manifest calls them.

Nobody but the app knows: so they go only where the build context is known, where the container starts a program of the
app's own with plain `node`, or `next start`, and where nothing that is copied names one of them, but for tests and the
settings of tools.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from ... import regex
from ...context import BuildContext
from ...knowledge import images
from ...knowledge.managers import Action, Manager
from ...model.build import Add, Copy, Env, Healthcheck, PackageCall, Run, Stage
from ...model.copies import sources
from ..roles import Role
from ..texts import shown
from .division import Division
from .project import places, target_of, within
from .refusals import project_calls
from .start import command_of

_MOST = 400
"""Files beyond which a project is not read."""
_CODE = regex.compile(
    r"(.*/)?[^./]+|(?!.*\.d\.[cm]?ts\Z).*\.([cm]?[jt]sx?|json|ya?ml|vue|svelte|coffee|sh|css|html|ejs|pug|hbs|prisma|graphql|env)"
)
_NOT_RUN = regex.compile(
    r"(.*/)?(node_modules|tests?|__tests__|__mocks__|spec|e2e|cypress|\.git|\.github|\.vscode|\.husky)/.*"
    r"|.*[.-](test|spec|stories)\.\w+"
    r"|(package|package-lock|npm-shrinkwrap|tsconfig[\w.-]*|jsconfig|nest-cli|angular|nx|turbo|lerna)\.json"
    r"|\.(eslint|prettier|babel|mocha|swc|stylelint|lintstaged|commitlint|nyc|c8)rc(\.\w+)*"
    r"|(babel|commitlint|cypress|esbuild|eslint|jest|karma|lint-staged|playwright|postcss|prettier|rollup|stylelint|tailwind|tsup"
    r"|vite|vitest|webpack[\w.-]*)\.conf(ig)?(\.\w+)+|(gulp|grunt)file(\.\w+)+"
    r"|(docker-)?compose[\w.-]*\.ya?ml|\.[\w.-]+\.ya?ml|\.travis\.yml|renovate\.json",
    re.IGNORECASE,
)
"""Files by their paths below the manifest's folder that are for developing: tests, and settings of tools."""
_FETCHES = frozenset(("git", "curl", "wget", "tar", "unzip"))
"""What brings files that are in no build context."""
_PLAIN = regex.compile(r"[\w\s./:@=,-]*\Z")
"""A script of a manifest that is one command."""
_RUN_BY_NODE = regex.compile(r"\bnode\s+(?:--?\S+\s+)*(?:\./)?([\w./-]+)")
"""A file that a script runs."""
_OLD_NPM = regex.compile(r"(\d|1[0-5])(\.|-|\Z)|0\.|(argon|boron|carbon|dubnium|erbium|fermium)\b")
"""Tags of images whose npm, older than 7, does not know what packages need beside them."""


def prunes(stage: Stage, division: Division) -> str | None:
    """The command that removes packages for developing from the project, where nothing in the end needs them."""
    installs = [(run, call) for run in stage.runs for call in project_calls(run, Action.INSTALL)]
    context, last = stage.build.context, stage.steps[division.last].state
    if context is None or len(installs) != 1 or not _is_plain(*installs[0]) or _has_old_npm(stage):
        return None
    run, call = installs[0]
    folder = next((folder for command, folder in places(run) if command is call.command), None)
    manifest = _manifest(stage, context, folder)
    package = _read(context, manifest)
    names = _imported(package)
    if not folder or manifest is None or not package or not names or "workspaces" in package:
        return None
    below = posixpath.dirname(manifest)
    if "legacy-peer-deps" in (context.text(posixpath.join(below, ".npmrc")) or ""):
        return None
    program = _started(stage, package)
    if program is None or any(
        re.search(rf"(?<![\w@-]){re.escape(name)}(?![\w-])", program) for name in names
    ):
        return None
    if run.state.user != last.user or not _is_all_copied(stage, division, below):
        return None
    scripts = [script for run in stage.runs for script in _scripts_of(run, package)]
    building = {file for script in scripts for file in _RUN_BY_NODE.findall(script)}
    if any(text is None or _names_one(text, names) for text in _texts(context, below, building)):
        return None
    return "npm prune --omit=dev" if last.workdir == folder else f"cd {folder} && npm prune --omit=dev"


def _is_all_copied(stage: Stage, division: Division, below: str) -> bool:
    """Whether all that is in the project comes from a folder of the build context, and what is made of that."""
    for step in stage.steps:
        if isinstance(step, Copy | Add) and within(target_of(step) or "", division.project):
            found = [source.path for source in sources(step)]
            if len(found) != len(step.sources) or not all(not below or within(path, below) for path in found):
                return False
        elif isinstance(step, Run):
            built = [member for member in division.chains[step] or () if member.role is Role.PACKAGES]
            if any(command.name in _FETCHES for member in built for command in member.commands):
                return False
    return True


def _is_plain(run: Run, call: PackageCall) -> bool:
    """Whether npm installs all that the manifest lists, and nothing else."""
    it = call.meaning
    production = run.scope.value("NODE_ENV") == "production" or any(
        "production" in flag.name for flag in it.flags
    )
    return (
        it.manager is Manager.NPM
        and it.from_manifest
        and not production
        and not it.has(
            "--omit",
            "--only",
            "--legacy-peer-deps",
            "--workspace",
            "--workspaces",
            "--no-save",
            "--prefix",
            "-C",
        )
        and not any(name.upper().startswith("NPM_CONFIG_") for name in run.scope.variables)
        and not any(assignment.name == "NODE_ENV" for assignment in call.command.assignments)
    )


def _has_old_npm(stage: Stage) -> bool:
    reference = images.parse(stage.base or "")
    return not reference or images.official(reference) != "node" or bool(_OLD_NPM.match(reference.tag or ""))


def _manifest(stage: Stage, context: BuildContext, folder: str | None) -> str | None:
    """The path in the build context of the package.json in a folder of the image."""
    for step in stage.steps:
        target = target_of(step) if isinstance(step, Copy | Add) else None
        if target is None or folder is None or not isinstance(step, Copy | Add):
            continue
        for source in sources(step):
            path = source.path
            if source.whole or (context.is_folder(path) and not source.pattern):
                below = posixpath.relpath(folder, target) if within(folder, target) else None
                path = posixpath.normpath(
                    posixpath.join("" if source.whole else path, below or "", "package.json")
                )
                if below is None:
                    continue
            elif re.fullmatch(r"(.*/)?package[\w*.-]*", path) and folder in (
                target,
                posixpath.dirname(target),
            ):
                path = posixpath.join(posixpath.dirname(path), "package.json")
            else:
                continue
            if context.exists(path) and not context.leaves_out(path):
                return path
    return None


def _read(context: BuildContext, manifest: str | None) -> dict[str, Any] | None:
    try:
        found = json.loads((context.text(manifest) or "").removeprefix("\ufeff")) if manifest else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _started(stage: Stage, package: dict[str, Any]) -> str | None:
    """What starts in the end, and what else may name packages, where that is Node with a program of the app's, or the
    server of Next.js; None for anything else."""
    words = command_of(stage)
    scripts = package.get("scripts")
    if words and words[0] == "npm" and isinstance(scripts, dict):
        name = words[-1] if words[1:] == ["start"] or (words[1:2] == ["run"] and len(words) == 3) else ""
        script = scripts.get(name)
        if (
            not isinstance(script, str)
            or not _PLAIN.match(script)
            or scripts.keys() & {f"pre{name}", f"post{name}"}
        ):
            return None
        words = script.split()
    if words[:1] == ["npx"]:
        words = words[1:]
    program = next((word for word in words[1:] if not word.startswith("-")), "")
    own = (
        words[:1] in (["node"], ["nodejs"], ["/usr/local/bin/node"])
        and program
        and "node_modules" not in program
    )
    if not own and not (words[:2] == ["next", "start"] and "next" in (package.get("dependencies") or ())):
        return None
    return " ".join([*words, *(shown(step) for step in stage.steps if isinstance(step, Healthcheck | Env))])


def _scripts_of(run: Run, package: dict[str, Any]) -> Iterator[str]:
    """The scripts that a RUN runs: the files that they run are for building."""
    scripts = package.get("scripts")
    for call in project_calls(run):
        name = call.command.values[call.meaning.arguments[0]] if call.meaning.arguments else call.meaning.name
        for each in (f"pre{name}", name, f"post{name}"):
            if isinstance(scripts, dict) and isinstance(scripts.get(each), str):
                yield scripts[each]


def _texts(context: BuildContext, folder: str, building: set[str]) -> Iterator[str | None]:
    """The texts of the files that may run in the end; None for what is not known."""
    files = [*islice(_files(context, folder), _MOST + 1)]
    if not files or len(files) > _MOST:
        yield None
    for path in files:
        if path is None or posixpath.relpath(path, folder or ".") not in building:
            yield context.text(path) if path else None


def _files(context: BuildContext, folder: str) -> Iterator[str | None]:
    """The paths of files that may be code of the app; None for what is not known: a folder with nothing in it, which
    no repository has, so that it has not been read yet."""
    waiting = [folder]
    exceptions = "!" in (context.dockerignore or "")
    while waiting:
        at = waiting.pop()
        entries = context.entries(at)
        if not entries:
            yield None
        for name, size in entries.items():
            path = posixpath.join(at, name)
            below = posixpath.relpath(path, folder or ".")
            if size is None:
                if not _NOT_RUN.fullmatch(f"{below}/") and (exceptions or not context.leaves_out(path)):
                    waiting.append(path)
            elif name == "next.config.ts":
                yield None  # which Next.js reads by TypeScript
            elif _CODE.fullmatch(below) and not _NOT_RUN.fullmatch(below):
                yield path


def _names_one(text: str, names: list[str]) -> bool:
    """Whether a string in a text names one of the packages, or a path leads to it."""
    return any(
        name in text
        and re.search(rf"([\"'`][^\"'`\n]*(?<![\w@/.-])|node_modules/){re.escape(name)}(?![\w-])", text)
        for name in names
    )


def _imported(package: dict[str, Any] | None) -> list[str]:
    """The packages for developing that hold more than types."""
    found = package.get("devDependencies") if package else None
    return [name for name in found if not name.startswith("@types/")] if isinstance(found, dict) else []
