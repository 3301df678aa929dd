"""Rust: `cargo build` writes programs below `target`, `cargo install` into cargo's own folder."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from ... import regex
from ...knowledge import toolchains
from ...knowledge.toolchains import Runtime
from ...model.build import Stage
from ...syntax.shell import Command
from ..parts import Declined
from ..texts import shown
from .compiling import language, origin_of
from .parts import Compiler, Kind, Output, Use

_VARIABLES: Mapping[str, str] = {"CARGO_HOME": "/usr/local/cargo", "RUSTUP_HOME": "/usr/local/rustup"}
_PACKAGES: Mapping[str, tuple[str, ...]] = dict.fromkeys(
    ("cargo", "rust", "rustc", "rustup"), ("ca-certificates",)
)
_NATIVE = regex.compile(r'^name = "([\w-]+-sys)"$', re.MULTILINE)


def _verb(command: Command) -> str:
    words = [value for value in command.values[1:] if not value.startswith("+")]
    return words[0] if command.name == "cargo" and words else ""


def _builds(command: Command) -> bool:
    return _verb(command) in ("build", "b", "install", "rustc")


def _makes(use: Use) -> Iterator[Output]:
    verb, values = _verb(use.command), use.command.values
    if verb in ("run", "r", "bench") or (verb and "+" in verb):
        raise Declined(f"`cargo {verb}` may write what the app reads")
    if not _builds(use.command):
        return
    if any(
        re.match(r"-C\Z|--manifest-path|-Z\Z|--config|--artifact-dir|--out-dir", value) for value in values
    ):
        raise Declined("how `cargo build` is called is not understood")
    if verb == "install":
        if any(value.startswith("--root") for value in values):
            raise Declined("`--root` installs elsewhere")
        home = use.reader.variable("CARGO_HOME")
        if not home or not home.value or not home.value.startswith("/") or "$" in home.value:
            raise Declined("where `cargo install` writes to is not known")
        yield Output(posixpath.join(home.value, "bin"), Kind.TREE, frozenset(_installed(use)))
        return
    yield Output(use.below(_target(use)), Kind.TREE)


def _installed(use: Use) -> Iterator[str]:
    """The programs of its own that it is known to install: by the manifest, or called like the folder."""
    if not any(value.startswith("--path") for value in use.command.values):
        return
    yield posixpath.basename(use.folder)
    context = use.run.stage.build.context
    manifest = context.text("Cargo.toml") if context else None
    for section in re.findall(
        r"^\[(?:package|\[bin\])\]?\s*$(.*?)(?=^\[|\Z)", manifest or "", re.MULTILINE | re.DOTALL
    ):
        yield from re.findall(r'^name\s*=\s*"([^"]+)"', section, re.MULTILINE)


def _target(use: Use) -> str:
    """The folder for what is built."""
    words = use.command.words
    for at, word in enumerate(words):
        if word.text == "--target-dir" and at + 1 < len(words):
            path = use.path(words[at + 1])
        elif word.text.startswith("--target-dir="):
            path = use.path(word, "--target-dir=")
        else:
            continue
        if path is None:
            raise Declined("where `cargo build` writes to is not known")
        return path
    own = next((each.value for each in use.command.assignments if each.name == "CARGO_TARGET_DIR"), None)
    variable = use.reader.variable("CARGO_TARGET_DIR")
    value = own.value if own else variable.value if variable else "target"
    if not value or "$" in value:
        raise Declined("where `cargo build` writes to is not known")
    return value


def _started(words: Sequence[str]) -> Sequence[str] | None:
    return words[:1]


def _runtime(stage: Stage) -> Runtime | None:
    found = origin_of(stage)
    if not found or found.name != "rust":
        return None
    runtime = toolchains.compiler_runtime(found)
    if runtime is None:
        return None
    for step in stage.steps:
        if "crt-static" in shown(step):
            raise Declined("how libc is linked is chosen")
    if not runtime.alpine and "slim" not in found.tag:
        return runtime._replace(packages=_libraries(stage, runtime))
    return runtime


def _libraries(stage: Stage, runtime: Runtime) -> tuple[str, ...]:
    """The packages with the libraries of the full image that the app is linked with."""
    context = stage.build.context
    lock = context.text("Cargo.lock") if context else None
    if lock is None:
        raise Declined(
            f"which libraries of {stage.base} the app is linked with is not known without Cargo.lock; "
            "its slim variant has none"
        )
    crates = sorted({*_NATIVE.findall(lock)})
    if unknown := [crate for crate in crates if crate not in toolchains.RUST_LIBRARIES]:
        raise Declined(
            f"{unknown[0]} may be linked with a library of {stage.base}; its slim variant has none"
        )
    packages = tuple(sorted({toolchains.RUST_LIBRARIES[crate] for crate in crates} - {""}))
    if packages and not runtime.certain:
        raise Declined(f"which release {stage.base} is of is not certain, and a library of it is linked with")
    if packages and not toolchains.has_packages(runtime):
        raise Declined(f"there are no packages any more for {runtime.image}")
    return packages


def _package(name: str) -> tuple[str, ...] | None:
    return _PACKAGES.get(name)


LANGUAGE = language(
    "Rust",
    Compiler(
        regex.compile(r"cargo|rustup|rustc|cargo-chef"),
        _builds,
        _makes,
        _started,
        lambda tree, path: path,
        _runtime,
        _package,
        regex.compile(
            r".*\.rs|Cargo\.(toml|lock)|rust-toolchain(\.toml)?|clippy\.toml|\.?rustfmt\.toml|build\.rs"
        ),
        _VARIABLES,
    ),
)
