r"""`apt` is made for people: its options and its output may change from one release to the next.

It says so itself: "apt does not have a stable CLI interface". Scripts use `apt-get` and `apt-cache`. All of
a stage are one finding.

## Example

```dockerfile
FROM debian:12-slim
RUN apt update && apt-get install -y git
```

Use instead:

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y git
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..knowledge.packages import Manager
from ..model.build import PackageCall, Run
from ..options import option
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule

_SAME = frozenset(
    (
        "install", "reinstall", "update", "remove", "purge", "autoremove", "autopurge", "auto-remove", "clean", "autoclean",
        "build-dep", "source", "download", "satisfy",
    )
)  # fmt: skip
_INSTEAD = {
    **dict.fromkeys(_SAME, "apt-get"),
    **dict.fromkeys(("upgrade", "full-upgrade", "dist-upgrade"), "apt-get"),
    **dict.fromkeys(("search", "show", "policy", "depends", "rdepends", "showpkg", "madison"), "apt-cache"),
}


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False, "Report every use of apt, also for what apt-get and apt-cache do not do.", hadolint=True
    )


@rule(Severity.INFO, topic=Topic.REPRODUCIBILITY, aliases=("DL3027",), options=Options)
def check(run: Run, options: Options) -> Iterator[Finding]:
    found = [
        call
        for call in run.calls
        if call.meaning.manager is Manager.APT
        and (call.bare if options.strict else call.meaning.name in _INSTEAD)
    ]
    if found:
        fixes = [fix for call in found if (fix := _fix(run, call))]
        yield Finding(
            found[0].word(found[0].meaning.start).span,
            "apt is made for people, and may change how it works: use {better} in a script.",
            _together(fixes),
            {"better": _INSTEAD.get(found[0].meaning.name, "apt-get or apt-cache")},
            group=run.stage,
        )


def _together(fixes: list[Fix]) -> Fix | None:
    if not fixes:
        return None
    edits = tuple(edit for fix in fixes for edit in fix.edits)
    adds = tuple(word for fix in fixes for word in fix.adds)
    return Fix(fixes[0].title, edits, Safety.SAFE, adds, tuple(word for fix in fixes for word in fix.removes))


def _fix(run: Run, call: PackageCall) -> Fix | None:
    """Exchange the name. `upgrade` is left to a person: apt's installs new packages, apt-get's does not."""
    word, better = call.word(call.meaning.start), _INSTEAD.get(call.meaning.name, "")
    if (
        run.exec_form
        or not call.command.certain
        or not word.text.endswith("apt")
        or call.meaning.name not in _SAME
    ):
        return None
    if word.span.end - word.span.start != len(word.text):
        return None
    edit = Edit(Span(word.span.end - len("apt"), word.span.end), better)
    return Fix(f"Use {better}", (edit,), Safety.SAFE, (word.text[:-3] + better,), (word.text,))
