r"""Run the app as a user who may do less than root, made for it where there is none.

```dockerfile
FROM python:3.12-slim
COPY app.py /srv/
VOLUME /data
CMD ["python", "/srv/app.py"]
```

becomes

```dockerfile
FROM python:3.12-slim
COPY app.py /srv/
RUN useradd --system --create-home app && mkdir -p /data && chown app /data
VOLUME /data
USER app
CMD ["python", "/srv/app.py"]
```

A flaw in an app that runs as root gives away the whole container. The user is the one that the file or the base image
already has, or a new one, made as Debian's and Fedora's families (`useradd`) or Alpine (`adduser`) make one. Volumes
are given to a new user, with what is copied into them (`COPY --chown`); all else stays root's, so that the app cannot
change itself. Look whether it writes anywhere else, its working directory included. The rule `root-user` finds the places.

Declined where the command drops its rights by itself or needs them (`gosu`, nginx, an init), where the app seems to live
in root's home, where nobody knows as whom the base image runs, or how it makes a user.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..knowledge import images
from ..model.build import Build, Cmd, Entrypoint, Stage, User
from ..model.privileges import drops_privileges
from ..rewrite import Refusal
from ..rewrite.user import known_user, run_as
from ..text import Fix, Span
from . import Offer, refactoring, touched

TITLE = "Run as another user than root"


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    final = build.final
    if final is None or final.opening is None:
        return
    places = [final.effective(Cmd), final.effective(Entrypoint), final.effective(User), final.opening]
    place = next((step.span for step in places if step and touched(build, step.span, span)), None)
    if place is None or (final.end.user is not None and not images.runs_as_root(final.end.user)):
        return
    outcome = _refusal(final) or run_as(final, known_user(final))
    yield Offer(place, outcome.title if isinstance(outcome, Fix) else TITLE, outcome)


def _refusal(stage: Stage) -> Refusal | None:
    if drops_privileges(stage):
        return Refusal("the command drops root's rights by itself, or needs them")
    if stage.end.user_set:
        return Refusal("a variable names the user") if stage.end.user is None else None
    reference = images.parse(stage.base or "")
    if reference is None or images.default_user(reference) not in ("root", "0"):
        return Refusal("as whom the base image runs is not known, or not as root")
    return None
