"""`.hadolint.yaml` means to us what it means to hadolint, and what is wrong in it is named where it is."""

from __future__ import annotations

from typing import Any

import pytest

from lightship.buildfiles import LARGEST, read
from lightship.config import OFF, Settings
from lightship.rules import all_rules
from lightship.sources.hadolint import parse
from lightship.terms import Severity

RULES = {alias: rule for rule in all_rules() for alias in rule.aliases}


def settings(text: str) -> Settings:
    found, problems = parse(text, ".hadolint.yaml")
    assert problems == []
    return found


def test_a_whole_file() -> None:
    """That of hadolint's documentation, near enough."""
    found = settings("""\
failure-threshold: warning
format: tty
ignored:
  - DL3000
  - SC1010
label-schema:
  author: text
  contact: email
  created: rfc3339
  version: semver
  documentation: url
  git-revision: hash
  license: spdx
  empty: ""
no-color: false
no-fail: false
override:
  error: [DL3001, DL3002]
  warning:
    - DL3042
  info: []
  style: [DL3015]
strict-labels: true
disable-ignore-pragma: false
trustedRegistries:
  - docker.io
  - "*.gcr.io"
""")
    assert (found.fail_on, found.ignore, found.suppressions) == (
        Severity.WARNING,
        ("DL3000", "SC1010"),
        None,
    )
    assert found.severity == {
        "DL3001": Severity.ERROR,
        "DL3002": Severity.ERROR,
        "DL3042": Severity.WARNING,
        "DL3015": Severity.HINT,
    }
    labels = ("author", "contact", "created", "version", "documentation", "git-revision", "license", "empty")
    assert options(found, "DL3026") == {"registries": ("docker.io", "*.gcr.io")}
    assert options(found, "DL3049")["labels"] == options(found, "DL3050")["labels"] == labels
    assert options(found, "DL3054") == {
        "text": ("author", "empty"),
        "url": ("documentation",),
        "rfc3339": ("created",),
        "spdx": ("license",),
        "hash": ("git-revision",),
        "semver": ("version",),
        "email": ("contact",),
    }


def options(found: Settings, code: str) -> dict[str, Any]:
    return vars(found.options_of(RULES[code]))


def test_strict_labels_need_a_schema() -> None:
    assert options(settings("label-schema: {a: text}"), "DL3050") == {"labels": ()}
    assert options(settings("strict-labels: true"), "DL3050") == {"labels": ()}


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}\n"])
def test_nothing(text: str) -> None:
    assert settings(text) == Settings()


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("failure-threshold: error", Severity.ERROR),
        ("failure-threshold: info", Severity.INFO),
        ("failure-threshold: style", Severity.HINT),
        ("failure-threshold: ignore", Severity.HINT),
        ("failure-threshold: none", Severity.HINT),
        ("failure-threshold: error\nno-fail: true", OFF),
    ],
)
def test_thresholds(text: str, level: object) -> None:
    assert settings(text).fail_on == level


def test_a_severity_asks_for_what_hadolint_leaves_out_unless_it_is_ignored() -> None:
    preset = Settings(preset="hadolint")
    rule = RULES["DL3057"]

    assert not preset.enabled(rule)
    assert preset.over(settings("override: {info: [DL3057]}")).enabled(rule)
    assert preset.over(settings("override: {info: [DL3057]}")).severity_of(rule) is Severity.INFO
    assert not preset.over(settings("ignored: [DL3057]\noverride: {info: [DL3057]}")).enabled(rule)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ignored: []\nignore:\n- DL3000\n", ['2: unknown key "ignore": did you mean "ignored"?']),
        ("trusted-registries: []", ['1: unknown key "trusted-registries": did you mean "trustedRegistries"?']),
        ("ignored:\n- DL3000\n- DL3OOO\n- x\n", ['3: unknown rule "DL3OOO" in "ignored".', '4: unknown rule "x" in "ignored".']),
        ("ignored: DL3000", ['1: "ignored" must be a list of strings.']),
        ("ignored: [1]", ['1: "ignored" must be a list of strings.']),
        ("\noverride:\n  hint: [DL3000]\n", ['3: unknown severity "hint" in "override".']),
        ("override:\n  info:\n  - DL9999\n", ['3: unknown rule "DL9999" in "override" to "info".']),
        ("override: [DL3000]", ['1: "override" must be a mapping of severities to lists of rules.']),
        ("failure-threshold: eror", ['1: unknown failure-threshold "eror": did you mean "error"?']),
        ("no-fail: yes please", ['1: "no-fail" must be true or false.']),
        ("label-schema:\n  a: txt\n", ['2: unknown kind of label "a" "txt": did you mean "text"?']),
        ("label-schema: [a]", ['1: "label-schema" must be a mapping of labels to kinds of text.']),
        ("[DL3000]", ["1: This must be a mapping, as `ignored: [DL3006]`."]),
        ("ignored: []\n\nx: [\n", ["4: This is not YAML: did not find expected node content. The file is left out."]),
        ("a: 1\n---\nb: 2\n", ["2: This is not YAML: but found another document. The file is left out."]),
        ("no-fail: !!python/object/apply:os.system [x]", ['1: "no-fail" must be true or false.']),
        ("no-fail: !!bool x\nignored: !!int x", ['2: "ignored" must be a list of strings.']),
        ("ignored: [2001-99-99]", ['1: "ignored" must be a list of strings.']),
        ("? [a]\n: b", []),
        ("a: \x00", ["1: This is not YAML: *"]),
    ],
    ids=repr,
)  # fmt: skip
def test_problems_are_named_where_they_are(text: str, expected: list[str]) -> None:
    found = [f"{problem.line}: {problem.message}" for problem in parse(text, ".hadolint.yaml")[1]]

    assert [
        f"{each[: len(wanted) - 1]}*" if wanted.endswith("*") else each
        for each, wanted in zip(found, expected, strict=True)
    ] == expected


def test_the_rest_of_a_wrong_file_counts() -> None:
    found, problems = parse("ignored: [DL3000, x]\noverride: 1\ntrustedRegistries: [a.io]", "")

    assert found.ignore == ("DL3000",)
    assert options(found, "DL3026") == {"registries": ("a.io",)}
    assert len(problems) == 2


def test_a_tower_of_aliases_takes_no_time() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]

    assert len(parse("\n".join(lines), "")[1]) == 12
    for uses in (
        "failure-threshold: *a11",
        "label-schema: {x: *a11}",
        "override: {error: *a11}",
        "no-fail: *a11",
    ):
        assert len(parse("\n".join([*lines, uses]), "")[1]) == 13
    merged = ["a0: &a0 {x: 1}"] + [
        f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 12)
    ]
    assert len(parse("\n".join([*merged, "<<: *a11"]), "")[1]) == 13


@pytest.mark.parametrize(
    "nested", ["[", "- ", "-  ", "-\t", "? ", "{a: ", "[ #]\n", "!!seq [", "&a - "], ids=repr
)
def test_what_is_too_deep_is_left_out(nested: str) -> None:
    """PyYAML recurses into it, in C: it would end the process."""
    (problem,) = parse(nested * 100_000, "")[1]
    assert problem.message.startswith("This is not YAML: ")
    assert read("compose.yaml", f"build:\n {nested * 100_000}"[:LARGEST]).problems
