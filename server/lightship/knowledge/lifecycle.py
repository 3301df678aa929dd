"""Until when releases of base images get security fixes.

As of November 2026, from the projects' own schedules (devguide.python.org, nodejs/Release, Debian LTS,
ubuntu.com/about/release-cycle, docs.fedoraproject.org, alpinelinux.org/releases, php.net, ruby-lang.org, go.dev) and endoflife.date.
Debian's dates are those of its long-term support, Ubuntu's those of its standard support. A date that had
not come by then may still be moved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from .. import regex
from .images import DEBIAN_CODENAMES, SLIM, ImageReference, official

AS_OF = date(2026, 11, 23)
_SOON = timedelta(days=90)


def _table(text: str) -> Mapping[str, date]:
    """`3.9 2025-10-31 …`: the last day of each release, oldest release first."""
    words = text.split()
    return {version: date.fromisoformat(day) for version, day in zip(words[::2], words[1::2], strict=True)}


RELEASES: Mapping[str, Mapping[str, date]] = {
    "alpine": _table(
        "2.6 2015-05-01 2.7 2015-11-01 3.0 2016-05-01 3.1 2016-11-01 3.2 2017-05-01 3.3 2017-11-01 3.4 2018-05-01"
        " 3.5 2018-11-01 3.6 2019-05-01 3.7 2019-11-01 3.8 2020-05-01 3.9 2020-11-01 3.10 2021-05-01 3.11 2021-11-01"
        " 3.12 2022-05-01 3.13 2022-11-01 3.14 2023-05-01 3.15 2023-11-01 3.16 2024-05-23 3.17 2024-11-22"
        " 3.18 2025-05-09 3.19 2025-11-01 3.20 2026-04-01 3.21 2026-11-01 3.22 2027-05-01 3.23 2027-11-01"
    ),
    "centos": _table("5 2017-03-31 6 2020-11-30 7 2024-06-30 8 2021-12-31"),
    "debian": _table(
        "6 2016-02-29 7 2018-05-31 8 2020-06-30 9 2022-06-30 10 2024-06-30 11 2026-08-31 12 2028-06-30 13 2030-06-30"
    ),
    "fedora": _table(
        "20 2015-06-23 21 2015-12-01 22 2016-07-19 23 2016-12-20 24 2017-08-08 25 2017-12-12 26 2018-05-29 27 2018-11-30"
        " 28 2019-05-28 29 2019-11-26 30 2020-05-26 31 2020-11-24 32 2021-05-25 33 2021-11-30 34 2022-06-07 35 2022-12-13"
        " 36 2023-05-16 37 2023-12-05 38 2024-05-21 39 2024-11-26 40 2025-05-13 41 2025-12-15 42 2026-05-27 43 2026-12-02"
        " 44 2027-05-26"
    ),
    "golang": _table(
        "1.9 2018-08-24 1.10 2019-02-25 1.11 2019-09-03 1.12 2020-02-25 1.13 2020-08-11 1.14 2021-02-16 1.15 2021-08-16"
        " 1.16 2022-03-15 1.17 2022-08-02 1.18 2023-02-01 1.19 2023-08-08 1.20 2024-02-06 1.21 2024-08-13"
        " 1.22 2025-02-11 1.23 2025-08-12 1.24 2026-02-11 1.25 2026-08-12 1.26 2027-02-28 1.27 2027-08-31"
    ),
    "node": _table(
        "0.10 2016-10-31 0.12 2016-12-31 4 2018-04-30 5 2016-06-30 6 2019-04-30 7 2017-06-30 8 2019-12-31 9 2018-06-30"
        " 10 2021-04-30 11 2019-06-30 12 2022-04-30 13 2020-06-01 14 2023-04-30 15 2021-06-01 16 2023-09-11 17 2022-06-01"
        " 18 2025-04-30 19 2023-06-01 20 2026-04-30 21 2024-06-01 22 2027-04-30 23 2025-06-01 24 2028-04-30 25 2026-06-01"
    ),
    "php": _table(
        "5.3 2014-08-14 5.4 2015-09-03 5.5 2016-07-21 5.6 2018-12-31 7.0 2019-01-10 7.1 2019-12-01 7.2 2020-11-30"
        " 7.3 2021-12-06 7.4 2022-11-28 8.0 2023-11-26 8.1 2025-12-31 8.2 2026-12-31 8.3 2027-12-31 8.4 2028-12-31"
        " 8.5 2029-12-31"
    ),
    "python": _table(
        "2.6 2013-10-29 2.7 2020-01-01 3.2 2016-02-20 3.3 2017-09-29 3.4 2019-03-18 3.5 2020-09-30 3.6 2021-12-23"
        " 3.7 2023-06-27 3.8 2024-10-07 3.9 2025-10-31 3.10 2026-10-31 3.11 2027-10-31 3.12 2028-10-31 3.13 2029-10-31"
        " 3.14 2030-10-31"
    ),
    "ruby": _table(
        "1.9 2015-02-23 2.0 2016-02-24 2.1 2017-03-31 2.2 2018-03-31 2.3 2019-03-31 2.4 2020-03-31 2.5 2021-03-31"
        " 2.6 2022-03-31 2.7 2023-03-31 3.0 2024-03-31 3.1 2025-03-31 3.2 2026-03-31 3.3 2027-03-31 3.4 2028-03-31"
    ),
    "ubuntu": _table(
        "12.04 2017-04-28 12.10 2014-05-16 13.04 2014-01-27 13.10 2014-07-17 14.04 2019-04-30 14.10 2015-07-23"
        " 15.04 2016-02-04 15.10 2016-07-28 16.04 2021-04-30 16.10 2017-07-20 17.04 2018-01-13 17.10 2018-07-19 18.04 2023-05-31 18.10 2019-07-18"
        " 19.04 2020-01-23 19.10 2020-07-17 20.04 2025-05-31 20.10 2021-07-22 21.04 2022-01-20 21.10 2022-07-14"
        " 22.04 2027-06-01 22.10 2023-07-20 23.04 2024-01-25 23.10 2024-07-11 24.04 2029-05-31 24.10 2025-07-10"
        " 25.04 2026-01-15 25.10 2026-07-31"
    ),
}  # fmt: skip

_LONG_TERM: Mapping[str, re.Pattern[str]] = {
    "node": regex.compile(r"\d*[02468]\Z"),
    "ubuntu": regex.compile(r"\d*[02468]\.04\Z"),
}
"""Releases that are worth moving to, where not all are."""

_CODENAMES: Mapping[str, Mapping[str, str]] = {
    "debian": DEBIAN_CODENAMES,
    "node": {
        "argon": "4", "boron": "6", "carbon": "8", "dubnium": "10", "erbium": "12", "fermium": "14", "gallium": "16",
        "hydrogen": "18", "iron": "20", "jod": "22", "krypton": "24",
    },
    "ubuntu": {
        "precise": "12.04", "quantal": "12.10", "raring": "13.04", "saucy": "13.10", "trusty": "14.04", "utopic": "14.10",
        "vivid": "15.04", "wily": "15.10", "xenial": "16.04", "yakkety": "16.10", "zesty": "17.04", "artful": "17.10",
        "bionic": "18.04",
        "cosmic": "18.10", "disco": "19.04", "eoan": "19.10", "focal": "20.04", "groovy": "20.10", "hirsute": "21.04",
        "impish": "21.10", "jammy": "22.04", "kinetic": "22.10", "lunar": "23.04", "mantic": "23.10", "noble": "24.04",
        "oracular": "24.10", "plucky": "25.04", "questing": "25.10",
    },
}  # fmt: skip

_TITLES: Mapping[str, str] = {
    "alpine": "Alpine", "centos": "CentOS", "debian": "Debian", "fedora": "Fedora", "golang": "Go", "node": "Node.js", "php": "PHP",
    "python": "Python", "ruby": "Ruby", "ubuntu": "Ubuntu",
}  # fmt: skip

_RETIRED: Mapping[str, date] = {
    "openjdk": date(2022, 7, 31),
    "adoptopenjdk": date(2021, 8, 31),
    "centos": date(2024, 6, 30),
    "java": date(2016, 12, 31),
    "iojs": date(2017, 1, 17),
}
"""Official images that are no longer built at all, and since when."""


class EndOfLife(NamedTuple):
    """`release` of `product` (its official image's name) gets security fixes until `day`, inclusive.

    `release` is '' where the image as a whole is retired.
    """

    product: str
    title: str
    release: str
    day: date


def lifecycle(reference: ImageReference) -> tuple[EndOfLife, ...]:
    """What is known of the releases that a reference names, its own and its distribution's.

    Empty for images and tags that name no release (`latest`), and for releases that are not known.
    """
    name = official(reference)
    tag = reference.tag or "latest"
    if name is None:
        return ()
    found = []
    if release := _release(name, tag):
        found.append(EndOfLife(name, _TITLES[name], release, RELEASES[name][release]))
    elif name in _RETIRED:
        found.append(EndOfLife(name, name, "", _RETIRED[name]))
    if name not in ("debian", "ubuntu", "alpine"):
        for part in tag.split("-"):
            alpine = re.match(r"alpine(\d+\.\d+)", part)
            for product, release in (
                ("debian", _CODENAMES["debian"].get(part)),
                ("ubuntu", _CODENAMES["ubuntu"].get(part)),
                ("alpine", alpine and alpine[1]),
            ):
                if release in RELEASES[product]:
                    found.append(
                        EndOfLife(product, _TITLES[product], str(release), RELEASES[product][str(release)])
                    )
    return tuple(found)


def _release(product: str, tag: str) -> str | None:
    """The release that a tag's first part names: `3.9` for `3.9.7-slim`, `12` for `bookworm`."""
    first = tag.partition("-")[0]
    first = _CODENAMES.get(product, {}).get(first, first).removeprefix("v")
    numbers = first.split(".")
    releases = RELEASES.get(product, {})
    return next(
        (
            release
            for length in range(len(numbers), 0, -1)
            if (release := ".".join(numbers[:length])) in releases
        ),
        None,
    )


def successor(product: str, release: str, today: date) -> str | None:
    """The oldest release after this one that is supported for months to come, preferring those with long-term support."""
    releases = RELEASES.get(product, {})
    names = list(releases)
    if release not in releases:
        return None
    pattern = _LONG_TERM.get(product)
    later = [name for name in names[names.index(release) + 1 :] if releases[name] >= today + _SOON]
    return next((name for name in later if pattern is None or pattern.match(name)), None)


def supported(product: str, today: date) -> list[str]:
    """The releases that get security fixes, newest first."""
    return [name for name, day in [*RELEASES.get(product, {}).items()][::-1] if day >= today]


def newest(product: str, today: date) -> str | None:
    """The newest supported release, of those with long-term support where there are such."""
    pattern = _LONG_TERM.get(product)
    return next((name for name in supported(product, today) if pattern is None or pattern.match(name)), None)


def successor_tag(reference: ImageReference, today: date) -> str | None:
    """The tag with its ended releases replaced by supported ones; None where there is nothing to replace.

    An ended release of a distribution inside the tag is dropped: `3.9-slim-buster` becomes `3.11-slim`, so
    that the tag surely exists.
    """
    name = official(reference)
    ended = [end for end in lifecycle(reference) if end.day < today and end.release]
    if name is None or not ended or reference.tag is None:
        return None
    parts = reference.tag.split("-")
    for end in ended:
        if end.product == name:
            release = successor(name, end.release, today)
            if release is None:
                return None
            codenames = {number: codename for codename, number in _CODENAMES.get(name, {}).items()}
            named = parts[0] in _CODENAMES.get(name, {})
            parts[0] = codenames.get(release, release) if named else release
        elif end.product == "alpine":
            parts = [re.sub(r"(alpine)\d[\d.]*", r"\1", part) for part in parts]
        else:
            kept = [part for part in parts if _CODENAMES[end.product].get(part) != end.release]
            if not kept:
                return None
            parts = kept
    if parts == ["slim"] and name not in SLIM:
        return None
    return "-".join(parts)
