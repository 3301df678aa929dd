"""Finds what commands build, where they put it, and which of it a container starts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from ... import regex
from ...knowledge import toolchains
from ...knowledge.toolchains import Runtime
from ...model.build import Cmd, Entrypoint, Env, Stage
from ...model.paths import absolute
from ..layout import Kind as LayoutKind
from ..layout import Layout
from ..parts import Declined, Member, members
from ..plan import Plan
from ..roles import Role
from ..texts import line_of, text_of
from .parts import BuildReader, Compiler, Kind, Output, Use, Work, expanded, folder_at

_DEPENDS = frozenset(("if", "loop", "function", "case", "negation", "background"))
"""What a command stands in that need not run."""
_BESIDE = frozenset(("cd", "set", "export", "echo", "true", "umask", ":"))
"""What may stand beside a compiler's command in a group or a subshell."""
_CACHES = regex.compile(
    r"(/go|\$GOPATH|\$\{GOPATH\})/(pkg|src)\b|(/root|~|\$HOME)/(\.cache|\.m2|\.gradle|\.cargo|go)\b"
    r"|/usr/local/(go|rustup|cargo/(registry|git))\b|(\./)?target(/|\Z)"
)
"""What compilers leave behind."""
_INITS = frozenset(("tini", "dumb-init", "catatonit"))
_PASSING = ("cache", "tmpfs", "bind")
"""Mounts in which nothing that is written stays."""
_LEFT = dict.fromkeys((Role.PACKAGES, Role.CREATION, Role.TOOL), Role.UNKNOWN)
"""What other languages' packages are here."""
_MOVING = frozenset(("cp", "mv", "install"))
_PATH = frozenset(("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"))


def started_by(stage: Stage) -> tuple[str, ...]:
    """The words of the program that a container starts."""
    entry, command = stage.last(Entrypoint), stage.last(Cmd)
    words: tuple[str, ...] = ()
    if isinstance(entry, Entrypoint):
        words = _words(entry)
        if entry.exec_form and entry.body is None and isinstance(command, Cmd) and command.exec_form:
            words += _words(command) if command.instruction.json else ()
    elif isinstance(command, Cmd):
        words = _words(command)
    if words and posixpath.basename(words[0]) in _INITS:
        rest = list(words[1:])
        while rest and rest[0].startswith("-"):
            rest.pop(0)
        words = tuple(rest)
    if not words:
        raise Declined("it has no command that starts what is built")
    return words


def _words(step: Cmd | Entrypoint) -> tuple[str, ...]:
    line = line_of(step.stage.build, step)
    if step.exec_form and step.body is None:
        words = step.values
        if any(word is None for word in words):
            raise Declined(f"what line {line} starts is not known")
        return tuple(word or "" for word in words)
    script = step.script
    if script is None or not script.certain or len(script.commands) != 1 or script.commands[0].redirections:
        raise Declined(f"line {line} starts more than one program, or one that is not known")
    words = script.commands[0].values
    return words[1:] if words[:1] == ("exec",) else words


def built_in(stage: Stage, compiler: Compiler, runtime: Runtime) -> Work:
    """What is built, and what each command is there for."""
    chains = {run: members(run) for run in stage.runs}
    made: list[tuple[Member, Output]] = []
    roles: dict[Member, Role] = {}
    for run, chain in chains.items():
        if chain is None and any(compiler.programs.fullmatch(command.name) for command in run.commands):
            raise Declined(f"the commands in line {line_of(stage.build, run)} are not a plain list")
        reader = BuildReader(run, runtime, compiler.variables)
        for command in reader.commands():
            for member in chain or ():
                if command in member.commands:
                    use = Use(run, command, reader, reader.folder or "?")
                    if role := _role(use, member, compiler, runtime, made):
                        roles[member] = role
    if not made:
        raise Declined("where what is built is written to is not known")
    renewed = {
        member: replace(member, role=roles.get(member, _LEFT.get(member.role, member.role)))
        for chain in chains.values()
        for member in chain or ()
    }
    places = [
        index for index, step in enumerate(stage.steps) if any(member.run is step for member, _ in made)
    ]
    plan = Plan(
        {run: chain and tuple(renewed[member] for member in chain) for run, chain in chains.items()},
        Layout(LayoutKind.OWN, ""),
        places[0],
        places[-1],
        fetches=compiler.fetches,
    )
    return Work(stage, compiler, runtime, plan, [(renewed[member], output) for member, output in made])


def _role(
    use: Use, member: Member, compiler: Compiler, runtime: Runtime, made: list[tuple[Member, Output]]
) -> Role | None:
    """What a command is there for, where that has to do with building; what it makes is added to `made`."""
    command, line = use.command, line_of(use.run.stage.build, use.run)
    outputs: list[Output] = []
    role = Role.TOOL
    if compiler.programs.fullmatch(command.name):
        if not use.folder.startswith("/"):
            raise Declined(f"in which folder `{command.name}` in line {line} runs is not known")
        outputs, role = list(compiler.makes(use)), Role.PACKAGES
    elif command.name in _MOVING:
        outputs = list(_moved(use, compiler, [output for _, output in made]))
        if not outputs:
            return None
        if command.name == "mv":
            _forget(made, use.reader.path(command.words[-2]))
    elif command.name == "rm" and (paths := _deleted(use, [output for _, output in made])):
        for path in paths:
            _forget(made, path)
    elif not (len(member.commands) == 1 and _only_builds(use, compiler, runtime)):
        return None
    either = "||" in text_of(member)
    if outputs and (either or _DEPENDS & {*command.within} or not command.certain):
        raise Declined(f"whether `{command.name}` in line {line} runs is not certain")
    others = [each for each in member.commands if each is not command and each.name not in _BESIDE]
    if any(not compiler.programs.fullmatch(each.name) for each in others):
        raise Declined(f"the commands in line {line} are not a plain list")
    made += [(member, output) for output in outputs]
    return role


def _forget(made: list[tuple[Member, Output]], path: str | None) -> None:
    made[:] = [(member, output) for member, output in made if output.path != path]


def _deleted(use: Use, made: Sequence[Output]) -> list[str]:
    """The outputs that a command deletes, and nothing else."""
    words = [word for word in use.command.words[1:] if not word.text.startswith("-")]
    paths = [use.path(word) or "" for word in words]
    known = {output.path for output in made if output.kind is not Kind.TREE}
    return paths if known.issuperset(paths) else []


def _only_builds(use: Use, compiler: Compiler, runtime: Runtime) -> bool:
    """Whether a command is of no use where there is no compiler: it deletes caches, or has to do with sources alone."""
    command = use.command
    paths = [value for value in command.values[1:] if not re.match(r"[-+]|\d+\Z", value)]
    sources = bool(paths) and all(map(partial(_is_source, compiler), paths))
    folders = bool(paths) and all(path.strip("./") == "src" for path in paths)
    match command.name:
        case "echo" | "printf":
            targets = [each.target.text for each in command.redirections if each.target]
            return bool(targets) and all(map(partial(_is_source, compiler), targets))
        case "touch" | "chmod":
            return sources
        case "mkdir":
            return folders
        case "rm":
            return sources or folders or (bool(paths) and all(map(_CACHES.match, paths)))
        case "git":
            return command.values[1:2] == ("config",)
        case "update-ca-certificates":
            return not runtime.same and toolchains.CERTIFICATES in runtime.files
    return False


def _is_source(compiler: Compiler, path: str) -> bool:
    return bool(compiler.sources.fullmatch(posixpath.basename(path)))


def _moved(use: Use, compiler: Compiler, made: Sequence[Output]) -> Iterator[Output]:
    """Where a command puts something that was built: `mv app /usr/local/bin/`, `cp target/*.jar app.jar`."""
    words = [word for word in use.command.words[1:] if not word.text.startswith("-")]
    paths = [use.reader.path(word) or "" for word in words]
    holding = [output for output in made for path in paths[:-1] if is_built(compiler, output, path)]
    if not holding:
        return
    source, target = paths[0], use.path(words[-1])
    if len(words) != 2 or any(re.match(r"-\w*[td]", value) for value in use.command.values[1:]):
        raise Declined("where what is built is moved to is not known")
    name = posixpath.basename(source)
    if target is None or (re.search(r"[*?\[]", name) and not re.search(r"\.\w+\Z", target)):
        raise Declined("where what is built is moved to is not known")
    if words[-1].text.strip("\"'").endswith(("/", ".")) or target in _PATH:
        target = posixpath.join(target, name)
    own = any(_starts(output, source) for output in holding)
    yield Output(target, names=None if own else frozenset())


def _holds(output: Output, path: str) -> bool:
    below = output.kind is not Kind.FILE and path.startswith(f"{output.path.rstrip('/')}/")
    return below or path == output.path


def is_built(compiler: Compiler, output: Output, path: str) -> bool:
    """Whether a path is an output or in one."""
    return _holds(output, path) and (
        output.kind is not Kind.TREE or compiler.takes(output.path, path) is not None
    )


def _starts(output: Output, path: str) -> bool:
    """Whether what is at a path is a program that is known to be of the file's own."""
    return _holds(output, path) and (output.names is None or posixpath.basename(path) in output.names)


def take(work: Work, words: tuple[str, ...]) -> None:
    """Tell what the final stage takes: what is started, and what else has a place of its own."""
    wanted = work.compiler.started(words)
    if not wanted:
        raise Declined(f"`{words[0]}`, which it starts, is not what is built")
    outputs = work.made
    chosen = [
        (member, output.path)
        for member, output in outputs
        if output.kind is not Kind.TREE and not member.run.mounted(output.path, _PASSING)
    ]
    for text in wanted:
        path = _located(work, text, [output for _, output in outputs])
        holding = [(member, output) for member, output in outputs if path and _starts(output, path)]
        if not path or not holding:
            raise Declined(f"`{text}`, which it starts, is not known to be what is built")
        member, output = holding[-1]
        if output.kind is Kind.TREE:
            part = work.compiler.takes(output.path, path)
            if part is None:
                raise Declined(f"`{text}`, which it starts, is not known to be what is built")
            chosen.append((member, part))
    for member, path in dict.fromkeys(chosen):
        if member.run.mounted(path, _PASSING):
            raise Declined(f"{path} is in a mount, and not in the image")
        if re.search(r"\s", path):
            raise Declined("a COPY cannot name what is built")
        if not any(path.startswith(f"{other}/") for _, other in chosen):
            work.taken.setdefault(member, []).append(path)


def _located(work: Work, text: str, outputs: Sequence[Output]) -> str | None:
    """The path of what is started: below the working directory, or by its name on the PATH."""
    stage = work.stage
    if "/" in text:
        folder = folder_at(stage, None, work.runtime, work.compiler.variables)
        found = expanded(text, stage.end.scope, work.compiler.variables)
        return absolute(found, folder) if found else None
    folders = {*_PATH, work.runtime.folder, *_added(stage, work.compiler)}
    for output in reversed(outputs):
        inside = output.kind is not Kind.FILE and bool(output.names and text in output.names)
        path = posixpath.join(output.path, text) if inside else output.path
        if posixpath.dirname(path) in folders and posixpath.basename(path) == text:
            work.by_name = work.by_name or posixpath.dirname(path) == work.runtime.folder
            return path
    return None


def _added(stage: Stage, compiler: Compiler) -> Iterator[str]:
    """Folders that the file puts on the PATH."""
    for step in stage.steps:
        for pair in step.instruction.pairs if isinstance(step, Env) else ():
            if pair.key.text == "PATH" and pair.value:
                for part in pair.value.text.strip("\"'").split(":"):
                    yield (expanded(part, step.scope, compiler.variables) or "").rstrip("/")
