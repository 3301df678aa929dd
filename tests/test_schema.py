"""The published schema of settings takes what we take, and refuses what we complain of."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from lightship import render
from lightship.config import KEYS
from lightship.config_reading import parse
from lightship.rules import all_rules, known_names

SCHEMA = json.loads(json.dumps(render.schema(all_rules())))


def errors(toml: str) -> list[Any]:
    return list(Draft7Validator(SCHEMA).iter_errors(tomllib.loads(toml)))


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]) == set(KEYS)


@pytest.mark.parametrize(
    "toml",
    [
        "",
        'select = ["all"]\nextend-select = ["DL3042", "security"]\nignore = ["pip-cache"]',
        'severity = { pip-cache = "error", DL3059 = "off", all = "hint" }',
        'preset = "hadolint"\nfail-on = "error"\nsuppressions = false',
        'fail-on = "off"',
        'shellcheck = "auto"',
        "shellcheck = true",
        '[rules.untrusted-registry]\nregistries = ["docker.io"]',
        '[rules.DL3026]\nregistries = []',
        "[features]\nhover = false\ninlay-hints = true",
    ],
)  # fmt: skip
def test_both_take_it(toml: str) -> None:
    assert parse(toml, "lightship.toml", known_names())[1] == []
    assert errors(toml) == []


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('selct = ["all"]', 'unknown setting "selct": did you mean "select"?'),
        ('select = ["nothing-at-all"]', 'unknown rule "nothing-at-all" in "select".'),
        ('severity = { pip-cache = "loud" }', 'unknown severity "loud" of "pip-cache": it is one of'),
        ('preset = "hadolit"', 'unknown preset "hadolit": did you mean "hadolint"?'),
        ("preset = 1", '"preset" must be a string, not a number.'),
        ('fail-on = "fatal"', 'unknown fail-on "fatal": it is one of error, warning, info, hint, off.'),
        ('suppressions = "no"', '"suppressions" must be true or false, not a string.'),
        ("features.hovr = true", 'unknown feature "hovr": did you mean "hover"?'),
        ('features.hover = "no"', 'the feature "hover" must be true or false, not a string.'),
        ("features = true", '"features" must be a table such as { hover = false }, not a boolean.'),
        ("rules = []", '"rules" must be a table of tables, one for each rule, not a list.'),
        ("rules.pip-cach = {}", 'unknown rule "pip-cach" in "rules"'),
        ("rules.sudo = {}", 'the rule "sudo" has no options.'),
        (
            "rules.untrusted-registry = 1",
            'the options of "untrusted-registry" must be a table, not a number.',
        ),
        (
            "rules.untrusted-registry.registry = []",
            'unknown option "registry" of "untrusted-registry": did you mean "registries"?',
        ),
        (
            'rules.untrusted-registry.registries = "docker.io"',
            '"registries" of "untrusted-registry" must be a list, each element a string.',
        ),
        (
            "rules.untrusted-registry.registries = [1]",
            '"registries" of "untrusted-registry" must be a list, each element a string.',
        ),
    ],
)
def test_both_refuse_it(toml: str, message: str) -> None:
    (problem,) = parse(f"\n\n{toml}", "lightship.toml", known_names())[1]

    assert problem.message.startswith(message)
    assert problem.line == 3
    assert errors(toml)


def test_the_line_of_an_option() -> None:
    toml = "[tool.lightship]\nselect = []\n[tool.lightship.rules.untrusted-registry]\n# registry\nregistry = []\n"
    (problem,) = parse(toml, "pyproject.toml", known_names())[1]

    assert problem.line == 5


def test_options_stand_on_the_rules_page() -> None:
    for rule in all_rules():
        assert ("## Options" in render.page(rule)) is (rule.options is not None), rule.name


def test_the_published_one_is_that_of_the_rules() -> None:
    """Otherwise `tests/test_generated.py` says what to do."""
    assert (Path(__file__).parent.parent / "schema" / "lightship.schema.json").exists()
