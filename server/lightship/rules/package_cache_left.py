r"""A package manager's cache stays in the layer, where nobody will use it again.

Removing it in a later `RUN` frees nothing: the layer keeps it. Use the manager's own flag, clean up in the same
`RUN`, or mount a cache: `RUN --mount=type=cache,target=/var/cache/dnf …`. Stages that are only copied from are left
alone. All of one manager in a stage are one finding.

## Example

```dockerfile
FROM fedora:42
RUN dnf install -y git
```

Use instead:

```dockerfile
FROM fedora:42
RUN dnf install -y git && \
    dnf clean all
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..knowledge import packages
from ..knowledge.caches import CACHES, off_by_flag
from ..knowledge.packages import RPM_FAMILY, Action, Manager
from ..model.build import PackageCall, Run
from ..model.layers import Kind, history
from ..options import option
from ..rewrite import Refusal, append_command
from ..rewrite.apk import without_index
from ..text import Fix, Safety
from . import Finding, Severity, Topic, rule

_FOLLOWED = RPM_FAMILY | {Manager.APK, Manager.ZYPPER, Manager.NPM}
_OTHERS = frozenset((Manager.YARN, Manager.COMPOSER))
_FETCH_NOTHING = ("link", "ln", "rebuild")
_FILLS = (Action.INSTALL, Action.UPGRADE)

_CODES = {
    Manager.APK: "DL3019",
    Manager.YUM: "DL3032",
    Manager.ZYPPER: "DL3036",
    Manager.DNF: "DL3040",
    Manager.MICRODNF: "DL3040",
    Manager.YARN: "DL3060",
}

_RPM_VERBS = ("install", "group install", "groups install", "module install", "reinstall", "upgrade")
_VERBS = {
    Manager.APK: ("add",),
    Manager.YUM: ("install", "group install", "groups install", "module install"),
    Manager.ZYPPER: ("install", "in"),
    Manager.DNF: _RPM_VERBS,
    Manager.MICRODNF: _RPM_VERBS,
    Manager.YARN: ("install",),
}
"""The commands that a strict check asks about."""


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Ask for the manager's own flag or clean command, in stages that are not shipped too: whatever else empties"
        " the cache.",
        hadolint=True,
    )


@rule(Severity.INFO, topic=Topic.PACKAGES, aliases=tuple(dict.fromkeys(_CODES.values())), options=Options)
def check(run: Run, options: Options) -> Iterator[Finding]:
    if not run.stage.shipped and not options.strict:
        return
    told: set[Manager] = set()
    for call in _not_told_to_clean(run) if options.strict else _filling(run):
        manager = call.meaning.manager
        if manager in told:
            continue
        told.add(manager)
        advice = "add --no-cache" if manager is Manager.APK else f"end the RUN with `{_clean(call)}`"
        yield Finding(
            call.verb.span,
            "{manager} leaves its cache in this layer: {advice}.",
            _fix(run, call),
            {"manager": manager, "advice": advice},
            aliases=tuple(code for each, code in _CODES.items() if each is manager),
            group=(run.stage, manager),
        )


def _filling(run: Run) -> Iterator[PackageCall]:
    """The commands whose cache is still there at the end of the RUN."""
    layers = history(run.stage.build)
    for content in layers.left[run]:
        call = content.call
        if call and content.kind is Kind.CACHE and call.meaning.manager in _FOLLOWED:
            local = all(package.kind is packages.Kind.FILE for package in call.meaning.packages)
            fills = call.meaning.action in _FILLS and call.verb.text not in _FETCH_NOTHING
            if local and call.meaning.packages:
                continue
            if fills and not layers.taken_late(content) and not _mounted(run, call):
                yield call
    for call in run.calls_to(_OTHERS, *_FILLS):
        kept = off_by_flag(call.meaning) or _mounted(run, call) or _removed(run)
        if not kept and not _cleaned(run, call):
            yield call


def _not_told_to_clean(run: Run) -> Iterator[PackageCall]:
    """The commands that neither have the flag nor are followed by the clean command, where the cache is no mount."""
    for call in run.calls:
        it = call.meaning
        if (
            not call.bare
            or it.name not in _VERBS.get(it.manager, ())
            or off_by_flag(it)
            or it.has("--no-network")
        ):
            continue
        if _mounted(run, call) or (it.manager is Manager.YARN and not run.stage.goes_on):
            continue
        cleaned = it.manager is not Manager.APK and _cleaned(run, call)
        if not cleaned and not (it.manager in RPM_FAMILY and _removes(run, CACHES[it.manager].paths)):
            yield call


def _cleaned(run: Run, call: PackageCall) -> bool:
    """Whether the manager's own clean command follows."""
    return any(
        other.span.start > call.span.start for other in run.calls_to({call.meaning.manager}, Action.CLEAN)
    )


def _mounted(run: Run, call: PackageCall) -> bool:
    """Whether a cache of this manager, wherever it is, lives outside of the layer."""
    home = "/root" if run.state.user in (None, "root", "0") else f"/home/{run.state.user}"
    cache = CACHES[call.meaning.manager]
    moved = any(name in run.scope.variables for name in cache.movers)
    return any(run.mounted(folder) for folder in cache.folders(home)) or (
        any(mount.kind in ("cache", "tmpfs") for mount in run.mounts)
        and (moved or call.meaning.has("--cache-folder"))
    )


def _removed(run: Run) -> bool:
    text = run.instruction.arguments.text + "".join(doc.text for doc in run.instruction.heredocs)
    return bool(re.search(r"\brm\b[^;&|]*(cache|\.yarn|\.composer|/tmp)", text))


def _removes(run: Run, folders: tuple[str, ...]) -> bool:
    return any(
        command.name == "rm" and any(value.startswith(folders) for value in command.values)
        for command in run.commands
    )


def _clean(call: PackageCall) -> str:
    """The command that empties the cache, with the program that filled it: `tdnf` is a dnf by another name."""
    name, space, rest = CACHES[call.meaning.manager].clean.partition(" ")
    return (call.word(call.meaning.start).value or name) + space + rest


def _fix(run: Run, call: PackageCall) -> Fix | None:
    manager = call.meaning.manager
    if manager is Manager.APK:
        it = without_index(run)
        return Fix("Add --no-cache", it.edits, Safety.SAFE, it.adds, it.removes) if it else None
    sudo = "sudo " if call.command.name == "sudo" else ""
    appended = append_command(run, sudo + _clean(call), run.stage.build)
    if isinstance(appended, Refusal):
        return None
    # A yarn of version 2 or later empties the cache in which a project keeps its packages.
    safety = Safety.UNSAFE if manager in _OTHERS else Safety.SAFE
    return Fix(f"Empty {manager}'s cache", appended.edits, safety, appended.adds, appended.removes)
