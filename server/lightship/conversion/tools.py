"""The installers of Python packages, which are themselves installed, and mostly left behind."""

from __future__ import annotations

from ..knowledge.managers import APT_FAMILY, Manager
from ..model.build import PackageCall

PYTHON = frozenset((Manager.PIP, Manager.SETUP_PY, Manager.UV, Manager.POETRY, Manager.PIPENV, Manager.PDM))
ALONE = frozenset(("pip", "wheel", "uv"))
"""Installers that need no other package, so that nothing is there already because of them."""
APART = frozenset(("poetry", "pipenv", "pdm"))
"""Those that bring packages along which an app may need as well: they get an environment of their own."""
INSTALLERS = ALONE | APART | {"poetry-core", "virtualenv", "build"}
"""Python packages that install others."""


def _names(call: PackageCall) -> frozenset[str]:
    return frozenset(name.lower().replace("_", "-") for name in call.meaning.names)


def installs_tools(call: PackageCall) -> bool:
    """Whether all that is installed are programs that install others, or `setuptools` beside them or anew."""
    it, names = call.meaning, _names(call)
    if it.requirements or it.unknown or not names or len(it.names) < len(it.packages):
        return False
    return names <= INSTALLERS or (
        names <= INSTALLERS | {"setuptools"} and ("pip" in names or it.has("--upgrade"))
    )


def stays_behind(call: PackageCall) -> bool:
    """Whether nothing that is installed can be of use in the end: what programs import may be, like `setuptools`."""
    names = _names(call)
    apart = bool(APART & names) and names <= APART | ALONE | {"setuptools"}
    return installs_tools(call) and (names <= ALONE or apart)


def apart(call: PackageCall) -> tuple[str, ...]:
    """The installed programs that bring packages of their own along."""
    return tuple(sorted(APART & _names(call)))


def beside_tools(call: PackageCall) -> tuple[list[int], list[int]]:
    """The words of installers that need nothing else, and those of all other packages, where both are installed."""
    packages = call.meaning.packages
    tools = [package.index for package in packages if package.name.lower() in ALONE]
    return tools, [package.index for package in packages if package.index not in tools]


def is_apt(call: PackageCall | None) -> bool:
    return call is not None and call.meaning.manager in APT_FAMILY
