r"""The base image is past its end of life: whatever flaw is found in it now stays in it.

`python:3.9` got its last security fix in October 2025. The image is still there and still builds, and nothing
tells you that its interpreter, or the distribution beneath it (`buster`), is fixed no more: soon
`apt-get update` fails as well. Move to a release that is cared for.

The dates are those of the projects, as of the day that this version of Lightship was made: the same file has
the same findings tomorrow. For Ubuntu they are the end of standard support. A base with a digest is left
alone, for who writes it down means exactly that one, and so is a version that only the build knows.

The fix moves to the oldest release that is still supported, and is unsafe: the app has to run there. Python 2
has no fix. All uses of an image are one finding.

## Example

```dockerfile
FROM python:3.9-slim
CMD ["python", "-m", "http.server"]
```

Use instead:

```dockerfile
FROM python:3.11-slim
CMD ["python", "-m", "http.server"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import regex
from ..knowledge import images
from ..knowledge.images import ImageReference
from ..knowledge.lifecycle import AS_OF, EndOfLife, lifecycle, successor, successor_tag
from ..model.build import From
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule

_INSTEAD = {
    "adoptopenjdk": "eclipse-temurin",
    "centos": "almalinux or rockylinux",
    "iojs": "node",
    "java": "eclipse-temurin",
    "openjdk": "eclipse-temurin",
}
"""What took the place of images that are no longer built."""


_LONG_TERM = regex.compile(r"\d?[02468]\.04")
_ONE_VARIABLE = regex.compile(r"(?P<before>[^$]*)\$(?P<brace>\{)?(?P<name>\w+)(?(brace)\})(?P<after>[^$]*)")


@rule(Severity.WARNING, topic=Topic.BASE_IMAGE)
def check(step: From) -> Iterator[Finding]:
    stage = step.stage
    reference = images.parse(stage.image) if stage.image and not stage.parent else None
    if reference is None or reference.digest or step.image is None:
        return
    ended = next((end for end in lifecycle(reference) if end.day < AS_OF), None)
    if ended is None:
        return
    following = successor(ended.product, ended.release, AS_OF)
    instead = _INSTEAD.get(ended.product)
    if not ended.release:
        template = "`{product}` has had no releases since {day}: use {instead}."
    elif following:
        template = (
            "{title} {release} has had no security fixes since {day}{unless}: move to {following} or later."
        )
    elif instead:
        template = "{title} {release} has had no security fixes since {day}: use {instead}."
    else:
        template = "{title} {release} has had no security fixes since {day}."
    yield Finding(
        step.image.span,
        template,
        _fix(step, reference, ended),
        {
            **ended._asdict(),
            "day": f"{ended.day:%B %Y}",
            "following": following,
            "instead": instead,
            "unless": ", but for Ubuntu Pro"
            if ended.product == "ubuntu" and _LONG_TERM.match(ended.release)
            else "",
        },
        group=reference.text,
    )


def _fix(step: From, reference: ImageReference, ended: EndOfLife) -> Fix | None:
    """Swap the tag where it is written, or the default of the ARG that holds what changes in it."""
    tag = successor_tag(reference, AS_OF)
    if (
        tag is None
        or "onbuild" in tag
        or step.image is None
        or not ended.release
        or (ended.product == "python" and ended.release < "3")
    ):
        return None
    span, new = reference.tag_edit(tag)
    before, after = reference.text[: span.start], reference.text[span.end :]
    place, written = step.image.span, step.image.text
    if written != reference.text:
        match = _ONE_VARIABLE.fullmatch(written)
        variable = step.scope.get(match["name"]) if match else None
        whole = before + new + after
        if not (match and variable and variable.origin and variable.value):
            return None
        before, after = match["before"], match["after"]
        place, written = variable.origin, step.stage.build.source[variable.origin]
        if not (
            whole.startswith(before) and whole.endswith(after) and written.endswith(f"={variable.value}")
        ):
            return None
        span = Span(len(written) - len(variable.value), len(written))
        new = whole[len(before) : len(whole) - len(after)]
    changed = written[: span.start] + new + written[span.end :]
    title = f"Use {reference.name}:{tag}"
    return Fix(title, (Edit(span.moved(place.start), new),), Safety.UNSAFE, (changed,), (written,))
