r"""A Python package is installed without a version, so each build may get another one.

What worked yesterday breaks with the next release of a package. Name the version, or better a file that does:
`requirements.txt` made by `pip-compile`, `uv.lock`, `poetry.lock`. pip itself, setuptools and wheel are left alone.
All of a stage are one finding.

## Example

```dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir flask
```

Use instead:

```dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir flask==3.1.0
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..knowledge.packages import Action, Kind, Manager, Package
from ..model.build import PackageCall, Run
from ..model.wording import listed
from ..options import option
from . import Finding, Severity, Topic, rule

_TOOLS = frozenset(("pip", "setuptools", "wheel"))


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Report packages in variables, pip itself, and what pipx installs, as well; nothing beside a file of requirements.",
        hadolint=True,
    )


@rule(Severity.WARNING, topic=Topic.REPRODUCIBILITY, aliases=("DL3013",), options=Options)
def check(run: Run, options: Options) -> Iterator[Finding]:
    managers = {Manager.PIP, Manager.PIPX} if options.strict else {Manager.PIP, Manager.UV}
    for call in run.calls_to(managers, Action.INSTALL):
        it = call.meaning
        if options.strict and (it.requirements or not call.bare):
            continue
        if it.manager is Manager.UV and not it.name.startswith("pip"):
            continue
        if it.constraints or it.has("--no-index") or "PIP_CONSTRAINT" in run.scope.variables:
            continue
        open_ = [package for package in it.packages if _is_open(package, options.strict)]
        if open_:
            yield Finding(
                call.word(open_[0].index).span,
                "Each build may get another version of {names}: name the one you tested with.",
                None,
                {"names": listed(_name(call, package) for package in open_)},
                group=run.stage,
            )


def _is_open(package: Package, strict: bool) -> bool:
    if package.version or (package.name.lower() in _TOOLS and not strict):
        return False
    if strict and not package.name and package.kind in (Kind.UNKNOWN, Kind.PACKAGE):
        return True
    return package.kind is Kind.VCS or (package.kind is Kind.PACKAGE and bool(package.name))


def _name(call: PackageCall, package: Package) -> str:
    return package.name or call.word(package.index).text
