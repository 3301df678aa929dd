r"""Files are copied in one layer and change their owner or mode in another, which stores all of them again.

A layer holds whole files: `chown -R` changes no byte of them, and still each goes into the layer of that
`RUN`. 82 MB of numpy become 164. Let them come with the right owner and mode: `COPY --chown=app:app`,
`COPY --chmod=755`. The user has to be there before the `COPY` does, or be a number.

Only recursive changes of what a `COPY` or `ADD` brought are meant, in stages that are shipped. A single script
weighs nothing, and what a `RUN` made it can give to its user itself.

The fix is offered where the `RUN` does nothing else and follows its `COPY`. It is unsafe: a folder that was
there before, as that of `WORKDIR`, keeps its owner.

## Example

```dockerfile
FROM python:3.12-slim
RUN useradd --create-home app
COPY src/ /srv/app/
RUN chown -R app:app /srv/app
USER app
CMD ["python", "/srv/app/main.py"]
```

Use instead:

```dockerfile
FROM python:3.12-slim
RUN useradd --create-home app
COPY --chown=app:app src/ /srv/app/
USER app
CMD ["python", "/srv/app/main.py"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .. import regex
from ..knowledge.sizes import human
from ..model.build import Add, Copy, Run, Stage, Step, Workdir
from ..model.layers import history
from ..model.paths import Reader, copied
from ..proof import shell_words
from ..syntax.shell import Command, ShellWord
from ..text import Edit, Fix, Safety, Span
from . import Finding, Related, Severity, Topic, rule

_ARCHIVES = (
    "tar|t?gz|tbz2?|txz|t?zst|xz|bz2|zip|7z|jar|war|ear|whl|deb|rpm|apk|iso|img|bin|so|pkl|pt|pth|onnx|h5|db"
)
_SMALL = regex.compile(
    rf"<<.*|(.*/)?(\.[\w-][^/]*|[^/]*\.(?!({_ARCHIVES})\Z)[a-zA-Z]\w{{0,9}}\*?|[A-Z][a-z]+file\*?|authorized_keys)"
)
"""Single files whose bytes nobody misses."""
_USUAL = regex.compile(r"\d+(:\d+)?|root(:root|:0)?|www-data(:www-data)?|nobody(:nogroup)?")
"""Owners that are there in any image of Debian's, or need not be."""


_MAKERS = ("useradd", "adduser", "groupadd", "addgroup")
_TRIFLE = 100_000
"""Bytes below which nothing is said, where they are known."""


@rule(Severity.WARNING, topic=Topic.LAYERS)
def check(run: Run) -> Iterator[Finding]:
    if not run.stage.shipped or run.triggered:
        return
    reader = Reader(run)
    told: list[Step] = []
    for command in reader.commands():
        operands = _recursive(command)
        if not operands or {"if", "case", "function"} & {*command.within}:
            continue
        paths = [path for path in map(reader.path, operands[1:]) if path]
        gone = {
            content.step
            for late in history(run.stage.build).late
            for content in late.taken
            if late.removal.span.start < command.span.start
        }
        brought = [
            step
            for step in _copies(run)
            if step not in gone and any(_stores_again(path, step) for path in paths)
        ]
        sizes = list(map(_size, brought))
        size = sum(filter(None, sizes))
        if all(step in told for step in brought) or (None not in sizes and size < _TRIFLE):
            continue
        told += brought
        last, flag, value = brought[-1], f"--{command.name}", operands[0].text
        advice = "use {keyword} {flag}={value} instead{needs}."
        if _value(last, command.name) == value:
            advice = "{keyword} {flag}={value} has done that already."
        elif _value(last, command.name) is not None:
            advice = "change {keyword} {flag} instead{needs}."
        yield Finding(
            command.span,
            "{command} stores what line {line} copies a second time, in this layer{size}: " + advice,
            _fix(run, command, operands, brought),
            {
                "command": f"{command.name} -R",
                "line": run.stage.build.source.line_of(last.span.start) + 1,
                "size": f" ({human(size)} more)" if size else "",
                "keyword": last.instruction.keyword,
                "flag": flag,
                "value": value,
                "needs": _needs(flag, value, last, run),
            },
            tuple(Related(step.instruction.keyword_span, "brought here") for step in brought),
        )


def _recursive(command: Command) -> Sequence[ShellWord]:
    """The owner or mode and the paths of a `chown -R` or `chmod -R`; nothing for any other command."""
    if command.name not in ("chown", "chmod"):
        return ()
    options = [word.text for word in command.arguments if re.match(r"-[a-zA-Z-]", word.text)]
    operands = [word for word in command.arguments if word.text not in options]
    recursive = any(re.fullmatch(r"-[a-zA-Z]*R[a-zA-Z]*|--recursive", option) for option in options)
    special = any(option.startswith(("--reference", "--from")) for option in options)
    return operands if recursive and not special and len(operands) > 1 else ()


def _copies(run: Run) -> list[Step]:
    """The COPYs and ADDs in front of the RUN, of its own stage and those below."""
    stages = [*run.stage.lineage][::-1]
    steps = [step for stage in stages for step in stage.steps if isinstance(step, (Copy, Add))]
    return [step for step in steps if step.span.start < run.span.start]


def _stores_again(path: str, step: Step) -> bool:
    """Whether a change of everything under `path` reaches what a COPY brought."""
    assert isinstance(step, (Copy, Add))
    sources = [source for source in step.sources if source is None or not _SMALL.fullmatch(source)]
    if path == "/":
        return False
    path = path.removesuffix("/*")
    return any(found == path or found.startswith(f"{path}/") for found in copied(step, sources, step.target))


def _size(step: Step) -> int | None:
    """The bytes that a COPY takes from the build context; None where they are not known."""
    context = step.stage.build.context
    if context is None or not isinstance(step, Copy) or not step.from_context:
        return None
    return sum(size for source in step.sources if source for _, size in context.files(source))


def _value(step: Step, flag: str) -> str | None:
    found = step.instruction.flag(flag)
    return found.value.text if found and found.value else None


def _fix(run: Run, command: Command, operands: Sequence[ShellWord], brought: Sequence[Step]) -> Fix | None:
    """Give the COPY its flag and drop the RUN, where it does nothing else and nothing happens between them."""
    steps, name = run.stage.steps, command.name
    value, step = operands[0].value or "", brought[0]
    if len(brought) > 1 or not isinstance(step, Copy) or step not in steps or step.instruction.flag(name):
        return None
    between = steps[steps.index(step) + 1 : steps.index(run)]
    if (
        len(run.commands) != 1
        or len(operands) != 2
        or not command.certain
        or command.redirections
        or run.instruction.flags
        or run.exec_form
        or any(isinstance(each, (Run, Copy, Add, Workdir)) for each in between)
        or run.state.user not in (None, "root", "0")
        or not (_is_known(value, step) if name == "chown" else re.fullmatch(r"[0-7]{3,4}", value))
    ):
        return None
    at = step.instruction.keyword_span.end
    flag = f"--{name}={value}"
    removed = ("RUN", *shell_words(run.instruction.arguments.text))
    edits = (Edit(Span(at, at), f" {flag}"), Edit(run.instruction.extent, ""))
    return Fix(f"Use COPY {flag}", edits, Safety.UNSAFE, (flag,), removed)


def _is_known(owner: str, step: Step) -> bool:
    """Whether the owner means somebody where the COPY stands."""
    return bool(_USUAL.fullmatch(owner)) or any(
        owner.partition(":")[0] in command.values for command in _makers(step.stage, 0, step.span.start)
    )


def _needs(flag: str, value: str, step: Step, run: Run) -> str:
    """What has to be so for the flag to be understood, in words."""
    if flag == "--chmod":
        return "" if re.fullmatch(r"[0-7$].*", value) else ", which needs Dockerfile syntax 1.14"
    user, _, group = value.partition(":")
    makers = [*_makers(run.stage, step.span.end, run.span.end)]
    for name, kind in ((user, "user"), (group, "group")):
        known = _USUAL.fullmatch(name) or _is_known(name, step)
        if not known and any(name in command.values for command in makers):
            return f", with the {kind} made before it"
    return ""


def _makers(stage: Stage, start: int, end: int) -> Iterator[Command]:
    """The commands between two offsets that make a user or a group."""
    for each in stage.lineage:
        for run in each.runs:
            if start <= run.span.start < end:
                yield from (command for command in run.commands if command.name in _MAKERS)
