"""What each layer brings, and what a later one takes away again: that frees nothing.

A layer holds what its step wrote and did not remove itself. Only what the Dockerfile says is seen: files whose
names are known, packages by name, the caches of package managers.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache

from .. import regex
from ..knowledge.caches import CACHES, off_by_environment, off_by_flag
from ..knowledge.packages import APT_FAMILY, RPM_FAMILY, SYSTEM, Action, Manager
from ..knowledge.sizes import closure_size
from ..syntax.shell import Command, ShellWord, static_value
from ..text import Span
from . import paths
from .build import Add, Build, Copy, PackageCall, Run, Stage, Step, once
from .paths import Reader, covers, matches

APT_LISTS = "/var/lib/apt/lists"
_PYTHON = frozenset((Manager.PIP, Manager.UV))
_ARCHIVE = regex.compile(r".*\.(tar|tgz|tbz2?|txz|tzst|tar\.\w+|t?gz|bz2|xz)")
_PIP_CONFIGURED = regex.compile(r"config\s+(--\w+\s+)?set\s+\S*no-cache-dir|pip\.(conf|ini)\b")
_PATTERN = regex.compile(r"/[^/]*[*?\[].*|/$")
"""What a path has from its first wildcard on."""
_SOMETIMES = frozenset(("if", "case", "function"))
_TRIVIAL = regex.compile(
    r".*\.(txt|sh|bash|py|rb|pl|js|ts|json|ya?ml|toml|cfg|cnf|conf|ini|list|asc|gpg|pub|key|crt|pem|md|rst|lock|in|env|xml"
    r"|sql|repo|patch|diff|properties|html|php|c|h|am|spec|qs|template|service|ps1|exp|r|R|sha\d+|md5|sums?)"
)
"""Files whose bytes nobody misses."""
_NOTABLE = 5_000_000
"""Bytes that a package's dependencies may leave behind without a word."""
_NEEDS_LISTS = frozenset(
    ("apt-cache", "gdebi", "rosdep", "mk-build-deps", "apt-file", "tasksel", "ansible-playbook", "apt-mark")
)


class Kind(StrEnum):
    """What is brought."""

    PACKAGE = "package"
    DEPENDENCY = "dependency"
    """What a package needed that is removed itself: apt leaves it for `autoremove`."""
    CACHE = "cache"
    FILE = "file"


@dataclass(eq=False, slots=True)  # frozen, making one would take three times as long, and there are thousands
class Content:
    """Something in a layer: a package by name, or a path. `span` is what brings it, `call` the package
    manager's command if one does. `bundle` is the name that `apk add --virtual` gives to packages, `folders`
    are all those that a cache may be in: `name` is the likeliest."""

    step: Step
    span: Span
    kind: Kind
    name: str
    call: PackageCall | None = None
    bundle: str = ""
    folders: tuple[str, ...] = ()


@dataclass(eq=False, slots=True)
class Removal:
    """A command that takes packages or files away. `files` are paths with wildcards."""

    run: Run
    command: Command
    span: Span
    files: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    manager: Manager | None = None
    with_dependencies: bool = False
    moves: bool = False

    def takes(self, content: Content) -> bool:
        match content.kind:
            case Kind.FILE:
                return any(covers(path, content.name) for path in self.files)
            case Kind.CACHE:
                return any(covers(path, folder) for folder in content.folders for path in self.files)
            case Kind.DEPENDENCY:
                return self.with_dependencies
        if (
            not content.call
            or not self.manager
            or _family(content.call.meaning.manager) != _family(self.manager)
        ):
            return False
        names = (content.name, content.bundle)
        return any(name in names or fnmatchcase(content.name, name) for name in self.packages)

    def names(self, content: Content) -> bool:
        """Whether the command speaks of this very file, and not of a folder above."""
        return any(matches(path, content.name) for path in self.files)

    def shown(self, content: Content) -> str:
        """What to call a file that is removed: a folder that a COPY filled goes by its own name."""
        above = [path for path in self.files if "*" not in path and covers(path, content.name)]
        folder = isinstance(content.step, (Copy, Add)) and "." not in posixpath.basename(content.name)
        return above[0] if above and folder and not self.names(content) else content.name


@dataclass(frozen=True, eq=False)
class LateRemoval:
    """A command that removes what earlier layers hold."""

    removal: Removal
    taken: tuple[Content, ...]


@dataclass(frozen=True, eq=False)
class History:
    """The layers of a build: what is `left` in each, and what shipped ones remove too late."""

    left: Mapping[Step, tuple[Content, ...]]
    late: tuple[LateRemoval, ...]

    @cached_property
    def _late(self) -> frozenset[Content]:
        return frozenset(content for late in self.late for content in late.taken)

    @cached_property
    def _brings(self) -> Mapping[Step, frozenset[Step]]:
        """For each RUN that removes something too late, the steps that brought it."""
        found: dict[Step, frozenset[Step]] = {}
        for late in self.late:
            steps = frozenset(content.step for content in late.taken)
            found[late.removal.run] = found.get(late.removal.run, frozenset()) | steps
        return found

    def taken_late(self, content: Content) -> bool:
        return content in self._late

    def joins(self, runs: Sequence[Run]) -> bool:
        """Whether one of these RUNs removes what another of them brings."""
        return any(not self._brings.get(run, frozenset()).isdisjoint(runs) for run in runs)


@once
def history(build: Build) -> History:
    """Follow the layers of every stage."""
    left: dict[Step, tuple[Content, ...]] = {}
    late: list[LateRemoval] = []
    ends: dict[Stage | None, tuple[list[Content], bool]] = {None: ([], False)}
    for stage in build.stages:
        contents, pip_configured = ends[stage.parent]
        below = _Below(contents)
        for step in stage.all_steps:
            pip_configured = pip_configured or _configures_pip(step)
            content: list[Content] = []
            removals: list[Removal] = []
            for event in _events(step, pip_configured):
                if isinstance(event, Content):
                    content.append(event)
                    continue
                removals.append(event)
                taken = below.take(event)
                worth = tuple(each for each in taken if not _is_trivial(each))
                reported = stage.shipped and not step.triggered and not event.moves
                if worth and reported and not _SOMETIMES & {*event.command.within}:
                    late.append(LateRemoval(event, worth))
                content = list(_without(content, event))
            # To remove apt's lists before they are fetched is a habit that hadolint takes for a removal too.
            if removals:
                content = [
                    it for it in content if it.name != APT_LISTS or not any(r.takes(it) for r in removals)
                ]
            left[step] = tuple(content)
            if not step.triggered:
                below.put(content)
        ends[stage] = below.contents, pip_configured
    return History(left, tuple(late))


class _Below:
    """What the layers below hold, found by the words with which a removal may name it."""

    def __init__(self, contents: Iterable[Content]) -> None:
        self._by_word: defaultdict[str, dict[Content, None]] = defaultdict(dict)
        self._all: dict[Content, None] = {}
        self.put(contents)

    @property
    def contents(self) -> list[Content]:
        return list(self._all)

    def put(self, contents: Iterable[Content]) -> None:
        for content in contents:
            self._all[content] = None
            for word in _words(content):
                self._by_word[word][content] = None

    def take(self, removal: Removal) -> list[Content]:
        """Take away what the removal takes, in order of appearance."""
        if not self._all:
            return []
        named = [path.partition("{")[0] for path in removal.files]
        words = [_PATTERN.sub("", path) for path in named]
        words += [name for name in removal.packages if not set(name) & set("*?[")]
        words += ["*"] if len(words) < len(removal.files) + len(removal.packages) else []
        words += ["autoremove"] if removal.with_dependencies else []
        found = [each for word in words for each in self._by_word.get(word, ()) if removal.takes(each)]
        taken = list(dict.fromkeys(found))
        for content in taken:
            del self._all[content]
            for word in _words(content):
                self._by_word[word].pop(content, None)
        return sorted(taken, key=lambda content: content.span)


def _words(content: Content) -> tuple[str, ...]:
    """A package's names, a path and all folders above it; `*` stands for any package."""
    match content.kind:
        case Kind.DEPENDENCY:
            return ("autoremove",)
        case Kind.PACKAGE:
            return (content.name, content.bundle, "*")
    return _paths(content.folders or (content.name,))


@lru_cache(maxsize=4096)
def _paths(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Paths and all folders above them; '' stands for the root."""
    found: list[str] = []
    for path in paths:
        found.append(path)
        while path.count("/") > 1:
            path = path.rpartition("/")[0]
            found.append(path)
        found.append("")
    return tuple(found)


def _is_trivial(content: Content) -> bool:
    if content.kind is Kind.DEPENDENCY:
        return (closure_size((content.name,), recommends=False) or 0) < _NOTABLE
    return content.kind is Kind.FILE and bool(_TRIVIAL.fullmatch(content.name.rstrip("*")))


def needs_lists(build: Build, step: Step) -> Run | None:
    """The first RUN, also of a stage built on this one, that installs from the index of `step`'s layer."""
    for stage in build.stages:
        if step.stage in stage.lineage:
            runs, users = _users_of_lists(stage)
            user = users[bisect_right(runs, step.span.start)]
            if user:
                return user
    return None


@once
def _users_of_lists(stage: Stage) -> tuple[list[int], list[Run | None]]:
    """Where the stage's RUNs begin; and in front of each of them, and behind the last, the next one that installs from
    an index that is there already."""
    users: list[Run | None] = [None]
    for run in reversed(stage.runs):
        if run.calls_to(APT_FAMILY, Action.UPDATE):
            users.append(None)
        elif run.calls_to(APT_FAMILY, Action.INSTALL, Action.UPGRADE, Action.DOWNLOAD) or any(
            command.name in _NEEDS_LISTS for command in run.commands
        ):
            users.append(run)
        else:
            users.append(users[-1])
    return [run.span.start for run in stage.runs], users[::-1]


def _without(content: Sequence[Content], removal: Removal) -> Iterator[Content]:
    """What is still there behind a removal in the same step."""
    for each in content:
        if not removal.takes(each):
            yield each
        elif each.kind is Kind.PACKAGE and removal.manager in APT_FAMILY and not removal.with_dependencies:
            yield Content(each.step, each.span, Kind.DEPENDENCY, each.name, each.call)


def _events(step: Step, pip_configured: bool) -> Iterator[Content | Removal]:
    """What a step brings and takes, in order."""
    if isinstance(step, (Copy, Add)):
        sources = [source for source in step.sources if source is None or not source.startswith("<<")]
        if not (
            isinstance(step, Add)
            and any(source and "://" not in source and _ARCHIVE.fullmatch(source) for source in sources)
        ):
            for path in paths.copied(step, sources, step.target):
                yield Content(step, step.span, Kind.FILE, path)
    elif isinstance(step, Run) and step.commands:
        calls = {id(call.command): call for call in step.calls}
        reader = Reader(step)
        for command in reader.commands():
            if id(command) in calls:
                yield from _managed(step, calls[id(command)], reader, pip_configured)
            else:
                yield from _done(step, command, reader)


def _managed(
    run: Run, call: PackageCall, reader: Reader, pip_configured: bool
) -> Iterator[Content | Removal]:
    """What a package manager's command brings and takes."""
    it = call.meaning
    cache = CACHES.get(it.manager)
    folders = (APT_LISTS,) if it.manager in APT_FAMILY else cache.folders(reader.home) if cache else ()
    if it.action is Action.CLEAN:
        # apt's `clean` empties the archives, which Debian's images empty anyway.
        if it.manager not in APT_FAMILY or "dist" in (call.verb.value or ""):
            yield Removal(run, call.command, call.span, folders)
    elif it.action is Action.REMOVE:
        names = tuple(_names(call, reader))
        auto = it.has("--auto-remove") or "auto" in (call.verb.value or "")
        yield Removal(run, call.command, call.span, (), names, it.manager, auto)
    elif it.action in (Action.INSTALL, Action.UPDATE, Action.UPGRADE):
        if it.action is Action.INSTALL and it.manager in SYSTEM | _PYTHON:
            bundle = next(iter(it.values("--virtual")), "")
            for name in _names(call, reader):
                yield Content(run, call.span, Kind.PACKAGE, name, call, bundle)
        if it.manager is Manager.PIP:
            folder = None if pip_configured else _pip_cache(run, call, reader)
            folders = (folder,) if folder else ()
        elif cache and any(run.scope.get(name) for name in cache.movers):
            folders = ()
        if folders and _fetches(run, call) and not (run.mounts and any(map(run.mounted, folders))):
            yield Content(run, call.span, Kind.CACHE, folders[0], call, folders=folders)


def _names(call: PackageCall, reader: Reader) -> Iterator[str]:
    """The packages that a command names, also by a variable whose value is known."""
    for package in call.meaning.packages:
        if package.name:
            yield package.name
        else:
            yield from (reader.value(call.word(package.index)) or "").split()


def _fetches(run: Run, call: PackageCall) -> bool:
    """Whether the command leaves something in its manager's cache, as far as can be told."""
    it = call.meaning
    if it.manager in APT_FAMILY:
        return it.action is Action.UPDATE
    names = CACHES[it.manager].variables
    environment = {name: variable.value for name in names if (variable := run.scope.get(name))}
    return not (it.unknown or off_by_flag(it) or off_by_environment(it.manager, environment))


def _pip_cache(run: Run, call: PackageCall, reader: Reader) -> str | None:
    """The folder of pip's cache; None where pip keeps none, or something out of sight decides."""
    text = run.instruction.arguments.text + "".join(doc.text for doc in run.instruction.heredocs)
    if "PIP_NO_CACHE_DIR" in text:
        return None
    if call.meaning.has("--no-index") or not _asks_an_index(call):
        return None
    given = call.meaning.values("--cache-dir")
    chosen = given[-1] if given else run.scope.value("PIP_CACHE_DIR")
    cache = run.scope.value("XDG_CACHE_HOME") or f"{reader.home.rstrip('/')}/.cache"
    folder = chosen or f"{cache}/pip"
    # The home of a user other than root may be anywhere.
    root = run.state.user and reader.home == "/root"
    if not root and not chosen:
        for mount in run.mounts:
            target = mount.target or ""
            theirs = not run.state.user or not target.startswith("/root/")
            if mount.kind in ("cache", "tmpfs") and re.search(r"/\.cache(/pip)?$", target) and theirs:
                return None
    return folder


def _asks_an_index(call: PackageCall) -> bool:
    """Whether pip is told to install anything but wheels that are there already."""
    it = call.meaning
    words = [call.word(index).text for index in it.arguments]
    return bool(it.requirements) or not words or not all(word.strip("\"'").endswith(".whl") for word in words)


def _configures_pip(step: Step) -> bool:
    """Whether a step writes a configuration file of pip's, which may turn the cache off."""
    text = step.instruction.joined.text if isinstance(step, (Run, Copy, Add)) else ""
    return ("pip." in text or "no-cache-dir" in text) and bool(_PIP_CONFIGURED.search(text))


def _done(run: Run, command: Command, reader: Reader) -> Iterator[Content | Removal]:
    """What any other command brings and takes, as far as it is plain."""
    words = command.words
    while words and words[0].value in ("sudo", "env", "time"):
        words = tuple(word for word in words[1:] if word is not words[1] or not word.text.startswith("-"))
    name = (words[0].value or "").rpartition("/")[2] if words else ""
    arguments = words[1:]
    match name:
        case "rm" | "unlink" | "find":
            gone = tuple(_deleted(name, arguments, reader))
            if gone:
                yield Removal(run, command, command.span, gone)
        case "mv":
            gone = tuple(filter(None, (reader.path(word) for word in _operands(arguments)[:-1])))
            yield Removal(run, command, command.span, gone, moves=True)
        case "curl" | "wget" | "git" | "tar" | "unzip":
            found = [*_fetched(name, arguments, reader)]
            if name in ("curl", "wget"):
                found += [
                    reader.path(r.target) for r in command.redirections if r.operator == ">" and r.target
                ]
            for path in found:
                inside = path and not path.startswith("/dev/")
                if path and inside and not run.mounted(path, ("cache", "tmpfs", "bind", "secret")):
                    yield Content(run, command.span, Kind.FILE, path)


def _operands(words: Sequence[ShellWord]) -> list[ShellWord]:
    return [word for word in words if not word.text.startswith("-")]


def _deleted(name: str, words: Sequence[ShellWord], reader: Reader) -> Iterator[str]:
    """The paths that `rm` or `find … -delete` removes."""
    if name == "find":
        tests = {word.text for word in words if word.text.startswith("-")}
        if "-delete" not in tests or tests - {
            "-delete",
            "-type",
            "-mindepth",
            "-maxdepth",
            "-print",
            "-depth",
        }:
            return
        first = next((at for at, word in enumerate(words) if word.text.startswith("-")), len(words))
        words = words[:first]
    for word in _operands(words):
        path = reader.path(word)
        # Nobody removes all there is: this is the beginning of a path that is being typed.
        if path and path not in ("/", "/*"):
            yield path


def _fetched(name: str, words: Sequence[ShellWord], reader: Reader) -> Iterator[str | None]:
    """The files and folders that a download or an unpacking makes."""
    options: dict[str, ShellWord | None] = {}
    operands: list[ShellWord] = []
    pending = ""
    for word in words:
        text = word.text
        if pending:
            options[pending] = word
            pending = ""
        elif attached := _ATTACHED.match(text):
            options["out"] = ShellWord(word.span, attached[1], static_value(attached[1]))
        elif text.startswith("-") and text != "-":
            key = _TAKES_VALUE[name].fullmatch(text)
            pending = key.lastgroup or "" if key else ""
            options.setdefault(text.partition("=")[0], None)
        else:
            operands.append(word)
    if name in ("tar", "unzip"):
        into = options.get("into")
        yield reader.path(into) if into else None
    elif name == "git":
        yield from _cloned(operands, reader)
    elif out := options.get("out"):
        yield reader.path(out)
    elif name == "wget" or any(re.fullmatch(r"-\w*O\w*|--remote-name(-all)?", option) for option in options):
        prefix = options.get("into")
        folder = reader.path(prefix) if prefix else reader.folder
        for url in operands:
            value = reader.value(url) or ""
            leaf = posixpath.basename(value.partition("?")[0])
            if "://" in value and leaf and folder:
                yield posixpath.join(folder, leaf)


_ATTACHED = regex.compile(r"(?:-[a-zA-Z]*O(?=[-/.])|--output(?:-document)?=)(.+)")
_TAKES_VALUE = {
    "curl": regex.compile(r"(?P<out>-[a-zA-NP-Z#]*o|--output)|(?P<other>-[a-zA-Z]*[HdDuxAebcmwXTFrKECzYytPQU]|--[a-z-]*(?:header|data|user|proxy|agent|retry|timeout|max-time|delay|cookie|form|request|cacert|cert|key|url|range|proto|tlsv\w*|retry-\w+))"),
    "wget": regex.compile(r"(?P<out>-\w*O|--output-document)|(?P<into>-\w*P|--directory-prefix)|(?P<other>-[oatTwQUel]|--(?:header|tries|timeout|user-agent|waitretry|user|password))"),
    "git": regex.compile(r"(?P<other>-[bocujC]|--(?:branch|depth|origin|config|reference|jobs|template|upload-pack|filter|shallow-since|shallow-exclude|separate-git-dir))"),
    "tar": regex.compile(r"(?P<into>-\w*C|--directory)|(?P<other>-\w*f|--file)"),
    "unzip": regex.compile(r"(?P<into>-\w*d)|(?P<other>-x)"),
}  # fmt: skip
"""Options whose value is the next word: where to write, or anything else."""


def _cloned(operands: Sequence[ShellWord], reader: Reader) -> Iterator[str | None]:
    if len(operands) < 2 or operands[0].text != "clone":
        return
    if len(operands) > 2:
        yield reader.path(operands[2])
        return
    name = posixpath.basename((reader.value(operands[1]) or "").rstrip("/")).removesuffix(".git")
    if name and reader.folder:
        yield posixpath.join(reader.folder, name)


def _family(manager: Manager) -> object:
    """Managers that see each other's packages."""
    return next((family for family in (APT_FAMILY, RPM_FAMILY, _PYTHON) if manager in family), manager)
