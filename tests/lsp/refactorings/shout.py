"""Write a base image in capital letters, which no registry would take: for tests alone."""

from __future__ import annotations

from collections.abc import Iterator

from lightship.model.build import Build
from lightship.refactorings import Offer, refactoring
from lightship.rewrite import Refusal
from lightship.text import Edit, Fix, NewFile, Safety, Span


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    for stage in build.stages:
        image = stage.opening and stage.opening.image
        if not image or not image.text.startswith("shout") or not image.span.covers(span.start):
            continue
        title, new = f"Shout {image.text}", image.text.upper()
        if ":" in image.text:
            yield Offer(image.span, title, Refusal("a tag is never shouted"))
        elif image.text == "shout-it-out":
            yield Offer(
                image.span, title, Fix(title, (), Safety.MANUAL, creates=(NewFile("its echo", "OUT\n"),))
            )
        else:
            yield Offer(
                image.span, title, Fix(title, (Edit(image.span, new),), Safety.UNSAFE, (new,), (image.text,))
            )
