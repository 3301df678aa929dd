"""`lightship check`: which files it looks at, what it says, and its exit status."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from command import FLAWED, RULE, Run

from lightship.sources import disk

CLEAN = "FROM debian:12\n"
ONLY = ("--select", RULE)


def test_nothing_found(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(CLEAN)

    assert run("check", *ONLY) == (0, "No findings in 1 file.\n", "")


def test_something_found(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    status, out, err = run("check", *ONLY)

    assert (status, err) == (1, "")
    assert out.startswith(f"Dockerfile:2:1: warning {RULE} ")
    assert out.endswith('\n\n1 finding in 1 file, 1 fixable with "lightship fix".\n')


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--exit-zero"], 0),
        ([*ONLY, "--severity", "error"], 0),
        ([*ONLY, "--severity", "warning"], 1),
        ([*ONLY, "--ignore", "all"], 1),
        ([*ONLY, "--ignore", RULE], 0),
        (["--select", "maintainer-deprecated"], 0),
        (["--select", f"maintainer-deprecated,{RULE}"], 1),
        (["--select", "maintainer-deprecated", "--select", RULE], 1),
        (["--select", "maintainer-deprecated", "--extend-select", RULE], 1),
    ],
    ids=str,
)
def test_what_counts(run: Run, folder: Path, arguments: list[str], status: int) -> None:
    (folder / "Dockerfile").write_text(FLAWED)

    assert run("check", *arguments).status == status


def test_a_misspelt_rule_runs_nothing(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    hint = f'lightship: unknown rule "split-apt-updat" in "ignore": did you mean "{RULE}"?\n'

    assert run("check", "--ignore", "split-apt-updat") == (2, "", hint)


@pytest.mark.parametrize(
    "arguments", [[], ["chek"], ["check", "--format", "xml"], ["server", "--tcp", "here"]], ids=str
)
def test_misuse(run: Run, arguments: list[str]) -> None:
    status, out, err = run(*arguments)

    assert (status, out) == (2, "")
    assert "usage: " in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check", "--formt", "json"], 'there is no option "--formt": did you mean "--format"?'),
        (["check", "--exit-zro=1", "x"], 'there is no option "--exit-zro": did you mean "--exit-zero"?'),
        (["rule", "sudo", "root-user"], '"root-user" is one argument too many'),
        (["--sudo"], "unrecognized arguments: --sudo"),
        (["check", "--exclude", ""], "'' is no pattern"),
        (["refactor", "merge-runs", "Dockerfile", "--line", "0"], "'0' is not a line's number"),
    ],
    ids=str,
)
def test_misuse_is_told_with_the_commands_usage_alone(run: Run, arguments: list[str], told: str) -> None:
    status, out, err = run(*arguments)
    usage, message, *more = err.splitlines()

    assert (status, out, more) == (2, "", [])
    assert usage.startswith(f"usage: lightship {arguments[0] if len(arguments) > 1 else 'COMMAND'} ")
    assert message.endswith(told)


def test_options_stand_anywhere(run: Run, folder: Path) -> None:
    for name in ("a.Dockerfile", "-b.Dockerfile", "c.Dockerfile"):
        (folder / name).write_text(FLAWED)

    found = run("check", "a.Dockerfile", *ONLY, "c.Dockerfile", "--format", "json", "--", "-b.Dockerfile").out
    assert [each["file"] for each in json.loads(found)] == ["a.Dockerfile", "c.Dockerfile", "-b.Dockerfile"]
    assert "-b.Dockerfile:2:1" in run("check", *ONLY, "--", "-b.Dockerfile").out
    assert "<stdin>:2:1" in run("check", *ONLY, "--", "-", stdin=FLAWED.encode()).out
    assert run("refactor", "merge-runs", "--line", "2", "a.Dockerfile").out.startswith("--- a.Dockerfile")


def test_help_fits_a_terminal_and_tells_the_exit_status(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    commands = ("check", "fix", "format", "refactor", "rule", "config", "server")
    pages = [run(*command, "--help").out for command in ((), *((name,) for name in commands))]

    assert all(f"    {name} " in pages[0] for name in commands)
    assert "exit status:\n  0 " in pages[0]
    assert run().err == pages[0]
    for page in pages:
        assert [line for line in page.splitlines()[1:] if len(line) > 90] == []


def test_version(run: Run) -> None:
    assert run("--version").out.startswith("lightship ")


def test_folders_are_searched(run: Run, folder: Path) -> None:
    wanted = "Dockerfile Dockerfile.dev web.Dockerfile web.dockerfile Containerfile Containerfile.x sub/deep/Dockerfile"
    unwanted = "Dockerfile.dockerignore dockerfile.md MyDockerfile Dockerfile.d/x"
    skipped = ".git/Dockerfile node_modules/x/Dockerfile .venv/Dockerfile"
    for name in (wanted + " " + unwanted + " " + skipped).split():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(FLAWED)
    status, out, _ = run("check", *ONLY, "--format", "json")

    assert status == 1
    assert {finding["file"] for finding in json.loads(out)} == set(wanted.split())


def test_patterns_that_no_shell_has_taken_apart(run: Run, folder: Path) -> None:
    for name in ("a.Dockerfile", "sub/b.Dockerfile", "sub/deep/c.Dockerfile", "[x].Dockerfile"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(FLAWED)

    def files(*patterns: str) -> list[str]:
        return [found["file"] for found in json.loads(run("check", *ONLY, "--format", "json", *patterns).out)]

    assert files("sub/**/*.Dockerfile") == ["sub/b.Dockerfile", "sub/deep/c.Dockerfile"]
    assert files(f"{folder}/?.Dockerfile") == [f"{folder}/a.Dockerfile"]
    assert files("[x].Dockerfile") == ["[x].Dockerfile"]
    status, _, err = run("check", "*.nothing")
    assert (status, err.split(":")[1]) == (2, " *.nothing")


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        (["tests"], ["Dockerfile", "old/tests.Dockerfile"]),
        (["tests", "old"], ["Dockerfile"]),
        (["old/*"], ["Dockerfile", "tests/x/Dockerfile"]),
        (["*.Dockerfile", "x/Dockerfile"], ["Dockerfile"]),
        (["*"], []),
    ],
    ids=str,
)
@pytest.mark.parametrize("named", [[], ["Dockerfile", "tests/x/Dockerfile", "old/tests.Dockerfile"]], ids=str)
def test_what_is_excluded(
    run: Run, folder: Path, named: list[str], patterns: list[str], left: list[str]
) -> None:
    for name in ("Dockerfile", "tests/x/Dockerfile", "old/tests.Dockerfile"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(FLAWED)
    flags = [word for pattern in patterns for word in ("--exclude", pattern)]

    found = run("check", *ONLY, "--format", "json", *flags, *named).out
    assert sorted({each["file"] for each in json.loads(found)}) == left
    run("fix", *ONLY, *flags, *named)
    fixed = [
        name
        for name in ("Dockerfile", "old/tests.Dockerfile", "tests/x/Dockerfile")
        if (folder / name).read_text() != FLAWED
    ]
    assert fixed == left


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (FLAWED.encode("utf-16"), "this is UTF-16, which Docker cannot read: save it as UTF-8"),
        (FLAWED.encode("utf-16-le"), "this is UTF-16, which Docker cannot read: save it as UTF-8"),
        (FLAWED.encode("utf-16-be"), "this is UTF-16, which Docker cannot read: save it as UTF-8"),
        (b"\x7fELF\2\1\1\0", "this is no text: is it the file that you meant?"),
    ],
    ids=["UTF-16", "little", "big", "binary"],
)
def test_what_is_no_text_is_left_alone(run: Run, folder: Path, content: bytes, told: str) -> None:
    (folder / "Containerfile").write_text(FLAWED)
    (folder / "Dockerfile").write_bytes(content)
    for command in ("check", "fix", "format"):
        status, out, err = run(command)
        assert (status, err) == (2, f"lightship: Dockerfile: {told}\n")
        assert out or command == "format", "the other file is looked at all the same"
    assert (folder / "Dockerfile").read_bytes() == content


def test_what_has_no_end_is_given_up(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    with (folder / "Containerfile").open("wb") as file:
        file.truncate(disk.MOST + 1)
    status, out, err = run("check", *ONLY)

    assert (status, out.count(RULE)) == (2, 1)
    assert err == "lightship: Containerfile: it has more than 16 MiB: is it the file that you meant?\n"


def test_files_are_taken_whatever_their_name_and_once(run: Run, folder: Path) -> None:
    (folder / "image").write_text(FLAWED)
    _, out, _ = run("check", *ONLY, "--format", "json", "image", "./image", "image")

    assert [finding["file"] for finding in json.loads(out)] == ["image"]


def test_a_folder_without_dockerfiles(run: Run, folder: Path) -> None:
    assert run("check", *ONLY) == (
        0,
        "",
        "lightship: .: no Dockerfile in this folder\n",
    )


def test_links_in_circles_and_to_nowhere_stop_nothing(run: Run, folder: Path) -> None:
    (folder / "Containerfile").write_text(FLAWED)
    (folder / "circle").symlink_to(folder, target_is_directory=True)
    (folder / "Dockerfile").symlink_to("Dockerfile")
    (folder / "Dockerfile.gone").symlink_to("nowhere")
    os.mkfifo(folder / "Dockerfile.pipe")
    status, out, err = run("check", *ONLY)

    assert status == 2
    assert out.count("Containerfile:2:1") == 1
    assert [line.split(":")[1] for line in err.splitlines()] == [" Dockerfile", " Dockerfile.gone"]


def test_a_missing_file_stops_nothing(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    status, out, err = run("check", *ONLY, "nope", "Dockerfile")

    assert status == 2
    assert "Dockerfile:2:1" in out
    assert err.startswith("lightship: nope: No such file or directory: check the spelling")


def test_an_unreadable_file_stops_nothing(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    (folder / "Dockerfile.secret").write_text(FLAWED)
    read = disk.read

    def refuse(path: Path) -> bytes:  # root, as whom tests may run, can read everything
        if path.name == "Dockerfile.secret":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(disk, "read", refuse)
    status, out, err = run("check", *ONLY)

    assert (status, out.count(RULE)) == (2, 1)
    assert err.startswith("lightship: Dockerfile.secret: Permission denied: ")


def test_a_bug_in_one_file_stops_nothing(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import lightship.model

    read = lightship.model.read

    def fail(source, context=None):  # type: ignore[no-untyped-def]
        if source.name == "Containerfile":
            raise RecursionError("too deep")
        return read(source, context)

    monkeypatch.setattr(lightship.model, "read", fail)
    (folder / "Containerfile").write_text(FLAWED)
    (folder / "Dockerfile").write_text(FLAWED)
    status, out, err = run("check", *ONLY)

    assert (status, out.count("Dockerfile:2:1")) == (2, 1)
    assert err.startswith("lightship: Containerfile: a bug in Lightship, please report it")


def test_standard_input(run: Run) -> None:
    status, out, _ = run("check", *ONLY, "-", stdin=FLAWED.encode())

    assert status == 1
    assert out.startswith("<stdin>:2:1: warning")


def test_what_is_not_utf8_is_read_all_the_same(run: Run) -> None:
    status, out, err = run("check", *ONLY, "-", stdin=b"# \xff\n" + FLAWED.encode())

    assert (status, err) == (1, "")
    assert out.startswith("<stdin>:3:1: warning")


def test_the_nearest_settings_count(run: Run, folder: Path) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "Dockerfile").write_text(FLAWED)
    (folder / "a" / "lightship.toml").write_text('ignore = ["all"]')
    _, out, _ = run("check", *ONLY, "--format", "json")
    _, plain, _ = run("check", "--format", "json")

    assert {finding["file"] for finding in json.loads(out)} == {"a/Dockerfile", "b/Dockerfile"}
    assert {finding["file"] for finding in json.loads(plain)} == {"b/Dockerfile"}


def test_settings_named_by_hand_replace_the_nearest(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    (folder / "lightship.toml").write_text("select = []")
    (folder / "other.toml").write_text(f'select = ["{RULE}"]\nseverity.{RULE} = "error"')

    assert run("check").status == 0
    assert f": error {RULE} " in run("check", "--config", "other.toml").out
    assert run("check", "--config", "absent.toml").status == 2


def test_wrong_settings_are_named_once_and_findings_reported(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    (folder / "Dockerfile.dev").write_text(FLAWED)
    (folder / "sub").mkdir()
    (folder / "sub" / "Dockerfile").write_text(FLAWED)
    (folder / "lightship.toml").write_text(f'# ours\nselct = []\nselect = ["{RULE}"]\n')
    status, out, err = run("check")

    assert status == 2
    assert out.count(RULE) == 3
    assert err == 'lightship: lightship.toml:2: unknown setting "selct": did you mean "select"?\n'


def test_a_build_context_must_be_a_folder(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    (folder / "lightship.toml").write_text('context = "nowhere"\n')
    status, out, err = run("check", *ONLY)
    assert (status, out.count(RULE)) == (2, 1)
    assert err == 'lightship: lightship.toml: "context": there is no folder nowhere\n'
    assert run("check", "--context", "nowhere") == (2, "", "lightship: --context: nowhere is not a folder\n")


def test_real_files_are_checked_and_fixed_without_a_complaint(run: Run, corpus: list[Path]) -> None:
    files = [str(path) for path in corpus[::10]]
    check = run("check", "--select", "all", "--format", "json", *files)
    fix = run("fix", "--select", "all", "--unsafe", "--diff", *files)

    assert (check.status, check.err) == (1, "")
    assert fix.status == 1
    assert fix.err.count("\n") == 1
    assert json.loads(check.out)


def test_the_build_context_is_found(run: Run, folder: Path) -> None:
    (folder / "app").mkdir()
    (folder / "app" / "Dockerfile").write_text("FROM debian:12\nCOPY . /app\n")
    only = ("check", "--select", "no-dockerignore", "app/Dockerfile")
    assert run(*only).status == 0
    (folder / "compose.yaml").write_text(
        "services: {web: {build: {context: app, args: {V: '1'}}}, x: {build: $X}}"
    )
    assert "no-dockerignore" in run(*only).out
    assert run("config", "app").out.endswith(
        f"build context   {folder}/app  web in compose.yaml\n"
        "build argument  V=1 for web in compose.yaml\n"
        "not understood  compose.yaml: x: `$X` depends on the environment\n"
    )
    (folder / "lightship.toml").write_text("context = false\n")
    assert run(*only).status == 0
    assert run("config", "app").out.endswith("build context  not looked for\n")
    (folder / "lightship.toml").write_text("context = true\n")
    assert run(*only).err == (
        'lightship: lightship.toml:1: "context" must be a folder or false, not a boolean.\n'
    )


def test_fixes_know_the_build_context(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text("FROM debian:12\nADD app.tar.gz /app/\nADD src /src\n")
    (folder / "src").mkdir()
    (folder / "app.tar.gz").write_text("")
    run("fix", "--select", "add-instead-of-copy")
    assert (folder / "Dockerfile").read_text().splitlines()[1:] == ["ADD app.tar.gz /app/", "COPY src /src"]


def test_what_a_context_leaves_out(run: Run, folder: Path) -> None:
    """The same as in an editor: what is refused, and what does nothing with the files that are there."""
    (folder / "app").mkdir()
    for name in ("Dockerfile", "a.md", "app/b.md"):
        (folder / name).write_text(CLEAN)
    (folder / ".dockerignore").write_text("*.md\n!a.md\na.md\nb.md\n")
    assert run("check", *ONLY).out == "No findings in 1 file.\n", "a folder is searched for Dockerfiles"
    status, out, _ = run("check", ".dockerignore")
    assert status == 1
    assert [line.split()[:3] for line in out.splitlines() if line.startswith(".dockerignore:")] == [
        [".dockerignore:1:1:", "warning", "undone-pattern"],
        [".dockerignore:2:1:", "warning", "undone-pattern"],
        [".dockerignore:4:1:", "warning", "unmatched-pattern"],
    ]
    assert run("check", ".dockerignore", "--severity", "error").status == 0
    assert "Nothing in the build context matches" not in run("check", ".dockerignore", "--context", "app").out
    (folder / "Dockerfile.dockerignore").write_text("[\n")
    assert "invalid-pattern" in run("check", "Dockerfile.dockerignore").out


@pytest.mark.parametrize("command", [["fix"], ["format"], ["refactor"]], ids=str)
def test_only_check_reads_a_dockerignore(run: Run, folder: Path, command: list[str]) -> None:
    (folder / ".dockerignore").write_text("from x\nrun \\\ny\n")
    status, _, err = run(*command, ".dockerignore")
    assert status == 2
    assert err.endswith(".dockerignore: this is no Dockerfile: `lightship check` alone reads it\n")
    assert (folder / ".dockerignore").read_text() == "from x\nrun \\\ny\n"
