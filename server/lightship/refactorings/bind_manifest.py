r"""Show the manifest to the install in a bind mount, instead of copying it into a layer of its own.

```dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY . .
```

becomes

```dockerfile
FROM python:3.12-slim
WORKDIR /app
RUN --mount=type=bind,source=requirements.txt,target=requirements.txt pip install -r requirements.txt
COPY . .
```

One layer less; the install is repeated when the manifest changes, as before. Offered for installs that only read their
manifest (`pip install -r`, `uv sync --locked` or `--frozen`, `npm ci`), right below the `COPY`, and where a later
`COPY . .` brings the manifest into the image all the same.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from itertools import pairwise

from ..conversion.plan import copied_again, folder_of
from ..knowledge.managers import Action, Manager
from ..model.build import Build, Copy, PackageCall, Run, Step
from ..rewrite import Refusal
from ..text import Edit, Safety, Span, apply
from . import Offer, refactoring, rewritten, touched

TITLE = "Bind the manifest instead of copying it"


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    for stage in build.stages:
        for index, (copy, run) in enumerate(pairwise(stage.steps)):
            if not isinstance(copy, Copy) or not isinstance(run, Run) or not _installs(run):
                continue
            if not touched(build, Span(copy.span.start, run.span.end), span) or not _only_manifests(copy):
                continue
            refusal = _refusal(copy, run, stage.steps[index + 2 :])
            yield Offer(
                copy.span, TITLE, refusal or rewritten(build, TITLE, _bound(build, copy, run), Safety.SAFE)
            )


def _installs(run: Run) -> bool:
    return bool(run.calls) and len(run.calls) == len(run.commands) and all(map(_only_reads, run.calls))


def _only_reads(call: PackageCall) -> bool:
    it = call.meaning
    if it.action is not Action.INSTALL:
        return False
    return (
        (it.manager is Manager.PIP and bool(it.requirements) and not it.packages)
        or (it.manager is Manager.UV and it.name == "sync" and it.has("--locked", "--frozen") and it.has("--no-install-project"))
        or (it.manager is Manager.NPM and it.name == "ci")
    )  # fmt: skip


def _only_manifests(copy: Copy) -> bool:
    names = {
        "requirements.txt",
        "constraints.txt",
        "pyproject.toml",
        "uv.lock",
        "package.json",
        "package-lock.json",
    }
    return copy.from_context and bool(copy.sources) and all(
        source and (posixpath.basename(source) in names or source.endswith(".txt")) for source in copy.sources
    )  # fmt: skip


def _refusal(copy: Copy, run: Run, later: list[Step]) -> Refusal | None:
    if run.triggered or run.exec_form or copy.instruction.flags or copy.instruction.heredocs:
        return Refusal("the COPY or the RUN is not a plain one")
    if (
        any("*" in (source or "") or "," in (source or "") for source in copy.sources)
        or folder_of(copy) is None
    ):
        return Refusal("which files they are is not certain")
    target, source = posixpath.basename(copy.target or ""), posixpath.basename(copy.sources[0] or "")
    if target not in ("", ".", source):
        return Refusal("whether it is copied to a file or a folder is not certain")
    if not copied_again(copy, later):
        return Refusal("nothing else brings the manifest into the image")
    return None


def _bound(build: Build, copy: Copy, run: Run) -> str:
    target = copy.target or "."
    single = (
        len(copy.sources) == 1 and not target.endswith("/") and posixpath.normpath(target) not in (".", "/")
    )
    mounts = ""
    for source in copy.sources:
        source = posixpath.normpath((source or "").lstrip("/"))
        place = target if single else posixpath.normpath(posixpath.join(target, posixpath.basename(source)))
        mounts += f" --mount=type=bind,source={source},target={place}"
    at = run.instruction.keyword_span.end
    return apply(build.source.text, [Edit(copy.instruction.extent, ""), Edit(Span(at, at), mounts)])
