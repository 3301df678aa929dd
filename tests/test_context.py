"""Build contexts: on disk whatever lies there, and in memory; and what rules say of whole projects."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from lightship import lint
from lightship.config import Settings
from lightship.context import BuildContext, of
from lightship.model import analyze
from lightship.sources.context import LARGEST, context
from lightship.text import Source

RULES = ("no-dockerignore", "copy-ignored-file", "copy-needless-files", "unpinned-requirements")


def lay(root: Path, files: Mapping[str, str]) -> BuildContext:
    """Write files below a folder and give its context."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return context(root)


@pytest.mark.parametrize("make", ["disk", "memory"])
def test_questions(make: str, tmp_path: Path) -> None:
    files = {"a/b.txt": "bé", "a/c/d": "", "e": "1234", ".dockerignore": "a/c\n"}
    there = lay(tmp_path, files) if make == "disk" else of(files)

    assert there.entries() == {".dockerignore": 4, "a": None, "e": 4}
    assert there.entries("./a/") == {"b.txt": 3, "c": None}
    assert there.entries("e") == there.entries("nothing") == {}
    assert there.text("/a/b.txt") == "bé"
    assert there.text("a") is there.text("nothing") is None
    assert there.exists("a/c/d")
    assert not there.exists("a/x")
    assert there.is_folder("a/c/")
    assert not there.is_folder("e")
    assert there.leaves_out("a/c/d")
    assert not there.leaves_out("")
    assert sorted(there.files()) == [(".dockerignore", 4), ("a/b.txt", 3), ("e", 4)]
    assert ("a/c/d", 0) in there.files(sent=False)
    assert list(there.files("a")) == [("a/b.txt", 3)]


@pytest.mark.parametrize("path", ["..", "../outside.txt", "a/../../outside.txt", "/../outside.txt"])
def test_nothing_leads_out(path: str, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("private")
    (tmp_path / "root" / "a").mkdir(parents=True)
    there = context(tmp_path / "root")

    assert there.text(path) is None
    assert there.entries("..") == there.entries() == {"a": None}


def test_links_are_files_and_lead_no_further_than_the_context(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.txt").write_text("private")
    root = tmp_path / "root"
    lay(root, {"real/a.txt": "a"})
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "file.txt").symlink_to(tmp_path / "outside" / "a.txt")
    (root / "inside").symlink_to("real")
    (root / "dangling").symlink_to("nowhere")
    (root / "circle").symlink_to("circle")
    there = context(root)

    assert {name for name, size in there.entries().items() if size is None} == {"real"}
    assert there.text("file.txt") is there.text("folder/a.txt") is None
    assert there.entries("folder") == {}
    assert there.text("inside/a.txt") == "a"
    assert there.text("dangling") is there.text("circle") is there.text("circle/x") is None
    assert there.exists("dangling")
    assert [path for path, _ in there.files()] == [
        "circle",
        "dangling",
        "file.txt",
        "folder",
        "inside",
        "real/a.txt",
    ]


def test_a_context_that_is_reached_by_a_link(tmp_path: Path) -> None:
    lay(tmp_path / "real", {"a.txt": "a"})
    (tmp_path / "link").symlink_to("real")
    assert context(tmp_path / "link").text("a.txt") == "a"


def test_what_cannot_be_read_is_not_there(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"x" * (LARGEST + 1))
    there = context(tmp_path)

    assert there.text("pipe") is there.text("large") is None
    assert there.entries()["large"] == LARGEST + 1
    assert there.text("a\0b") is None
    assert there.entries("a\0b") == {}
    assert there.text("x" * 5000) is None
    assert context(tmp_path / "nowhere").entries() == {}


def test_names_may_be_anything(tmp_path: Path) -> None:
    names = [
        b"a b",
        b"new\nline",
        b"\xff\xfe",
        "🚀".encode(),
        b"*",
        b"[x",
        b"back\\slash",
        b"-r",
        b"#c",
        b"!d",
    ]
    for name in names:
        (tmp_path / os.fsdecode(name)).write_text("1")
    (tmp_path / ".dockerignore").write_text("a*\n#c\n!\\!d\n")
    there = context(tmp_path)

    assert set(map(os.fsdecode, names)) <= set(there.entries())
    assert all(map(there.exists, there.entries()))
    sent = {path for path, _ in there.files()}
    assert sent == {name for name in there.entries() if not there.leaves_out(name)}


def test_folders_may_lie_deep() -> None:
    path = "/".join("a" * 3000)
    assert list(of({f"{path}/b": "1"}).files()) == [(f"{path}/b", 1)]


def test_a_dockerfile_may_have_a_dockerignore_of_its_own(tmp_path: Path) -> None:
    lay(tmp_path, {".dockerignore": "a\n", "docker/Dockerfile.dockerignore": "b\n", "a": "", "b": ""})
    there = context(tmp_path, tmp_path / "docker" / "Dockerfile")

    assert [path for path, _ in there.files()] == [".dockerignore", "a", "docker/Dockerfile.dockerignore"]
    assert context(tmp_path, tmp_path / "Dockerfile").leaves_out("a")


PYTHON = {
    "pyproject.toml": '[project]\nname = "app"\n',
    "requirements.txt": "-r requirements/base.txt\ngunicorn==23.0.0\n",
    "requirements/base.txt": "flask>=3\n",
    "app/__init__.py": "",
    "app/__pycache__/__init__.cpython-312.pyc": "x",
    "tests/test_app.py": "",
    ".git/HEAD": "ref: refs/heads/main\n",
    ".venv/pyvenv.cfg": "home = /usr\n",
    ".env": "SECRET_KEY=abc\n",
    "Dockerfile": "FROM python:3.12-slim\nWORKDIR /app\nCOPY requirements.txt ./\nCOPY requirements requirements\n"
    "RUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\n",
}
NODE = {
    "package.json": "{}",
    "package-lock.json": "{}",
    "src/index.js": "",
    "node_modules/left-pad/index.js": "1",
    ".dockerignore": "node_modules\nDockerfile\n.git\npackage-lock.json\n",
    "Dockerfile": "FROM node:22-slim\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n",
}
MONOREPO = {
    ".dockerignore": "**\n!api\n!shared/*.py\napi/**/__pycache__\n",
    "api/app.py": "",
    "api/__pycache__/app.pyc": "",
    "api/node_modules/a/index.js": "1",
    "shared/x.py": "",
    "web/index.html": "",
    "Dockerfile": "FROM python:3.12-slim\nCOPY api /api\nCOPY shared /shared\nCOPY web /web\n",
}
GO = {
    "go.mod": "module app\n",
    "main.go": "package main\n",
    ".git/HEAD": "ref\n",
    "Dockerfile": "FROM golang:1.24 AS build\nCOPY . .\nRUN go build -o /app\nFROM scratch\nCOPY --from=build /app /\n",
}
TIDY = {
    **PYTHON,
    "requirements/base.txt": "flask==3.1.0\n",
    ".dockerignore": ".git\n.venv\n.env\n**/__pycache__\n",
}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (PYTHON, [(5, "unpinned-requirements"), (6, "no-dockerignore")]),
        (TIDY, []),
        (NODE, [(3, "copy-ignored-file")]),
        (MONOREPO, [(2, "copy-needless-files"), (4, "copy-ignored-file")]),
        (GO, [(2, "no-dockerignore")]),
    ],
    ids=["python", "tidy", "node", "monorepo", "go"],
)
def test_whole_projects(files: Mapping[str, str], told: list[tuple[int, str]], tmp_path: Path) -> None:
    build = analyze(Source(files["Dockerfile"]), lay(tmp_path, files))
    found = lint.check(build, Settings(select=RULES))
    assert [(build.source.line_of(each.span.start) + 1, each.code) for each in found] == told
