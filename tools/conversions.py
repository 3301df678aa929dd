"""Count the conversions to several stages over an archive of Dockerfiles, and why the others are declined, as a table.

    python tools/conversions.py dockerfiles.tar.xz

Counted are the files of one stage that install Python packages; those that install nothing but pip and its like have
nothing to convert and stand in a row of their own. Three denominators: all of them, those without the latter, and
those on an official image of Python 3. Of the conversions, it tells how many leave system packages behind.
"""

from __future__ import annotations

import argparse
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lightship.knowledge.managers import Action
from lightship.model import analyze
from lightship.model.build import Build
from lightship.refactorings import convert_to_multi_stage as conversion
from lightship.refactorings import result
from lightship.refactorings._planning import plan_of
from lightship.refactorings._tools import PYTHON
from lightship.text import Fix, Source, Span

NOTHING = "it installs nothing but pip and its like"


class Outcome(NamedTuple):
    """Of one file: `reason` is '' where it converts, and then `leaves` says whether packages stay behind."""

    name: str
    image: str
    reason: str
    leaves: bool = False
    text: str = ""


def sources(archive: Path) -> Iterator[Source]:
    with tarfile.open(archive) as files:
        for member in files:
            if content := files.extractfile(member):
                yield Source(content.read().decode(errors="surrogateescape"), member.name)


def outcome(source: Source) -> Outcome | None:
    """What becomes of a file; None where it has several stages or installs no Python package."""
    build = analyze(source)
    if len(build.stages) != 1 or not _installs(build):
        return None
    image = build.stages[0].base or ""
    offers = list(conversion.offer.offers(build, Span(0, len(source.text))))
    if not offers:
        return Outcome(source.name, image, NOTHING)
    (offered,) = offers
    if isinstance(offered.outcome, Fix):
        leaves = bool(plan_of(build.stages[0]).dropped)
        return Outcome(source.name, image, "", leaves, result(build, offered.outcome))
    return Outcome(source.name, image, _class(offered.outcome.reason))


def _installs(build: Build) -> bool:
    return any(run.calls_to(PYTHON, Action.INSTALL) for stage in build.stages for run in stage.runs)


def on_python3(found: Outcome) -> bool:
    """Whether the base is the official image of a Python 3."""
    return bool(re.match(r"(docker\.io/)?(library/)?python(:(?!2)|\Z)", found.image))


_CLASSES = (
    (r"may need what only building needs", "an unknown program may need the compilers"),
    (r"conda|mamba|pyenv|tox makes", "conda, pyenv or tox make their own environments"),
    (r"where pip has installed|means the base's Python", "a path at which pip had installed something"),
    (
        r"without the image's variables",
        "cron, sshd, Apache or an init start programs without the image's variables",
    ),
    (r"(environment|VIRTUAL_ENV)", "an environment of its own that is not understood"),
    (
        r"in a way that is not understood|not a plain list|install is not understood|decides who",
        "the install is not understood",
    ),
    (r"installs elsewhere|sends installs|by their path", "it installs elsewhere"),
    (r"PATH is set|calls pip|which Python", "another use of Python that is not certain"),
    (r"in place|source of the editable", "the source of an editable install is not only copied"),
)


def _class(reason: str) -> str:
    """The reason without what is particular to the file."""
    for pattern, name in _CLASSES:
        if re.search(pattern, reason):
            return name
    return re.sub(
        r" in line \d+|the base's user \S+|`[^`]*`",
        lambda found: "the base's user" if "user" in found[0] else "",
        reason,
    )


def table(outcomes: list[Outcome]) -> Iterator[str]:
    """The table of the reasons, most frequent first, and the shares."""
    reasons = Counter(each.reason for each in outcomes if each.reason)
    converted = [each for each in outcomes if not each.reason]
    yield "| outcome | files |"
    yield "| --- | ---: |"
    yield f"| **converted** | {len(converted)} |"
    yield f"| of these, leaving system packages behind | {sum(each.leaves for each in converted)} |"
    yield from (f"| {reason} | {count} |" for reason, count in reasons.most_common())
    yield ""
    python3 = [each for each in outcomes if on_python3(each)]
    for name, chosen in (
        ("of all that install Python packages", outcomes),
        ("of those that have something to convert", [each for each in outcomes if each.reason != NOTHING]),
        ("of those on an official image of Python 3", python3),
    ):
        count = sum(not each.reason for each in chosen)
        yield f"{name}: {count} of {len(chosen)} ({count / max(1, len(chosen)):.1%})"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("archive", type=Path)
    archive = parser.parse_args().archive
    outcomes = [found for source in sources(archive) if (found := outcome(source))]
    print("\n".join(table(outcomes)))


if __name__ == "__main__":
    main()
