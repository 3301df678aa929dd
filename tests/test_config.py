"""Settings mean what a person expects, wherever they stand; what is wrong in them is named where it is."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from lightship.config import OFF, Settings
from lightship.config_reading import MOST_PROBLEMS, merge, parse
from lightship.sources import settings as files
from lightship.terms import Severity

KNOWN = dict.fromkeys(
    ["pip-cache", "DL3042", "apt-lists-left", "DL3009", "root-user", "packages", "security", "all"]
)


@dataclass(frozen=True)
class FakeRule:
    name: str
    aliases: tuple[str, ...]
    topic: str
    severity: Severity = Severity.WARNING
    default: bool = True
    options: type | None = None


PIP = FakeRule("pip-cache", ("DL3042",), "packages")
APT = FakeRule("apt-lists-left", ("DL3009",), "packages")
ROOT_USER = FakeRule("root-user", (), "security", default=False)
RULES = (PIP, APT, ROOT_USER)


def on(settings: Settings) -> set[str]:
    return {rule.name for rule in RULES if settings.enabled(rule)}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), {"pip-cache", "apt-lists-left"}),
        (Settings(select=()), set()),
        (Settings(select=("DL3042",)), {"pip-cache"}),
        (Settings(select=("packages",)), {"pip-cache", "apt-lists-left"}),
        (Settings(select=("all",)), {"pip-cache", "apt-lists-left", "root-user"}),
        (Settings(extend_select=("security",)), {"pip-cache", "apt-lists-left", "root-user"}),
        (Settings(ignore=("DL3009",)), {"pip-cache"}),
        (Settings(ignore=("all",)), set()),
        # The more specific name wins, whichever way it points …
        (Settings(extend_select=("pip-cache",), ignore=("packages",)), {"pip-cache"}),
        (Settings(select=("packages",), ignore=("DL3042",)), {"apt-lists-left"}),
        (Settings(select=("security",), ignore=("all",)), {"root-user"}),
        # … and `ignore` among equals.
        (Settings(select=("pip-cache",), ignore=("DL3042",)), set()),
        (Settings(severity={"DL3042": OFF}), {"apt-lists-left"}),
        (Settings(severity={"root-user": Severity.ERROR}), {"pip-cache", "apt-lists-left"}),
    ],
)
def test_selection(settings: Settings, expected: set[str]) -> None:
    assert on(settings) == expected


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        (Settings(), Settings(ignore=("DL3042",)), {"apt-lists-left"}),
        (Settings(select=("security",)), Settings(select=("packages",)), {"root-user"}),
        (Settings(extend_select=("security",)), Settings(select=("DL3042",)), {"pip-cache", "root-user"}),
        # What the project ignores stays ignored, unless it is asked for by an equally specific name.
        (Settings(select=("packages",)), Settings(ignore=("DL3042",)), {"apt-lists-left"}),
        (Settings(select=("pip-cache",)), Settings(ignore=("DL3042",)), {"pip-cache"}),
        (Settings(select=("pip-cache",)), Settings(severity={"DL3042": OFF}), {"pip-cache"}),
        (Settings(ignore=("pip-cache",)), Settings(select=("DL3042", "root-user")), {"root-user"}),
    ],
)
def test_layers_of_settings(above: Settings, below: Settings, expected: set[str]) -> None:
    assert on(above.over(below)) == expected


def test_severity_of() -> None:
    below = Settings(severity={"packages": Severity.HINT, "DL3042": Severity.ERROR})
    above = Settings(severity={"packages": Severity.INFO}).over(below)

    assert Settings().severity_of(PIP) is Severity.WARNING
    assert below.severity_of(PIP) is Severity.ERROR
    assert below.severity_of(APT) is Severity.HINT
    assert above.severity_of(PIP) is Severity.ERROR
    assert above.severity_of(APT) is Severity.INFO


def problems(text: str, file: str = "lightship.toml") -> list[str]:
    return [f"{problem.line}: {problem.message}" for problem in parse(text, file, KNOWN)[1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('select = ["pip-cache"]\n', []),
        ('\nselct = ["all"]', ['2: unknown setting "selct": did you mean "select"?']),
        (
            "[tool.lightship]\nselect = []\n",
            ['1: unknown setting "tool": [tool.lightship] is for pyproject.toml, here settings stand at the top of the file.'],
        ),
        ('extend_select = ["all"]', ['1: unknown setting "extend_select": did you mean "extend-select"?']),
        ('ignore = [\n  "DL3009",\n  "pip-cahe",\n]', ['3: unknown rule "pip-cahe" in "ignore": did you mean "pip-cache"?']),
        ('# dl3042\nselect = ["dl3042"]', ['2: unknown rule "dl3042" in "select": did you mean "DL3042"?']),
        ('select = ["zzzzz"]', ['1: unknown rule "zzzzz" in "select".']),
        ('\nselect = "pip-cache"', ['2: "select" must be a list of rules, not a string: write ["pip-cache"].']),
        ("select = true", ['1: "select" must be a list of rules, not a boolean.']),
        ("ignore = [1]", ['1: "ignore" must hold names of rules, not a number.']),
        ("severity = 1", ['1: "severity" must be a table such as { pip-cache = "error" }, not a number.']),
        ('[severity]\nDL3009 = "info"\npip-cache = "eror"', ['3: unknown severity "eror" of "pip-cache": did you mean "error"?']),
        ('severity = { DL3009 = "loud" }', ['1: unknown severity "loud" of "DL3009": it is one of error, warning, info, hint, off.']),
        ('severity.DL3009 = "info"\nseverity.DL3008 = "info"', ['2: unknown rule "DL3008" in "severity": did you mean "DL3009"?']),
        ("[severity]\npip-cache = 2", ['2: the severity of "pip-cache" must be a string, not a number.']),
        ('select = []\n[extra]\nx = """\nignore = ["nothing"]\n"""\n', ['2: unknown setting "extra".']),
    ],
    ids=repr,
)  # fmt: skip
def test_problems_are_named_where_they_are(text: str, expected: list[str]) -> None:
    assert problems(text) == expected


@pytest.mark.parametrize(
    ("text", "line"), [("\n\nselect = [", 3), ("a = 1\nb = = 2\n", 2), ("select = [\n\n", 1)]
)
def test_what_is_not_toml_is_left_out(text: str, line: int) -> None:
    settings, (problem,) = parse(text, "lightship.toml", KNOWN)

    assert settings is None
    assert problem.line == line
    assert problem.message.startswith("This is not TOML: ")
    assert "line" not in problem.message


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "[" * 5_000 + "]" * 5_000,
        "a = " + "{a = " * 5_000,
        ".".join(["a"] * 100_000) + " = 1",
        "a = " + "9" * 5_000,
        "a = 2001-99-99",
        'a = "\\ud800"',
    ],
    ids=lambda text: text[:12],
)
def test_nothing_makes_it_raise_or_take_for_ever(text: str) -> None:
    begin = time.process_time()
    settings, (problem,) = parse(text, "lightship.toml", KNOWN)
    assert settings is None
    assert problem.message.startswith("This is not TOML: ")
    assert time.process_time() - begin < 5


def test_of_very_many_mistakes_some_are_told() -> None:
    names = [f"k{number}" for number in range(5_000)]
    begin = time.process_time()
    for text in (
        "".join(f"{name} = 1\n" for name in names),
        f"ignore = {names}",
        f'ignore = ["{"x" * 10**5}"]',
    ):
        assert 1 <= len(parse(text, "lightship.toml", KNOWN)[1]) <= MOST_PROBLEMS
    assert time.process_time() - begin < 10


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[project]\nselct = 1\n\n[tool.other]\nselct = 1\n\n[tool.lightship]\nselct = 1\n', 8),
        ('[tool]\nlightship.selct = 1\n', 2),
        ('tool.lightship = { selct = 1 }\n', 1),
        ('[tool."lightship"]\n"selct" = 1\n', 2),
        ('[tool.lightship.selct]\nx = 1\n', 1),
        ('[project]\ndescription = """\n[tool.lightship]\nselct = 1\n"""\n[tool.lightship]\nselct = 1\n', 7),
        ("[tool]\nlightship = 1\n", 2),
    ],
)  # fmt: skip
def test_lines_in_a_pyproject(text: str, line: int) -> None:
    (problem,) = parse(text, "/project/pyproject.toml", KNOWN)[1]

    assert problem.line == line


def test_the_rest_of_a_wrong_file_counts() -> None:
    settings, found = parse(
        'select = ["pip-cahe", "root-user"]\nignore = 1\nseverity.DL3009 = "x"', "lightship.toml", KNOWN
    )

    assert settings == Settings(select=("root-user",))
    assert len(found) == 3


def test_a_pyproject_without_our_section_says_nothing() -> None:
    assert parse("[tool.lightship2]\n", "pyproject.toml", KNOWN) == (None, [])


def test_an_editors_settings_lie_over_a_files() -> None:
    below = Settings(select=("packages",))
    settings, complaints = merge(
        below, {"extendSelect": ["root-user"], "select": None, "ignore": ["DL3009"]}, KNOWN
    )

    assert complaints == []
    assert on(settings) == {"pip-cache", "root-user"}


def test_an_editors_mistakes_are_named_and_the_rest_counts() -> None:
    settings, complaints = merge(Settings(), {"ignore": ["dl3042", "DL3009"], "severity": None}, KNOWN)

    assert complaints == ['unknown rule "dl3042" in "ignore": did you mean "DL3042"?']
    assert on(settings) == {"pip-cache"}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_nearest_file_counts_alone(tmp_path: Path) -> None:
    write(tmp_path / "lightship.toml", 'ignore = ["all"]')
    write(tmp_path / "a" / "pyproject.toml", '[tool.lightship]\nselect = ["security"]')
    write(tmp_path / "a" / "b" / "pyproject.toml", "[project]\nname = 'lightship-user'")
    dockerfile = write(tmp_path / "a" / "b" / "c" / "Dockerfile", "")

    assert files.load(dockerfile) == (Settings(select=("security",)), [])
    assert files.load(dockerfile.parent) == (Settings(select=("security",)), [])


def test_lightship_toml_comes_before_pyproject(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", '[tool.lightship]\nselect = ["security"]')
    write(tmp_path / "lightship.toml", "select = []")

    assert files.load(tmp_path / "Dockerfile") == (Settings(select=()), [])


def test_the_search_ends_at_the_root_of_the_repository(tmp_path: Path) -> None:
    write(tmp_path / "lightship.toml", "select = []")
    write(tmp_path / "repository" / ".git", "gitdir: elsewhere")

    assert files.load(tmp_path / "repository" / "sub" / "Dockerfile") == (Settings(), [])


def test_what_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "lightship.toml"
    file.write_bytes(b"select = []\n# \xff\n")
    settings, (problem,) = files.load(tmp_path / "Dockerfile")

    assert settings == Settings()
    assert (problem.file, problem.line) == (str(file), 2)
    assert files.read(tmp_path / "absent.toml")[1][0].message == "cannot be read: No such file or directory."


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "lightship.toml").write_text("select = []", encoding="utf-8-sig")

    assert files.load(tmp_path / "Dockerfile") == (Settings(select=()), [])
