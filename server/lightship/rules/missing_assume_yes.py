r"""A package manager asks before it goes on, and nobody is there to answer: the build stops.

It may work for one package and fail with the next, which brings dependencies.

## Example

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install --no-install-recommends git
```

Use instead:

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends git
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..knowledge.packages import SYSTEM, Action, Manager
from ..model.build import PackageCall, Run
from ..options import option
from ..rewrite import Refusal, add_flag
from ..text import Fix, Safety
from . import Finding, Severity, Topic, rule

_ASKING = SYSTEM - {Manager.APK}
_CONFIGURED = ("assume-yes", "assumeyes", "assume_yes", "force-yes")

_CODES = {
    Manager.APT_GET: "DL3014",
    Manager.APT: "DL3014",
    Manager.APTITUDE: "DL3014",
    Manager.YUM: "DL3030",
    Manager.ZYPPER: "DL3034",
    Manager.DNF: "DL3038",
    Manager.MICRODNF: "DL3038",
}


_RPM_VERBS = ("install", "groupinstall", "group install", "localinstall", "module install")
_VERBS = {
    Manager.APT_GET: ("install",),
    Manager.YUM: _RPM_VERBS,
    Manager.ZYPPER: ("install", "in", "remove", "rm", "source-install", "si", "patch"),
    Manager.DNF: _RPM_VERBS,
    Manager.MICRODNF: _RPM_VERBS,
}
"""The commands that a strict check looks at."""


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Ask every `install` for the flag, whatever else may answer for it, and no command that removes or upgrades.",
        hadolint=True,
    )


@rule(
    Severity.WARNING, topic=Topic.CORRECTNESS, aliases=tuple(dict.fromkeys(_CODES.values())), options=Options
)
def check(run: Run, options: Options) -> Iterator[Finding]:
    for call in run.calls_to(_ASKING, Action.INSTALL, Action.REMOVE, Action.UPGRADE):
        it = call.meaning
        answered = "pipeline" in call.command.within or any(
            "<" in r.operator for r in call.command.redirections
        )
        if options.strict:
            asked = call.bare and it.name in _VERBS.get(it.manager, ())
            if asked and not it.assumes_yes:
                yield _finding(run, call)
            continue
        named = it.arguments or it.has("--fix-broken") or it.action is Action.UPGRADE or "auto" in it.name
        if (
            not named
            or it.assumes_yes
            or it.unknown
            or answered
            or it.has("--dry-run", "--simulate", "--download-only", "--help")
        ):
            continue
        if _configured(run):
            return
        yield _finding(run, call)


def _finding(run: Run, call: PackageCall) -> Finding:
    manager = call.meaning.manager
    return Finding(
        call.verb.span,
        "{manager} may ask before it goes on, which stops the build: add -y.",
        _fix(run, call),
        {"manager": manager},
        aliases=(_CODES[manager],),
    )


def _configured(run: Run) -> bool:
    """Whether this or an earlier step configures the manager to ask nothing."""
    return any(
        word in step.instruction.joined.text.lower()
        or any(word in doc.text.lower() for doc in step.instruction.heredocs)
        for stage in run.stage.lineage
        for step in stage.steps
        if step.span.start <= run.span.start
        for word in _CONFIGURED
    )


def _fix(run: Run, call: PackageCall) -> Fix | None:
    added = add_flag(call, run, "-y")
    if isinstance(added, Refusal):
        return None
    return Fix("Add -y", added.edits, Safety.SAFE, added.adds, added.removes)
