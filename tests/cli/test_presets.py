"""Other tools' defaults and settings: presets, `.hadolint.yaml`, `# check=error=true`, and when a check fails."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command import FLAWED, RULE, Run

from lightship.presets import PRESETS
from lightship.rules import all_rules

TEXT = "FROM debian\nMAINTAINER a\nWORKDIR src\nRUN cd /tmp && sudo ls\nUSER 1\nCMD app\n"


def codes(run: Run, *arguments: str, text: str = TEXT) -> dict[str, str]:
    """The severities by code."""
    _, out, err = run("check", "--format", "json", *arguments, "-", stdin=text.encode())
    assert err == ""
    return {finding["code"]: finding["severity"] for finding in json.loads(out)}


def test_hadolints_codes_and_severities(run: Run) -> None:
    assert codes(run, "--preset", "hadolint") == {
        "DL3006": "warning",
        "DL4000": "error",
        "DL3000": "error",
        "DL3003": "warning",
        "DL3004": "error",
        "DL3025": "warning",
    }


def test_buildkits_checks(run: Run) -> None:
    assert codes(run, "--preset", "buildkit") == {
        "MaintainerDeprecated": "warning",
        "WorkdirRelativePath": "warning",
        "JSONArgsRecommended": "warning",
    }


def test_the_rules_name_stands_among_the_aliases(run: Run) -> None:
    _, out, _ = run("check", "--format", "json", "--preset", "hadolint", "-", stdin=TEXT.encode())

    assert {finding["code"]: finding["aliases"] for finding in json.loads(out)}["DL4000"] == [
        "maintainer-deprecated",
        "MaintainerDeprecated",
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--ignore", "DL4000,DL3000,DL3006,security"], {"DL3003", "DL3025"}),
        (["--ignore", "all", "--extend-select", "DL4000"], {"DL4000"}),
        (["--select", "DL4000"], {"DL4000"}),
        (["--select", "maintainer-deprecated"], {"DL4000"}),
    ],
)
def test_settings_lie_over_a_preset(run: Run, arguments: list[str], expected: set[str]) -> None:
    assert set(codes(run, "--preset", "hadolint", *arguments)) == expected


def test_what_a_settings_file_says(run: Run, folder: Path) -> None:
    (folder / "lightship.toml").write_text('preset = "buildkit"')

    assert set(codes(run)) == {"MaintainerDeprecated", "WorkdirRelativePath", "JSONArgsRecommended"}
    assert "DL4000" in codes(run, "--preset", "hadolint")


def test_hadolint_has_codes_for_what_cannot_be_built(run: Run) -> None:
    text = "RUN a\nFROM debian:12\nONBUILD ONBUILD RUN a\n"

    assert set(codes(run, "--preset", "hadolint", text=text)) == {"DL3061", "DL3043"}
    assert set(codes(run, "--select", "security", text=text)) == {"syntax"}


def test_every_code_has_a_rule() -> None:
    known = {alias for rule in all_rules() for alias in rule.aliases}

    assert {code for levels in PRESETS.values() for code in levels} <= known


@pytest.mark.parametrize("name", [".hadolint.yaml", "other.yml"])
def test_hadolints_settings(run: Run, folder: Path, name: str) -> None:
    (folder / name).write_text(
        "ignored: [DL4000, SC2086]\noverride:\n  info: [DL3000]\n  style:\n    - DL3006\n"
        "trustedRegistries: [quay.io]\nformat: tty\n"
    )
    found = codes(run, "--preset", "hadolint", "--config", name)

    assert found == {
        "DL3000": "info",
        "DL3006": "hint",
        "DL3003": "warning",
        "DL3004": "error",
        "DL3025": "warning",
        "DL3026": "error",
    }
    assert "untrusted-registry" in codes(run, "--config", name)


def test_hadolints_settings_are_found_under_its_preset_alone(run: Run, folder: Path) -> None:
    (folder / ".hadolint.yaml").write_text("ignored: [DL3004]\n")
    (folder / "sub").mkdir()
    (folder / "sub" / "Dockerfile").write_text(TEXT)

    def found(*arguments: str) -> set[str]:
        return {finding["code"] for finding in json.loads(run("check", "--format", "json", *arguments).out)}

    assert "sudo" in found()
    assert "DL3004" not in found("--preset", "hadolint")
    (folder / "lightship.toml").write_text('preset = "hadolint"\nignore = ["DL3000"]')
    assert found() & {"DL4000", "DL3000", "DL3004"} == {"DL4000"}


@pytest.mark.parametrize(
    ("yaml", "arguments", "status"),
    [
        ("failure-threshold: error", [], 0),
        ("failure-threshold: warning", [], 1),
        ("failure-threshold: error", ["--fail-on", "warning"], 1),
        ("no-fail: true", [], 0),
        ("no-fail: true", ["--fail-on", "hint"], 1),
        ("failure-threshold: none", [], 1),
        ("{}", ["--fail-on", "error"], 0),
        ("{}", ["--fail-on", "off"], 0),
    ],
)
def test_when_a_check_fails(run: Run, folder: Path, yaml: str, arguments: list[str], status: int) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    (folder / "h.yaml").write_text(yaml)

    ran = run("check", "--select", RULE, "--config", "h.yaml", *arguments)
    assert (ran.status, ran.err) == (status, "")
    assert RULE in ran.out


def test_style_fails_nothing_under_hadolints_preset(run: Run) -> None:
    text = b"FROM debian:12\nLABEL A=b\nUSER 1\n"

    assert run("check", "--preset", "hadolint", "--select", "DL3048", "-", stdin=text).status == 0
    assert run("check", "--select", "DL3048", "-", stdin=text).status == 1


def test_comments_may_be_kept_from_silencing(run: Run, folder: Path) -> None:
    (folder / ".hadolint.yaml").write_text("disable-ignore-pragma: true")
    (folder / "lightship.toml").write_text("suppressions = false")
    text = "FROM debian:12\n# hadolint ignore=DL3004\nRUN sudo ls\n"

    assert "sudo" in codes(run, text=text)
    assert "DL3004" in codes(run, "--preset", "hadolint", "--config", ".hadolint.yaml", text=text)
    assert "DL3004" not in codes(run, "--preset", "hadolint", "--config", "/dev/null", text=text)


@pytest.mark.parametrize(
    ("directive", "severities"),
    [
        ("# check=error=true\n", {"maintainer-deprecated": "error", "untagged-base": "warning"}),
        (
            "# check=skip=StageNameCasing; error=1\n",
            {"maintainer-deprecated": "error", "untagged-base": "warning"},
        ),
        ("# check=error=false\n", {"maintainer-deprecated": "info", "untagged-base": "warning"}),
        ("# check=skip=all;error=true\n", {"untagged-base": "warning"}),
        ("# check=error=true;skip=MaintainerDeprecated\n", {"untagged-base": "warning"}),
    ],
)
def test_buildkits_errors(run: Run, directive: str, severities: dict[str, str]) -> None:
    text = f"{directive}FROM debian\nMAINTAINER a\n"
    rules = ("--select", "maintainer-deprecated,untagged-base")

    assert codes(run, *rules, text=text) == severities
    status = run("check", *rules, "--fail-on", "error", "-", stdin=text.encode()).status
    assert status == ("error" in severities.values())


def test_an_option_that_buildkit_does_not_know(run: Run) -> None:
    _, out, _ = run("check", "--select", "security", "-", stdin=b"# check=bogus=1\nFROM debian:12\nUSER 1\n")

    assert 'failed to parse check options: invalid check option "bogus"' in out


def test_experimental_checks_run_where_a_file_asks_for_them(run: Run) -> None:
    text = "FROM debian:12\n# what it is not\nARG version\n"
    rule = "definition-description"

    assert rule not in codes(run, text=text)
    for names in ("InvalidDefinitionDescription", "all"):
        assert rule in codes(run, text=f"# check=experimental={names}\n{text}")


def test_what_is_in_force(run: Run, folder: Path) -> None:
    (folder / "lightship.toml").write_text(
        'ignore = ["DL3006"]\nseverity = { DL4000 = "error", sudo = "off" }\n'
        '[rules.untrusted-registry]\nregistries = ["quay.io"]\n'
    )
    status, out, err = run("config", "--preset", "hadolint", "--ignore", "security")
    settings, rules = out.split("\n\n")
    file = f"{folder}/lightship.toml"

    assert (status, err) == (0, "")
    assert [re.split("  +", line) for line in settings.split("\n")] == [
        ["setting", "value", "set by"],
        ["preset", '"hadolint"', "command line"],
        ["ignore", '["security"]', "command line"],
        ["ignore", '["DL3006"]', file],
        ["severity", '{ DL4000 = "error", sudo = "off" }', file],
        ["rules.untrusted-registry.registries", '["quay.io"]', file],
    ]
    found = {line.split("  ")[0]: re.split("  +", line)[1:] for line in rules.strip().split("\n")}
    assert found["rule"] == ["severity", "decided by"]
    assert found["maintainer-deprecated"] == ["error", 'preset "hadolint"']
    assert found["untagged-base"] == ["off", f'ignore "DL3006", {file}']
    assert found["sudo"] == ["off", f'severity "sudo", {file}']
    assert found["root-user"] == ["off", 'ignore "security", command line']
    assert found["prefer-slim-base"] == ["off", 'preset "hadolint"']


def test_settings_of_what_is_not_there(run: Run) -> None:
    status, out, err = run("config", "nowhere/Dockerfile")

    assert (status, out) == (2, "")
    assert err.startswith("lightship: nowhere/Dockerfile: No such file or directory: check the spelling")


def test_defaults_in_force(run: Run) -> None:
    out = run("config").out

    assert out.startswith("No settings: all is as it is by default.\n\nrule ")
    assert re.search(r"^root-user +warning +default$", out, re.MULTILINE)
