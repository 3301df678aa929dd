r"""Neighbouring `RUN` instructions that could be one, and one layer.

Each `RUN` makes a layer, and what a later layer deletes stays in the one that brought it. One `RUN` also
means that a step which prepares the next is never reused from the cache without it. The price is that a
change rebuilds all of it, so steps that change at different times are better kept apart.

It speaks of neighbours of a kind: small steps, and installs by the same package manager that build nothing; of
others only where the rule is selected. All of a stage are one finding.

## Example

```dockerfile
FROM python:3.12-slim
RUN mkdir -p /srv/app
RUN useradd --system app
RUN chown app /srv/app
```

Use instead:

```dockerfile
FROM python:3.12-slim
RUN mkdir -p /srv/app && \
    useradd --system app && \
    chown app /srv/app
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ..knowledge.packages import Action
from ..model.build import Run, Stage
from ..options import option
from ..rewrite import Refusal
from ..rewrite.merge import merge_runs, run_groups
from ..text import Fix, Safety
from . import Finding, Related, Severity, Topic, rule

_SMALL = frozenset(
    (
        ":", "a2dismod", "a2dissite", "a2enmod", "a2ensite", "addgroup", "adduser", "cat", "cd", "chgrp", "chmod", "chown",
        "chpasswd", "cp", "deluser", "echo", "export", "groupadd", "groupmod", "ldconfig", "ln", "locale-gen", "mkdir",
        "mv", "passwd", "printf", "rm", "rmdir", "sed", "set", "tee", "touch", "true", "update-alternatives", "update-locale",
        "useradd", "usermod",
    )
)  # fmt: skip
"""Commands that take no time: to run them again with their neighbour costs nothing."""
_BUILDS = frozenset(
    (
        "ant", "autogen.sh", "cargo", "cmake", "configure", "g++", "gcc", "go", "gradle", "make", "meson", "mvn", "ninja",
        "rake", "scons", "waf",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Report every RUN of one command behind another one, whether or not they can be one.",
        hadolint=True,
    )


@rule(Severity.HINT, topic=Topic.LAYERS, aliases=("DL3059",), options=Options)
def check(stage: Stage, options: Options) -> Iterator[Finding]:
    if options.strict:
        yield from _pairs(stage)
        return
    for group in run_groups(stage):
        akin = [*_akin(group)]
        for row in akin or [group]:
            merged = merge_runs(row, stage.build)
            if isinstance(merged, Refusal):
                continue
            yield Finding(
                row[1].span,
                "{count} neighbouring RUNs make {count} layers: they can be one.",
                Fix("Merge the RUNs", merged.edits, Safety.SAFE, merged.adds, merged.removes),
                {"count": len(row)},
                tuple(
                    Related(run.instruction.keyword_span, "can be merged") for run in row if run is not row[1]
                ),
                quiet=not akin,
                group=stage,
            )


def _pairs(stage: Stage) -> Iterator[Finding]:
    for first, second in pairwise(stage.steps):
        if not isinstance(first, Run) or not isinstance(second, Run) or not _are_single(first, second):
            continue
        merged = merge_runs((first, second), stage.build)
        yield Finding(
            second.span,
            "This RUN and the one above make two layers: they could be one.",
            None
            if isinstance(merged, Refusal)
            else Fix("Merge the RUNs", merged.edits, Safety.SAFE, merged.adds, merged.removes),
        )


def _are_single(*runs: Run) -> bool:
    """Whether each of them has the same flags and one command at most."""
    flags = {
        frozenset((flag.name.text, flag.value.text if flag.value else "") for flag in run.instruction.flags)
        for run in runs
    }
    return len(flags) == 1 and all(
        sum(bool(command.name) and command.name not in ("[", "[[") for command in run.commands) < 2
        for run in runs
    )


def _akin(group: list[Run]) -> Iterator[list[Run]]:
    """The rows in it of RUNs that are of a kind: small ones, or installs by the same package manager."""
    row = group[:1]
    for first, second in pairwise(group):
        if (_is_small(first) and _is_small(second)) or _installers(first) & _installers(second):
            row.append(second)
            continue
        if row[1:]:
            yield row
        row = [second]
    if row[1:]:
        yield row


def _is_small(run: Run) -> bool:
    return all(command.name in _SMALL for command in run.commands)


def _installers(run: Run) -> set[str]:
    """The managers by which it installs, unless it builds something too, which takes long."""
    if any(command.name in _BUILDS for command in run.commands):
        return set()
    return {call.meaning.manager for call in run.calls if call.meaning.action is Action.INSTALL}
