"""What can be opened: an image's page, what ADD downloads, and the files of the build context that are copied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .. import regex
from ..knowledge import images, registries
from ..model.build import Add, Build, Copy, From, Stage
from ..model.names import images_named
from ..syntax.dockerfile import Word
from ..text import Span

_LOCAL = regex.compile(r"[\w@%+=,./ -]+")
_ADDRESS = regex.compile(r"(?i)https?://\S+")
_REPOSITORY = regex.compile(r"git@([\w.-]+):([^#?]+?)(?:\.git)?(?:[#?].*)?")


class Link(NamedTuple):
    """`address` is where it leads, or `path` the file of the build context that it names."""

    span: Span
    address: str | None = None
    path: str | None = None


def links(build: Build) -> tuple[Link, ...]:
    """In order. Whether a path is there is for whoever knows the context to say."""
    return tuple(sorted(_links(build), key=lambda link: link.span))


def _links(build: Build) -> Iterator[Link]:
    syntax = build.file.directive("syntax")
    if syntax:
        yield from _image(syntax.value.span, syntax.value.text)
    for step in build.steps:
        if isinstance(step, Copy | Add):
            yield from _sources(step)
    for step in build.outer_steps:
        if isinstance(step, From) and step.image and not _is_other(step.stage):
            yield from _image(step.image.span, step.stage.image or _without_tag(step.image))
        for name in images_named(step):
            # A bare name may be a context that the build is given.
            if any(mark in name.text for mark in "/:@") and build.context_named(name.text) is None:
                yield from _image(name.span, name.text)


def _is_other(stage: Stage) -> bool:
    """Whether its FROM names no image, but a stage or a build context."""
    return stage.parent is not None or stage.build.context_named(stage.value) is not None


def _image(span: Span, value: str) -> Iterator[Link]:
    reference = images.parse(value) if value != "scratch" else None
    address = registries.page(reference) if reference else None
    if address:
        yield Link(span, address)


def _without_tag(word: Word) -> str:
    """The image's name where only its tag depends on the build: `python` of `python:$VERSION`."""
    name, colon, tag = word.text.rpartition(":")
    return name if colon and "/" not in tag and "$" not in name else ""


def _sources(step: Copy | Add) -> Iterator[Link]:
    here = not isinstance(step, Copy) or step.from_context
    for span, value in list(zip(step.operands, step.values, strict=True))[:-1]:
        if value is None or value.startswith("<<"):
            continue
        if isinstance(step, Add) and _ADDRESS.fullmatch(value):
            yield Link(span, value)
        elif isinstance(step, Add) and (repository := _REPOSITORY.fullmatch(value)):
            yield Link(span, f"https://{repository[1]}/{repository[2]}")
        elif here and _LOCAL.fullmatch(value):
            yield Link(span, path=value)
