"""Each rule does what its page says, and what its cases in `tests/rules/` say.

Blocks of a case: `dockerfile` goes in, with `config` as settings; `findings` come out, `fixed` by safe fixes,
`unsafe` by unsafe ones as well, `manual` by all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases import Case, read
from lightship import config_reading, lint, render
from lightship.config import Settings
from lightship.context import BuildContext, of
from lightship.knowledge.images import ImageReference
from lightship.model import analyze
from lightship.model.build import Unanswered
from lightship.rules import Rule, all_rules, known_names
from lightship.text import Safety, Source

FOLDER = Path(__file__).parent / "rules"
RULES = {rule.name: rule for rule in all_rules()}
CASES = [
    pytest.param(case, id=f"{path.stem}: {case.title}")
    for path in sorted(FOLDER.glob("*.md"))
    for case in read(path)
]
IMAGES = {
    "mysql:5.7": ("linux/amd64",),
    "mysql:8.4": ("linux/amd64", "linux/arm64/v8"),
    "mcr.microsoft.com/windows/nanoserver:ltsc2022": ("windows/amd64",),
    "debian:12": ("linux/amd64", "linux/arm/v5", "linux/arm/v7", "linux/arm64/v8", "linux/386"),
}
"""What registries would tell rules that ask them."""
BULK = {"fixed": Safety.SAFE, "unsafe": Safety.UNSAFE, "manual": Safety.MANUAL}
NONE = "none\n"


@pytest.mark.parametrize("case", CASES)
def test_case(case: Case, update: bool) -> None:
    source = Source(case.blocks["dockerfile"])
    settings = _settings(case)
    context = of(case.files) if case.files else None
    findings = "".join(_findings(source, settings, case.path.stem, context)) or NONE
    results = {"findings": findings}
    known = source.text
    for name, safety in BULK.items():
        text, _ = lint.fix_all(source, settings, safety)
        if name in case.blocks or ("findings" not in case.blocks and text != known):
            results[name] = known = text
    if update:
        case.rewrite(results)
    else:
        expected = {name: case.blocks.get(name, "") for name in results}
        assert results == expected, "pytest --update writes what comes out into the case"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_page(rule: Rule) -> None:
    settings = _with(render.settings(rule), Settings(select=(rule.name,)))
    bad, *good = (Source(example) for example in render.examples(rule))
    contexts = _contexts(rule)
    found = [d for d in lint.check(analyze(bad, contexts[0], Told()), settings) if d.code == rule.name]

    assert len(found) == 1, "the first example has exactly one finding"
    for example, context in zip(good[:1], contexts[1:], strict=False):
        assert not lint.check(analyze(example, context, Told()), settings), "the second example has none"
    if fix := found[0].fix:
        assert lint.holds(analyze(bad), fix), "the fix does what it declares, and nothing else"
        text, _ = lint.fix_all(bad, settings, fix.safety)
        assert text == good[0].text, "the fix turns the first example into the second"


def test_every_rule_has_cases() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == set(RULES), "one file in tests/rules/ for each rule"


class Told:
    def digest(self, reference: ImageReference) -> str:
        raise Unanswered

    def platforms(self, reference: ImageReference) -> tuple[str, ...]:
        if reference.text not in IMAGES:
            raise Unanswered
        return IMAGES[reference.text]


def _contexts(rule: Rule) -> list[BuildContext | None]:
    """The build context of each example of a page: the blocks behind it that are named by a path."""
    files: list[dict[str, str]] = []
    for name, text in re.findall(r"^```(\S+)\n(.*?)^```$", rule.page, re.MULTILINE | re.DOTALL):
        if name == "dockerfile":
            files.append({})
        elif "." in name or "/" in name:
            files[-1][name] = text
    return [of(each) if each else None for each in files]


def _settings(case: Case) -> Settings:
    """Only the rule of the case's file, unless the case says more."""
    return _with(case.blocks.get("config", ""), Settings(select=(case.path.stem,)))


def _with(toml: str, settings: Settings) -> Settings:
    above, problems = config_reading.parse(toml, "lightship.toml", known_names())
    assert above is not None
    assert not problems
    return above.over(settings)


def _findings(source: Source, settings: Settings, rule: str, context: BuildContext | None) -> Iterator[str]:
    build = analyze(source, context, Told())
    for diagnostic in lint.check(build, settings):
        start, end = (":".join(str(n + 1) for n in source.position(offset)) for offset in diagnostic.span)
        code = "" if diagnostic.code == rule else f" {diagnostic.code}"
        fix = ""
        if diagnostic.fix:
            kept = "" if lint.holds(build, diagnostic.fix) else "withheld "
            fix = f" [{kept}{diagnostic.fix.safety.name.lower()}: {diagnostic.fix.title}]"
        yield f"{start}-{end} {diagnostic.severity.name.lower()}{code}: {diagnostic.message}{fix}\n"
        for related in diagnostic.related:
            line, column = source.position(related.span.start)
            yield f"  {line + 1}:{column + 1} {related.message}\n"
