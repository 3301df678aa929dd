r"""Name the version of a base image once, in an `ARG` that a build can set.

```dockerfile
FROM python:3.12-slim AS build
FROM python:3.12-slim
```

becomes

```dockerfile
ARG PYTHON_VERSION=3.12
FROM python:${PYTHON_VERSION}-slim AS build
FROM python:${PYTHON_VERSION}-slim
```

Every `FROM` with the same image and version takes part. Then `docker build --build-arg PYTHON_VERSION=3.13` tries
another one, with no edit. Declined for digests, which stand for one version alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import regex
from ..knowledge import images
from ..model.build import Build
from ..rewrite import Refusal, line_end
from ..text import Edit, Fix, Safety, Span
from . import Offer, refactoring, touched

_VERSION = regex.compile(r"\d+(\.\d+)*")


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    offered: set[str] = set()
    for stage in build.stages:
        word = stage.opening and stage.opening.image
        if not word or stage.parent or not stage.image or "$" in word.text:
            continue
        if not touched(build, word.span, span):
            continue
        reference = images.parse(word.text)
        version = _VERSION.match(reference.tag or "") if reference else None
        if not reference or not version:
            continue
        argument = re.sub(r"\W", "_", reference.name.rpartition("/")[2]).upper() + "_VERSION"
        if argument in offered:
            continue
        offered.add(argument)
        title = f"Extract ARG {argument}"
        if reference.digest:
            yield Offer(word.span, title, Refusal("the digest stands for one version alone"))
        elif build.scope.get(argument):
            yield Offer(word.span, title, Refusal(f"there is an ARG {argument}"))
        else:
            yield Offer(word.span, title, _extracted(build, title, argument, reference.name, version[0]))


def _extracted(build: Build, title: str, argument: str, name: str, version: str) -> Fix:
    first = build.stages[0].steps[0].instruction
    at = first.extent.start + (1 if build.file.text.startswith("\ufeff") and not first.extent.start else 0)
    edits = [Edit(Span(at, at), f"ARG {argument}={version}{line_end(build)}")]
    adds, removes = ["ARG", f"{argument}={version}"], []
    for stage in build.stages:
        word = stage.opening and stage.opening.image
        reference = images.parse(word.text) if word and not stage.parent else None
        if not word or not reference or reference.name != name or not reference.tag_span or reference.digest:
            continue
        found = _VERSION.match(reference.tag or "")
        if not found or found[0] != version:
            continue
        start = reference.tag_span.start
        new = f"{word.text[:start]}${{{argument}}}{word.text[start + len(version) :]}"
        edits.append(Edit(word.span, new))
        adds.append(new)
        removes.append(word.text)
    return Fix(title, tuple(edits), Safety.SAFE, tuple(adds), tuple(removes))
