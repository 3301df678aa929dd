r"""Compilers and headers are shipped, though what they built is built: hundreds of megabytes that nothing runs.

`build-essential` adds 294 MB to a slim image, and every program in it is one more for an intruder to use. Build
in a stage of its own, with all the tools it takes, and copy the result into one that has none: a virtual
environment, wheels, `node_modules`, a binary. Where one `RUN` does it all, it can also remove them again.

Only the shipped image counts, and only where something in the file is built after they were installed. Left
alone are images whose command is a shell, a notebook, a compiler, a test or a build, images without a command
(others build on them), development containers, bases for development (`-devel`, `sdk`, CI runners), full base
images that have the compilers anyway, apps that are known to compile as they run, and what is removed again.
Headers without any compiler (`libpq-dev` alone) are often there for their library.

## Example

```dockerfile
FROM python:3.12-slim
RUN apt-get update && \
    apt-get install -y --no-install-recommends build-essential && \
    rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
CMD ["gunicorn", "app:app"]
```

Use instead:

```dockerfile
FROM python:3.12-slim AS build
RUN apt-get update && \
    apt-get install -y --no-install-recommends build-essential && \
    rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --no-cache-dir -r requirements.txt

FROM python:3.12-slim
COPY --from=build /opt/venv /opt/venv
CMD ["/opt/venv/bin/gunicorn", "app:app"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import regex
from ..knowledge import images
from ..knowledge.packages import APT_FAMILY, SYSTEM, Action, Manager
from ..model.build import Build, Run, Stage
from ..model.layers import Content, Kind, history
from ..model.purpose import runs_an_app
from ..model.weights import of_packages
from ..model.wording import listed
from ..text import Span
from . import Finding, Related, Severity, Topic, rule

_COMPILER = regex.compile(
    r"build-essential|build-base|g(cc|\+\+|fortran)(-\d+)?|gcc-c\+\+|clang(-?\d+)?|rustc|cargo|rust|base-devel|alpine-sdk"
)
_TOOL = regex.compile(
    _COMPILER.pattern
    + r"|.*-(dev|devel)|c?make|ninja(-build)?|autoconf|automake|libtool|pkg-?config|bison|flex|nasm|yasm|swig|dpkg-dev|patch"
)
_BUILDS = regex.compile(
    r"make|cmake|configure|g(cc|\+\+)|clang|cargo|ninja|meson|autogen\.sh|bootstrap|phpize|docker-php-ext-install|pecl|R|Rscript"
)
_MANAGERS = frozenset(
    (
        Manager.PIP, Manager.SETUP_PY, Manager.UV, Manager.POETRY, Manager.PIPENV, Manager.PDM, Manager.NPM, Manager.YARN,
        Manager.PNPM, Manager.GEM, Manager.BUNDLE, Manager.CARGO,
    )
)  # fmt: skip


@rule(Severity.WARNING, topic=Topic.STAGES)
def check(build: Build) -> Iterator[Finding]:
    stage = build.final
    if stage is None or "devcontainer" in build.source.name or not runs_an_app(stage) or _is_full(stage):
        return
    layers = history(build)
    runs = [run for each in [*stage.lineage][::-1] for run in each.runs]
    left = [
        content
        for run in runs
        for content in layers.left[run]
        if not any(call.meaning.unknown for call in run.calls_to(SYSTEM, Action.REMOVE))
        and content.kind is Kind.PACKAGE
        and _is_tool(content)
        and not layers.taken_late(content)
    ]
    compilers = [content for content in left if _COMPILER.fullmatch(content.name)]
    if not compilers or not any(_builds(run) for run in runs if run.span.end > compilers[0].span.start):
        return
    first = compilers[0]
    names = {content.name for content in left}
    sized = [content.name for content in left if content.call and content.call.meaning.manager in APT_FAMILY]
    size = of_packages(stage.base, sized, recommends=False)
    yield Finding(
        _word(first),
        "{names} {verb} here to build, and {verb} shipped{size}: build in a stage of its own, and copy the result.",
        None,
        {
            "names": listed(content.name for content in [*compilers, *left]),
            "verb": "are" if len(names) > 1 else "is",
            "size": f", about {size}" if size else "",
        },
        tuple(Related(_word(other), "shipped too") for other in left if other.step is not first.step)[:3],
    )


def _is_full(stage: Stage) -> bool:
    """Whether the base has compilers of its own, so that these add little."""
    reference = images.parse(stage.base or "")
    return reference is not None and images.is_full(reference)


def _is_tool(content: Content) -> bool:
    return bool(content.call and content.call.meaning.manager in SYSTEM and _TOOL.fullmatch(content.name))


def _builds(run: Run) -> bool:
    """Whether a RUN compiles something, or installs what may have to be."""
    if run.calls_to(_MANAGERS, Action.INSTALL):
        return True
    return any(_BUILDS.fullmatch(command.name) for command in run.commands)


def _word(content: Content) -> Span:
    """Where the package is named."""
    call = content.call
    assert call
    packages = [package for package in call.meaning.packages if package.name == content.name]
    return call.word(packages[0].index).span if packages else content.span
