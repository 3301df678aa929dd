"""Converts stages whose programs are compiled: decides what they run on, and declines where they may need more."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from .. import regex
from ..knowledge import images, toolchains
from ..knowledge.managers import SYSTEM, Action, Manager
from ..knowledge.runtime_packages import linked_with
from ..knowledge.toolchains import Origin, Runtime
from ..model.build import Add, Copy, Healthcheck, Run, Stage, Step, User
from ..model.paths import absolute, covers, working_directory
from ..syntax.shell import Command
from ._compiled import Compiler, Work, folder_at
from ._compiled_outputs import built_in, is_built, started_by, take
from ._compiled_stages import touches_files, written
from ._language import Conversion, Language
from ._packages import plan_packages
from ._parts import Declined, Member
from ._refusals import refuse
from ._roles import Role
from ._texts import line_of, shown, text_of


def language(name: str, compiler: Compiler) -> Language:
    return Language(
        name,
        lambda stage: [run.span for run in stage.runs if _builds(run, compiler)],
        lambda stage: _convert(stage, compiler),
    )


def origin_of(stage: Stage) -> Origin | None:
    """The official image that the stage is on, as it is written."""
    image = stage.opening.image if stage.opening else None
    return toolchains.origin(image.text, stage.base or "") if image and stage.parent is None else None


def _builds(run: Run, compiler: Compiler) -> bool:
    return not run.triggered and any(
        compiler.programs.fullmatch(command.name) and compiler.builds(command) for command in run.commands
    )


def _convert(stage: Stage, compiler: Compiler) -> Conversion:
    refuse(stage)
    runtime = _runtime(stage, compiler)
    if runtime.same:
        compiler = compiler._replace(variables={})
    words = started_by(stage)
    work = built_in(stage, compiler, runtime)
    take(work, words)
    _forget_deleted(work)
    _plan_packages(work)
    _refuse_needs(work)
    return written(work)


def _runtime(stage: Stage, compiler: Compiler) -> Runtime:
    """The image of the final stage: the language's own without the compiler, or the same without its packages."""
    image = stage.base or ""
    if stage.parent:
        raise Declined("it is built on another stage")
    if runtime := compiler.runtime(stage):
        return runtime
    reference = images.parse(image)
    name = images.official(reference) if reference else None
    if name in ("golang", "rust", "maven", "gradle"):
        if stage.opening and stage.opening.image and "$" in stage.opening.image.text:
            raise Declined("a build argument decides what it is built on")
        unknown = "what it is built on" if name in ("golang", "rust") else "which Java it has"
        raise Declined(f"{image} does not say {unknown}")
    if name in ("debian", "ubuntu", "alpine") and _installed(stage, compiler):
        return Runtime("", same=True, alpine=name == "alpine")
    raise Declined(
        f"what else there is in {image.partition('@')[0]}, and what the app needs of it, is not known"
    )


def _installed(stage: Stage, compiler: Compiler) -> bool:
    """Whether system packages bring the compiler."""
    names = [
        name
        for run in stage.runs
        for call in run.calls_to(SYSTEM, Action.INSTALL)
        for name in call.meaning.names
    ]
    return any(compiler.packages(name) is not None for name in names)


_STAYING = frozenset(
    (
        "mkdir", "chmod", "chown", "chgrp", "touch", "ln", "cp", "mv", "rm", "rmdir", "echo", "printf", "cat", "sed",
        "grep", "awk", "tee", "find", "xargs", "test", "[", "true", ":", "ls", "date", "id", "sleep", "install", "tar",
        "gzip", "gunzip", "sort", "head", "tail", "cut", "tr", "wc", "basename", "dirname", "uname", "mktemp", "stat",
        "readlink", "realpath", "sha256sum", "md5sum", "cd", "set", "export", "umask", "command", "which", "env",
    )
)  # fmt: skip
"""Programs that the smallest of Debian's, Ubuntu's and Alpine's images have."""
_ACCOUNTS = frozenset(("useradd", "groupadd", "usermod", "groupmod", "passwd", "chpasswd"))
_DEBIAN_ACCOUNTS = frozenset(("adduser", "addgroup", "deluser", "delgroup"))
"""Debian's own programs for accounts, which its images from trixie on do not have."""
_BUSYBOX = frozenset(("wget", "unzip", "bzip2", "ps", "top", "pgrep", "pkill", "free", "watch", "uptime"))
_OF_COMPILERS = images.BUILDPACK_COMMANDS | {
    "go", "cargo", "rustc", "javac", "jar", "jcmd", "jstack", "jmap", "mvn", "gradle", "python", "python3", "perl",
}  # fmt: skip


_HEADERS = regex.compile(r"-dev(el)?\Z")
_LIBC = regex.compile(r"(libc6?|musl|linux-libc)-dev")


def _plan_packages(work: Work) -> None:
    image = work.runtime.image or work.stage.base or ""
    if not work.runtime.certain and (library := next(_libraries(work.stage), None)):
        raise Declined(
            f"which release {work.stage.base} is of is not certain, and {library} of it may be linked with"
        )

    def needs(name: str, manager: Manager) -> tuple[str, ...] | None:
        own = work.compiler.packages(name)
        return own if own is not None else linked_with(name, image, manager)

    plan_packages(work.stage, work.plan, needs)
    if not work.runtime.image and not work.plan.shipped:
        raise Declined("the compiler is removed by the layer that brings it")


def _libraries(stage: Stage) -> Iterator[str]:
    """Packages with headers, but for those of libc: what is linked with them needs the libraries of that release."""
    for run in stage.runs:
        for call in run.calls_to(SYSTEM, Action.INSTALL):
            yield from (
                name for name in call.meaning.names if _HEADERS.search(name) and not _LIBC.fullmatch(name)
            )


def _forget_deleted(work: Work) -> None:
    """Leave out what a COPY brings where the file deletes it again, and nothing else has used it."""
    chains = dict(work.plan.chains)
    covered: set[Step] = set()
    for run, chain in work.plan.chains.items():
        deleting = {
            member: copies for member in chain or () if (copies := _copies_deleted(work, run, member))
        }
        covered.update(*deleting.values())
        chains[run] = chain and tuple(
            replace(member, role=Role.TOOL) if member in deleting else member for member in chain
        )
    if not any(touches_files(chain) for chain in chains.values()):
        work.plan.chains = chains
        work.plan.covered |= covered


def _copies_deleted(work: Work, run: Run, member: Member) -> list[Step]:
    """The COPYs all of whose files an `rm -rf` takes away."""
    (command, *more) = member.commands or (None,)
    if command is None or more or command.name != "rm" or member.role not in (Role.FILES, Role.TOOL):
        return []
    moves = any(each.name == "cd" for each in run.commands)
    folder = None if moves else folder_at(work.stage, run, work.runtime, work.compiler.variables)
    paths = [absolute(value, folder) for value in command.values[1:] if not value.startswith("-")]
    return [
        step
        for step in work.stage.steps[1 : work.stage.steps.index(run)]
        if isinstance(step, Copy | Add)
        and (target := absolute(step.target or "?", working_directory(step.state)))
        and any(path and covers(path, target) for path in paths)
    ]


_STANDARD = frozenset(
    (
        "root",
        "nobody",
        "daemon",
        "bin",
        "sys",
        "mail",
        "www-data",
        "nogroup",
        "games",
        "news",
        "uucp",
        "users",
    )
)
"""Users and groups that Debian's, Ubuntu's and Alpine's images all have, nearly."""


def _refuse_users(work: Work) -> None:
    """Decline where a user is one of the compiler's image."""
    made = " ".join(
        text_of(member)
        for chain in work.plan.chains.values()
        for member in chain or ()
        if member.role in (Role.ACCOUNT, Role.FILES)
    )
    for step in work.stage.steps:
        flag = step.instruction.flag("chown")
        owner = (
            flag.value.text
            if flag and flag.value
            else step.values[0]
            if isinstance(step, User) and step.values
            else ""
        )
        for name in (owner or "").split(":"):
            known = name in _STANDARD or re.fullmatch(r"\d*|\$.*", name)
            if not known and not re.search(rf"\b{re.escape(name)}\b", made):
                line = line_of(work.stage.build, step)
                raise Declined(f"`{name}` in line {line} is a user of {work.stage.base}")


def _refuse_needs(work: Work) -> None:
    """Decline where something in the final stage may need what is not there."""
    stage, plan, build = work.stage, work.plan, work.stage.build
    brought = {
        name
        for run in stage.runs
        for call in run.calls_to(SYSTEM, Action.INSTALL)
        for name in call.meaning.names
    }
    brought -= plan.dropped
    for run in stage.runs:
        line, chain = line_of(build, run), plan.chains[run]
        behind = False
        for member in chain or ():
            behind = behind or any(command.name == "cd" for command in member.commands)
            if member.role in (
                Role.PACKAGES,
                Role.TOOL,
                Role.STATE,
                Role.UPDATE,
                Role.SYSTEM,
                Role.REMOVE,
                Role.CLEAN,
            ):
                continue
            for command in member.commands:
                if member.role is Role.UNKNOWN or not _stays(work, command, brought):
                    raise Declined(f"`{command.name}` in line {line} may need what only building needs")
                if behind and any(not value.startswith(("/", "-")) for value in command.values[1:]):
                    raise Declined(
                        f"`{command.name}` in line {line} runs in a folder that may be for building alone"
                    )
            for path in _operands(work, run, member):
                if any(is_built(work.compiler, output, path) for _, output in work.made) and not _is_taken(
                    work, path
                ):
                    raise Declined(f"line {line} uses what the final stage does not take, {path}")
        if chain is None:
            names = [command.name for command in run.commands] or ["RUN"]
            if run.instruction.heredocs or not all(
                _stays(work, command, brought) for command in run.commands
            ):
                raise Declined(f"`{names[0]}` in line {line} may need what only building needs")
    if work.runtime.same:
        return
    _refuse_users(work)
    for run in stage.runs:
        late = stage.steps.index(run) > plan.last
        if late and any(command.name == "update-ca-certificates" for command in run.commands):
            raise Declined(f"line {line_of(build, run)} changes the certificates behind the build")
    for step in stage.steps:
        if isinstance(step, Healthcheck):
            for name in re.findall(r"(?<![\w./-])[\w.+-]+(?![\w/-])", shown(step)):
                there = (
                    name in brought or _is_started(work, name) or (work.runtime.alpine and name in _BUSYBOX)
                )
                if name in _OF_COMPILERS and not there:
                    raise Declined(f"`{name}` in line {line_of(build, step)} is a program of {stage.base}")


def _is_started(work: Work, name: str) -> bool:
    return any(posixpath.basename(path) == name for paths in work.taken.values() for path in paths)


def _operands(work: Work, run: Run, member: Member) -> Iterator[str]:
    """The paths that a member of a chain names, as far as they can be read."""
    folder = folder_at(work.stage, run, work.runtime, work.compiler.variables)
    for command in member.commands:
        for value in command.values[1:]:
            if not value.startswith(("-", "+")) and (path := absolute(value, folder)):
                yield path


def _is_taken(work: Work, path: str) -> bool:
    taken = [each for paths in work.taken.values() for each in paths]
    return any(f"{path}/".startswith(f"{each}/") or f"{each}/".startswith(f"{path}/") for each in taken)


def _stays(work: Work, command: Command, brought: set[str]) -> bool:
    """Whether a program that does something to files is there in the final stage."""
    name = command.name
    if work.runtime.same or not command.words or name in _STAYING or name in brought:
        return name != "rm" or any(re.match(r"-\w*f", value) for value in command.values[1:])
    if work.runtime.alpine:
        return name in _DEBIAN_ACCOUNTS or (name in _ACCOUNTS and "shadow" in brought)
    return name in _ACCOUNTS or (
        name in _DEBIAN_ACCOUNTS and bool(re.search(r"bookworm|bullseye|buster|stretch", work.runtime.image))
    )
