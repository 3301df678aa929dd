"""What is made from rules and settings is up to date: `pytest --update` writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import extension_settings

from lightship import __version__, lint, render
from lightship.config import Settings
from lightship.model import analyze
from lightship.refactorings import all_refactorings
from lightship.rules import Rule, all_rules
from lightship.text import Safety, Source

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "server" / "lightship" / "docs"


def generated() -> Mapping[Path, str]:
    rules = all_rules()
    fixes = {rule.name: _fix(rule) for rule in rules}
    readme = ROOT / "README.md"
    extension = ROOT / "client-vscode" / "package.json"
    schema = render.schema(rules)
    return {
        readme: render.between_markers(readme.read_text(), "\n" + render.table(rules, fixes) + "\n"),
        ROOT / "docs" / "rules.md": render.index(rules, fixes),
        ROOT / "docs" / "refactorings.md": render.refactorings(all_refactorings()),
        ROOT / "schema" / "lightship.schema.json": json.dumps(schema, indent=2) + "\n",
        extension: extension_settings.manifest(extension.read_text(), schema, __version__),
        **{PAGES / f"{rule.name}.md": render.page(rule) for rule in rules},
    }


def _fix(rule: Rule) -> Safety | None:
    """How safe the fix on the rule's page is."""
    build = analyze(Source(render.examples(rule)[0]))
    found = lint.check(build, Settings(select=(rule.name,)))
    return next((d.fix.safety for d in found if d.code == rule.name and d.fix), None)


def test_generated_text_is_up_to_date(update: bool) -> None:
    wanted = generated()
    left_over = set(PAGES.glob("*.md")) - set(wanted)
    if update:
        for path, text in wanted.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        for path in left_over:
            path.unlink()
        return
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    names = sorted(str(path.relative_to(ROOT)) for path in (*stale, *left_over))
    assert not names, "pytest --update writes these anew"
