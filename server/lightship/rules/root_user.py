r"""The container runs as root, so a flaw in the app gives away all that is in it.

Root in a container may write everywhere in it, and is root on whatever is mounted or shared with the host.
An app seldom needs that: create a user and name it with `USER`, behind the steps that install.

The last stage counts, for that is what is shipped: its last `USER`, or, where there is none, the command that
runs as whoever the base image says. Left alone are base images of which that is not known or that set a user
themselves, images that leave the command to their base or to others, commands that drop privileges on their
own or may (`gosu`, `supervisord`, nginx, an entrypoint script in an image with `gosu` or with a user made for
it), shells to work in, and development containers. On `scratch` it is a mere note.

The fix is unsafe: what the app writes to has to belong to the user.

## Example

```dockerfile
FROM python:3.12-slim
COPY app.py /srv/
CMD ["python", "/srv/app.py"]
```

Use instead:

```dockerfile
FROM python:3.12-slim
COPY app.py /srv/
RUN useradd --system --create-home app
USER app
CMD ["python", "/srv/app.py"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..knowledge import images
from ..model.build import Build, Cmd, Entrypoint, Stage, Step, User
from ..model.privileges import drops_privileges, earlier_user, made_user
from ..options import option
from ..rewrite import Refusal
from ..rewrite.user import run_as
from ..syntax.shell import Command
from ..text import Fix
from . import Finding, Related, Severity, Topic, rule


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Judge every stage, and only by its last USER: root is root, whatever drops its rights.",
        hadolint=True,
    )


@rule(Severity.WARNING, topic=Topic.SECURITY, aliases=("DL3002",), options=Options)
def check(build: Build, options: Options) -> Iterator[Finding]:
    if options.strict:
        for stage in build.stages:
            user = stage.last(User)
            if user and re.match(r"(root|0)(:|\s|\Z)", user.instruction.arguments.text):
                yield Finding(
                    user.span,
                    "The last USER of a stage should not be root.",
                    _fix(stage, earlier_user(stage)),
                )
        return
    final = build.final
    if final is None or "devcontainer" in build.source.name or drops_privileges(final):
        return
    if final.end.user_set:
        if final.end.user is not None and images.runs_as_root(final.end.user):
            before = earlier_user(final) or made_user(final)
            yield Finding(
                final.end.user_set,
                "The container runs as root from here on: switch to `{user}` before its command."
                if before
                else "The container runs as root: let its command run as a user who may do less.",
                _fix(final, before),
                {"user": before},
            )
        return
    reference = images.parse(final.base or "")
    command = final.effective(Entrypoint) or final.effective(Cmd)
    if (
        command is None
        or not _commands(command)
        or reference is None
        or images.default_user(reference) not in ("root", "0")
    ):
        return
    made = made_user(final)
    opening = [*final.lineage][-1].opening
    yield Finding(
        command.span,
        "This runs as root: `{made}` is created, but no USER names it."
        if made
        else "This runs as root, for no USER says otherwise: a flaw in the app gives away the whole container.",
        _fix(final, made),
        {"made": made},
        (Related(opening.image.span, "runs as root unless told otherwise"),)
        if opening and opening.image
        else (),
        Severity.INFO if reference.name == "scratch" else None,
    )


def _commands(step: Step) -> tuple[Command, ...]:
    return tuple(step.commands) if isinstance(step, (Cmd, Entrypoint)) else ()


def _fix(stage: Stage, user: str | None) -> Fix | None:
    fix = run_as(stage, user)
    return None if isinstance(fix, Refusal) else fix
