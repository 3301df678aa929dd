"""What a Dockerfile means: its stages, and each instruction with what is in force where it stands.

Rules and features read these; they never look at text to find out what BuildKit would.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from .. import regex
from ..knowledge import packages
from ..syntax import shell
from ..syntax.dockerfile import File, Flag, Instruction, JsonString, Word
from ..syntax.joined import Joined
from ..syntax.shell import Command, Script, ShellWord
from ..text import Source, Span
from .scope import Scope

if TYPE_CHECKING:
    from ..context import BuildContext
    from ..knowledge.images import ImageReference

DEFAULT_SHELL = ("/bin/sh", "-c")
WINDOWS_SHELL = ("cmd", "/S", "/C")
_POSIX_SHELLS = frozenset(("sh", "bash", "ash", "dash", "zsh", "ksh", "busybox"))
_SHEBANG_SHELL = regex.compile(r"#!\s*\S*?(?:env\s+(?:-S\s+)?)?(?:/|\b)(?:sh|bash|ash|dash|zsh|ksh)(?:\s|$)")


@dataclass(frozen=True)
class State:
    """What is in force before an instruction. `user` and `workdir` are None where the base image decides or
    a variable hides them; `shell` is the default one unless `shell_set` names the SHELL that changed it."""

    scope: Scope = field(default_factory=Scope)
    shell: tuple[str, ...] = DEFAULT_SHELL
    shell_set: Span | None = None
    user: str | None = None
    user_set: Span | None = None
    workdir: str | None = None
    workdir_set: Span | None = None

    @property
    def posix(self) -> bool:
        """Whether the shell reads a RUN as bash would, near enough."""
        name = self.shell[0].replace("\\", "/").rpartition("/")[2].lower() if self.shell else ""
        return name in _POSIX_SHELLS


@dataclass(frozen=True, eq=False)
class Step:
    """An instruction in its place. `triggered` says that it stands behind ONBUILD."""

    instruction: Instruction
    stage: Stage
    state: State
    triggered: bool = False

    @property
    def span(self) -> Span:
        return self.instruction.span

    @property
    def scope(self) -> Scope:
        return self.state.scope

    def expand(self, word: Word | None) -> str | None:
        """A word's value, as far as it is known."""
        return self.scope.expand(word.text, self.instruction.escape) if word else None

    @cached_property
    def values(self) -> tuple[str | None, ...]:
        """The arguments' values: elements of a JSON array, or words."""
        if self.instruction.json is not None:
            return tuple(
                self.scope.expand(element.value, self.instruction.escape) for element in self.instruction.json
            )
        return tuple(self.expand(word) for word in self.instruction.words)

    @property
    def operands(self) -> tuple[Span, ...]:
        """Where the `values` stand."""
        parts = self.instruction.words if self.instruction.json is None else self.instruction.json
        return tuple(part.span for part in parts)


class From(Step):
    @property
    def image(self) -> Word | None:
        """The base as written."""
        return self.instruction.words[0] if self.instruction.words else None

    @property
    def alias(self) -> Word | None:
        """The stage's name as written."""
        words = self.instruction.words
        return words[2] if len(words) == 3 and words[1].text.lower() == "as" else None

    @property
    def platform(self) -> Flag | None:
        return self.instruction.flag("platform")


class Arg(Step):
    pass


class Env(Step):
    pass


class Label(Step):
    pass


class _Files(Step):
    @property
    def sources(self) -> tuple[str | None, ...]:
        """Values of all arguments but the last; heredocs count with their opener."""
        return self.values[:-1]

    @property
    def target(self) -> str | None:
        return self.values[-1] if self.values else None


class Copy(_Files):
    @property
    def origin(self) -> str | None:
        """What `--from` names; None without one (or where a variable hides it)."""
        flag = self.instruction.flag("from")
        return self.expand(flag.value) if flag else None

    @property
    def from_context(self) -> bool:
        """Whether the files come from the build context."""
        return self.instruction.flag("from") is None


class Add(_Files):
    pass


@dataclass(frozen=True, slots=True)
class Mount:
    """A `--mount` of a RUN: its options by name, `kind` being the type (`bind` unless said)."""

    span: Span
    options: dict[str, str]

    @property
    def kind(self) -> str:
        return self.options.get("type", "bind")

    @property
    def target(self) -> str | None:
        """The folder, without a slash at its end."""
        target = self.options.get("target") or self.options.get("dst") or self.options.get("destination")
        return target.rstrip("/") or "/" if target else None


@dataclass(frozen=True, slots=True)
class PackageCall:
    """A command that runs a package manager."""

    command: Command
    meaning: packages.PackageCommand

    def word(self, index: int) -> ShellWord:
        return self.command.words[index]

    @property
    def verb(self) -> ShellWord:
        return self.command.words[self.meaning.verb]

    @property
    def bare(self) -> bool:
        """Whether the command begins with the manager's own name: not `sudo apt-get`, `/venv/bin/pip` or `dnf5`."""
        name, manager = self.command.words[0].text, self.meaning.manager
        plain = manager is packages.Manager.PIP and not re.search(r"[/$]", name)
        return self.meaning.start == 0 and (name == manager or plain)

    @property
    def span(self) -> Span:
        """From the manager's name to the command's last word."""
        return Span(self.command.words[self.meaning.start].span.start, self.command.words[-1].span.end)


class Shellish(Step):
    """An instruction that runs a command, in shell form or exec form."""

    @property
    def exec_form(self) -> bool:
        return self.instruction.json is not None

    @cached_property
    def body(self) -> Joined | None:
        """What a shell that we read is given to run, in shell form or as `sh -c` in exec form; None for
        another shell (PowerShell, cmd, Python), for no shell, or where there is nothing."""
        instruction = self.instruction
        if instruction.json is not None:
            return _given_to_shell(instruction, instruction.json)
        if not self.state.posix or not instruction.arguments.text:
            return None
        if not instruction.heredocs:
            return instruction.arguments
        first = instruction.heredocs[0]
        if len(instruction.words) == 1:
            head = first.text.lstrip("\t") if first.chomp else first.text
            if head.startswith("#!") and not _SHEBANG_SHELL.match(head):
                return None
            return Joined(first.text, (0,), (first.body.start,))
        body = instruction.arguments
        for doc in instruction.heredocs:
            body = body.plus("\n", doc.body.start - 1).plus(doc.text, doc.body.start)
            if doc.closer:
                body = body.plus(doc.name, doc.closer.start)
        return body

    @cached_property
    def script(self) -> Script | None:
        """The commands; None where there is no `body` and no exec form."""
        if self.body is not None:
            return shell.parse(self.body)
        elements = self.instruction.json
        if not elements:
            return None
        words = tuple(ShellWord(element.span, element.value, element.value) for element in elements)
        return shell.exec_form(words, self.instruction.arguments_span)

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        return self.script.commands if self.script else ()


class Run(Shellish):
    @cached_property
    def calls(self) -> tuple[PackageCall, ...]:
        """The commands that run a package manager, in order."""
        found = []
        for command in self.commands:
            meaning = packages.read(
                [word.value for word in command.words], [word.text for word in command.words]
            )
            if meaning:
                found.append(PackageCall(command, meaning))
        return tuple(found)

    @cached_property
    def only_updates(self) -> bool:
        """Whether all it does is to refresh the index of a distribution's packages."""
        return (
            bool(self.calls)
            and len(self.calls) == len(self.commands)
            and all(
                call.meaning.action is packages.Action.UPDATE and call.meaning.manager in packages.SYSTEM
                for call in self.calls
            )
        )

    def calls_to(self, managers: Container[packages.Manager], *actions: packages.Action) -> list[PackageCall]:
        """The commands that run one of the managers to do one of these things."""
        calls = self.calls
        return calls and [  # type: ignore[return-value]
            call for call in self.calls if call.meaning.manager in managers and call.meaning.action in actions
        ]

    @cached_property
    def mounts(self) -> tuple[Mount, ...]:
        found = []
        for flag in self.instruction.flags:
            if flag.name.text == "mount" and flag.value:
                fields = (part.partition("=") for part in flag.value.text.split(","))
                options = {key.lower(): self.scope.expand(value) or value for key, _, value in fields}
                found.append(Mount(flag.span, options))
        return tuple(found)

    def mounted(self, folder: str, kinds: tuple[str, ...] = ("cache", "tmpfs")) -> bool:
        """Whether what is written to `folder` goes to a mount of these kinds and not into the layer."""
        return any(
            mount.kind in kinds
            and mount.target
            and (folder == mount.target or folder.startswith(mount.target.rstrip("/") + "/"))
            for mount in self.mounts
        )


class Cmd(Shellish):
    pass


class Entrypoint(Shellish):
    pass


class Healthcheck(Step):
    """`kind` is CMD, NONE or what else is written."""

    @property
    def kind(self) -> str:
        return (
            self.instruction.arguments.text.split(None, 1)[0].upper()
            if self.instruction.arguments.text
            else ""
        )


class Shell(Step):
    pass


class Onbuild(Step):
    @cached_property
    def trigger(self) -> Step | None:
        """What runs in a build on top of this one."""
        inner = self.instruction.inner
        return step(inner, self.stage, self.state, triggered=True) if inner else None


class User(Step):
    @property
    def name(self) -> str | None:
        """The user's value, without the group."""
        value = self.values[0] if self.values else None
        return value.partition(":")[0] if value else value


class Workdir(Step):
    pass


class Expose(Step):
    pass


class Volume(Step):
    pass


class Stopsignal(Step):
    pass


class Maintainer(Step):
    pass


_STEPS: dict[str, type[Step]] = {
    "FROM": From, "ARG": Arg, "ENV": Env, "LABEL": Label, "COPY": Copy, "ADD": Add, "RUN": Run, "CMD": Cmd,
    "ENTRYPOINT": Entrypoint, "HEALTHCHECK": Healthcheck, "SHELL": Shell, "ONBUILD": Onbuild, "USER": User,
    "WORKDIR": Workdir, "EXPOSE": Expose, "VOLUME": Volume, "STOPSIGNAL": Stopsignal, "MAINTAINER": Maintainer,
}  # fmt: skip


def step(instruction: Instruction, stage: Stage, state: State, *, triggered: bool = False) -> Step:
    """The instruction as the kind of step that its keyword says; a plain one where that is unknown."""
    return _STEPS.get(instruction.keyword, Step)(instruction, stage, state, triggered)


@dataclass(eq=False)
class Stage:
    """A build stage. `parent` is the earlier stage that its FROM names; `value` the value of its FROM, None
    where that cannot be known. `shipped` says that the last stage is this one or is built on it."""

    index: int
    name: str
    parent: Stage | None
    value: str | None
    build: Build
    steps: list[Step] = field(default_factory=list)
    end: State = field(default_factory=State)
    shipped: bool = False

    @property
    def image(self) -> str | None:
        """The image that its FROM names; None where that cannot be known, or is a build context of that name."""
        return None if self.build.context_named(self.value) is not None else self.value

    @property
    def opening(self) -> From | None:
        """Its FROM; None for what stands before the first one by mistake."""
        first = self.steps[0] if self.steps else None
        return first if isinstance(first, From) else None

    @property
    def lineage(self) -> Iterator[Stage]:
        """This stage, the one it is built on, and so on."""
        stage: Stage | None = self
        while stage:
            yield stage
            stage = stage.parent

    @cached_property
    def base(self) -> str | None:
        """The image at the bottom of the lineage: its value, or None."""
        return next(iter([*self.lineage][::-1])).image

    @property
    def goes_on(self) -> bool:
        """Whether it is the last stage, or another one is built on it."""
        return self.shipped or any(other.parent is self for other in self.build.stages)

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        return tuple(step for step in self.steps if isinstance(step, Run))

    @cached_property
    def all_steps(self) -> tuple[Step, ...]:
        """The steps, each ONBUILD followed by its trigger."""
        found: list[Step] = []
        for each in self.steps:
            found.append(each)
            if isinstance(each, Onbuild) and each.trigger:
                found.append(each.trigger)
        return tuple(found)

    @cached_property
    def _last(self) -> dict[type[Step], Step]:
        """The last step of each class."""
        return {type(each): each for each in self.steps}

    def last(self, kind: type[Step]) -> Step | None:
        """The last step of that kind: the one that counts for CMD, ENTRYPOINT, USER …"""
        found = (step for each, step in self._last.items() if issubclass(each, kind))
        return max(found, key=lambda step: step.span, default=None)

    def effective(self, kind: type[Step]) -> Step | None:
        """The same, also from the stages that this one is built on."""
        return next((found for stage in self.lineage if (found := stage.last(kind))), None)


class Unanswered(Exception):
    """Why a registry does not say what it was asked, for a person to read."""


class Registries(Protocol):
    """Who may be asked for images; that takes as long as the network takes."""

    def __hash__(self) -> int: ...

    def digest(self, reference: ImageReference) -> str:
        """The digest that a tag stands for today, as `sha256:…`. Raises Unanswered."""

    def platforms(self, reference: ImageReference) -> tuple[str, ...]:
        """For which platforms there is such an image, as `linux/arm64/v8`; at least one. Raises Unanswered."""


@dataclass(eq=False)
class Build:
    """A whole Dockerfile. `arguments` are the steps before the first FROM, `scope` what they define; `registries`
    is None unless somebody wants them to be asked."""

    source: Source
    file: File
    context: BuildContext | None = None
    registries: Registries | None = None
    arguments: tuple[Step, ...] = ()
    scope: Scope = field(default_factory=Scope)
    stages: list[Stage] = field(default_factory=list)

    @property
    def final(self) -> Stage | None:
        """The stage that `docker build` ships unless told otherwise."""
        return self.stages[-1] if self.stages else None

    @cached_property
    def outer_steps(self) -> tuple[Step, ...]:
        """Every step in order, global ARGs included; what stands behind ONBUILD is part of its step."""
        return (*self.arguments, *(each for stage in self.stages for each in stage.steps))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step in order, global ARGs and ONBUILD triggers included."""
        return (*self.arguments, *(each for stage in self.stages for each in stage.all_steps))

    @cached_property
    def _by_kind(self) -> dict[type[Step], tuple[Step, ...]]:
        """The steps of each class; and of those above it, once they were asked for."""
        found: defaultdict[type[Step], list[Step]] = defaultdict(list)
        for each in self.steps:
            found[type(each)].append(each)
        return {Step: self.steps, **{kind: tuple(steps) for kind, steps in found.items() if kind is not Step}}

    def steps_of(self, kind: type[Step]) -> tuple[Step, ...]:
        """The steps of that kind, in order. Looked up once: dozens of rules ask for the same."""
        found = self._by_kind.get(kind)
        if found is None:
            below = {each for each in self._by_kind if issubclass(each, kind)}
            found = tuple(each for each in self.steps if type(each) in below) if below else ()
            self._by_kind[kind] = found
        return found

    def stage(self, name: str, before: int | None = None) -> Stage | None:
        """The stage of that name (in any letter case) or index, among those before index `before`."""
        stages = self.stages[:before]
        if name.isdecimal():
            return stages[int(name)] if int(name) < len(stages) else None
        return next((stage for stage in reversed(stages) if stage.name and stage.name == name.lower()), None)

    def context_named(self, image: str | None) -> str | None:
        """What the build takes instead of an image, as `BuildContext.named` has it; None where that is the image."""
        named = self.context.named if self.context else None
        if not named or not image:
            return None
        return next((what for name, what in named.items() if _familiar(name) == _familiar(image)), None)

    def step_at(self, offset: int) -> Step | None:
        """The innermost step whose text covers `offset`."""
        return next((each for each in reversed(self.steps) if each.span.covers(offset)), None)


def _familiar(image: str) -> str:
    """An image's name as BuildKit compares it with those of build contexts."""
    return image.removeprefix("docker.io/").removeprefix("library/").removesuffix(":latest")


Subject = TypeVar("Subject", Build, Stage)
Answer = TypeVar("Answer")


def once(function: Callable[[Subject], Answer]) -> Callable[[Subject], Answer]:
    """Have a function of a build or a stage answer once for each of them: its answer lives as long as they do, and
    keeps none of them alive."""
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def answer(subject: Subject) -> Answer:
        known = vars(subject)
        if name not in known:
            known[name] = function(subject)
        return cast("Answer", known[name])

    return answer


def _given_to_shell(instruction: Instruction, elements: tuple[JsonString, ...]) -> Joined | None:
    """What `sh -c` is given to run, where that is written without JSON escapes."""
    values = [element.value for element in elements]
    if (
        len(values) != 3
        or values[0].rpartition("/")[2] not in _POSIX_SHELLS
        or not re.fullmatch(r"-\w*c", values[1])
    ):
        return None
    inner = Span(elements[2].span.start + 1, elements[2].span.end - 1)
    if inner.end - inner.start != len(values[2]):
        return None
    at = instruction.arguments.index(inner.start)
    return instruction.arguments.cut(at, at + len(values[2]))
