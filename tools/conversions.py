"""Count the conversions to several stages over an archive of Dockerfiles, and why the others are declined, as tables.

    python tools/conversions.py dockerfiles.tar.xz

There is a table for each language. Counted are the files of one stage that install packages or build something in it.
Of Python's, those that install nothing but pip and its like have nothing to convert and stand in a row of their own;
there are three denominators: all of them, those without the latter, and those on an official image of Python 3. Of
Python's conversions, it tells how many leave system packages behind.
"""

from __future__ import annotations

import argparse
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lightship.conversion.language import Language
from lightship.conversion.parts import Declined
from lightship.conversion.python.planning import plan_of
from lightship.conversion.tools import PYTHON
from lightship.knowledge.managers import Action
from lightship.model import analyze
from lightship.model.build import Build, Stage
from lightship.refactorings.convert_to_multi_stage import LANGUAGES, conversion_of
from lightship.text import Source

NOTHING = "it installs nothing but pip and its like"


class Outcome(NamedTuple):
    """Of one file in one language: `reason` is '' where it converts, and then `leaves` says whether system packages of
    Python's stay behind."""

    language: str
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


def outcomes_of(source: Source) -> Iterator[Outcome]:
    """What becomes of a file, in each language that it installs packages or builds something in; nothing where it has
    several stages."""
    build = analyze(source)
    if len(build.stages) != 1:
        return
    stage = build.stages[0]
    for language in LANGUAGES:
        if language.places(stage):
            yield _outcome(stage, language)
        elif language.name == "Python" and _installs(build):
            yield Outcome(language.name, source.name, stage.base or "", NOTHING)


def _outcome(stage: Stage, language: Language) -> Outcome:
    found = Outcome(language.name, stage.build.source.name, stage.base or "", "")
    try:
        text = conversion_of(stage, language).text
    except Declined as declined:
        return found._replace(reason=_class(str(declined)))
    return found._replace(text=text, leaves=language.name == "Python" and bool(plan_of(stage).dropped))


def _installs(build: Build) -> bool:
    return any(run.calls_to(PYTHON, Action.INSTALL) for stage in build.stages for run in stage.runs)


def on_python3(found: Outcome) -> bool:
    """Whether the base is the official image of a Python 3."""
    return bool(re.match(r"(docker\.io/)?(library/)?python(:(?!2)|\Z)", found.image))


_CLASSES = (
    (r"^what else there is in", "what else the base has, and the app needs of it, is not known"),
    (
        r"which it starts|starts more than one|what line \d+ starts|no command that starts",
        "what is started is not certain to be what is built",
    ),
    (r"does not say", "the base does not say which system or Java it has"),
    (
        r"^where what|^where `|writes into|^what `|holds other things",
        "where what is built is written to is not certain",
    ),
    (r"is a (user|program) of", "a user or a program of the compiler's image"),
    (r"libraries of|library of", "which libraries of the full image it is linked with is not known"),
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
    (r"for another language", "something else is installed as well, for another language"),
    (r"is for developing", "what developers start"),
    (r"beside other things", "it installs into a folder that has other things in it"),
    (
        r"^what line|the folder that line|may write to|^whom",
        "what is done to the project's folder, or beside, is not certain",
    ),
    (r"decides what follows|links packages", "the install is not understood"),
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
    """The table of one language: the reasons, most frequent first."""
    reasons = Counter(each.reason for each in outcomes if each.reason)
    converted = [each for each in outcomes if not each.reason]
    yield "| outcome | files |"
    yield "| --- | ---: |"
    yield f"| **converted** | {len(converted)} |"
    if leaving := sum(each.leaves for each in converted):
        yield f"| of these, leaving system packages behind | {leaving} |"
    yield from (f"| {reason} | {count} |" for reason, count in reasons.most_common())


def shares(outcomes: list[Outcome]) -> Iterator[str]:
    """How many of Python's convert, by three denominators."""
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
    outcomes = [found for source in sources(archive) for found in outcomes_of(source)]
    for language in LANGUAGES:
        own = [each for each in outcomes if each.language == language.name]
        print(f"## {language.name}\n")
        print("\n".join(table(own)), "\n")
        if language.name == "Python":
            print("\n".join(shares(own)), "\n")


if __name__ == "__main__":
    main()
