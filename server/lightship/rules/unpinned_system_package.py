r"""A package of the distribution is installed without a version.

Off by default, for it is disputed: distributions keep only the newest version of a package, with its security
fixes, so a pinned one soon cannot be found. To get the same packages again, pin the base image by digest and its
packages by a snapshot of the distribution.

## Example

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y git
```

Use instead:

```dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y git=1:2.39.*
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..knowledge.packages import RPM_FAMILY, SYSTEM, Action, Kind, Manager, Package
from ..model.build import PackageCall, Run
from ..options import option
from . import Finding, Severity, Topic, rule

_CODES = {
    Manager.APT_GET: "DL3008",
    Manager.APT: "DL3008",
    Manager.APTITUDE: "DL3008",
    Manager.APK: "DL3018",
    Manager.YUM: "DL3033",
    Manager.ZYPPER: "DL3037",
    Manager.DNF: "DL3041",
    Manager.MICRODNF: "DL3041",
}

_RPM_VERBS = ("install", "module install")
_VERBS = {
    Manager.APT_GET: ("install",),
    Manager.APK: ("add",),
    Manager.YUM: _RPM_VERBS,
    Manager.ZYPPER: ("install", "in"),
    Manager.DNF: _RPM_VERBS,
    Manager.MICRODNF: _RPM_VERBS,
}
"""The commands that a strict check looks at."""


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Report packages in variables as well; of the managers' commands only `install`, and none of `apt`.",
        hadolint=True,
    )


@rule(
    Severity.INFO,
    topic=Topic.REPRODUCIBILITY,
    aliases=tuple(dict.fromkeys(_CODES.values())),
    default=False,
    options=Options,
)
def check(run: Run, options: Options) -> Iterator[Finding]:
    open_kinds = (Kind.PACKAGE, Kind.UNKNOWN) if options.strict else (Kind.PACKAGE,)
    for call in run.calls_to(SYSTEM, Action.INSTALL):
        asked = call.bare and call.meaning.name in _VERBS.get(call.meaning.manager, ())
        if options.strict and not asked:
            continue
        open_ = [
            package
            for package in call.meaning.packages
            if package.kind in open_kinds and not (package.version or _has_number(call, package, options))
        ]
        if open_:
            names = [package.name or call.word(package.index).text for package in open_]
            yield Finding(
                call.word(open_[0].index).span,
                "Each build may get another version of {names}.",
                None,
                {"names": ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")},
                aliases=(_CODES[call.meaning.manager],),
            )


def _has_number(call: PackageCall, package: Package, options: Options) -> bool:
    """Whether a strict check takes `gcc-12` for the version 12 of `gcc`."""
    word = call.word(package.index).text
    return options.strict and call.meaning.manager in RPM_FAMILY and bool(re.search(r"-\d[^*?]*$", word))
