"""What a RUN installs."""

from __future__ import annotations

from collections.abc import Iterator

from ... import regex
from ...knowledge import images, sizes
from ...knowledge.packages import APT_FAMILY, CONDA_FAMILY, Action, Kind, Manager
from ...model import weights
from ...model.build import PackageCall, Run, Step
from ...text import Span, code
from .shown import Hover

_PYTHON_MANAGERS = frozenset(
    (Manager.PIP, Manager.PIPX, Manager.UV, Manager.POETRY, Manager.PIPENV, Manager.PDM)
)
_NODE_MANAGERS = frozenset((Manager.NPM, Manager.YARN, Manager.PNPM, Manager.BUN))
_INDEXES: tuple[tuple[frozenset[Manager], str], ...] = (
    (_PYTHON_MANAGERS, "https://pypi.org/project/{}/"),
    (_NODE_MANAGERS, "https://www.npmjs.com/package/{}"),
    (APT_FAMILY, "https://packages.debian.org/{}"),
    (CONDA_FAMILY, "https://anaconda.org/search?q={}"),
    (frozenset((Manager.APK,)), "https://pkgs.alpinelinux.org/packages?name={}"),
    (frozenset((Manager.GEM, Manager.BUNDLE)), "https://rubygems.org/gems/{}"),
    (frozenset((Manager.CARGO,)), "https://crates.io/crates/{}"),
    (frozenset((Manager.GO,)), "https://pkg.go.dev/{}"),
    (frozenset((Manager.COMPOSER,)), "https://packagist.org/packages/{}"),
)
_OF_UBUNTU = "https://packages.ubuntu.com/{}"
_NAME = regex.compile(r"[a-zA-Z0-9_@./+~-]+")
"""What may stand in an address as it is; there is no page for anything else."""
_MOST = 12
"""Packages that are named."""


def package(step: Step, offset: int) -> Hover | None:
    """A package that is installed, or removed: what it brings, and where to read about it."""
    if not isinstance(step, Run):
        return None
    for call in step.calls:
        for package in call.meaning.packages:
            word = call.word(package.index)
            if word.span.covers(offset) and package.name and package.kind is Kind.PACKAGE:
                return Hover(_about_package(step, call, package.name, package.version), word.span)
    return None


def _about_package(step: Step, call: PackageCall, name: str, version: str | None) -> str:
    meaning = call.meaning
    url = next((index for managers, index in _INDEXES if meaning.manager in managers), "")
    if meaning.manager in APT_FAMILY and _is_ubuntu(step.stage.base):
        url = _OF_UBUNTU
    facts = [f"**{code(name)}**, a package of {meaning.manager}"]
    if version:
        facts.append(f"Version {code(version)}.")
    if meaning.action is Action.INSTALL and meaning.manager in APT_FAMILY:
        facts += _weight(step.stage.base, name, skips=meaning.skips_recommended)
    if url and _NAME.fullmatch(name):
        facts.append(f"[{url.partition('//')[2].partition('/')[0].removeprefix('www.')}]({url.format(name)})")
    return "\n\n".join(facts)


def _weight(base: str | None, name: str, *, skips: bool) -> Iterator[str]:
    """What a Debian package weighs, what is recommended beside it included unless somebody `skips` that."""
    light, full = sizes.installed_size(name, False), sizes.installed_size(name, True)
    total = weights.of_packages(base, [name], not skips)
    if light is None or full is None or not total:
        return
    if not (light if skips else full):
        yield "Debian has it already."
        return
    extra = "" if skips or full == light else f", {sizes.human(full - light)} of it recommended packages"
    yield f"With all that it needs, it adds about {total}{extra}."


def _is_ubuntu(base: str | None) -> bool:
    reference = images.parse(base or "")
    return reference is not None and images.official(reference) == "ubuntu"


def command(step: Step, offset: int) -> Hover | None:
    """What Debian's packages of a command add together, where that is known."""
    if not isinstance(step, Run):
        return None
    for call in step.calls:
        meaning = call.meaning
        span = Span(call.span.start, call.verb.span.end)
        if (
            not span.covers(offset)
            or meaning.action is not Action.INSTALL
            or meaning.manager not in APT_FAMILY
        ):
            continue
        total = weights.of_packages(step.stage.base, meaning.names, not meaning.skips_recommended)
        if not total:
            return None
        shown = [code(name) for name in meaning.names[:_MOST]]
        more = len(meaning.names) - len(shown)
        shown += [f"{more} more"] if more > 0 else []
        what = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
        return Hover(f"**{code(f'{meaning.manager} {meaning.name}')}** adds at least {total}: {what}.", span)
    return None
