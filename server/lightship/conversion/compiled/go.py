"""Go: `go build` writes a program where `-o` says, `go install` into a folder of its own."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from ... import regex
from ...knowledge import toolchains
from ...knowledge.toolchains import Runtime
from ...model.build import Add, Copy, Stage
from ...model.paths import absolute, working_directory
from ...syntax.shell import Command
from ..parts import Declined
from .compiling import language, origin_of
from .parts import Compiler, Kind, Output, Use

_VALUED = frozenset(
    (
        "-C", "-asmflags", "-buildmode", "-buildvcs", "-compiler", "-covermode", "-coverpkg", "-gccgoflags", "-gcflags",
        "-installsuffix", "-ldflags", "-mod", "-modfile", "-o", "-overlay", "-p", "-pgo", "-pkgdir", "-tags", "-toolexec",
    )
)  # fmt: skip
"""Options of `go build` with a value, which may be the next word."""
_VARIABLES: Mapping[str, str] = {"GOPATH": "/go"}
_SHARED = regex.compile(r"/(usr/)?(local/)?s?bin|/|/(app|src|opt|go|root|home|srv|usr|usr/src)")
"""Folders that hold other things too."""
_ALPINE = ("ca-certificates", "tzdata")
"""Alpine's package has time zones of its own, which Debian's leaves to the system."""
_DEBIAN = regex.compile(r"golang(-go|-1\.\d+(-go)?)?")


def _options(command: Command) -> tuple[dict[str, int], list[int]]:
    """The options behind `go build` and `go install`, each with the word of its value or its own, and the packages."""
    options: dict[str, int] = {}
    packages: list[int] = []
    at = 2
    while at < len(command.words):
        value = command.values[at]
        if not value.startswith("-") or packages:
            packages.append(at)
        else:
            name, has_value, _ = value.partition("=")
            name = name.replace("--", "-", 1) if name.startswith("--") else name
            if not has_value and name in _VALUED:
                at += 1
            options[name] = at
        at += 1
    return options, packages


def _verb(command: Command) -> str:
    return command.values[1] if command.name == "go" and len(command.values) > 1 else ""


def _builds(command: Command) -> bool:
    return _verb(command) in ("build", "install")


def _makes(use: Use) -> Iterator[Output]:
    verb, command = _verb(use.command), use.command
    if verb in ("generate", "run", "tool"):
        raise Declined(f"`go {verb}` may write what the app reads")
    if not _builds(command):
        return
    options, packages = _options(command)
    if "-C" in options or re.search(r"-buildmode[= ](?!default|exe|pie)", " ".join(command.values)):
        raise Declined("how `go build` is called is not understood")
    names = [command.values[at] for at in packages]
    if verb == "install":
        yield Output(_folder(use), Kind.FOLDER, frozenset(_installed(use, names)))
        return
    if options.get("-o", 0) >= len(command.words):
        raise Declined("how `go build` is called is not understood")
    if "-o" in options:
        word = command.words[options["-o"]]
        path = use.path(word, "-o=")
        if path is None:
            raise Declined("where `go build` writes to is not known")
        if word.text.strip("\"'").endswith("/") or path == use.folder:
            if _SHARED.fullmatch(path) or path == use.folder:
                raise Declined(f"`go build` writes into {path}, which holds other things too")
            yield Output(path, Kind.FOLDER)
        else:
            yield Output(path)
        return
    if any("..." in name for name in names) or (len(names) > 1 and not names[0].endswith(".go")):
        return  # of several packages it only looks whether they can be built
    name = _name(use, names)
    if name is None:
        raise Declined("what `go build` calls what it makes is not known: `-o` would say")
    yield Output(use.below(name))


def _installed(use: Use, packages: Sequence[str]) -> Iterator[str]:
    """The programs of its own that it is known to install; of a pattern, the one that is called like the folder."""
    copied = " ".join(
        f"{step.target}/ {step.state.workdir}/"
        for step in use.run.stage.steps
        if isinstance(step, Copy | Add)
    )
    for package in packages or (".",):
        if "..." in package:
            yield from filter(None, (_name(use, ["."]),))
            context = use.run.stage.build.context
            yield from context.entries("cmd") if context else ()
        elif package.startswith(".") or f"/src/{package.rstrip('/')}/" in copied:
            yield from filter(None, (_name(use, [package]),))


def _folder(use: Use) -> str:
    """Where `go install` puts programs."""
    for name, below in (("GOBIN", ""), ("GOPATH", "bin")):
        variable = use.reader.variable(name)
        own = next((each.value for each in use.command.assignments if each.name == name), None)
        value = own.value if own else variable.value if variable else None
        if value and value.startswith("/") and not re.search(r"[$:]", value):
            folder = posixpath.normpath(posixpath.join(value, below))
            if _SHARED.fullmatch(folder):
                raise Declined(f"`go install` writes into {folder}, which holds other things too")
            return folder
        if own or variable:
            break
    raise Declined("where `go install` writes to is not known")


def _name(use: Use, packages: Sequence[str]) -> str | None:
    """How `go build` calls a program without `-o`: by its first file, its package or its module."""
    if packages and packages[0].endswith(".go"):
        return posixpath.basename(packages[0]).removesuffix(".go")
    package = packages[0] if packages else "."
    if "$" in package:
        return None
    if package not in (".", "./"):
        return _last(package)
    if re.search(r"/src/(\w[\w-]*\.)+\w+/.", use.folder + "/"):
        return _last(use.folder)  # in GOPATH
    context = use.run.stage.build.context
    module = context.text("go.mod") if context else None
    found = re.search(r"^module\s+\"?([^\s\"]+)", module or "", re.MULTILINE)
    for step in use.run.stage.steps[: use.run.stage.steps.index(use.run)]:
        if isinstance(step, Copy) and step.from_context and step.sources in ((".",), ("./",)):
            target = absolute(step.target or "$", working_directory(step.state))
            if found and target == use.folder:
                return _last(found[1])
    return None


def _last(path: str) -> str:
    """The last part of an import path, but for a version: `…/app/v2` is called `app`."""
    parts = path.rstrip("/").split("/")
    return parts[-2] if len(parts) > 1 and re.fullmatch(r"v\d+", parts[-1]) else parts[-1]


def _started(words: Sequence[str]) -> Sequence[str]:
    return words[:1]


def _runtime(stage: Stage) -> Runtime | None:
    found = origin_of(stage)
    return toolchains.compiler_runtime(found) if found and found.name == "golang" else None


def _package(name: str) -> tuple[str, ...] | None:
    if name == "go":
        return _ALPINE
    return _ALPINE[:1] if _DEBIAN.fullmatch(name) else None


LANGUAGE = language(
    "Go",
    Compiler(
        regex.compile(r"go|gofmt|golint|dep|glide|godep|govendor|govvv|golangci-lint|staticcheck|goimports"),
        _builds,
        _makes,
        _started,
        lambda tree, path: path,
        _runtime,
        _package,
        regex.compile(r".*\.go|go\.(mod|sum|work|work\.sum)|Gopkg\.(lock|toml)|glide\.(lock|yaml)"),
        _VARIABLES,
        fetches=True,
    ),
)
