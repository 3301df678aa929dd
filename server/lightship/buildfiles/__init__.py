"""Files that say what is built, and how: Compose's and Bake's. Pure: `sources/places.py` finds and reads them.

Nothing in them is run or filled in from the environment: what depends on it is not known.
"""

from __future__ import annotations

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
LARGEST = 500_000
"""Characters beyond which a file is not read."""


class Target(NamedTuple):
    """A build that a file declares: a service of Compose's or a target of Bake's, its paths as they are written.

    `context` counts from the file's folder and is that where it is None, `dockerfile` counts from the context. `args`
    holds those build arguments whose values the file itself gives, `contexts` what it puts in the place of images:
    a folder, a repository, an image, another target, as it is written, or nothing where that is to be computed.
    """

    name: str
    context: str | None = None
    dockerfile: str | None = None
    target: str | None = None
    args: Mapping[str, str] = {}
    contexts: Mapping[str, str] = {}

    def over(self, lower: Target) -> Target:
        """One that an override file says more about."""
        return Target(
            self.name,
            self.context or lower.context,
            self.dockerfile or lower.dockerfile,
            self.target or lower.target,
            {**lower.args, **self.args},
            {**lower.contexts, **self.contexts},
        )


class Read(NamedTuple):
    """What a file says; and what of it was not understood, in words by the name of the build, or by none for a file
    that was not understood at all."""

    targets: tuple[Target, ...]
    problems: Mapping[str, str] = {}


def read(name: str, text: str) -> Read:
    """What a file of that name, one of `NAMES`, declares. Never raises."""
    from . import bake, compose

    if len(text) > LARGEST:
        return Read((), {"": "too large to be read"})
    text = text.removeprefix("\ufeff")
    return bake.read(name, text) if name in BAKE else compose.read(text)


def remote(context: str) -> bool:
    """Whether a context is none of this machine's folders: a repository, an archive, an image, another target."""
    return "://" in context or context.startswith(("git@", "github.com/")) or context == "-"
