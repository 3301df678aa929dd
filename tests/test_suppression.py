"""What suppressions silence, in each dialect, and what is said of those that silence nothing."""

import pytest

from lightship.config import Settings
from lightship.context import of
from lightship.lint import UNKNOWN, UNUSED, check, holds, suppress, suppress_in_file
from lightship.model import analyze
from lightship.text import Source, apply


def codes(text: str) -> list[tuple[int, str]]:
    """Line (1-based) and code of the findings about exec forms and of those about suppressions."""
    source = Source(text)
    settings = Settings(select=("invalid-exec-form", "shell-form-command"))
    return [(source.line_of(found.span.start) + 1, found.code) for found in check(analyze(source), settings)]


SHELL_FORM = "shell-form-command"


@pytest.mark.parametrize(
    "above",
    [
        "# lightship: ignore[shell-form-command]\n",
        "# lightship: ignore[shell-form-command] because\n",
        "# lightship: ignore[DL3025]\n",
        "#lightship:ignore[JSONArgsRecommended]\n",
        "# lightship: ignore[shell-form-command]\n\n# another\n",
        "# lightship: ignore-file[shell-form-command]\n",
        "# hadolint ignore=DL3025\n",
        "# hadolint  ignore = DL3006 , DL3025\n",
        "# hadolint ignore=DL3006,DL3025 # because\n",
        "# hadolint stage ignore=DL3025\nRUN true\n",
        "# hadolint global ignore=DL3025\nRUN true\n",
        "# check=skip=JSONArgsRecommended\n",
        "# check=skip=StageNameCasing,JSONArgsRecommended\n",
        "# check=skip=all\n",
    ],
)
def test_silenced(above):
    assert codes(f"FROM a:1\n{above}CMD app\n") == []


@pytest.mark.parametrize(
    "above",
    [
        "# lightship: ignore[invalid-exec-form]\nRUN true\n",
        "# hadolint ignore=DL3025\nRUN true\n",
        "# hadolint ignore=DL3006\n",
        "# Hadolint ignore=DL3025\n",
        "# check=skip=StageNameCasing\n",
        "# check=error=true\n",
        "# ignore[shell-form-command]\n",
    ],
)
def test_not_silenced(above):
    assert SHELL_FORM in {code for _, code in codes(f"FROM a:1\n{above}CMD app\n")}


def test_of_several_lists_the_last_counts_as_it_does_to_buildkit() -> None:
    text = "# check=skip=StageNameCasing;skip=JSONArgsRecommended\nFROM debian:12\nCMD python -m app\n"
    assert "shell-form-command" not in [code for _, code in codes(text)]


@pytest.mark.parametrize("top", ["# check=skip=all\n", "# check=error=true;skip=JSONArgsRecommended\n"])
def test_a_directive_speaks_for_the_whole_file(top):
    assert codes(f"{top}FROM a:1\nRUN true\nCMD app\n") == []


def test_buildkits_all_means_its_own_checks():
    assert codes("# check=skip=all\nFROM a:1\nCMD ['app']\n") == [(3, "invalid-exec-form")]


def test_a_stage_suppression_ends_with_its_stage():
    text = "FROM a:1\n# hadolint stage ignore=DL3025\nCMD app\nFROM b:1\nCMD app\n"
    assert codes(text) == [(5, SHELL_FORM)]


def test_inside_a_continuation():
    assert codes("FROM a:1\nCMD app \\\n# lightship: ignore[shell-form-command]\n    --serve\n") == []


def test_ours_is_reported_when_it_silences_nothing():
    assert codes("FROM a:1\n# lightship: ignore[shell-form-command]\nRUN true\n") == [(2, UNUSED)]


def test_others_are_not():
    assert codes("FROM a:1\n# hadolint ignore=DL3025,SC2086\nRUN true\n") == []


def test_whether_it_is_needed_is_not_known_without_the_build_context() -> None:
    text = "FROM a:1\n# lightship: ignore[no-dockerignore, DL3025]\nCOPY . /app\n"
    for context, expected in ((None, ["DL3025"]), (of({".dockerignore": ""}), ["no-dockerignore", "DL3025"])):
        source = Source(text)
        found = check(analyze(source, context), Settings(select=("no-dockerignore", "shell-form-command")))
        assert [(each.code, source[each.span]) for each in found] == [(UNUSED, name) for name in expected]


def test_misspelt_names_are_reported_with_the_nearest_right_one():
    source = Source('FROM a:1\n# lightship: ignore[shell-form-comand]\nCMD ["app"]\n')
    (found,) = check(analyze(source), Settings(select=(SHELL_FORM,)))
    assert (found.code, source[found.span]) == (UNKNOWN, "shell-form-comand")
    assert "shell-form-command" in found.message
    assert found.fix
    assert holds(analyze(source), found.fix)
    assert "ignore[shell-form-command]" in apply(source.text, found.fix.edits)


@pytest.mark.parametrize("text", ["# lightship: ignore[]\n", "# lightship: ignore\n"])
def test_a_suppression_without_names_silences_nothing(text):
    assert codes(f"FROM a:1\n{text}CMD app\n") == [(2, UNKNOWN), (3, SHELL_FORM)]


def test_an_unused_one_is_taken_away():
    text = "FROM a:1\n# lightship: ignore[shell-form-command, invalid-exec-form] why\nCMD app\n"
    build = analyze(Source(text))
    (found,) = check(build, Settings(select=(SHELL_FORM, "invalid-exec-form")))
    assert found.code == UNUSED
    assert found.fix
    assert holds(build, found.fix)
    assert apply(text, found.fix.edits) == text.replace(", invalid-exec-form", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a:1\nCMD app\n", "FROM a:1\n# lightship: ignore[shell-form-command]\nCMD app\n"),
        (
            "FROM a:1\r\n  CMD app\r\n",
            "FROM a:1\r\n  # lightship: ignore[shell-form-command]\r\n  CMD app\r\n",
        ),
        (
            "FROM a:1\n# lightship: ignore[DL3006] why\nCMD app\n",
            "FROM a:1\n# lightship: ignore[DL3006, shell-form-command] why\nCMD app\n",
        ),
    ],
)
def test_writing_one(text, expected):
    build = analyze(Source(text))
    found = next(each for each in check(build, Settings(select=(SHELL_FORM,))) if each.code == SHELL_FORM)
    fix = suppress(build, found)
    assert holds(build, fix)
    assert apply(text, fix.edits) == expected
    assert SHELL_FORM not in {code for _, code in codes(expected)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "# lightship: ignore-file[shell-form-command]\n"),
        ("# escape=`\n", "# escape=`\n# lightship: ignore-file[shell-form-command]\n"),
        (
            "# lightship: ignore-file[sudo] no choice\n",
            "# lightship: ignore-file[sudo, shell-form-command] no choice\n",
        ),
    ],
)
def test_a_rule_is_silenced_in_the_whole_file(before: str, after: str) -> None:
    build = analyze(Source(f"{before}FROM a:1\nCMD app\n"))
    fix = suppress_in_file(build, SHELL_FORM)
    assert holds(build, fix)
    text = apply(build.source.text, fix.edits)
    assert text == f"{after}FROM a:1\nCMD app\n"
    assert codes(text) == []
