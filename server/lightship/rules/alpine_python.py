r"""Python packages are installed on Alpine, where many have no wheel and all of them run on musl.

Most packages publish wheels for glibc; for Alpine's musl many have none, so that pip compiles them: minutes
instead of seconds, with a compiler and headers that make the image larger than the slim one was. Allocation
and threads are slower on musl, and its resolver and locales behave differently. `python:3.12-slim` is
Debian: 124 MB, and the wheels of everybody.

Left alone are stages that install nothing with pip or its like, that only install tools (`awscli`,
`docker-compose`, `ansible`) or take Alpine's own packages, and plain `alpine` whose command is not plainly
one of Python's. Only the last stage counts. Where a compiler is installed for it, it is a warning.

The fix changes the base alone, and is unsafe: what `apk` installs has to become `apt-get`. It is offered where
nothing in the file uses `apk` or another of Alpine's commands.

## Example

```dockerfile
FROM python:3.12-alpine
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
```

Use instead:

```dockerfile
FROM python:3.12-slim
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
```
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import regex
from ..knowledge import images
from ..knowledge.packages import Action, Kind, Manager
from ..model.build import Build, Cmd, Entrypoint, PackageCall, Stage
from ..text import Edit, Fix, Safety
from . import Finding, Related, Severity, Topic, rule

_PYTHON = frozenset((Manager.PIP, Manager.UV, Manager.POETRY, Manager.PIPENV, Manager.PDM))
_TOOLS = frozenset(
    (
        "ansible", "ansible-lint", "aws-sam-cli", "awscli", "awsebcli", "certbot", "cmake", "cqlsh", "docker-compose", "httpie", "j2cli", "meson",
        "mkdocs", "pip", "pipenv", "poetry", "pre-commit", "s3cmd", "setuptools", "supervisor", "twine", "uv", "virtualenv",
        "wheel", "yamllint", "yq", "youtube-dl", "yt-dlp", "streamlink", "httpbin", "pgcli", "mycli", "python-openstackclient",
    )
)  # fmt: skip
"""Programs that happen to be written in Python, and what only installs others."""
_ALPINE_COMMAND = regex.compile(r"\b(apk|addgroup|adduser|su-exec)\b|/ash\b")
_ALPINE = regex.compile(r"alpine([\d.]*)\Z")


_COMPILER = regex.compile(r"gcc|g\+\+|build-base|musl-dev|clang\d*|.*-dev")
_RUNS_PYTHON = regex.compile(
    r"python[\d.]*|gunicorn|uwsgi|uvicorn|hypercorn|daphne|celery|flask|waitress-serve|jupyter.*|.*\.py"
)


@rule(Severity.INFO, topic=Topic.BASE_IMAGE)
def check(build: Build) -> Iterator[Finding]:
    stage = build.final
    bottom = [*stage.lineage][-1] if stage else None
    reference = images.parse(bottom.image or "") if bottom else None
    name = images.official(reference) if reference else None
    if stage is None or bottom is None or not bottom.opening or not bottom.opening.image or reference is None:
        return
    alpine = any(map(_ALPINE.match, (reference.tag or "").split("-")))
    if not (name == "python" and alpine) and not (name == "alpine" and _runs_python(stage)):
        return
    runs = [run for each in stage.lineage for run in each.runs]
    installs = [call for run in runs for call in run.calls_to(_PYTHON, Action.INSTALL) if _is_app(call)]
    compilers = [
        package
        for run in runs
        for call in run.calls_to((Manager.APK,), Action.INSTALL)
        for package in call.meaning.names
        if _COMPILER.fullmatch(package)
    ]
    if not installs:
        return
    tool = sorted(compilers, key=lambda package: package.endswith("-dev"))[:1]
    yield Finding(
        bottom.opening.image.span,
        "Python on Alpine: {tool} is installed to compile what has no wheel for musl. `{slim}` has wheels for nearly all."
        if tool
        else "Python on Alpine: what has no wheel for musl is compiled, and much of it runs slower. `{slim}` has neither problem.",
        _fix(bottom) if name == "python" else None,
        {
            "tool": "".join(tool),
            "slim": f"python:{_slim(reference.tag or '')}" if name == "python" else "python:3-slim",
        },
        (Related(installs[0].span, "packages of Python are installed here"),),
        Severity.WARNING if tool else None,
    )


def _runs_python(stage: Stage) -> bool:
    """Whether the command that the image runs is plainly one of Python's."""
    for kind in (Entrypoint, Cmd):
        step = next((found for each in stage.lineage if (found := each.last(kind))), None)
        for command in step.commands if isinstance(step, (Entrypoint, Cmd)) else ():
            if any(_RUNS_PYTHON.fullmatch(value.rpartition("/")[2]) for value in command.values):
                return True
    return False


def _is_app(call: PackageCall) -> bool:
    """Whether a command installs what an app needs, and not a tool."""
    it = call.meaning
    if it.requirements or it.from_manifest:
        return True
    return any(
        package.kind is not Kind.UNKNOWN and package.name.lower() not in _TOOLS for package in it.packages
    )


def _slim(tag: str) -> str:
    """`3.12-alpine3.20` → `3.12-slim`."""
    return "-".join("slim" if _ALPINE.match(part) else part for part in tag.split("-"))


def _fix(bottom: Stage) -> Fix | None:
    """Swap the tag, where no command of Alpine's is in the way."""
    reference = images.parse(bottom.image or "")
    word = bottom.opening.image if bottom.opening else None
    if word is None or reference is None or word.text != reference.text or reference.digest:
        return None
    for each in bottom.build.stages:
        for run in each.runs if bottom in each.lineage else ():
            if run.script is None or _ALPINE_COMMAND.search(run.instruction.joined.text):
                return None
    span, new = reference.tag_edit(_slim(reference.tag or ""))
    text = word.text[: span.start] + new + word.text[span.end :]
    edit = Edit(span.moved(word.span.start), new)
    return Fix(f"Use {text}", (edit,), Safety.UNSAFE, (text,), (word.text,))
