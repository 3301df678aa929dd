"""Which files a command means: paths as the shell and BuildKit would make them absolute.

A path below an unknown WORKDIR begins with `?`, so that it can still be compared with others below the same one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache

from .. import regex
from ..syntax.shell import Command, ShellWord
from .build import Run, State, Step
from .scope import Variable, expand

_APART = frozenset(("subshell", "substitution", "pipeline"))


def working_directory(state: State) -> str:
    """The WORKDIR in force, or a name for the unknown one."""
    return state.workdir or f"?{state.workdir_set.start if state.workdir_set else ''}"


def home(state: State) -> str:
    """The home directory of the user in force; root's where no USER says otherwise."""
    known = state.scope.value("HOME")
    user = (state.user or "root").partition(":")[0]
    return known or ("/root" if user in ("root", "0", "") else f"/home/{user}")


def absolute(path: str, folder: str | None) -> str | None:
    """`path` as seen from `folder`; None where that has to be known and is not."""
    if not path.startswith("/"):
        if folder is None:
            return None
        path = posixpath.join(folder, path)
    return posixpath.normpath(path).replace("//", "/")


class Reader:
    """Reads a RUN's commands in order, and knows in which folder each of them runs."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.home = home(run.state)
        self.folder: str | None = working_directory(run.state)

    @cached_property
    def _assigned(self) -> dict[str, list[ShellWord | None]]:
        """What the script itself assigns to variables, by name."""
        found: dict[str, list[ShellWord | None]] = {}
        for command in self.run.commands:
            for assignment in command.assignments:
                found.setdefault(assignment.name, []).append(assignment.value)
        return found

    def variable(self, name: str) -> Variable | None:
        """What the shell sees under a name: what the script sets, where that is plain, or what is in scope, an unknown
        one standing for itself."""
        if name in self._assigned:
            (word, *more) = self._assigned[name]
            if word and word.value is not None and not more:
                return Variable(name, word.value, None, "ENV")
        elif variable := self.run.scope.get(name):
            return variable if variable.value is not None else replace(variable, value=f"${name}")
        return Variable(name, self.home, None, "ENV") if name == "HOME" else None

    def commands(self) -> Iterator[Command]:
        """The commands; while one is handed out, `folder` is where it runs, None where that is unknown."""
        outer = self.folder
        apart = False
        for command in self.run.commands:
            if not command.within or not _APART & {*command.within}:
                self.folder, apart = outer, False
            elif not apart:
                self.folder, apart = outer, True
            yield command
            if command.name in ("cd", "pushd", "popd"):
                target = command.words[1] if len(command.words) == 2 else None
                self.folder = self.path(target) if target and command.name != "popd" else None
                if not apart:
                    outer = self.folder

    def value(self, word: ShellWord) -> str | None:
        """What the shell makes of a word, as far as variables in scope tell."""
        if word.value is not None:
            return word.value
        return None if re.search(r"\$\(|`", word.text) else expand(word.text, self.variable)

    def path(self, word: ShellWord) -> str | None:
        """The file that a word names, wildcards kept; None where that is unknown."""
        value = self.value(word)
        if not value or value == "-":
            return None
        if value == "~" or value.startswith("~/"):
            value = self.home + value[1:]
        return absolute(value, self.folder)


_WILDCARD = regex.compile(r"[*?\[{]")


def matches(pattern: str, path: str) -> bool:
    """Whether a shell's pattern stands for this very path: no wildcard matches a slash or a leading dot."""
    theirs, ours = pattern.split("/"), path.split("/")
    return len(theirs) == len(ours) and all(
        fnmatchcase(name, glob) and (not name.startswith(".") or glob.startswith("."))
        for glob, name in zip(theirs, ours, strict=True)
    )


def covers(pattern: str, path: str) -> bool:
    """Whether `rm -r pattern` takes away all that matters of `path`: itself, a folder above, or all in it."""
    wildcard = _WILDCARD.search(pattern)
    if not wildcard:
        return path == pattern or path.startswith(pattern.rstrip("/") + "/")
    # Most patterns and paths have nothing to do with each other, which their beginnings tell.
    if not f"{path}/".startswith(pattern[: pattern.rfind("/", 0, wildcard.start()) + 1]):
        return False
    for each in _alternatives(pattern):
        if each in (f"{path}/*", f"{path}/**", f"{path}/*_*"):
            return True
        part = path
        while part not in ("", "/"):
            if matches(each, part):
                return True
            part = part.rpartition("/")[0]
    return False


def _alternatives(pattern: str) -> list[str]:
    """`a/{b,c}` → `a/b`, `a/c`."""
    match = re.search(r"\{([^{}]*,[^{}]*)\}", pattern)
    if not match:
        return [pattern]
    before, after = pattern[: match.start()], pattern[match.end() :]
    return [found for part in match[1].split(",") for found in _alternatives(f"{before}{part}{after}")]


def copied(step: Step, sources: Sequence[str | None], target: str | None) -> tuple[str, ...]:
    """The files that a COPY or ADD may create: a target without a slash may be the file or the folder."""
    if target is None:
        return ()
    known = tuple(source for source in sources if source is not None)
    return _copied(known, target, working_directory(step.state)) if len(known) == len(sources) else ()


@lru_cache(maxsize=4096)
def _copied(sources: tuple[str, ...], target: str, below: str) -> tuple[str, ...]:
    into = absolute(target, below)
    assert into
    folder = len(sources) > 1 or target.endswith(("/", "/.")) or target in (".", "./", "") or into == "/"
    found: list[str] = []
    for source in sources:
        name = posixpath.basename(source.split("?")[0].rstrip("/"))
        if name in ("", ".", ".."):
            found.append(into)
            continue
        if not folder:
            found.append(into)
        if folder or not (posixpath.basename(into) == name or "://" in source):
            found.append(posixpath.join(into, name))
    return tuple(found)
