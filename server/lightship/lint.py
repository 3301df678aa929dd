"""Run rules over a build, honour suppressions, and fix what can be fixed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .config import Settings
from .model import analyze
from .model.build import Build, Stage
from .proof import holds as _holds
from .rules import Finding, Related, Rule, Severity, Tag, all_rules
from .suppression import Name, Suppression, remove, suppressions
from .suppression import suppress as _suppress
from .text import Fix, Safety, Source, Span, apply, compatible

log = logging.getLogger(__name__)

SYNTAX = "syntax"
"""The code of what BuildKit would refuse."""
UNUSED = "unused-suppression"
UNKNOWN = "unknown-rule"
ENGINE_CODES = (SYNTAX, UNUSED, UNKNOWN)
"""Codes that no rule stands behind."""

MAX_PASSES = 100


@dataclass(frozen=True)
class Diagnostic:
    """A finding with all that a person or an editor is told about it."""

    code: str
    aliases: tuple[str, ...]
    severity: Severity
    span: Span
    message: str
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    tags: tuple[Tag, ...] = ()

    @property
    def url(self) -> str | None:
        """The rule's page, which comes with the package."""
        page = Path(__file__).parent / "docs" / f"{self.code}.md"
        return None if self.code in ENGINE_CODES else page.as_uri()


def check(build: Build, settings: Settings) -> tuple[Diagnostic, ...]:
    """Everything to be said about the build, in order of position."""
    found = [
        Diagnostic(SYNTAX, (), Severity.ERROR, problem.span, problem.message)
        for problem in build.file.problems
    ]
    silenced = list(suppressions(build.file))
    used: set[tuple[int, str]] = set()
    enabled = [rule for rule in all_rules() if settings.enabled(rule)]
    for rule in enabled:
        names = {rule.name, *rule.aliases}
        for finding in findings(rule, build):
            if not _silences(silenced, finding.span, names, used):
                found.append(_diagnostic(rule, finding, settings))
    if silenced:
        found += _about_suppressions(build, silenced, used, enabled)
    return tuple(sorted(found, key=lambda diagnostic: (diagnostic.span, diagnostic.code)))


def findings(rule: Rule, build: Build) -> Iterator[Finding]:
    """What one rule finds. A rule that fails is a bug of ours: it is logged, and the others go on."""
    subject = rule.subject
    try:
        if subject is Build:
            yield from rule.check(build)
        elif subject is Stage:
            for stage in build.stages:
                yield from rule.check(stage)
        else:
            for step in build.steps:
                if isinstance(step, subject):
                    yield from rule.check(step)
    except Exception:
        log.exception("rule %s failed on %s", rule.name, build.source.name)


def _diagnostic(rule: Rule, finding: Finding, settings: Settings) -> Diagnostic:
    severity = settings.severity_of(rule)
    if severity is rule.severity and finding.severity is not None:
        severity = finding.severity
    return Diagnostic(
        rule.name,
        rule.aliases,
        severity,
        finding.span,
        finding.message,
        finding.fix,
        finding.related,
        rule.tags,
    )


def _silences(silenced: list[Suppression], span: Span, names: set[str], used: set[tuple[int, str]]) -> bool:
    hit = False
    for index, suppression in enumerate(silenced):
        scope = suppression.scope
        if scope is None or scope.start <= span.start < scope.end:
            for name in suppression.names:
                if name.text in names:
                    used.add((index, name.text))
                    hit = True
    return hit


def _about_suppressions(
    build: Build, silenced: list[Suppression], used: set[tuple[int, str]], enabled: list[Rule]
) -> Iterator[Diagnostic]:
    known = {name for rule in all_rules() for name in (rule.name, *rule.aliases)}
    on = {name for rule in enabled for name in (rule.name, *rule.aliases)}
    for index, suppression in enumerate(silenced):
        if not suppression.names:
            message = "This suppression names no rule: write `# lightship: ignore[rule] reason`."
            yield Diagnostic(UNKNOWN, (), Severity.WARNING, suppression.comment.span, message)
        for name in suppression.names:
            if name.text not in known:
                yield _misspelt(build, suppression, name, known)
            elif name.text in on and (index, name.text) not in used:
                message = f"Nothing here is found by `{name.text}`: the suppression is not needed."
                fix = remove(build.file, suppression, name)
                yield Diagnostic(
                    UNUSED, (), Severity.WARNING, name.span, message, fix, tags=(Tag.UNNECESSARY,)
                )


def _misspelt(build: Build, suppression: Suppression, name: Name, known: set[str]) -> Diagnostic:
    import difflib

    close = difflib.get_close_matches(name.text, known, 1)
    hint = f" Did you mean `{close[0]}`?" if close else ""
    fix = remove(build.file, suppression, name)
    return Diagnostic(UNKNOWN, (), Severity.WARNING, name.span, f"There is no rule `{name.text}`.{hint}", fix)


def holds(build: Build, fix: Fix) -> bool:
    """Whether the fix may be offered: its result was parsed and differs in nothing but what it declares."""
    return _holds(build.file, fix)


def suppress(build: Build, diagnostic: Diagnostic) -> Fix:
    """A comment that silences the diagnostic."""
    return _suppress(build.file, diagnostic.span.start, diagnostic.code)


def fix_all(source: Source, settings: Settings, safety: Safety = Safety.SAFE) -> tuple[str, int]:
    """Fix, look again, until nothing changes: a fix never has to know of another rule's fix.

    Gives the text and the number of fixes made. A fix that brings a text back that was there before ends it.
    """
    count = 0
    seen = {source.text}
    for _ in range(MAX_PASSES):
        build = analyze(source)
        fixes = (d.fix for d in check(build, settings) if d.fix and d.fix.safety >= safety)
        chosen = compatible(fix for fix in fixes if holds(build, fix))
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
