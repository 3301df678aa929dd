r"""Something is removed in a later layer than the one that brought it, which frees nothing.

Layers only ever add. What a layer holds is shipped with the image, even where a later one hides it: an image
that installs gcc in one `RUN` and removes it in another still carries all 163 MB of it, and the removal adds
another megabyte of its own. The same goes for caches that are cleaned, and files that are deleted, too late.

Let one `RUN` bring, use and remove it. Where that is not possible, because a `COPY` stands between or the file
comes from one: build in a stage of its own and copy the result, or mount the file with `RUN --mount=type=bind`
instead of copying it. An image that is already built can be flattened with
[docker-squash](https://github.com/goldmann/docker-squash).

Stages that are only copied from are left alone, and so are small text files.

## Example

```dockerfile
FROM python:3.12-slim
COPY . /src
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev
RUN pip install --no-cache-dir /src
RUN apt-get purge -y --auto-remove gcc libc6-dev
```

Use instead:

```dockerfile
FROM python:3.12-slim
COPY . /src
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && \
    pip install --no-cache-dir /src && \
    apt-get purge -y --auto-remove gcc libc6-dev
```
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ..knowledge.caches import CACHES
from ..knowledge.packages import APT_FAMILY, Manager
from ..knowledge.sizes import APT_LISTS as LISTS_SIZE
from ..knowledge.sizes import human
from ..model.build import Build, Run, Step
from ..model.layers import APT_LISTS, Content, Kind, LateRemoval, Removal, history, needs_lists
from ..model.weights import of_packages
from ..rewrite import Refusal, Rewrite, add_flag, append_command
from ..rewrite.apk import without_index
from ..rewrite.merge import merge_runs, mergeable
from ..text import Edit, Fix, Safety
from . import Finding, Related, Severity, Topic, rule

_MESSAGES = {
    (False, False): "{what} is removed here, but stays in the layer of line {line}: {advice}.",
    (False, True): "{what} is removed here, but its {size} stay in the layer of line {line}: {advice}.",
    (True, False): "{what} are removed here, but stay in the layer of line {line}: {advice}.",
    (True, True): "{what} are removed here, but their {size} stay in the layer of line {line}: {advice}.",
}
"""By whether there are several, and whether their size is known."""


@rule(Severity.WARNING, topic=Topic.LAYERS)
def check(build: Build) -> Iterator[Finding]:
    for late in history(build).late:
        near = _neighbours(late)
        main = _main(near or late.taken)
        fix = _merge(near, late.removal.run) if near else _clean_up_earlier(late, build)
        size = _size(main)
        names = _names(main, late.removal)
        first = main[0]
        arguments = {
            "what": _listed(names),
            "size": size,
            "line": build.source.line_of(first.span.start) + 1,
            "advice": _advice(first, merged=bool(near and fix)),
        }
        yield Finding(
            late.removal.span,
            _MESSAGES[len(names) > 1, bool(size)],
            fix,
            arguments,
            tuple(_related(late.taken)),
        )


def _neighbours(late: LateRemoval) -> list[Content]:
    """What is brought by RUNs that can be merged with the one that removes it."""
    runs = [late.removal.run]
    steps = late.removal.run.stage.steps
    for step in reversed(steps[: steps.index(runs[0])]):
        if not isinstance(step, Run) or mergeable(step, runs[-1]):
            break
        runs.append(step)
    return [content for content in late.taken if content.step in runs]


def _main(taken: Sequence[Content]) -> list[Content]:
    """What to speak of: of all that is removed, what one layer holds of one kind."""
    kind = min((content.kind for content in taken), key=[*Kind].index)
    same = [content for content in taken if content.kind is kind]
    ((step, _),) = Counter(content.step for content in same).most_common(1)
    return [content for content in same if content.step is step]


def _names(contents: Sequence[Content], removal: Removal) -> list[str]:
    first = contents[0]
    match first.kind:
        case Kind.CACHE if first.name == APT_LISTS:
            return ["The package index"]
        case Kind.CACHE if first.call:
            return [f"The cache of {first.call.meaning.manager}"]
        case Kind.PACKAGE:
            return list(dict.fromkeys(content.name for content in contents))
        case Kind.DEPENDENCY:
            return [f"What {' and '.join(content.name for content in contents)} needed"]
    by_span = {content.span: content for content in reversed(contents)}
    by_span |= {content.span: content for content in contents if removal.names(content)}
    return sorted({re.sub(r"^\?\d*/", "", removal.shown(content)) for content in by_span.values()})


def _listed(names: Sequence[str]) -> str:
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _size(contents: Sequence[Content]) -> str:
    first = contents[0]
    if first.name == APT_LISTS:
        return human(round(LISTS_SIZE, -6))
    if first.kind is not Kind.PACKAGE or not first.call or first.call.meaning.manager not in APT_FAMILY:
        return ""
    names = (content.name for content in contents)
    return of_packages(first.step.stage.base, names, not first.call.meaning.skips_recommended)


def _advice(first: Content, *, merged: bool) -> str:
    if merged:
        return "do both in one RUN"
    if first.kind is Kind.CACHE:
        return "clean up in the RUN that fills it"
    if first.kind is not Kind.FILE:
        return "build in a stage of its own, or install, use and remove in one RUN"
    if isinstance(first.step, Run):
        return "delete in the RUN that brings it"
    if any("://" in (source or "") for source in first.step.values):
        return "fetch, use and delete it in one RUN"
    return f"use a stage of its own, or `RUN --mount=type=bind` instead of {first.step.instruction.keyword}"


def _related(taken: Sequence[Content]) -> Iterator[Related]:
    words = {Kind.PACKAGE: "installed here", Kind.DEPENDENCY: "installed here", Kind.CACHE: "filled here"}
    for span, kind in dict.fromkeys((content.span, content.kind) for content in taken):
        yield Related(span, words.get(kind, "brought here"))


def _merge(contents: Sequence[Content], last: Run) -> Fix | None:
    """Make one RUN of all from the first that brings something to the one that removes it."""
    steps = last.stage.steps
    first = min(steps.index(content.step) for content in contents)
    runs = [step for step in steps[first : steps.index(last) + 1] if isinstance(step, Run)]
    merged = merge_runs(runs, last.stage.build)
    if isinstance(merged, Refusal):
        return None
    return Fix("Merge the RUNs", merged.edits, Safety.SAFE, merged.adds, merged.removes)


def _clean_up_earlier(late: LateRemoval, build: Build) -> Fix | None:
    """Let the RUNs that fill a cache empty it as well."""
    if any(content.kind is not Kind.CACHE for content in late.taken):
        return None
    edits: list[Edit] = []
    adds: list[str] = []
    removes: list[str] = []
    told: set[tuple[Step, Manager]] = set()
    for content in late.taken:
        run, call = content.step, content.call
        if not isinstance(run, Run) or call is None:
            return None
        manager = call.meaning.manager
        if manager is not Manager.PIP and (run, manager) in told:
            continue
        told.add((run, manager))
        if manager in APT_FAMILY and needs_lists(build, run):
            return None
        found: Rewrite | Refusal | None = None
        if manager is Manager.PIP:
            found = add_flag(call, run, "--no-cache-dir")
        elif manager is Manager.APK:
            found = without_index(run)
        found = found or append_command(run, CACHES[manager].clean, build)
        if isinstance(found, Refusal):
            return None
        edits += found.edits
        adds += found.adds
        removes += found.removes
    return Fix("Clean up in the RUN that fills it", tuple(edits), Safety.SAFE, tuple(adds), tuple(removes))
