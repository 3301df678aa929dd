"""Files that say what is built, and how: Compose's and Bake's. Pure: `sources/places.py` finds and reads them.

Nothing in them is run or filled in from the environment, but for what a Compose project's own `.env` says of paths.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

COMPOSE = tuple(
    f"{name}{more}.{end}"
    for name in ("compose", "docker-compose")
    for more in ("", ".override")
    for end in ("yaml", "yml")
)
BAKE = tuple(f"docker-bake{more}.{end}" for more in ("", ".override") for end in ("json", "hcl"))
NAMES = frozenset((*COMPOSE, *BAKE))
"""Files that `docker compose` and `docker buildx bake` look for by themselves."""
_SETTING = re.compile(r"^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*=(.*)$", re.MULTILINE)
LARGEST = 500_000
"""Characters beyond which a file is not read."""
MOST = 1_000
"""Builds of a file that are looked at, and values of a build: an alias repeats a thousand of them in four letters."""


class Target(NamedTuple):
    """A build that a file declares: a service of Compose's or a target of Bake's, its paths as they are written.

    `context` counts from the file's folder and is that where it is None, `dockerfile` counts from the context. `args`
    holds those build arguments whose values the file itself gives, `contexts` what it puts in the place of images:
    a folder, a repository, an image, another target, as it is written, or nothing where that is to be computed. It is
    not `sure` where the environment may name other paths.
    """

    name: str
    context: str | None = None
    dockerfile: str | None = None
    target: str | None = None
    args: Mapping[str, str] = {}
    contexts: Mapping[str, str] = {}
    sure: bool = True

    def over(self, lower: Target) -> Target:
        """One that an override file says more about."""
        return Target(
            self.name,
            self.context or lower.context,
            self.dockerfile or lower.dockerfile,
            self.target or lower.target,
            {**lower.args, **self.args},
            {**lower.contexts, **self.contexts},
            self.sure and lower.sure,
        )


class Include(NamedTuple):
    """Another file that a file takes in, and the folder from which that one's paths count, if it is not its own. Both
    as they are written: they count from the file's folder."""

    path: str
    folder: str | None = None


class Read(NamedTuple):
    """What a file says; and what of it was not understood, in words by the name of the build, or by none for a file
    that was not understood at all."""

    targets: tuple[Target, ...]
    problems: Mapping[str, str] = {}
    includes: tuple[Include, ...] = ()


def read(name: str, text: str, environment: Mapping[str, str] = {}) -> Read:
    """What a file declares: a Bake file if it has such a name, or else a Compose file, with what its `environment`
    says of paths. Never raises."""
    from . import bake, compose

    if len(text) > LARGEST:
        return Read((), {"": "too large to be read"})
    text = text.removeprefix("\ufeff")
    return bake.read(name, text) if name in BAKE else compose.read(text, environment)


def environment(text: str) -> Mapping[str, str]:
    """What a `.env` says: https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/
    Values that are made of others are left out."""
    found = {}
    for match in _SETTING.finditer(text[:LARGEST]):
        name, value = match[1], match[2].strip()
        if value[:1] in "\"'" and value:
            value = value[1:].partition(value[0])[0]
        else:
            value = value.partition(" #")[0].rstrip()
        if "$" not in value:
            found[name] = value
    return found


def remote(context: str) -> bool:
    """Whether a context is none of this machine's folders: a repository, an archive, an image, another target."""
    return "://" in context or context.startswith(("git@", "github.com/")) or context == "-"
