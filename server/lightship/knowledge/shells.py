"""Which shell `/bin/sh` is in well-known base images: what all understand is less than what each does."""

from __future__ import annotations

from collections.abc import Mapping

from . import images

_OF_REPOSITORY: Mapping[str, str] = {
    **dict.fromkeys(("alpine", "busybox"), "busybox"),
    **dict.fromkeys(
        (
            "almalinux", "amazonlinux", "archlinux", "centos", "fedora", "mageia", "oraclelinux", "photon",
            "rockylinux",
        ),
        "bash",
    ),
    **dict.fromkeys(("buildpack-deps", "debian", "ubuntu"), "dash"),
}  # fmt: skip
"""Official images of distributions."""

_ON_DEBIAN = frozenset(("gcc", "golang", "node", "perl", "php", "python", "ruby", "rust"))
"""Official images that stand on Debian, or on Alpine where the tag says so."""

_RED_HAT = ("registry.access.redhat.com", "registry.redhat.io", "quay.io/centos", "quay.io/fedora")


def of_sh(image: str | None) -> str | None:
    """`bash`, `dash` or `busybox`; None where that is not known."""
    reference = images.parse(image) if image else None
    if reference is None:
        return None
    if f"{reference.registry}/{reference.repository}".startswith(_RED_HAT):
        return "bash"
    name = images.official(reference)
    tag = reference.tag or ""
    if name in _ON_DEBIAN:
        return "busybox" if "alpine" in tag else None if "windows" in tag or "nanoserver" in tag else "dash"
    return _OF_REPOSITORY.get(name or "")
