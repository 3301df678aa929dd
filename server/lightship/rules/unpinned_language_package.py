r"""A package of Node, Ruby or Go is installed without a version, so each build may get another one.

Off by default: most of them are tools that only build the app, or are best had in their latest version.

## Example

```dockerfile
FROM node:22-slim
RUN npm install --global typescript
```

Use instead:

```dockerfile
FROM node:22-slim
RUN npm install --global typescript@5.9.2
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..knowledge.packages import Action, Kind, Manager, Package
from ..model.build import Run
from ..options import option
from ..syntax.shell import Command, ShellWord
from . import Finding, Severity, Topic, rule

_NODE = frozenset((Manager.NPM, Manager.YARN, Manager.PNPM, Manager.BUN))

_MANAGERS = ("npm", "bundler")
_CODES = {Manager.NPM: "DL3016", Manager.GEM: "DL3028", Manager.GO: "DL3062"}


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Report packages in variables, the managers themselves, and `go run`, as well; of `npm` only `install`.",
        hadolint=True,
    )


@rule(
    Severity.HINT, topic=Topic.REPRODUCIBILITY, aliases=tuple(_CODES.values()), default=False, options=Options
)
def check(run: Run, options: Options) -> Iterator[Finding]:
    if options.strict:
        for command in run.commands:
            place = _open_run(command)
            if place:
                message = "Each build may get another version of {name}: name the one you tested with."
                yield Finding(place.span, message, None, {"name": place.text}, aliases=(_CODES[Manager.GO],))
    for call in run.calls_to(_NODE | {Manager.GEM, Manager.GO}, Action.INSTALL, Action.DOWNLOAD):
        it = call.meaning
        if options.strict and (not call.bare or (it.manager is Manager.NPM and it.name != "install")):
            continue
        open_ = [package for package in it.packages if _is_open(package, it.manager, options.strict)]
        if open_:
            names = [package.name or call.word(package.index).text for package in open_]
            yield Finding(
                call.word(open_[0].index).span,
                "Each build may get another version of {names}: name the one you tested with.",
                None,
                {"names": ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")},
                aliases=tuple(code for each, code in _CODES.items() if each is it.manager),
            )


def _is_open(package: Package, manager: Manager, strict: bool) -> bool:
    if manager is Manager.GO and package.version == "latest":
        return True
    if strict and not package.version and (package.kind is Kind.UNKNOWN or package.name in _MANAGERS):
        return True
    if package.version or package.name in _MANAGERS:
        return False
    return package.kind is Kind.VCS or (package.kind is Kind.PACKAGE and bool(package.name))


def _open_run(command: Command) -> ShellWord | None:
    """What `go run` fetches in whichever version is the newest."""
    if command.name != "go" or command.values[1:2] != ("run",):
        return None
    place = next((word for word in command.words[2:] if not word.text.startswith("-")), None)
    if place is None or place.text.startswith(".") or place.text.endswith(".go"):
        return None
    version = place.text.partition("@")[2]
    return place if version in ("", "latest") else None
