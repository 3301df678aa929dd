"""Where Dockerfiles are built: what is certain, what is a guess, and how far is looked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from lightship.config import Settings
from lightship.context import Place
from lightship.model import analyze
from lightship.sources import places
from lightship.sources.places import Places, copied
from lightship.text import Source


def lay(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def place(root: Path, dockerfile: str, settings: Settings | None = None, project: bool = True) -> Place:
    text = (root / dockerfile).read_text()
    if project:
        (root / ".git").mkdir(exist_ok=True)
    found = Places().of(root / dockerfile, copied(analyze(Source(text))), settings or Settings())
    assert found is not None
    return found


COMPOSE = "services: {web: {build: {context: .., dockerfile: deploy/web.Dockerfile, args: {V: 1.20}}}}"
BAKE = 'target "web" { context = "%s" dockerfile = "%s" }'


def test_a_file_says_so(tmp_path: Path) -> None:
    lay(tmp_path, {"deploy/compose.yaml": COMPOSE, "deploy/web.Dockerfile": "FROM a\nCOPY . .\n"})
    assert place(tmp_path, "deploy/web.Dockerfile") == Place(
        tmp_path,
        "web in deploy/compose.yaml",
        True,
        {"web in deploy/compose.yaml": {"V": "1.20"}},
    )


def test_files_that_agree_and_files_that_do_not(tmp_path: Path) -> None:
    lay(tmp_path, {"app/Dockerfile": "FROM a\nCOPY . .\n", "compose.yml": "services: {web: {build: app}}"})
    bake = tmp_path / "docker-bake.hcl"
    bake.write_text('target "web" {\n context = "app"\n}\n')
    assert place(tmp_path, "app/Dockerfile")[:3] == (
        tmp_path / "app",
        "web in compose.yml and web in docker-bake.hcl",
        True,
    )
    bake.write_text('target "web" {\n dockerfile = "app/Dockerfile"\n}\n')
    assert not place(tmp_path, "app/Dockerfile").certain


def test_an_override_counts(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "app/Dockerfile": "FROM a\nCOPY . .\n",
            "compose.yaml": "services: {web: {build: {context: ., dockerfile: app/Dockerfile}}}",
            "compose.override.yaml": "services: {web: {build: {target: dev}}}",
        },
    )
    assert place(tmp_path, "app/Dockerfile").root == tmp_path
    (tmp_path / "compose.override.yaml").write_text("services: {web: {build: $DIR}}")
    found = place(tmp_path, "app/Dockerfile")
    assert not found.certain
    assert found.problems == ("compose.yaml: web: `$DIR` depends on the environment",)


def test_paths_from_the_environment_are_a_guess_unless_all_agrees(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "app/Dockerfile": "FROM a\nCOPY x .\n",
            "app/x": "",
            "compose.yaml": "services: {web: {build: '${DIR:-app}'}, api: {build: $OTHER}}",
        },
    )
    assert place(tmp_path, "app/Dockerfile") == Place(
        tmp_path / "app",
        "web in compose.yaml",
        True,
        problems=("compose.yaml: api: `$OTHER` depends on the environment",),
    )
    (tmp_path / "x").write_text("")
    assert not place(tmp_path, "app/Dockerfile").certain
    (tmp_path / ".env").write_text("OTHER=app\n")
    assert place(tmp_path, "app/Dockerfile").why == "web in compose.yaml and api in compose.yaml"


def test_files_that_others_take_in_count(tmp_path: Path) -> None:
    root = tmp_path / "project"
    lay(
        tmp_path,
        {
            "project/compose.yaml": "include: [infra/all.yaml, ../out.yaml, gone.yaml, {path: infra/b.yaml, project_directory: .}]",
            "project/infra/all.yaml": "include: [../compose.yaml, all.yaml]\nservices: {db: {build: db}}",
            "project/infra/b.yaml": "services: {web: {build: web}}",
            "project/infra/db/Dockerfile": "FROM a\n",
            "project/web/Dockerfile": "FROM a\n",
            "out.yaml": "services: {web: {build: project/web}}",
        },
    )
    assert place(root, "infra/db/Dockerfile").why == "db in infra/all.yaml"
    assert place(root, "web/Dockerfile").why == "web in infra/b.yaml"


def test_other_contexts_are_named(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "Dockerfile": "FROM base\n",
            "docker-bake.hcl": 'target "a" {\n contexts = { base = "target:b" }\n}\ntarget "b" {\n dockerfile = "b"\n}\n',
        },
    )
    assert place(tmp_path, "Dockerfile").named == {"base": "target:b"}
    assert place(tmp_path, "Dockerfile", Settings(context=".", origin="editor")).named == {"base": "target:b"}
    build = analyze(Source("FROM base\n"))
    for chosen in (None, tmp_path):
        found = Places().context(tmp_path / "Dockerfile", build, Settings(), chosen)
        assert found is not None
        assert found.named == {"base": "target:b"}


def test_settings_say_so(tmp_path: Path) -> None:
    lay(tmp_path, {"a/lightship.toml": "", "a/docker/Dockerfile": "FROM a\n", "compose.yaml": COMPOSE})
    settings = Settings(context=".", origin=str(tmp_path / "a" / "lightship.toml"))
    assert place(tmp_path, "a/docker/Dockerfile", settings).root == tmp_path / "a"
    assert (
        place(tmp_path, "a/docker/Dockerfile", Settings(context="a", origin="editor")).root == tmp_path / "a"
    )
    assert Places().of(tmp_path / "a/docker/Dockerfile", (), Settings(context=False)) is None
    below = Settings(context=False)
    assert Settings(context="x", origin="editor").over(below).context_chosen == ("x", "editor")


@pytest.mark.parametrize(
    ("files", "dockerfile", "copies", "root", "certain"),
    [
        ({"src/a": "", "app/x": ""}, "docker/Dockerfile", "src", "", True),
        ({"docker/src/a": "", "x": ""}, "docker/Dockerfile", "src", "docker", True),
        ({"docker/src/a": "", "src/a": ""}, "docker/Dockerfile", "src", "docker", False),
        ({"docker/.dockerignore": "x", "docker/src/a": "", "src/a": ""}, "docker/Dockerfile", "src", "docker", True),
        ({".dockerignore": "x", "docker/src/a": "", "src/a": ""}, "docker/Dockerfile", "src", "docker", False),
        ({"a": ""}, "docker/Dockerfile", ".", "docker", False),
        ({"a": ""}, "docker/Dockerfile", "*", "docker", False),
        ({"docker/.dockerignore": "x"}, "docker/Dockerfile", ".", "docker", True),
        ({"a": ""}, "docker/Dockerfile", "dist", "docker", False),
        ({"a": ""}, "Dockerfile", ".", "", True),
        ({"src/a": ""}, "Dockerfile", "src dist", "", True),
        ({"src/a": ""}, "Dockerfile", "dist", "", False),
        ({"src/a": ""}, "Dockerfile", "https://example.com/x", "", False),
    ],
)  # fmt: skip
def test_what_is_copied_tells(
    files: Mapping[str, str], dockerfile: str, copies: str, root: str, certain: bool, tmp_path: Path
) -> None:
    lay(tmp_path, {**files, dockerfile: f"FROM a\nADD {copies} /x/\n"})
    found = place(tmp_path, dockerfile)
    assert (found.root, found.certain) == (tmp_path / root, certain)


def test_without_a_project_a_folder_alone_tells_little(tmp_path: Path) -> None:
    lay(tmp_path, {"a/Dockerfile": "FROM a\nCOPY . .\n", "a/b.Dockerfile": "FROM a\nCOPY c .\n", "a/c": ""})
    assert not place(tmp_path, "a/Dockerfile", project=False).certain
    assert place(tmp_path, "a/b.Dockerfile", project=False).certain
    (tmp_path / "only").mkdir()
    (tmp_path / "only" / "Dockerfile").write_text("FROM a\nCOPY . .\n")
    assert not place(tmp_path / "only", "Dockerfile").certain
    known = Places([tmp_path / "a"]).of(tmp_path / "a" / "Dockerfile", ("",), Settings())
    assert known == Place(tmp_path / "a", "the Dockerfile's folder", True)


def test_a_context_outside_the_project_is_not_entered(tmp_path: Path) -> None:
    root = tmp_path / "project"
    lay(root, {"Dockerfile": "FROM a\n"})
    (root / "link").symlink_to(tmp_path)
    (root / "compose.yaml").write_text(
        "services: {a: {build: {context: .., dockerfile: project/Dockerfile}}, b: {build: link}}"
    )
    found = place(root, "Dockerfile")
    assert found.root == root
    assert found.problems == (
        "compose.yaml: a: its context lies outside the project",
        "compose.yaml: b: its context lies outside the project",
    )


def test_looking_for_build_files_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = {"compose.yaml": "services: {a: {build: .}}", "Dockerfile": "FROM a\n"}
    lay(tmp_path, {f"{folder}/{name}": text for folder in ("near", "a/b/c/d/e/f/g", "node_modules", ".x")
                   for name, text in build.items()})  # fmt: skip
    (tmp_path / "a" / "circle").symlink_to(tmp_path)
    asked = [str(folder.relative_to(tmp_path)) for folder, _ in places._build_files(tmp_path)]
    assert asked == ["near"]
    assert place(tmp_path, "near/Dockerfile").why == "a in near/compose.yaml"

    for number in range(50):
        (tmp_path / f"0{number}").write_text("")
    monkeypatch.setattr(places, "MOST_ENTRIES", 20)
    assert [*places._build_files(tmp_path)] == []
    monkeypatch.setattr(places, "MOST_ENTRIES", 10_000)
    monkeypatch.setattr(places, "MOST_SECONDS", -1)
    assert [*places._build_files(tmp_path)] == []


def test_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    lay(tmp_path, {"a/Dockerfile": "FROM a\nCOPY . .\n"})
    os.mkfifo(tmp_path / "compose.yaml")
    (tmp_path / "docker-bake.hcl").mkdir()
    (tmp_path / "compose.override.yml").symlink_to("nowhere")
    (tmp_path / "closed").mkdir(mode=0)
    assert place(tmp_path, "a/Dockerfile").problems == ()
    assert Places().of(tmp_path / "no" / "Dockerfile", ("x",), Settings()) is not None


def test_texts_that_are_being_edited_count(tmp_path: Path) -> None:
    lay(tmp_path, {"compose.yaml": "services: {a: {build: .}}", "a/Dockerfile": "FROM a\n", ".git/x": ""})
    unsaved = {tmp_path / "compose.yaml": "services: {a: {build: a}}"}
    found = Places(unsaved=unsaved).of(tmp_path / "a" / "Dockerfile", (), Settings())
    assert found is not None
    assert found.why == "a in compose.yaml"


def test_dockerfiles_share_what_is_read(tmp_path: Path) -> None:
    lay(tmp_path, {"a": "", "Dockerfile.dockerignore": "x"})
    there = Places()
    assert there.at(tmp_path, tmp_path / "a.Dockerfile") is there.at(tmp_path, tmp_path / "b.Dockerfile")
    assert there.at(tmp_path, tmp_path / "Dockerfile").dockerignore == "x"
