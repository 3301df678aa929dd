"""Base images and stages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ...knowledge import images, registries, sizes
from ...knowledge.lifecycle import lifecycle
from ...model.build import Copy, From, Stage, Step
from ...text import Span, code
from .shown import Hover


def opening(step: Step, offset: int) -> Hover | None:
    """The base image, or the stage's name, of a FROM."""
    if not isinstance(step, From) or step.image is None:
        return None
    if step.image.span.covers(offset):
        if step.stage.parent:
            return Hover(_stage(step.stage.parent), step.image.span)
        return _image(step, step.image.text, step.stage.value, step.image.span)
    if step.alias and step.alias.span.covers(offset):
        return Hover(_stage(step.stage), step.alias.span)
    return None


def origin_of_files(step: Step, written: str, value: str | None, span: Span) -> Hover | None:
    """The stage or image that `--from` or `from=` names."""
    stage = step.stage.build.stage(value, step.stage.index) if value and step.stage.index > 0 else None
    return Hover(_stage(stage), span) if stage else _image(step, written, value, span)


def _image(step: Step, written: str, value: str | None, span: Span) -> Hover | None:
    what = step.stage.build.context_named(value)
    if what is not None:
        given = f", {code(what)}" if what else ""
        return Hover(
            f"**{code(written)}**: a build context that the build names so{given}. No image is looked for.",
            span,
        )
    if value is None:
        return Hover("The build decides which image this is: a build argument has no default.", span)
    if value == "scratch":
        return Hover("**`scratch`**: no files, no layers. The stage starts from nothing.", span)
    reference = images.parse(value)
    if reference is None:
        return None
    facts = [_where(reference)]
    if reference.tag is None and reference.digest is None:
        facts.append("No tag: each build takes what `latest` is by then.")
    facts += _size_of(reference)
    today = date.today()
    for end in lifecycle(reference):
        name = f"{end.title} {end.release}".strip()
        ended = end.day < today
        facts.append(
            f"{name} {'got its last security fixes on' if ended else 'gets security fixes until'} {end.day}."
        )
    user = images.default_user(reference)
    if user:
        facts.append("Runs as root." if images.runs_as_root(user) else f"Runs as {code(user)}.")
    title = f"**{code(value)}**" + (f", from {code(written)}" if written != value else "")
    return Hover("\n".join((title, "", *(f"- {fact}" for fact in facts))), span)


def _where(reference: images.ImageReference) -> str:
    address = registries.page(reference)
    if address and images.official(reference) and reference.registry == images.DOCKER_HUB:
        return f"[Docker official image]({address})"
    registry = "Docker Hub" if reference.registry == images.DOCKER_HUB else reference.registry
    return f"[On {registry}]({address})" if address else f"In the registry {code(registry)}"


def _size_of(reference: images.ImageReference) -> Iterator[str]:
    known = images.SLIM.get(images.official(reference) or "")
    slim = images.slim_tag(reference)
    if known and known.full and known.slim and slim:
        yield (
            f"About {sizes.human(known.full)}; {code(f'{reference.name}:{slim}')} is about {sizes.human(known.slim)}."
        )
    elif known and known.slim and "slim" in (reference.tag or "").split("-"):
        yield f"About {sizes.human(known.slim)}: the slim variant."
    elif slim:
        yield f"The slim variant is {code(f'{reference.name}:{slim}')}."


def _stage(stage: Stage) -> str:
    build = stage.build
    source = build.source
    opening = stage.opening
    title = f"**Stage {code(stage.name or str(stage.index))}**"
    if opening:
        title += f", line {source.line_of(opening.span.start) + 1}"
        if opening.image:
            title += f", from {code(opening.image.text)}"
    counts = (("RUN", len(stage.runs)), ("COPY", sum(isinstance(each, Copy) for each in stage.steps)))
    held = ", ".join(f"{count} {keyword}" for keyword, count in counts if count)
    copied = [
        each
        for each in build.steps
        if isinstance(each, Copy) and each.origin and build.stage(each.origin, each.stage.index) is stage
    ]
    if stage.shipped:
        use = "It ships."
    elif copied:
        lines = [str(source.line_of(each.span.start) + 1) for each in copied]
        use = f"Only what is copied from it can ship ({'line' if len(lines) == 1 else 'lines'} {', '.join(lines)})."
    else:
        use = "It does not ship."
    return f"{title}\n\n{held + '. ' if held else ''}{use}"
