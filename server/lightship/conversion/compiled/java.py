"""Java: Maven and Gradle write jars below `target` and `build`, `javac` classes where `-d` says, `jar` one jar."""

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
from .compiling import language, origin_of
from .parts import Compiler, Kind, Output, Use

_MAVEN = frozenset(("package", "verify", "install", "deploy"))
_GRADLE = regex.compile(r"(:?[\w-]+:)*(build|assemble|jar|bootJar|shadowJar|fatJar|quarkusBuild|war|bootWar)")
_PACKAGES: Mapping[str, tuple[str, ...]] = {
    "default-jdk": ("default-jre",),
    "default-jdk-headless": ("default-jre-headless",),
    "gradle": (),
    "maven": (),
}
_JDK_PACKAGE = regex.compile(r"openjdk-?(\d+)(?:-jdk)?(-headless)?")
_PATHS = ("-cp", "-classpath", "--class-path", "-p", "--module-path")
_VALUED = frozenset(
    (*_PATHS, "--add-modules", "--add-opens", "--add-exports", "--add-reads", "-m", "--module")
)


def _builds(command: Command) -> bool:
    values = command.values[1:]
    match command.name:
        case "mvn" | "mvnw":
            return bool(_MAVEN & {*values})
        case "gradle" | "gradlew":
            return any(map(_GRADLE.fullmatch, values))
        case "javac":
            return "-d" in values
        case "jar":
            return _jar_file(command) is not None
    return False


def _jar_file(command: Command) -> int | None:
    """The word that names the jar which a command makes: `jar cfe app.jar Main …`, `jar --create --file app.jar …`."""
    values = command.values
    letters = values[1].removeprefix("-") if len(values) > 2 else ""
    if re.fullmatch(r"[cvf0Mme]+", letters) and {*"cf"} <= {*letters}:
        return 2 + [letter for letter in letters if letter in "fme"].index("f")
    if not {"--create", "-c"} & {*values}:
        return None
    return next((at + 1 for at, value in enumerate(values[:-1]) if value in ("--file", "-f")), None)


def _makes(use: Use) -> Iterator[Output]:
    command, values = use.command, use.command.values
    if not _builds(command):
        if command.name == "javac":
            raise Declined("`javac` writes classes beside their sources, unless `-d` says where")
        return
    if command.name in ("javac", "jar"):
        at = values.index("-d") + 1 if command.name == "javac" else _jar_file(command) or 0
        path = use.path(command.words[at]) if at < len(values) else None
        if path is None or path == use.folder:
            raise Declined(f"where `{command.name}` writes to is not known")
        yield Output(path, Kind.FOLDER if command.name == "javac" else Kind.FILE)
        return
    folder = use.folder
    for at, value in enumerate(values[:-1]):
        if value in ("-f", "--file", "-p", "--project-dir", "-b", "--build-file"):
            path = use.path(command.words[at + 1])
            if path is None:
                raise Declined(f"where `{command.name}` writes to is not known")
            named = value in ("-f", "--file", "-b", "--build-file") and re.search(r"\.\w+\Z", path)
            folder = posixpath.dirname(path) if named else path
    # Modules have such folders of their own, below that of the project.
    yield Output(folder, Kind.TREE)


def _started(words: Sequence[str]) -> Sequence[str] | None:
    """The folders of what a command line of `java` reads: a jar may name others beside it."""
    if posixpath.basename(words[0]) != "java":
        return None
    at = 1
    found: list[str] = []
    while at < len(words) and words[at].startswith(("-", "$")):
        name, has_value, value = words[at].partition("=")
        if name == "-jar" and at + 1 < len(words):
            return [_file(words[at + 1])]
        if name.startswith(("-javaagent", "@")):
            return None
        if name in _VALUED:
            if not has_value:
                at += 1
                value = words[at] if at < len(words) else ""
            if name in _PATHS:
                found += map(_classes, value.split(":"))
        at += 1
    return found or None


def _file(path: str) -> str:
    """As a path, which is never looked for on the PATH."""
    return path if "/" in path else f"./{path}"


def _classes(path: str) -> str:
    """A place of classes, of which a JVM does not say if it is missing: the whole folder that Maven or Gradle makes."""
    return _file(re.sub(r"((?:\A|/)(?:target|build))/.*", r"\1", path))


def _takes(tree: str, path: str) -> str | None:
    """The folder with a jar, and what that may name beside it; of Maven's and Gradle's folders alone."""
    if not re.search(r"(\A|/)(target|build)(/|\Z)", path.removeprefix(tree)):
        return None
    return posixpath.dirname(path) if path.endswith(".jar") else path


def _runtime(stage: Stage) -> Runtime | None:
    found = origin_of(stage)
    return toolchains.java_runtime(found) if found else None


def _package(name: str) -> tuple[str, ...] | None:
    if (own := _PACKAGES.get(name)) is not None:
        return own
    match = _JDK_PACKAGE.fullmatch(name)
    if not match:
        return None
    if name.startswith("openjdk-"):
        return (f"openjdk-{match[1]}-jre{match[2] or ''}",) if "-jdk" in name else None
    return (f"openjdk{match[1]}-jre{match[2] or ''}",)


LANGUAGE = language(
    "Java",
    Compiler(
        regex.compile(r"mvnw?|gradlew?|javac|jar"),
        _builds,
        _makes,
        _started,
        _takes,
        _runtime,
        _package,
        regex.compile(
            r".*\.(java|kt|kts|gradle)|pom\.xml|gradlew?(\.bat)?|mvnw(\.cmd)?|\.mvn|gradle\.properties"
            r"|gradle-wrapper\.(jar|properties)|maven-wrapper\.(jar|properties)|settings\.xml|libs\.versions\.toml"
        ),
        {"MAVEN_HOME": "/usr/share/maven", "GRADLE_HOME": "/opt/gradle"},
    ),
)
