r"""A file of requirements leaves it to the day of the build which versions are installed.

`flask` or `flask>=3` is another one tomorrow, with other dependencies of its own: the image that worked cannot be
built again. Keep what you want in one file and let a tool write the versions, and the sums of what is downloaded,
into another: `pip-compile --generate-hashes`, `uv pip compile --generate-hashes`, `uv.lock`.

Read are the files that `pip install -r` and `uv pip install -r` name, where the build context has them, with the
files that they include. A version with `==`, a repository at a revision that is no branch, and what a constraints
file pins are exact; a direct address is exact with its sum. Local folders are what they are.

Where one line has a sum (`--hash`), pip refuses all that have none, editable packages and local folders too, and
so does uv with `--require-hashes`: that is an error.

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

from collections.abc import Iterator, Sequence

from ..knowledge.packages import Action, Manager
from ..knowledge.requirements import Line, RequireHashes, Requirement, Sums
from ..model.build import PackageCall, Run
from ..model.requirements import file_of, lines_of
from ..model.wording import listed
from . import Finding, Severity, Topic, rule

_MANAGERS = (Manager.PIP, Manager.UV)
_NO_SUM = "{file} has no sum for {names}: {manager} refuses that where sums are asked for. Let one tool write all of them."
_LOOSE = "{file} leaves the version of {names} open: pin them with pip-compile or uv pip compile."
_ADDRESS = "{file} takes {names} from an address without a sum: add #sha256=… to it."


@rule(Severity.INFO, topic=Topic.REPRODUCIBILITY, default=False, looks=True)
def check(run: Run) -> Iterator[Finding]:
    context = run.stage.build.context
    if context is None:
        return
    for call in run.calls_to(_MANAGERS, Action.INSTALL, Action.DOWNLOAD):
        it = call.meaning
        words = call.command.values
        files = {index: file_of(words[index], run, context) for index in it.requirements}
        lines = {index: lines_of(path, context) for index, path in files.items() if path}
        limits = [file_of(words[index], run, context) for index in it.constraints]
        known = [each for path in limits if path for each in lines_of(path, context)]
        exact = {each.name.lower() for each in known if isinstance(each, Requirement) and each.pinned}
        summed = {
            each.name.lower()
            for each in known
            if isinstance(each, Requirement) and each.sums is not Sums.NONE
        }
        strict = _needs_sums(call, run, [each for found in lines.values() for each in found])
        for index, found in lines.items():
            wanted = [each for each in found if isinstance(each, Requirement)]
            refused = [
                each.name
                for each in wanted
                if each.sums is Sums.NONE and not each.conditional and each.name.lower() not in summed
            ]
            loose = [each.name for each in wanted if not each.pinned and each.name.lower() not in exact]
            addresses = [
                each.name for each in wanted if each.remote and "://" in each.name and each.sums is Sums.NONE
            ]
            if strict and refused:
                template, names = _NO_SUM, refused
            elif loose:
                template, names = _LOOSE, loose
            elif addresses:
                template, names = _ADDRESS, addresses
            else:
                continue
            yield Finding(
                call.word(index).span,
                template,
                arguments={"file": files[index], "names": listed(names), "manager": it.manager},
                severity=Severity.ERROR if template is _NO_SUM else None,
            )


def _needs_sums(call: PackageCall, run: Run, lines: Sequence[Line]) -> bool:
    """Whether nothing is installed without a sum: on demand, and by pip as soon as one thing has one."""
    manager = call.meaning.manager
    return (
        "--require-hashes" in call.command.values
        or any(isinstance(each, RequireHashes) for each in lines)
        or run.scope.value(f"{manager.upper()}_REQUIRE_HASHES") in ("1", "true")
        or (
            manager is Manager.PIP
            and any(isinstance(each, Requirement) and each.sums is Sums.OPTION for each in lines)
        )
    )
