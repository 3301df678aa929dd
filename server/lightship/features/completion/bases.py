"""Base images and their tags, from what is known offline; and stages that a build can start from or copy from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ...knowledge import images, lifecycle, sizes
from ...model.cursor import Place
from .item import Item, Kind, begins

_OTHERS = (
    "scratch", "nginx", "redis", "postgres", "mysql", "mariadb", "mongo", "busybox", "amazonlinux", "fedora",
    "rockylinux", "almalinux", "eclipse-temurin", "maven", "gradle", "httpd", "caddy", "traefik", "memcached",
    "rabbitmq", "buildpack-deps", "gcc",
)  # fmt: skip
"""Official images of whose releases nothing is known here."""
_FIRST = ("python", "debian", "node", "ubuntu", "alpine", "golang", "rust")
_TOOLS = ("ghcr.io/astral-sh/uv:latest",)
"""Images that others copy a program from."""
_RETIRED = frozenset(("centos", "openjdk", "haskell"))


def bases(place: Place) -> Iterator[Item]:
    """What FROM may name: earlier stages, then images with the tag to begin with, or the tags of one."""
    typed = place.word
    span = place.last(len(typed))
    yield from _given(place, typed, numbers=False)
    if ":" in typed:
        image = typed.rpartition(":")[0]
        found = _tags(image)
    else:
        found = ((name, _recommended(name)) for name in _names())
    for name, tag in found:
        text = f"{name}:{tag}" if tag else name
        if begins(text, typed):
            yield Item(text, Kind.IMAGE, span, text, detail=_detail(text))


def origins(place: Place, typed: str) -> Iterator[Item]:
    """What `--from` may name: earlier stages, by number where they have no name, and images with tools."""
    span = place.last(len(typed))
    yield from _given(place, typed, numbers=True)
    for image in _TOOLS:
        if begins(image, typed):
            yield Item(image, Kind.IMAGE, span, image)


def _given(place: Place, typed: str, *, numbers: bool) -> Iterator[Item]:
    """Stages above, and the contexts that the build names."""
    span = place.last(len(typed))
    for name in _stage_names(place, numbers=numbers):
        if begins(name, typed):
            yield Item(name, Kind.STAGE, span, name, detail="stage")
    context = place.build.context
    for name, what in context.named.items() if context else ():
        if begins(name, typed):
            detail = f"build context {what}".rstrip()
            yield Item(name, Kind.FOLDER, span, name, detail=detail)


def _stage_names(place: Place, *, numbers: bool) -> Iterator[str]:
    """The stages above, the last one first. A stage cannot copy from itself."""
    here = place.stage.index if place.stage else 0
    seen = set()
    for stage in place.build.stages[:here]:
        opening = stage.opening
        alias = opening.alias.text if opening and opening.alias else ""
        name = alias or (str(stage.index) if numbers else "")
        if name and name.lower() not in seen:
            seen.add(name.lower())
            yield name


def _names() -> Iterator[str]:
    known = {*lifecycle.RELEASES, *images.SLIM, *_OTHERS} - _RETIRED
    yield from _FIRST
    yield from sorted(known - {*_FIRST})


def _recommended(name: str) -> str:
    """The tag to begin with: the newest release that gets security fixes for long, slim where there is such."""
    release = lifecycle.newest(name, date.today())
    reference = images.parse(f"{name}:{release}" if release else name)
    slim = images.slim_tag(reference) if reference else None
    return slim or release or ""


def _tags(image: str) -> Iterator[tuple[str, str]]:
    """The tags of an image's releases that still get security fixes, newest first; slim ones above."""
    reference = images.parse(image)
    name = images.official(reference) if reference else None
    for release in lifecycle.supported(name or "", date.today()):
        found = images.parse(f"{image}:{release}")
        slim = images.slim_tag(found) if found else None
        if slim:
            yield image, slim
        yield image, release
    if name and name in images.SLIM:
        yield image, images.SLIM[name].latest


def _detail(text: str) -> str:
    reference = images.parse(text)
    if reference is None or text == "scratch":
        return ""
    known = images.SLIM.get(images.official(reference) or "")
    facts = []
    if known:
        size = known.slim if "slim" in (reference.tag or "") else known.full
        facts += [f"about {sizes.human(size)}"] if size else []
    facts += [f"security fixes until {end.day}" for end in lifecycle.lifecycle(reference)[:1]]
    return ", ".join(facts)
