"""Converts stages whose programs are compiled: decides what they run on, and what they need of the system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ... import regex
from ...knowledge import images, toolchains
from ...knowledge.managers import SYSTEM, Action, Manager
from ...knowledge.runtime_packages import linked_with
from ...knowledge.toolchains import Origin, Runtime
from ...model.build import Add, Copy, Run, Stage, Step
from ...model.paths import absolute, covers, working_directory
from ..language import Conversion, Language
from ..packages import plan_packages
from ..parts import Declined, Member
from ..refusals import refuse
from ..roles import Role
from .outputs import built_in, started_by, take
from .parts import Compiler, Work, folder_at
from .refusals import refuse_needs
from .stages import touches_files, written


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
    refuse_needs(work)
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
