r"""A file of requirements leaves it to the day of the build which versions are installed.

`flask` or `flask>=3` is another one tomorrow, with other dependencies of its own: the image that worked cannot be
built again. Keep what you want in one file and let a tool write the versions, and the sums of what is downloaded,
into another: `pip-compile --generate-hashes`, `uv pip compile --generate-hashes`, `uv.lock`.

Read are the files that `pip install -r` and `uv pip install -r` name, where the build context has them, with the
files that they include. A version with `==`, a repository at a revision that is no branch, and what a constraints
file pins are exact; a direct address is exact with its sum. Local folders are what they are.

## Example

```dockerfile
FROM python:3.12-slim
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
```

```requirements.txt
flask
gunicorn>=22
```

Use instead:

```dockerfile
FROM python:3.12-slim
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
```

```requirements.txt
flask==3.1.0
gunicorn==23.0.0
```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ..context import BuildContext
from ..knowledge.packages import Action, Manager
from ..knowledge.requirements import Include, Requirement, read
from ..model.build import Run
from ..model.copies import sources
from ..model.wording import listed
from . import Finding, Severity, Topic, rule

_MANAGERS = (Manager.PIP, Manager.UV)


@rule(Severity.INFO, topic=Topic.REPRODUCIBILITY, default=False)
def check(run: Run) -> Iterator[Finding]:
    context = run.stage.build.context
    if context is None:
        return
    for call in run.calls_to(_MANAGERS, Action.INSTALL, Action.DOWNLOAD):
        it = call.meaning
        constraints = [_find(call.command.values[index], run, context) for index in it.constraints]
        pinned = {
            each.name.lower()
            for path in constraints
            if path
            for each in _all(path, context)
            if isinstance(each, Requirement) and each.pinned
        }
        for index in it.requirements:
            path = _find(call.command.values[index], run, context)
            found = [each for each in _all(path, context) if isinstance(each, Requirement)] if path else []
            loose = [each.name for each in found if not each.pinned and each.name.lower() not in pinned]
            addresses = [
                each.name for each in found if each.pinned and "://" in each.name and not each.hashed
            ]
            if loose or addresses:
                yield Finding(
                    call.word(index).span,
                    "{file} leaves the version of {names} open: pin them with pip-compile or uv pip compile."
                    if loose
                    else "{file} takes {names} from an address without a sum: add #sha256=… to it.",
                    arguments={"file": path, "names": listed(loose or addresses)},
                )


def _find(word: str, run: Run, context: BuildContext) -> str | None:
    """The file of the build context that stands behind a name in the image."""
    value = (
        word.removeprefix("--requirement=")
        .removeprefix("--constraint=")
        .removeprefix("-r")
        .removeprefix("-c")
    )
    name = posixpath.basename(value)
    copied = [
        source.path
        for stage in run.stage.lineage
        for step in stage.steps
        if step.span.start < run.span.start
        for source in sources(step)
        if posixpath.basename(source.path) == name
    ]
    mounted = [mount.options.get("source", "") for mount in run.mounts if mount.kind == "bind"]
    bound = [path for path in mounted if posixpath.basename(path) == name]
    return next((path for path in (*copied, *bound, value, name) if context.text(path) is not None), None)


def _all(path: str, context: BuildContext, depth: int = 4) -> Iterator[Requirement | Include]:
    """The requirements of a file and of those that it includes; constraints apart."""
    for each in read(context.text(path) or ""):
        if isinstance(each, Requirement):
            yield each
        elif depth and not each.constraints:
            yield from _all(posixpath.join(posixpath.dirname(path), each.path), context, depth - 1)
