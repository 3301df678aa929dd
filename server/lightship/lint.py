"""Run rules over a build, honour suppressions, and fix what can be fixed."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from . import shellcheck
from .config import Settings
from .context import BuildContext
from .grouping import beginning, grouped, of_instruction
from .model import analyze
from .model.build import Build, Stage
from .model.refusals import refusals
from .presets import BY_INSTRUCTION
from .proof import holds as _holds
from .rewrite.corrections import of_problem
from .rules import Finding, Related, Rule, Severity, Tag, all_rules
from .suppression import BUILDKIT_CHECK, Dialect, Name, Suppression, check_options, remove, suppressions
from .suppression import suppress as _suppress
from .suppression import suppress_in_file as _suppress_in_file
from .text import Edit, Fix, Safety, Source, Span, apply, compatible

log = logging.getLogger(__name__)

SYNTAX = "syntax"
"""The code of what BuildKit would refuse."""
UNUSED = "unused-suppression"
UNKNOWN = "unknown-rule"
ENGINE_CODES = (SYNTAX, UNUSED, UNKNOWN)
"""Codes that no rule stands behind."""
_HADOLINTS = {
    "no build stage": "DL3061",
    r"invalid containerPort: ([0-9]+-)?([0-9]{6,}|6553[6-9]|655[4-9]|65[6-9]|6[6-9]|[7-9][0-9]{4})": "DL3011",
    "Chaining ONBUILD": "DL3043",
    "isn't allowed as an ONBUILD": "DL3043",
}
"""hadolint's codes for some of what BuildKit would refuse, by patterns of its message. There are rules for them, which
speak for it where they are on."""

MAX_PASSES = 100
MOST_CORRECTED = 50
"""Problems that are offered corrections: where there are more, the file is something else."""


@dataclass(frozen=True)
class Diagnostic:
    """A finding with all that a person or an editor is told about it.

    `code` is the rule's name; under a preset the tool's code for it, and the name stands among the aliases.
    """

    code: str
    aliases: tuple[str, ...]
    severity: Severity
    span: Span
    message: str
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    tags: tuple[Tag, ...] = ()
    rule: str = ""
    """The rule's name; empty where none stands behind it."""

    @property
    def url(self) -> str | None:
        """The rule's page, which comes with the package; ShellCheck has its own."""
        if shellcheck.is_code(self.code):
            return shellcheck.url(self.code)
        page = Path(__file__).parent / "docs" / f"{self.rule}.md"
        return page.as_uri() if self.rule else None


class Ruled(NamedTuple):
    """What the rules say of a build, before ShellCheck is heard; and the places of suppressions that were `used`."""

    build: Build
    settings: Settings
    found: tuple[Diagnostic, ...]
    used: frozenset[Span]


def check(
    build: Build, settings: Settings, answers: shellcheck.Answers | None = None
) -> tuple[Diagnostic, ...]:
    """Everything to be said about the build, in order of position; with what ShellCheck has answered so far."""
    return with_answers(by_rules(build, settings), answers)


def by_rules(build: Build, settings: Settings, breathe: Callable[[], object] = lambda: None) -> Ruled:
    """What takes long of a check. `breathe` is called now and then, for who has something to do that cannot wait."""
    asked = check_options(build.file)
    if asked.experimental:
        settings = Settings(extend_select=asked.experimental).over(settings)
    found = [*_problems(build, settings)]
    silenced = suppressions(build.file) if settings.suppressions is not False else []
    used: set[Span] = set()
    for running, options in _running(settings):
        told: list[tuple[Rule, Finding]] = []
        breathe()
        for finding in findings(running.rule, build, options):
            meant, on, asked_for = running
            if finding.aliases is not None:
                meant, on, asked_for = _choice(replace(meant, aliases=finding.aliases), settings)
            if not on or (silenced and _silences(silenced, finding.span, {meant.name, *meant.aliases}, used)):
                continue
            if settings.preset in BY_INSTRUCTION and settings.code_of(meant) != meant.name:
                told.append((meant, of_instruction(build, finding)))
            elif asked_for:
                found.append(_diagnostic(meant, finding, settings))
            elif not finding.quiet:
                told.append((meant, finding))
        if told:
            found += (_diagnostic(meant, finding, settings) for meant, finding in grouped(told))
    return Ruled(build, settings, tuple(found), frozenset(used))


def with_answers(ruled: Ruled, answers: shellcheck.Answers | None) -> tuple[Diagnostic, ...]:
    """The same, with what ShellCheck has answered so far and what is wrong with suppressions, in order of position."""
    build, settings = ruled.build, ruled.settings
    found, used = [*ruled.found], {*ruled.used}
    silenced = suppressions(build.file) if settings.suppressions is not False else []
    if answers:
        found += (
            diagnostic
            for diagnostic in _from_shellcheck(build, settings, answers)
            if not _silences(
                silenced, diagnostic.span, {diagnostic.code, *diagnostic.aliases, shellcheck.GROUP}, used
            )
        )
    if silenced and not settings.preset:
        found += _about_suppressions(build, silenced, used, settings)
    if check_options(build.file).error:
        found = [_as_error(diagnostic) for diagnostic in found]
    return tuple(sorted(found, key=lambda diagnostic: (diagnostic.span, diagnostic.code)))


def _problems(build: Build, settings: Settings) -> Iterator[Diagnostic]:
    """What BuildKit would refuse, unless a rule says so."""
    problems = sorted((*build.file.problems, *refusals(build)))
    told = (
        {alias for running, _ in _running(settings) for alias in running.rule.aliases} if problems else set()
    )
    for number, problem in enumerate(problems):
        aliases = tuple(code for words, code in _HADOLINTS.items() if re.search(words, problem.message))
        if told.isdisjoint(aliases):
            fix = of_problem(build.file, problem) if number < MOST_CORRECTED else None
            yield Diagnostic(SYNTAX, aliases, Severity.ERROR, problem.span, problem.message, fix)


def _as_error(diagnostic: Diagnostic) -> Diagnostic:
    """As `# check=error=true` has it for what BuildKit finds too."""
    if any(map(BUILDKIT_CHECK.fullmatch, (diagnostic.code, *diagnostic.aliases))):
        return replace(diagnostic, severity=Severity.ERROR)
    return diagnostic


class _Choice(NamedTuple):
    """A rule, whether it is on, and whether that is because somebody asks for it."""

    rule: Rule
    on: bool
    asked_for: bool


def _choice(rule: Rule, settings: Settings) -> _Choice:
    return _Choice(rule, settings.enabled(rule), settings.enabled(replace(rule, default=False)))


@lru_cache(maxsize=64)
def _running(settings: Settings) -> tuple[tuple[_Choice, object], ...]:
    """The rules that may have something to say, with their options: one that speaks for several codes, for any of
    them."""
    return tuple(
        (_choice(rule, settings), settings.options_of(rule))
        for rule in all_rules()
        if any(map(settings.enabled, (rule, *_meanings(rule))))
    )


def _meanings(rule: Rule) -> Iterator[Rule]:
    """The rule as if it had each of its aliases alone, and as if it had none."""
    for aliases in ((), *((alias,) for alias in rule.aliases)):
        yield replace(rule, aliases=aliases)


def _from_shellcheck(build: Build, settings: Settings, answers: shellcheck.Answers) -> Iterator[Diagnostic]:
    enabled = cache(settings.enabled)
    for script in shellcheck.scripts(build):
        for remark in script.remarks(answers.get(script.text, ()), enabled):
            check = remark.check
            severity = settings.severity_of(check)
            start, end = remark.span
            if settings.preset in BY_INSTRUCTION:
                start = beginning(build, start)
            yield Diagnostic(
                check.name, check.aliases, severity, Span(start, end), remark.message, remark.fix
            )


def findings(rule: Rule, build: Build, options: object = None) -> list[Finding]:
    """What one rule finds. A rule that fails is a bug of ours: it is logged, and the others go on."""
    found: list[Finding] = []
    more = () if options is None else (options,)
    try:
        for subject in _subjects(build, rule.subject):
            found += rule.check(subject, *more)
    except Exception:
        log.exception("rule %s failed on %s", rule.name, build.source.name)
    return found


def _subjects(build: Build, kind: type) -> Sequence[object]:
    """What a rule looks at whose subject is of this kind."""
    if kind is Build:
        return (build,)
    return build.stages if kind is Stage else build.steps_of(kind)


def _diagnostic(rule: Rule, finding: Finding, settings: Settings) -> Diagnostic:
    code = settings.code_of(rule)
    return Diagnostic(
        code,
        tuple(name for name in (rule.name, *rule.aliases) if name != code),
        settings.severity_of(rule, finding.severity),
        finding.span,
        finding.message,
        finding.fix,
        finding.related,
        rule.tags,
        rule.name,
    )


def _silences(silenced: list[Suppression], span: Span, names: set[str], used: set[Span]) -> bool:
    """Whether a suppression silences a finding of these names; the names that do are noted in `used`."""
    hits = [
        name.span
        for suppression in silenced
        if suppression.covers(span.start)
        for name in suppression.silences(names)
    ]
    used.update(hits)
    return bool(hits)


def _about_suppressions(
    build: Build, silenced: list[Suppression], used: set[Span], settings: Settings
) -> Iterator[Diagnostic]:
    """What is wrong with suppressions in our own dialect: the others' rules are not ours to judge."""
    known = {name for rule in all_rules() for name in (rule.name, *rule.aliases)}
    untold = {
        name
        for rule in all_rules()
        if rule.asks or (rule.looks and build.context is None)
        for name in (rule.name, *rule.aliases)
    }
    on = {
        name
        for running, _ in _running(settings)
        for meaning in _meanings(running.rule)
        if settings.enabled(meaning)
        for name in (running.rule.name, *meaning.aliases)
    }
    for suppression in silenced:
        if suppression.dialect is not Dialect.LIGHTSHIP:
            continue
        if not suppression.names:
            message = "This suppression names no rule: write `# lightship: ignore[rule] reason`."
            yield Diagnostic(UNKNOWN, (), Severity.WARNING, suppression.span, message)
        for name in suppression.names:
            if shellcheck.is_code(name.text) or name.text == shellcheck.GROUP or name.text in untold:
                continue  # whether it is needed depends on what is installed, or on what is not known here
            if name.text not in known:
                yield _misspelt(suppression, name, known)
            elif name.text in on and name.span not in used:
                message = f"Nothing here is found by `{name.text}`: the suppression is not needed."
                fix = remove(suppression, name)
                yield Diagnostic(
                    UNUSED, (), Severity.WARNING, name.span, message, fix, tags=(Tag.UNNECESSARY,)
                )


def _misspelt(suppression: Suppression, name: Name, known: set[str]) -> Diagnostic:
    import difflib

    close = difflib.get_close_matches(name.text, known, 1)
    fix = remove(suppression, name)
    hint = ""
    if close:
        hint = f" Did you mean `{close[0]}`?"
        old = f"# {suppression.text}"
        start = suppression.span.end - len(suppression.text) - 2
        new = old[: name.span.start - start] + close[0] + old[name.span.end - start :]
        edit = Edit(name.span, close[0])
        fix = Fix(f"Write {close[0]}", (edit,), Safety.MANUAL, (new,), (old,))
    return Diagnostic(UNKNOWN, (), Severity.WARNING, name.span, f"There is no rule `{name.text}`.{hint}", fix)


def holds(build: Build, fix: Fix) -> bool:
    """Whether the fix may be offered: its result was parsed and differs in nothing but what it declares."""
    return _holds(build.file, fix)


def check_ignore_file(text: str, context: BuildContext | None) -> tuple[Diagnostic, ...]:
    """The same of a `.dockerignore`, and of the context that it belongs to."""
    from .features import ignore_file

    return tuple(
        Diagnostic(
            each.code,
            (),
            each.severity,
            each.span,
            each.message,
            tags=(Tag.UNNECESSARY,) if each.unnecessary else (),
        )
        for each in ignore_file.findings(text, context)
    )


def suppress(build: Build, diagnostic: Diagnostic) -> Fix:
    """A comment that silences the diagnostic."""
    return _suppress(build.file, diagnostic.span.start, diagnostic.code)


def suppress_in_file(build: Build, code: str) -> Fix:
    """A comment that silences a code in all of the file."""
    return _suppress_in_file(build.file, code)


def fix_all(
    source: Source,
    settings: Settings,
    safety: Safety = Safety.SAFE,
    context: BuildContext | None = None,
    ask: Callable[[Build], shellcheck.Answers | None] | None = None,
) -> tuple[str, int]:
    """Fix, look again, until nothing changes: a fix never has to know of another rule's fix.

    `ask` has ShellCheck look at each state. Gives the text and the number of fixes made. A fix that brings a
    text back that was there before ends it.
    """
    count = 0
    seen = {source.text}
    for _ in range(MAX_PASSES):
        build = analyze(source, context)
        found = check(build, settings, ask(build) if ask else None)
        offered = (d.fix for d in found if d.fix and d.fix.edits and d.fix.safety >= safety)
        fixes = [fix for fix in offered if holds(build, fix)]
        # What cleans up behind a RUN waits until those that belong together are one.
        merging = compatible(fix for fix in fixes if "RUN" in fix.removes)
        others = (
            fix
            for fix in fixes
            if all(fix.span.end < it.span.start or it.span.end < fix.span.start for it in merging)
        )
        chosen = compatible((*merging, *others))
        text = apply(source.text, (edit for fix in chosen for edit in fix.edits))
        if text in seen:
            break
        if analyze(Source(text, source.name)).file.problems and not build.file.problems:
            chosen = chosen[:1]
            text = apply(source.text, chosen[0].edits)
        seen.add(text)
        count += len(chosen)
        source = Source(text, source.name)
    return source.text, count
