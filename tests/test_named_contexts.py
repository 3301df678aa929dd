"""Build contexts that Compose and Bake files name: they take the place of images, so that nothing is said of those."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightship import lint, render
from lightship.config import Settings
from lightship.features import build_context
from lightship.features.completion import complete
from lightship.features.hover import hover
from lightship.features.links import links
from lightship.model import analyze
from lightship.model.build import Build
from lightship.refactorings import all_refactorings
from lightship.sources.places import Places
from lightship.text import Source, Span

DOCKERFILE = """\
FROM golang:1.27 AS builder
FROM python
COPY --from=python3 /a /a
COPY --from=build /b /b
RUN --mount=type=bind,from=builders,target=/c true
"""
BAKE = """
target "app" {
  contexts = {%s
    python = "target:base"
    build = "docker-image://example.com/build"
    builders = "./builders"
    python3 = "https://example.com/a.git"
  }
}
"""
ABOUT_IMAGES = Settings(
    select=("untagged-base", "latest-base", "prefer-slim-base", "unknown-stage", "untrusted-registry"),
    rules={"untrusted-registry": {"registries": ("quay.io",)}},
)


def read(root: Path, text: str = DOCKERFILE) -> Build:
    (root / ".git").mkdir(exist_ok=True)
    (root / "Dockerfile").write_text(text)
    build = analyze(Source(text))
    return analyze(Source(text), Places().context(root / "Dockerfile", build, Settings()))


def test_nothing_is_said_of_images_that_are_none(tmp_path: Path) -> None:
    without = {each.code for each in lint.check(read(tmp_path), ABOUT_IMAGES)}
    assert without == {"untagged-base", "prefer-slim-base", "unknown-stage", "untrusted-registry"}
    (tmp_path / "docker-bake.hcl").write_text(BAKE % "")
    build = read(tmp_path)
    assert [(each.code, each.span.start) for each in lint.check(build, ABOUT_IMAGES)] == [
        ("untrusted-registry", DOCKERFILE.index("golang"))
    ]
    assert build.stages[1].image is build.stages[1].base is None
    assert build.stages[0].image == "golang:1.27"


def test_editors_know_them(tmp_path: Path) -> None:
    (tmp_path / "docker-bake.hcl").write_text(BAKE % "")
    build = read(tmp_path)
    assert [each.address for each in links(build)] == ["https://hub.docker.com/_/golang"]
    shown = hover(build, DOCKERFILE.index("python"))
    assert shown is not None
    assert "`target:base`" in shown.markdown
    shown = hover(build, DOCKERFILE.index("build /b"))
    assert shown is not None
    assert "`docker-image://example.com/build`" in shown.markdown
    found = {item.label: item.detail for item in complete(build, DOCKERFILE.index("python3 /a"))}
    assert found["builder"] == "stage"
    assert found["builders"] == "build context ./builders"
    everywhere = Span(0, len(DOCKERFILE))
    for refactoring in all_refactorings():
        if refactoring.name in ("pin-digest", "extract-version-arg"):
            titles = [offer.title for offer in refactoring.offer(build, everywhere)]
            assert titles
            assert not any("python" in title for title in titles)


@pytest.mark.parametrize(
    ("name", "image", "other"),
    [
        ("alpine", "alpine", False),
        ("alpine", "alpine:latest", False),
        ("alpine:latest", "docker.io/library/alpine", False),
        ("alpine", "alpine:3", True),
        ("alpine:3", "alpine:3", False),
        ("alpine", "example.com/alpine", True),
    ],
)
def test_names_are_compared_as_buildkit_does(tmp_path: Path, name: str, image: str, other: bool) -> None:
    (tmp_path / "docker-bake.hcl").write_text(f'target "a" {{ contexts = {{ "{name}" = "./x" }} }}')
    build = read(tmp_path, f"FROM {image}\n")
    assert (build.stages[0].image == image) is other


def test_who_builds_a_stage_is_told(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "compose.yaml").write_text(
        "services: {web: {build: {context: ., target: App}}, api: {build: {context: ., target: '1'}}, all: {build: .}}"
    )
    text = "FROM debian:12 AS tools\nFROM debian:12 AS app\nFROM app\n"
    place = Places().of(tmp_path / "Dockerfile", (), Settings())
    assert place is not None
    assert place.stages == {"web in compose.yaml": "App", "api in compose.yaml": "1"}
    build = analyze(Source(text))
    at = text.index("FROM debian:12 AS app")
    for offset in (at, text.index("app")):
        assert (
            build_context.about(build, offset, place)
            == "Built as web in compose.yaml and api in compose.yaml."
        )
    assert build_context.about(build, 0, place) == ""
    assert "build stage    App for web in compose.yaml" in render.build_context(place)


def test_a_stage_comes_first(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(
        "services: {a: {build: {context: ., additional_contexts: {base: x}}}}"
    )
    build = read(tmp_path, "FROM debian:12 AS base\nFROM base\n")
    assert build.stages[1].parent is build.stages[0]
    assert build.stages[1].base == "debian:12"
