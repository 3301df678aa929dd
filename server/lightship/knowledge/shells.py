"""Which shell `/bin/sh` is in a base image: what all of them understand is less than what each does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from . import images

_BY_WORD: Mapping[str, str] = {
    **dict.fromkeys(("alpine", "busybox"), "busybox"),
    **dict.fromkeys(
        (
            "almalinux", "amazonlinux", "archlinux", "centos", "fedora", "oraclelinux", "photon", "rhel", "rockylinux",
            "ubi",
        ),
        "bash",
    ),
    **dict.fromkeys(
        (
            "debian", "wheezy", "jessie", "stretch", "buster", "bullseye", "bookworm", "trixie",
            "ubuntu", "trusty", "xenial", "bionic", "focal", "jammy", "noble",
        ),
        "dash",
    ),
}  # fmt: skip
"""By the name of a distribution or of its release."""

_ON_DEBIAN = frozenset(("buildpack-deps", "gcc", "golang", "node", "perl", "php", "python", "ruby", "rust"))
"""Official images that stand on Debian where their tag names nothing else."""


@lru_cache(maxsize=256)
def of_sh(image: str | None) -> str | None:
    """`bash`, `dash` or `busybox`, by the distribution that the image's name or tag speaks of; None where that is
    not known."""
    reference = images.parse(image) if image else None
    if reference is None:
        return None
    words = re.findall(r"[a-z]+", f"{reference.repository}:{reference.tag or ''}".lower())
    found = {_BY_WORD[word] for word in words if word in _BY_WORD}
    if len(found) == 1:
        return found.pop()
    windows = not {"windowsservercore", "nanoserver"}.isdisjoint(words)
    return "dash" if not found and not windows and images.official(reference) in _ON_DEBIAN else None
