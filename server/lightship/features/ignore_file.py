"""A `.dockerignore` in the editor: what each pattern does to the files that are there.

A pattern is said to do something when files are sent without it that are not sent with it, or the other way
round: of those that match a file, the last one decides.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, islice
from typing import NamedTuple

from ..context import BuildContext
from ..knowledge import sizes
from ..syntax.dockerignore import IgnoreFile, Pattern, parse
from ..terms import Severity
from ..text import Source, Span, code

MOST_FILES = 30_000
"""Of a context with more, nothing is said that would need all of them."""
_SHOWN = 5
_GLOB = re.compile(r"[*?\[\\]")


class Remark(NamedTuple):
    """Something about a pattern; `unnecessary` where it could as well not be there."""

    code: str
    span: Span
    message: str
    severity: Severity
    unnecessary: bool = False


@dataclass(frozen=True)
class _Effects:
    """What the patterns of a file do to `files`: paths and bytes, those that are left out too."""

    ignore: IgnoreFile
    files: Sequence[tuple[str, int]]

    @cached_property
    def matched(self) -> list[frozenset[int]]:
        """The files that each pattern matches."""
        paths = tuple(path for path, _ in self.files)
        return [_matching(pattern.text, paths) for pattern in self.ignore.patterns]

    @cached_property
    def changed(self) -> list[frozenset[int]]:
        """The files of which each pattern decides otherwise than those above it."""
        out: set[int] = set()
        found = []
        for pattern, matched in zip(self.ignore.patterns, self.matched, strict=True):
            change = matched & out if pattern.negated else matched - out
            out = out - matched if pattern.negated else out | matched
            found.append(frozenset(change))
        return found

    def undone_by(self, number: int) -> int | None:
        """The pattern with which the last of what this one changed is changed back; None where something stays."""
        rest = set(self.changed[number])
        negated = self.ignore.patterns[number].negated
        for later in range(number + 1, len(self.ignore.patterns)):
            if self.ignore.patterns[later].negated is not negated:
                rest -= self.matched[later]
                if not rest:
                    return later
        return None

    def weight(self, chosen: frozenset[int]) -> str:
        """`3 files, 12 kB`."""
        count = len(chosen)
        return f"{count} {'file' if count == 1 else 'files'}, {sizes.human(sum(self.files[at][1] for at in chosen))}"


@lru_cache(maxsize=512)
def _matching(pattern: str, paths: tuple[str, ...]) -> frozenset[int]:
    """The indices of the paths that a pattern matches, also by a folder that they lie in."""
    if not paths or _refused(pattern):
        return frozenset()
    plain = _plain(pattern)
    if plain is None:
        from e2b_dockerfile_utils import PatternMatcher

        matches = PatternMatcher([pattern]).matches
        return frozenset(at for at, path in enumerate(paths) if matches(path))
    text, starts = _lines(paths)
    return frozenset(bisect_left(starts, match.start()) for match in plain.finditer(text))


@lru_cache(maxsize=2)
def _lines(paths: tuple[str, ...]) -> tuple[str, Sequence[int]]:
    """The paths as lines of one text, and where each starts. A line break in a path is as good as any character."""
    starts = [0, *accumulate(len(path) + 1 for path in paths)]
    return "\n".join(path.replace("\n", "\r") for path in paths), starts


def _plain(pattern: str) -> re.Pattern[str] | None:
    """What finds a pattern among lines, thousands at a time; None for one with brackets or other rarities."""
    if re.search(r"[\[\]\\\n]|\*\*(?!/|\Z)|(?<=[^/])\*\*", pattern) or pattern.startswith("!"):
        return None
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/\n]*", "?": "[^/\n]"}
    body = "".join(wild.get(part) or re.escape(part) for part in parts)
    return re.compile(f"^{body}(?:/.*)?$", re.MULTILINE)


def _effects(ignore: IgnoreFile, context: BuildContext | None) -> _Effects | None:
    """None where there is no context to be seen, or too much of it."""
    files = tuple(islice(context.files(sent=False), MOST_FILES + 1)) if context else ()
    return _Effects(ignore, files) if files and len(files) <= MOST_FILES else None


def findings(text: str, context: BuildContext | None) -> list[Remark]:
    """What BuildKit refuses, and patterns that do nothing, in order of position."""
    return sorted(_findings(text, context), key=lambda remark: remark.span)


def _findings(text: str, context: BuildContext | None) -> Iterator[Remark]:
    ignore = parse(text)
    for problem in ignore.problems:
        yield Remark("invalid-pattern", problem.span, problem.message, Severity.ERROR)
    effects = _effects(ignore, context)
    for number, pattern in enumerate(ignore.patterns):
        if _refused(pattern.text):
            message = f"syntax error in pattern: BuildKit refuses the file for `{pattern.text}`"
            yield Remark("invalid-pattern", pattern.span, message, Severity.ERROR)
            continue
        remark = _useless(ignore, effects, number, Source(text))
        if remark:
            yield remark


@lru_cache(maxsize=512)
def _refused(pattern: str) -> bool:
    from e2b_dockerfile_utils import PatternMatcher

    try:
        PatternMatcher([pattern])
    except ValueError:
        return True
    return False


def _useless(ignore: IgnoreFile, effects: _Effects | None, number: int, source: Source) -> Remark | None:
    pattern = ignore.patterns[number]

    def remark(code: str, message: str, severity: Severity = Severity.INFO) -> Remark:
        return Remark(code, pattern.span, message, severity, severity is not Severity.WARNING)

    if pattern.negated and all(each.negated for each in ignore.patterns[:number]):
        return remark("undone-pattern", "Nothing is left out above this line that it could bring back.")
    if effects is None:
        return None
    if not effects.matched[number]:
        deep = _below(pattern, effects)
        if deep:
            message = (
                f"Matches nothing at the root of the context. `**/{pattern.text}` matches {deep} below it."
            )
            return remark("unmatched-pattern", message, Severity.WARNING)
        if _is_precaution(pattern):
            return None
        return remark("unmatched-pattern", "Nothing in the build context matches this now.", Severity.HINT)
    if not effects.changed[number]:
        if pattern.negated:
            return remark("undone-pattern", "What this would bring back is not left out above.")
        if _GLOB.search(pattern.text):
            return None  # it may be for what is not there yet
        return remark("undone-pattern", "All that this leaves out is left out above already.", Severity.HINT)
    later = effects.undone_by(number)
    if later is None:
        return None
    line = source.line_of(ignore.patterns[later].span.start) + 1
    what = (
        "leaves out all that this brings back" if pattern.negated else "brings back all that this leaves out"
    )
    return remark("undone-pattern", f"Line {line} {what}.", Severity.WARNING)


def _below(pattern: Pattern, effects: _Effects) -> str:
    """How many files a pattern for the root would match below it."""
    if "/" in pattern.text or pattern.text.startswith("**") or pattern.negated:
        return ""
    found = _matching(f"**/{pattern.text}", tuple(path for path, _ in effects.files))
    return effects.weight(found) if found else ""


def _is_precaution(pattern: Pattern) -> bool:
    """Whether a pattern is for what may come: caches, logs, what tools of a developer leave."""
    return (
        bool(_GLOB.search(pattern.text))
        or pattern.text.rpartition("/")[2].startswith((".", "_"))
        or "/" not in pattern.text
    )


def hover(text: str, offset: int, context: BuildContext | None) -> tuple[str, Span] | None:
    """What the pattern at `offset` does, as Markdown, and its place."""
    ignore = parse(text)
    number = next((at for at, each in enumerate(ignore.patterns) if each.span.covers(offset)), None)
    if number is None:
        return None
    pattern = ignore.patterns[number]
    effects = _effects(ignore, context)
    if effects is None:
        verb = "Brings back what lines above leave out" if pattern.negated else "Leaves out what matches"
        return f"{verb}: {code(pattern.text)}, from the root of the build context.", pattern.span
    changed = effects.changed[number]
    verb = "Brings back" if pattern.negated else "Leaves out"
    parts = [f"{verb} **{effects.weight(changed)}**." if changed else f"{verb} nothing."]
    largest = sorted(changed, key=lambda at: -effects.files[at][1])[:_SHOWN]
    if largest:
        lines = [f"- {code(effects.files[at][0])}, {sizes.human(effects.files[at][1])}" for at in largest]
        more = len(changed) - len(largest)
        parts.append("\n".join([*lines, *([f"- and {more} more"] if more else [])]))
    parts.append(_in_all(effects))
    return "\n\n".join(parts), pattern.span


def _in_all(effects: _Effects) -> str:
    out: frozenset[int] = frozenset()
    for pattern, matched in zip(effects.ignore.patterns, effects.matched, strict=True):
        out = out - matched if pattern.negated else out | matched
    every = frozenset(range(len(effects.files)))
    return f"In all, {effects.weight(every - out)} are sent to the builder, of {effects.weight(every)}."
