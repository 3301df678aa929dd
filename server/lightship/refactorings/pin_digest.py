r"""Pin base images to the digests that their tags stand for today, so that every build gets the same ones.

```dockerfile
FROM python:3.12-slim
```

becomes

```dockerfile
FROM python:3.12-slim@sha256:5f5ab9ee1d1c2ccf6b5b6cbe8e8a0a8a3ba1d3a8c5a4b0c2a3b6a7f1d9e0c4b2
```

A tag may name another image tomorrow; a digest is the image. The tag stays for people to read, the engine goes by the
digest. The price: security updates of the base come only with a new digest, so have a tool such as Renovate or
Dependabot look after it.

Only a registry knows the digest. It is asked on request alone, as anybody may ask it, and the engine at hand where that
fails, for that may have a login: `lightship refactor pin-digest --ask-registry Dockerfile`, or in an editor once the
action is chosen, where its setting `lightship.askRegistry` is true. The digest is that of the image for all platforms.

All images that are selected are pinned, but for those whose registry does not answer: it is told why. Declined where a
variable names the image.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..knowledge import images
from ..model.build import Build, From, Unanswered
from ..rewrite import Refusal
from ..text import Edit, Fix, Safety, Span
from . import Offer, refactoring, touched

_UNASKED = Refusal(
    "only a registry knows the digest: `lightship refactor pin-digest --ask-registry` asks it, "
    "and an editor does with the setting `askRegistry`"
)


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    pinned: list[tuple[Edit, str]] = []
    for stage in build.stages:
        opening = stage.opening
        if not opening or not opening.image or stage.parent or not touched(build, opening.span, span):
            continue
        word = opening.image
        reference = images.parse(word.text)
        named = build.context_named(stage.value) is not None
        if named or stage.image == "scratch" or (reference and reference.digest):
            continue
        digest = _digest(build, opening, reference)
        if isinstance(digest, Refusal):
            yield Offer(word.span, f"Pin {word.text} to its digest", digest)
        else:
            pinned.append((Edit(word.span, f"{word.text}@{digest}"), word.text))
    if pinned:
        names = list(dict.fromkeys(name for _, name in pinned))
        title = (
            f"Pin {names[0]} to its digest"
            if len(names) == 1
            else f"Pin {len(names)} images to their digests"
        )
        edits = tuple(edit for edit, _ in pinned)
        adds, removes = tuple(edit.text for edit in edits), tuple(name for _, name in pinned)
        yield Offer(
            Span(edits[0].span.start, edits[-1].span.end),
            title,
            Fix(title, edits, Safety.SAFE, adds, removes),
        )


def _digest(build: Build, opening: From, reference: images.ImageReference | None) -> str | Refusal:
    assert opening.image
    if "$" in opening.image.text:
        return Refusal("a variable names the image")
    if reference is None:
        return Refusal("this is no name of an image")
    if build.registries is None:
        return _UNASKED
    try:
        return build.registries.digest(reference)
    except Unanswered as error:
        return Refusal(str(error))
