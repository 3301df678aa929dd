r"""`apt-get install` also installs what its packages merely recommend.

Recommended packages are nice to have on a desktop: with gcc they are 76 MB of manual pages and headers. An image
seldom needs them. Where the app does need one, name it.

The calls of a stage are one finding. Of packages that recommend little, or of which that is not known, it speaks
only where the rule is selected. Stages that are only copied from are left alone, for what they hold is not shipped. The fix is not applied in bulk
unless asked for: it can leave out something that the app needs.

## Example

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*
```

Use instead:

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install --no-install-recommends -y gcc && rm -rf /var/lib/apt/lists/*
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .. import regex
from ..knowledge import images
from ..knowledge.packages import Action, Manager
from ..knowledge.sizes import human, recommended_size
from ..model.build import Add, Copy, PackageCall, Run, Stage, Step
from ..options import option
from ..rewrite import Refusal, add_flag
from ..text import Fix, Safety
from . import Finding, Severity, Topic, rule

_CONFIGURED = regex.compile(r"install-recommends[\\\"'\s=]*(false|0|no|off)\b", re.IGNORECASE)
_NOTABLE = 1_000_000
"""Bytes from which on a message says how many they are."""
_FOREIGN = frozenset(("nodejs", "npm"))
_CONFIGURATION = regex.compile(r"/etc/apt(/|/apt\.conf\S*)?$")


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Report every `apt-get install`, whatever it installs, in stages that are not shipped too.",
        hadolint=True,
    )


@rule(Severity.INFO, topic=Topic.PACKAGES, aliases=("DL3015",), options=Options)
def check(stage: Stage, options: Options) -> Iterator[Finding]:
    if options.strict:
        for run in stage.runs:
            for call in run.calls_to({Manager.APT_GET}, Action.INSTALL):
                if call.bare and call.verb.value == "install" and not call.meaning.skips_recommended:
                    message = (
                        "This also installs what packages merely recommend: add --no-install-recommends."
                    )
                    yield Finding(call.span, message, _fix(run, call))
        return
    if not stage.shipped or any(_configures(step) for above in [*stage.lineage][1:] for step in above.steps):
        return
    for step in stage.steps:
        if _configures(step):
            return
        if isinstance(step, Run):
            yield from _undecided(step)


def _undecided(run: Run) -> Iterator[Finding]:
    base = images.parse(run.stage.base or "")
    full = base is not None and images.is_full(base)  # and has much of that itself
    for call in run.calls_to((Manager.APT_GET, Manager.APT), Action.INSTALL):
        if call.verb.value != "install" or not call.meaning.packages or _decided(call):
            continue
        size = 0 if full else recommended_size(_known(run, call)) or 0
        yield Finding(
            call.span,
            "This also installs what the packages merely recommend, on Debian 12 at least {size}: add --no-install-recommends{certificates}."
            if size > _NOTABLE
            else "This also installs what the packages merely recommend: add --no-install-recommends{certificates}.",
            _fix(run, call),
            {
                "size": human(size),
                "certificates": ", and ca-certificates by name" if _loses_certificates(call) else "",
            },
            quiet=size <= _NOTABLE,
            group=run.stage,
        )


def _known(run: Run, call: PackageCall) -> list[str]:
    """The packages that come from the distribution, as far as can be seen."""
    names = [*call.meaning.names]
    if not _FOREIGN.isdisjoint(names) and "nodesource" in run.stage.build.source.text:
        names = [name for name in names if name not in _FOREIGN]
    return names


def _loses_certificates(call: PackageCall) -> bool:
    """Whether what speaks HTTPS gets the certificates for it by recommendation only."""
    names = call.meaning.names
    return not {"curl", "git", "wget"}.isdisjoint(names) and "ca-certificates" not in names


def _decided(call: PackageCall) -> bool:
    """Whether the command says what it wants, or may say so in a variable."""
    flags = call.meaning.has("--install-recommends", "--download-only", "--simulate")
    return flags or call.meaning.skips_recommended or call.meaning.unknown


def _configures(step: Step) -> bool:
    """Whether the step tells apt, as far as can be seen, to leave recommended packages out."""
    if not isinstance(step, (Run, Copy, Add)):
        return False
    instruction = step.instruction
    if _says_so(instruction.joined.text) or any(_says_so(doc.text) for doc in instruction.heredocs):
        return True
    return not isinstance(step, Run) and bool(_CONFIGURATION.search((step.target or "").rstrip("/")))


@lru_cache(maxsize=4096)
def _says_so(text: str) -> bool:
    return "recommends" in text.lower() and bool(_CONFIGURED.search(text))


def _fix(run: Run, call: PackageCall) -> Fix | None:
    added = add_flag(call, run, "--no-install-recommends")
    if isinstance(added, Refusal):
        return None
    return Fix("Add --no-install-recommends", added.edits, Safety.UNSAFE, added.adds, added.removes)
