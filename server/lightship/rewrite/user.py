"""Another user than root for an app: made where there is none, and given what the app writes to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from .. import regex
from ..knowledge import images
from ..knowledge.managers import Manager
from ..model.build import Add, Cmd, Copy, Entrypoint, Env, Stage, Step, Volume, Workdir
from ..model.paths import copied
from ..model.privileges import earlier_user, made_user
from ..proof import shell_words
from ..text import Edit, Fix, Safety, Span
from . import Refusal
from .ending import above, above_command, trailing

_DEBIAN = frozenset(
    (
        "buildpack-deps", "debian", "eclipse-temurin", "elixir", "erlang", "gcc", "golang", "haskell", "julia", "node",
        "perl", "php", "pypy", "python", "r-base", "ruby", "rust", "swift", "ubuntu",
    )
)  # fmt: skip
"""Official images that, but for their other variants, have Debian's or Ubuntu's `useradd`."""
_RED_HAT = frozenset(("almalinux", "centos", "fedora", "rockylinux"))
_OF_ROOT = regex.compile(r"/root(/|\Z)")
_IN_PROJECT = regex.compile(r"virtualenvs[._-](?:create|in[._-]project)|venv_in_project", re.IGNORECASE)


def known_user(stage: Stage) -> str | None:
    """A user other than root that the stage has had, or that it makes; '' where its name is not plain."""
    return earlier_user(stage) or made_user(stage)


def run_as(stage: Stage, user: str | None) -> Fix | Refusal:
    """Name a user in front of the command. Where `user` is None one is made, and given the volumes."""
    commands = [step for step in trailing(stage) if isinstance(step, (Cmd, Entrypoint))]
    if user == "":
        return Refusal("the name of the user that is made here is not plain")
    created = ""
    if user is None:
        user, created = _new_user(stage)
        if not user:
            return Refusal(f"how a user is made on {stage.base or 'this base'} is not known")
    if not commands and (created or not stage.end.user_set):
        return Refusal("the image does not say at its end what it runs")
    theirs = _out_of_reach(stage)
    if theirs:
        return Refusal(f"{theirs} is out of another user's reach")
    edits, adds = [], ["USER", user]
    lines = [f"USER {user}"]
    if created:
        volumes = sorted(_volumes(stage))
        into = [step for step in stage.steps if _lands_in(step, volumes)]
        for step in into:
            at = step.instruction.keyword_span.end
            edits.append(Edit(Span(at, at), f" --chown={user}"))
            adds.append(f"--chown={user}")
        if volumes:
            created += f" && mkdir -p {' '.join(volumes)} && chown {user} {' '.join(volumes)}"
        adds += ("RUN", *shell_words(created.removeprefix("RUN ")))
        first = next((step for step in stage.steps if step in into or isinstance(step, Volume)), None)
        if first and first.span.start < above_command(stage, lines).span.start:
            edits.append(above(stage, first, [created]))
        else:
            lines.insert(0, created)
    return Fix(f"Run as {user}", (*edits, above_command(stage, lines)), Safety.UNSAFE, tuple(adds))


def _volumes(stage: Stage) -> Iterator[str]:
    for step in stage.steps:
        for value in step.values if isinstance(step, Volume) else ():
            if value and re.fullmatch(r"/[\w./-]+", value):
                yield posixpath.normpath(value)


def _lands_in(step: Step, folders: list[str]) -> bool:
    """Whether a COPY brings files into one of the folders, which belong to root if nothing else is said."""
    return (
        isinstance(step, (Copy, Add))
        and not step.instruction.flag("chown")
        and any(
            path == folder or path.startswith(f"{folder}/")
            for path in copied(step, step.sources, step.target)
            for folder in folders
        )
    )


def _out_of_reach(stage: Stage) -> str | None:
    """What the command seems to need of root's home, which nobody else may enter."""
    command = stage.effective(Entrypoint) or stage.effective(Cmd)
    words = command.commands[-1].values if isinstance(command, (Entrypoint, Cmd)) and command.commands else ()
    for each in stage.lineage:
        for step in each.steps:
            if isinstance(step, Workdir) and _OF_ROOT.match(step.values[0] or "" if step.values else ""):
                return "/root"
            if isinstance(step, Env) and any(
                pair.key.text == "PATH" and pair.value and "/root/" in pair.value.text
                for pair in step.instruction.pairs
            ):
                return "/root"
        for run in each.runs:
            if run.state.user in (None, "root", "0") and any(
                call.meaning.manager is Manager.PIP and call.meaning.has("--user") for call in run.calls
            ):
                return "what `pip install --user` installs for root"
    text = stage.build.source.text
    if words[:1] and words[0] in ("poetry", "pipenv") and not _IN_PROJECT.search(text):
        return f"the environment that {words[0]} makes for root"
    return next((word for word in words if _OF_ROOT.match(word)), None)


def _new_user(stage: Stage) -> tuple[str, str]:
    """A user's name, and the RUN that creates it; both empty where it is not known how."""
    reference = images.parse(stage.base or "")
    name = (images.official(reference) if reference else None) or ""
    tag = (reference.tag if reference else None) or ""
    if name == "scratch":
        return "65532:65532", ""
    if name == "node":
        return "node", ""
    if name == "alpine" or "alpine" in tag:
        return "app", "RUN adduser -S app"
    if name in _DEBIAN and not re.search(r"windows|nanoserver|ubi|distroless", tag):
        return "app", "RUN useradd --system --create-home app"
    if name in _RED_HAT and "minimal" not in tag:
        return "app", "RUN useradd --system --create-home app"
    return "", ""
