r"""A value that is another one in every build stands above expensive steps, which then run in every build.

A build number, a date or the revision of the source changes each time. Each `RUN` behind an `ARG` has it in its
environment, whether it uses it or not, and so the builder cannot reuse it. Declare it at the end, right above
what needs it.

Said is it of `ARG`s that are called as such values are (`BUILD_DATE`, `VCS_REF`, `GIT_COMMIT`, `BUILD_NUMBER` …),
above a `RUN` that installs packages and does not use them. A label costs nothing by itself: it is the `ARG` that
does. Left alone are defaults that pin a revision, what is called `CACHEBUST`, and a value that is used before.

The fix moves the `ARG`s, and the labels and `ENV`s that pass them on, below the last such `RUN`, where nothing between needs
them.

## Example

```dockerfile
FROM python:3.12-slim
ARG GIT_COMMIT
LABEL org.opencontainers.image.revision=$GIT_COMMIT
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
CMD ["python", "-m", "app"]
```

Use instead:

```dockerfile
FROM python:3.12-slim
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
ARG GIT_COMMIT
LABEL org.opencontainers.image.revision=$GIT_COMMIT
CMD ["python", "-m", "app"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .. import regex
from ..knowledge.packages import Action, Kind
from ..model.build import Arg, Env, Label, Run, Stage, Step
from ..model.wording import listed
from ..text import Edit, Fix, Safety, Span
from . import Finding, Related, Severity, Topic, rule

_CHANGING = regex.compile(
    r"(APP_|IMAGE_|DOCKER_|SOURCE_|CI_|GITHUB_|GIT_|VCS_|DRONE_|TRAVIS_|CIRCLE_|BUILDKITE_|RELEASE_)*"
    r"(BUILD_?(DATE|TIME|DATETIME|TIMESTAMP|NUMBER|NUM|NO|ID|SHA|COMMIT|REVISION|REF)|(GIT|VCS)_?(REF|REV|REVISION|SHA1?|HASH|COMMIT)"
    r"|COMMIT(_?(SHA|SHORT_SHA|HASH|ID|REF|REV))?|REVISION|PIPELINE_ID|RUN_(ID|NUMBER)|GITHUB_SHA|CI_SHA|CREATED|IMAGE_CREATED)",
    re.IGNORECASE,
)
_PINNED = regex.compile(r"[0-9a-fA-F]{7,}|v?\d+(\.\d+)+.*")
_HARMLESS = frozenset(
    ("rm", "apt-get", "apk", "echo", "set", "mkdir", "true", ":", "ln", "apt-mark", "cp", "mv", "cd")
)
_OWN = frozenset((Kind.PATH, Kind.UNKNOWN))


@rule(Severity.INFO, topic=Topic.ORDER)
def check(stage: Stage) -> Iterator[Finding]:
    groups: dict[Run, list[Arg]] = {}
    for step in stage.steps:
        if isinstance(step, Arg) and any(map(_changes, _names(step))):
            run = _last_spoilt(step)
            if run:
                groups.setdefault(run, []).append(step)
    for run, arguments in groups.items():
        names = [name for step in arguments for name in _names(step)]
        yield Finding(
            arguments[0].instruction.arguments_span,
            "{names} {verb} in every build, and so the packages of line {line} are installed in every build: move {it} below.",
            _fix(arguments, run),
            {
                "names": listed(names),
                "verb": "change" if len(names) > 1 else "changes",
                "line": stage.build.source.line_of(run.span.start) + 1,
                "it": "them" if len(names) > 1 else "it",
            },
            (Related(run.instruction.keyword_span, "installs packages"),),
        )


def _names(step: Step) -> list[str]:
    return [pair.key.text for pair in step.instruction.pairs]


def _changes(name: str) -> bool:
    return bool(_CHANGING.fullmatch(name))


def _mentions(step: Step, names: Sequence[str]) -> bool:
    text = step.instruction.joined.text + "".join(doc.text for doc in step.instruction.heredocs)
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names)


def _last_spoilt(step: Arg) -> Run | None:
    """The last RUN behind the ARG that only installs packages, above all that uses it or may."""
    if any(pair.value and _PINNED.fullmatch(pair.value.text.strip("\"'")) for pair in step.instruction.pairs):
        return None
    names, found = _names(step), None
    for each in step.stage.steps[step.stage.steps.index(step) + 1 :]:
        if isinstance(each, Label):
            continue
        if isinstance(each, Arg) and not set(names) & set(_names(each)) and not _mentions(each, names):
            continue
        if isinstance(each, Env) and _only_passes_on(each, names):
            names += _names(each)
            continue
        if _mentions(each, names) or (isinstance(each, Run) and not _only_installs(each)):
            break
        if isinstance(each, Run):
            found = each
    return found


def _only_passes_on(step: Step, names: Sequence[str]) -> bool:
    """Whether an ENV has no values but those of the variables."""
    return all(
        pair.value and re.fullmatch(r"\"?\$\{?(" + "|".join(names) + r")\}?\"?", pair.value.text)
        for pair in step.instruction.pairs
    )


def _only_installs(run: Run) -> bool:
    """Whether a RUN installs packages that others made, and does nothing that may look at the environment."""
    installs = [call for call in run.calls if call.meaning.action is Action.INSTALL]
    others = {id(call.command) for call in run.calls}
    return (
        bool(installs)
        and not any(package.kind in _OWN for call in installs for package in call.meaning.packages)
        and all(id(command) in others or command.name in _HARMLESS for command in run.commands)
    )


def _fix(arguments: Sequence[Arg], run: Run) -> Fix | None:
    """Move the ARGs, and the ENVs and labels that use them, below the RUN."""
    stage = run.stage
    steps = stage.steps[stage.steps.index(arguments[0]) : stage.steps.index(run) + 1]
    names = [name for step in arguments for name in _names(step)]
    moved = [
        each
        for each in steps
        if each in arguments or (isinstance(each, (Env, Label)) and _mentions(each, names))
    ]
    stay = [each for each in steps if each not in moved]
    keys = {name for each in moved for name in _names(each)}
    text = stage.build.source.text
    if (
        not all(map(_changes, names))
        or any(keys & set(_names(each)) for each in stay)
        or any(
            _mentions(each, _names(other))
            for each in moved
            for other in stay
            if isinstance(other, (Arg, Env)) and other.span.start > each.span.start
        )
        or any(_commented(text, each) for each in moved)
        or not text[: run.instruction.extent.end].endswith("\n")
    ):
        return None
    at = run.instruction.extent.end
    pieces = "".join(text[each.instruction.extent.start : each.instruction.extent.end] for each in moved)
    edits = [Edit(each.instruction.extent, "") for each in moved]
    return Fix("Move below the install", (*edits, Edit(Span(at, at), pieces)), Safety.SAFE, reorders=True)


def _commented(text: str, step: Step) -> bool:
    """Whether a comment stands above a step, which would then stand above another."""
    above = text[: step.instruction.extent.start].rstrip("\r\n").rpartition("\n")[2]
    return above.lstrip().startswith("#") or bool(step.instruction.comments)
