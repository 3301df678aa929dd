"""Bytes: what packages and caches weigh, and how to say a number of them."""

from __future__ import annotations

from collections.abc import Iterable

from .package_sizes import SIZES

APT_LISTS = 19_860_000
"""What `apt-get update` leaves in /var/lib/apt/lists on Debian 12, measured in a built layer."""


def installed_size(package: str, recommends: bool) -> int | None:
    """Bytes that installing a Debian package alone adds to a slim image, with all it depends on.

    With `recommends`, also what apt installs by default beside that. None where not known.
    """
    sizes = SIZES.get(package)
    return sizes[recommends] if sizes else None


def closure_size(packages: Iterable[str], recommends: bool) -> int | None:
    """At least so many bytes are added by these packages together; None where none of them is known.

    They share dependencies, so this is the largest, not the sum: never more than the truth.
    """
    return max(
        (size for package in packages if (size := installed_size(package, recommends)) is not None),
        default=None,
    )


def recommended_size(packages: Iterable[str]) -> int | None:
    """At least so many bytes are brought in by recommendation only; None where nothing is known.

    What one package merely recommends another may depend on, so this takes the most that `packages` could
    need anyway off the least that they bring with recommended packages. A tenth is
    taken off for what is uncertain: installed for real, curl's recommended packages are 3.12 MB, not 3.31.
    """
    known = [SIZES[package] for package in packages if package in SIZES]
    if not known:
        return None
    return max(0, max(heavy for _, heavy in known) - sum(light for light, _ in known)) * 9 // 10


def human(size: int) -> str:
    """`163 MB`, `1.02 GB`: three figures, decimal units, as Docker prints them."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if abs(value) < 999.5:
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:.3g} TB"
