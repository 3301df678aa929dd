"""The shell scripts in a Dockerfile as ShellCheck is to see them, and what it says of them as places in the file.

Pure: `sources/shellcheck.py` runs the program. ShellCheck is asked about each script as the shell would get
it, and its answer depends on that text alone. What the Dockerfile knows better is taken out here: variables
that `ENV` and `ARG` set, files that are there only in the image.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

from . import regex
from .config import Settings
from .knowledge import shells
from .model.build import Build, Cmd, Entrypoint, Healthcheck, Run, Step, once
from .model.scope import PROXY_ARGUMENTS
from .proof import shell_words
from .suppression import shell_pragma
from .syntax.dockerfile import Heredoc, Instruction
from .syntax.joined import Joined, join
from .terms import Severity
from .text import Edit, Fix, Safety, Source, Span

GROUP = "shellcheck"
"""The name by which settings mean all of its checks."""

CODES = tuple(
    f"SC{number}" for block in ((1000, 1200), (2000, 2400), (3000, 3100)) for number in range(*block)
)
"""What its checks are called; a few of these numbers are not given to any."""
_CODE = regex.compile(r"SC\d{4}")
_PROGRAMS = {
    "sh": "sh", "bash": "bash", "dash": "dash", "ksh": "ksh", "ksh93": "ksh", "ash": "busybox", "busybox": "busybox",
}  # fmt: skip
"""ShellCheck's dialect for each shell that it can read."""
_SHEBANG = regex.compile(r"#!\s*(?:\S*/env\s+(?:-S\s+)?)?(?P<program>\S+)(?P<options>.*)")
_STOPS_AT_ERRORS = regex.compile(r"(?:^|\s)-[a-z]*e")
_IN_WORDS = {"bash": "bash", "busybox": "busybox sh", "dash": "dash", "ksh": "ksh", "sh": "sh"}
"""What a shebang calls the dialects."""
_PRAGMA = regex.compile(r"hadolint\s+shell")
_EXEC_FORM = regex.compile(r"""\[\s*["'“”„‘’]""")
_BREAK = regex.compile(r"\r?\n")
_REFERENCE = regex.compile(r"(?:\$\{?[!#]?|^)(\w+)")
_PLAIN = regex.compile(r"[^\s*?\[]+")

ADVICE = frozenset((2043, 2046))
"""Warnings that are advice in a Dockerfile: a list of one key may grow, what `$(nproc)` prints is one word in every
build, and what `$(cat packages)` prints is to be split."""

LEVELS = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
    "style": Severity.HINT,
}

_OUT_OF_PLACE = frozenset(
    (
        1008, 1071, 1128, 2148, 2187,  # about the shebang, which is ours, and a script's own that follows it
        1009,  # where it was when it met an error, which is told
        1090, 1091,  # files that it cannot see, for they are in the image
    )
)  # fmt: skip
_NOT_FOLLOWED = frozenset((1090, 1091))
_UNASSIGNED, _UNUSED, _UNQUOTED, _MISSPELT, _PERHAPS_ROOT = 2154, 2034, 2086, 2153, 2115
_UNREAD, _EXPECTED = 1073, 1072
"""A syntax error: what could not be read, and what should have come. Often another code says more."""
_ABOUT_SENSE, _PORTABILITY = 2000, 3000
"""Codes below are about the grammar; from the second on, about what some shells do not understand."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What ShellCheck says of a place in a script, as it counts: lines and columns from 1, in characters.

    `replacements` are the places and new texts of its fix.
    """

    place: tuple[int, int, int, int]
    level: str
    code: int
    message: str
    replacements: tuple[tuple[tuple[int, int, int, int], str], ...] = ()


Answers = Mapping[str, tuple[Comment, ...]]
"""What was said of each script that was asked about, by its text."""


class Check(NamedTuple):
    """One of ShellCheck's checks, as settings see a rule."""

    name: str
    severity: Severity
    default: bool = True
    aliases: tuple[str, ...] = ()
    topic: str = GROUP
    options: None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What a check found."""

    check: Check
    span: Span
    message: str
    fix: Fix | None


@dataclass(frozen=True, eq=False)
class Script:
    """What a shell runs for an instruction: `body`, read by a shell of this `dialect`; `strict` says that it
    stops at the first command that fails."""

    step: Step
    dialect: str
    strict: bool
    body: Joined

    @property
    def header(self) -> str:
        return f"#!/bin/{_IN_WORDS[self.dialect]}{' -e' if self.strict else ''}\n"

    @cached_property
    def text(self) -> str:
        """The whole script: as many characters behind the header as the body has."""
        # Bytes that are not UTF-8 and carriage returns mean nothing to a shell's grammar, and one error each to ShellCheck.
        return self.header + re.sub("[\ud800-\udfff\0]", "x", self.body.text).replace("\r", " ")

    def remarks(
        self, comments: Iterable[Comment], enabled: Callable[[Check], bool] = lambda check: True
    ) -> Iterator[Remark]:
        """What checks that are enabled have found and is worth telling, in the Dockerfile's own places."""
        comments = tuple(comments)
        if not comments:
            return
        codes = {comment.code for comment in comments}
        spare = _spare({comment.code for comment in comments if comment.level == "error"} - _OUT_OF_PLACE)
        source = Source(self.text)
        for comment in comments:
            if comment.code in _OUT_OF_PLACE or comment.code in spare:
                continue
            check = _check(comment.code, comment.level, self.dialect)
            if not enabled(check):
                continue
            start, end = self._range(source, comment.place)
            if start >= 0 and not self._known_better(comment, self.body.text[start:end], codes):
                fix = self._fix(source, comment, start, end)
                yield Remark(check, self.body.span(start, end), comment.message, fix)

    def _range(self, source: Source, place: tuple[int, int, int, int]) -> tuple[int, int]:
        """The indices in the body, at least one character apart; negative ones in the header."""
        line, column, end_line, end_column = place
        starts, before, last = source.line_starts, len(self.header), len(self.body.text)
        start = min(starts[min(line, len(starts)) - 1] + column - 1 - before, last - 1)
        end = starts[min(end_line, len(starts)) - 1] + end_column - 1 - before
        return start, min(max(end, start + 1), last)

    def _known_better(self, comment: Comment, text: str, codes: set[int]) -> bool:
        """Whether the Dockerfile answers for what ShellCheck finds fault with."""
        if comment.code not in (_UNASSIGNED, _UNUSED, _UNQUOTED, _MISSPELT, _PERHAPS_ROOT):
            return False
        match = _REFERENCE.search(text)
        name = match[1] if match else ""
        variable = self.step.scope.get(name)
        if comment.code == _UNQUOTED:
            return variable is not None and bool(_PLAIN.fullmatch(variable.value or ""))
        if comment.code == _PERHAPS_ROOT:
            return variable is not None and bool(variable.value)
        if comment.code == _UNUSED:
            return variable is not None and variable.kind == "ENV"
        # Whoever runs the container may set any variable; so may a file that is read, and a secret.
        return (
            not isinstance(self.step, Run)
            or self.step.triggered
            or bool(codes & _NOT_FOLLOWED)
            or variable is not None
            or name in PROXY_ARGUMENTS
            or any(mount.options.get("env") == name for mount in self.step.mounts)
        )

    def _fix(self, source: Source, comment: Comment, start: int, end: int) -> Fix | None:
        """ShellCheck's own, where it changes words on one line of a shell form. The words that it changes are
        declared whole."""
        span = self.body.span(start, end)
        instruction = self.step.instruction.inner or self.step.instruction
        if (
            not comment.replacements
            or instruction.heredocs
            or instruction.keyword not in ("RUN", "CMD", "ENTRYPOINT")
        ):
            return None
        old, new, edits = self.body.text, [], []
        for place, text in sorted(comment.replacements, reverse=True):
            first, last = (
                source.line_starts[line - 1] + column - 1 - len(self.header)
                for line, column in (place[:2], place[2:])
            )
            # At the end of a word, not at the start of what follows it: that may be on the next line.
            at = self.body.offset(first) if first < end else self.body.offset(first - 1) + 1
            edits.append(Edit(Span(at, self.body.offset(last - 1) + 1 if last > first else at), text))
            new.append((first, last, text))
        if span.end - span.start != end - start or any("\n" in edit.text for edit in edits):
            return None
        changed = old
        for first, last, text in new:
            changed = changed[:first] + text + changed[last:]
        before, after = Counter(shell_words(old)), Counter(shell_words(changed))
        adds, removes = tuple((after - before).elements()), tuple((before - after).elements())
        title = f"Do as ShellCheck says (SC{comment.code})"
        return Fix(title, tuple(reversed(edits)), Safety.UNSAFE, adds, removes)


@lru_cache(maxsize=1024)
def _check(code: int, level: str, dialect: str) -> Check:
    """What may well be wrong is on by default, and not what is advice, or a guess at the image's shell."""
    severity = LEVELS.get(level, Severity.WARNING)
    guess = dialect == "sh" and code >= _PORTABILITY
    default = severity <= Severity.WARNING and code not in ADVICE and not guess
    unread = severity is Severity.ERROR and code < _ABOUT_SENSE
    aliases = tuple(f"SC{other}" for other in (_UNREAD, _EXPECTED) if unread and other != code)
    return Check(f"SC{code}", severity, default, aliases)


def _spare(errors: set[int]) -> set[int]:
    """Those of the codes that another one makes needless: one syntax error is one finding."""
    if any(code < _ABOUT_SENSE for code in errors - {_UNREAD, _EXPECTED}):
        return {_UNREAD, _EXPECTED}
    return {_EXPECTED} if _UNREAD in errors else set()


def is_code(name: str) -> bool:
    """Whether this is how ShellCheck calls one of its checks."""
    return _CODE.fullmatch(name) is not None


def url(code: str) -> str:
    return f"https://www.shellcheck.net/wiki/{code}"


def page(code: str) -> str:
    """What there is to say of one of its checks, as Markdown: what it means stands in ShellCheck's own wiki."""
    number = int(code.removeprefix("SC"))
    remark = ""
    if number in _OUT_OF_PLACE:
        remark = "It says nothing of a script in a Dockerfile, and is never told.\n\n"
    elif number in ADVICE:
        remark = "In a Dockerfile it is advice, and told only where it is selected.\n\n"
    return f"""\
# {code}

*one of ShellCheck's checks*

What it means: {url(code)}

ShellCheck looks at the scripts in `RUN`, `CMD`, `ENTRYPOINT` and `HEALTHCHECK`, where it is installed.
By default its errors and warnings are told; `extend-select = ["{code}"]` in the settings is for this one, whatever its
level, and `shellcheck = false` is against all of them.

{remark}To leave it out:

- `# lightship: ignore[{code}] reason` above an instruction; `# hadolint ignore={code}` does as well
- `# lightship: ignore-file[{code}] reason` at the top of a file
- `ignore = ["{code}"]` in `lightship.toml`, or under `[tool.lightship]` in `pyproject.toml`
"""


@lru_cache(maxsize=32)
def wanted(settings: Settings) -> bool | Literal["auto"]:
    """Whether to ask at all: not where nothing that may be found is selected."""
    for name in ("", *CODES):
        if settings.enabled(Check(name, Severity.WARNING)):
            return settings.shellcheck_wanted
    return False


@once
def scripts(build: Build) -> tuple[Script, ...]:
    """All scripts that ShellCheck can read, in order."""
    pragmas = _PRAGMA.search(build.file.text) is not None
    return tuple(script for step in build.steps if (script := _script(step, pragmas)))


def _script(step: Step, pragmas: bool) -> Script | None:
    instruction: Instruction | None = step.instruction
    if isinstance(step, Healthcheck):
        instruction = step.instruction.inner
    elif not isinstance(step, (Run, Cmd, Entrypoint)):
        return None
    # What was meant to be an exec form is no script, and another rule's to tell.
    if instruction is None or instruction.json is not None or _EXEC_FORM.match(instruction.arguments.text):
        return None
    docs = instruction.heredocs
    if any(doc.closer is None for doc in docs):
        return None
    dialect, strict = _shell(step, pragmas)
    if docs and len(instruction.words) == 1:
        body = _lines(docs[0], chomp=docs[0].chomp)
        if match := _SHEBANG.match(body.text):
            dialect = _PROGRAMS.get(match["program"].rpartition("/")[2])
            strict = _STOPS_AT_ERRORS.search(match["options"]) is not None
            if dialect == "sh":
                dialect = shells.of_sh(step.stage.base) or "sh"
    else:
        body = instruction.arguments
        for doc in docs:
            assert doc.closer
            lines = _lines(doc, chomp=False)
            body = join(
                (*_pieces(body), ("\n", doc.body.start - 1), *_pieces(lines), (doc.name, doc.closer.start))
            )
    if dialect is None or not body.text.strip():
        return None
    return Script(step, dialect, strict, body)


def _shell(step: Step, pragmas: bool) -> tuple[str | None, bool]:
    """The dialect of the shell in force, None for one that ShellCheck cannot read; and whether it stops at errors."""
    words = step.state.shell
    names = [re.split(r"[/\\]", word)[-1].removesuffix(".exe") for word in words]
    if names[:1] == ["env"]:
        names = names[1:]
    if pragmas and (pragma := shell_pragma(step.stage.build.file, step.span.start)):
        names = [pragma.rpartition("/")[2]]
    dialect = _PROGRAMS.get(names[0].lower()) if names else None
    if dialect == "sh":
        dialect = shells.of_sh(step.stage.base) or "sh"
    return dialect, any(_STOPS_AT_ERRORS.match(word) for word in words[1:])


def _lines(doc: Heredoc, *, chomp: bool) -> Joined:
    """A heredoc as the shell gets it: without carriage returns, and with `<<-` without the tabs before its lines."""
    pieces: list[tuple[str, int]] = [("", doc.body.start)]
    at = 0
    for line in doc.text.split("\n"):
        content = line.removesuffix("\r")
        cut = len(content) - len(content.lstrip("\t")) if chomp else 0
        pieces.append((content[cut:], doc.body.start + at + cut))
        at += len(line) + 1
        if at <= len(doc.text):
            pieces.append(("\n", doc.body.start + at - 1))
    return join(pieces)


def _pieces(joined: Joined) -> Iterator[tuple[str, int]]:
    ends = (*joined.starts[1:], len(joined.text))
    for start, end, origin in zip(joined.starts, ends, joined.origins, strict=True):
        yield joined.text[start:end], origin
