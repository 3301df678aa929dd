r"""`apt-get update` leaves the package lists in the layer.

They are 20 MB that the running app never reads, and nothing a later layer removes makes the image smaller. Remove
them in the `RUN` that fetched them, or keep them out of the layer with a cache mount on `/var/lib/apt`.

Stages that are only copied from are left alone. No fix is offered where a later step installs from these lists:
it would need an `apt-get update` of its own. What is alike in a stage is one finding.

## Example

```dockerfile
FROM debian:12
RUN apt-get update && \
    apt-get install -y --no-install-recommends curl
```

Use instead:

```dockerfile
FROM debian:12
RUN apt-get update && \
    apt-get install -y --no-install-recommends curl && \
    rm -rf /var/lib/apt/lists/*
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..knowledge.caches import CACHES
from ..knowledge.sizes import APT_LISTS as LISTS_SIZE
from ..knowledge.sizes import human
from ..model.build import PackageCall, Run
from ..model.layers import APT_LISTS, history, needs_lists
from ..options import option
from ..rewrite import Refusal, append_command
from ..text import Fix, Safety
from . import Finding, Related, Severity, Topic, rule


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Report lists too that a later RUN installs from or removes, which are matters of other rules.",
        hadolint=True,
    )


@rule(Severity.INFO, topic=Topic.LAYERS, aliases=("DL3009",), options=Options)
def check(run: Run, options: Options) -> Iterator[Finding]:
    if not (run.stage.goes_on if options.strict else run.stage.shipped):
        return
    layers = history(run.stage.build)
    lists = next(
        (
            content
            for content in layers.left[run]
            if content.name == APT_LISTS and (not options.strict or (content.call and content.call.bare))
        ),
        None,
    )
    if lists is None or lists.call is None:
        return
    user = needs_lists(run.stage.build, run)
    # Removing them too late, and fetching them apart from the install, are matters of their own.
    if not options.strict and (layers.taken_late(lists) or (run.only_updates and user)):
        return
    line = run.stage.build.source.line_of(user.span.start) + 1 if user else 0
    if run.only_updates and not user:
        template = "The package lists, about {size}, stay in this layer, and nothing installs from them: leave the update out."
    elif user:
        template = (
            "The package lists, about {size}, stay in this layer, for line {line} installs from them: "
            "let it run an update of its own, and remove them in each RUN."
        )
    else:
        template = "The package lists, about {size}, stay in this layer: remove /var/lib/apt/lists/* at the end of this RUN."
    yield Finding(
        lists.span,
        template,
        None if user or run.only_updates else _fix(run, lists.call),
        {"size": human(round(LISTS_SIZE, -6)), "line": line},
        (Related(user.span, "installs from these lists"),) if user else (),
        group=(run.stage, template),
    )


def _fix(run: Run, update: PackageCall) -> Fix | None:
    sudo = "sudo " if update.command.name == "sudo" else ""
    appended = append_command(run, sudo + CACHES[update.meaning.manager].clean, run.stage.build)
    if isinstance(appended, Refusal):
        return None
    return Fix("Remove the package lists", appended.edits, Safety.SAFE, appended.adds, appended.removes)
