"""Where a person reads about an image: its page in the registry that it comes from.

The addresses are those that the registries' own sites use. A registry that shows nothing to people has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .. import regex
from .images import DOCKER_HUB, ImageReference

_ARTIFACTS = regex.compile(r"([a-z0-9-]+)-docker\.pkg\.dev")


def page(reference: ImageReference) -> str | None:
    """The address of an image's page; None where the registry is not known to have one."""
    registry, parts = reference.registry, reference.repository.split("/")
    if match := _ARTIFACTS.fullmatch(registry):
        return _google_artifacts(match[1], parts)
    if registry in ("gcr.io", "us.gcr.io", "eu.gcr.io", "asia.gcr.io"):
        # Leads on to Google's console.
        return f"https://{registry}/{reference.repository}" if len(parts) > 1 else None
    known = _PAGES.get(registry)
    return known(parts) if known else None


def _docker_hub(parts: list[str]) -> str | None:
    if parts[0] == "library":
        return f"https://hub.docker.com/_/{parts[1]}" if len(parts) == 2 else None
    return f"https://hub.docker.com/r/{'/'.join(parts)}" if len(parts) == 2 else None


def _github(parts: list[str]) -> str | None:
    """Named after the repository that it is built from, as most are."""
    if len(parts) < 2:
        return None
    owner, repository, *_ = parts
    return f"https://github.com/{owner}/{repository}/pkgs/container/{'%2F'.join(parts[1:])}"


def _gitlab(parts: list[str]) -> str | None:
    """Deeper names may be of an image or of a project in a group."""
    return f"https://gitlab.com/{'/'.join(parts)}/container_registry" if len(parts) == 2 else None


def _nvidia(parts: list[str]) -> str | None:
    match parts:
        case [organisation, image]:
            return f"https://catalog.ngc.nvidia.com/orgs/{organisation}/containers/{image}"
        case [organisation, team, image]:
            return f"https://catalog.ngc.nvidia.com/orgs/{organisation}/teams/{team}/containers/{image}"
    return None


def _google_artifacts(location: str, parts: list[str]) -> str | None:
    if len(parts) < 3:
        return None
    project, repository, *image = parts
    console = "https://console.cloud.google.com/artifacts/docker"
    return f"{console}/{project}/{location}/{repository}/{'%2F'.join(image)}"


def _below(address: str, parts: int = 1) -> Callable[[list[str]], str | None]:
    """The repository's name behind an address, if it has as many parts at least."""
    return lambda names: f"{address}{'/'.join(names)}" if len(names) >= parts else None


_PAGES: Mapping[str, Callable[[list[str]], str | None]] = {
    DOCKER_HUB: _docker_hub,
    "mirror.gcr.io": _docker_hub,
    "dhi.io": _below("https://hub.docker.com/hardened-images/catalog/dhi/"),
    "ghcr.io": _github,
    "registry.gitlab.com": _gitlab,
    "quay.io": _below("https://quay.io/repository/", 2),
    "public.ecr.aws": _below("https://gallery.ecr.aws/", 2),
    "mcr.microsoft.com": _below("https://mcr.microsoft.com/artifact/mar/"),
    "nvcr.io": _nvidia,
    "docker.elastic.co": _below("https://www.docker.elastic.co/r/"),
    "cgr.dev": lambda parts: (
        f"https://images.chainguard.dev/directory/image/{parts[1]}/overview" if len(parts) == 2 else None
    ),
    "lscr.io": _below("https://fleet.linuxserver.io/image?name=", 2),
}
