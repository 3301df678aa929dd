"""How each package manager writes *which package*: name, version, or a place to take it from."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from .. import regex


class Kind(StrEnum):
    """Where a package comes from."""

    PACKAGE = "package"
    """By name, from an index or repository."""
    PATH = "path"
    """A directory."""
    FILE = "file"
    """A package file or archive on disk: `./x.deb`, `*.whl`."""
    URL = "url"
    VCS = "vcs"
    """A repository of source code."""
    UNKNOWN = "unknown"
    """The shell decides: `$PACKAGES`."""


class Specifier(NamedTuple):
    """`name` is '' where it cannot be told. `operator` is what stands before `version` (`==`, `@`, `-` …)."""

    name: str
    operator: str = ""
    version: str | None = None
    kind: Kind = Kind.PACKAGE


_URL = regex.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_VCS = regex.compile(r"(?:git|hg|svn|bzr)(?:\+|://)|[\w.-]+@[\w-]+(?:\.[\w-]+)+:(?!//)", re.IGNORECASE)
_ARCHIVE = regex.compile(
    r"\.(?:whl|egg|zip|tar|tgz|tbz2?|txz|tar\.\w+|deb|udeb|rpm|apk|gem|conda)\Z", re.IGNORECASE
)
_DEBIAN = regex.compile(r"(?P<name>[^=/:]+)(?::(?P<arch>[\w-]+|\$.*?))?(?:(?P<operator>[=/])(?P<version>.*))?\Z", re.DOTALL)  # fmt: skip
_ALPINE = regex.compile(
    r"(?P<name>[^=<>~@]+)(?:@[^=<>~]*)?(?:(?P<operator>[=<>~]+)(?P<version>.*))?\Z", re.DOTALL
)
_RPM = regex.compile(
    r"(?P<name>[^\s=<>]+?)(?:(?P<dash>-)(?:\d+:)?"
    r"(?P<version>\d[^-\s]*[.*~^][^-\s]*(?:-[\d*][^-\s]*)?|\d[^-\s]*-\d[^-\s]*|\$[^-].*))?\Z"
)
_COMPARED = regex.compile(r"(?P<name>[^\s=<>!~]+)\s*(?P<operator>[=<>!~]+)\s*(?P<version>.*)\Z", re.DOTALL)
_RPM_ARCH = regex.compile(r"\.(?:x86_64|i[3-6]86|noarch|aarch64|ppc64le|s390x|armv7hl|src)\Z")
_PYTHON = regex.compile(
    r"(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*"
    r"(?:\(?\s*(?P<operator>===|==|~=|!=|<=|>=|<|>|@|\^)\s*(?P<version>[^;]*?)\)?)?\s*(?:;.*)?\Z",
    re.DOTALL,
)
_EGG = regex.compile(r"[#&]egg=([\w.-]+)")
_CONDA = regex.compile(r"(?:[^:]*::)?(?P<name>[\w.-]+)(?:\[.*\])?\s*(?:(?P<operator>[=<>!~]+|\s)\s*(?P<version>.*))?\Z", re.DOTALL)  # fmt: skip
_NPM = regex.compile(r"(?P<name>(?:@[^/@]+/)?[^/@]+)(?:@(?P<version>.*))?\Z", re.DOTALL)
_NPM_REPOSITORY = regex.compile(r"(?:(?:github|gitlab|bitbucket|gist):)?[\w.-]+/[\w.-]+(?:#.*)?\Z")


def debian(text: str) -> Specifier:
    """`name`, `name=version`, `name/release`, `name:arch`, `./file.deb`, and `name-` to remove it.

    A release counts as a version: it says which one.
    """
    if kind := _place(text):
        return _placed(kind)
    return _matched(_DEBIAN, text)


def alpine(text: str) -> Specifier:
    """`name`, `name=1.2-r0`, `name~1.2`, `name>1`, `name@repository`, `./file.apk`."""
    if kind := _place(text):
        return _placed(kind)
    return _matched(_ALPINE, text)


def rpm(text: str) -> Specifier:
    """`name`, `name-1.2-3.el9.x86_64`, `name-1.*`, `name = 1.2`, `module:stream`, `@group`, a file or URL.

    `-12` alone is taken for a part of the name, as in `gcc-toolset-12`.
    """
    if kind := _place(text):
        return _placed(kind)
    if match := _COMPARED.match(text):
        return _specifier(match)
    bare = _RPM_ARCH.sub("", text)
    name, colon, stream = bare.partition(":")
    if colon and not stream.startswith(":"):
        return Specifier(_known(name), ":", stream.partition("/")[0])
    match = _RPM.match(bare)
    if match and match["dash"]:
        return Specifier(_known(match["name"]), "-", match["version"])
    return Specifier(_known(bare))


def suse(text: str) -> Specifier:
    """As `rpm`, and `name=1.2`."""
    return rpm(text.partition("package:")[2] or text)


def python(text: str) -> Specifier:
    """A requirement (PEP 508), a directory, an archive, a URL, or a repository at a revision.

    Poetry's `name@^1.2` and pdm's are read too.
    """
    name, at, place = (part.strip() for part in text.partition("@"))
    if at and (_URL.match(place) or _VCS.match(place)):
        it = _python_url(place)
        return it._replace(name=_known(name.partition("[")[0].strip()))
    if _URL.match(text) or _VCS.match(text):
        return _python_url(text)
    if match := _PYTHON.match(text):
        if _ARCHIVE.search(text):
            return Specifier(text.partition("-")[0], kind=Kind.FILE)
        return _specifier(match)
    path = re.sub(r"\[[^\]]*\]\Z", "", text)
    if _ARCHIVE.search(path):
        return Specifier("", kind=Kind.FILE)
    if path.startswith((".", "/", "~", "file:")) or "/" in path or "\\" in path:
        return Specifier("", kind=Kind.PATH)
    return Specifier("")


def _python_url(text: str) -> Specifier:
    egg = _EGG.search(text)
    name = egg[1] if egg else ""
    if not _VCS.match(text):
        kind = Kind.URL if not text.startswith("file:") else Kind.FILE if _ARCHIVE.search(text) else Kind.PATH
        return Specifier(name, kind=kind)
    revision = re.search(r"[^/]*/[^@#]*@([^#&]+)", text.partition("://")[2])
    return Specifier(name, "@" if revision else "", revision[1] if revision else None, Kind.VCS)


def conda(text: str) -> Specifier:
    """`name`, `name=1.2`, `name==1.2=build`, `channel::name`, `name>=1`, `"name[version='1.*']"`, a file."""
    if _URL.match(text):
        return Specifier("", kind=Kind.URL)
    if _ARCHIVE.search(text):
        return Specifier("", kind=Kind.FILE)
    bracket = re.search(r"version=['\"]?([^'\",\]]+)", text)
    found = _matched(_CONDA, text)
    return found._replace(operator="=", version=bracket[1]) if bracket else found


def npm(text: str) -> Specifier:
    """`name`, `@scope/name@1.2`, `name@npm:other@1`, `user/repository#commit`, a directory, archive or URL."""
    if _VCS.match(text) or re.match(r"(?:github|gitlab|bitbucket|gist):|https?://.*\.git(?:#|\Z)", text):
        return _npm_repository(text)
    if _URL.match(text):
        return Specifier("", kind=Kind.URL)
    if text.startswith((".", "/", "~/", "file:", "link:")):
        return Specifier("", kind=Kind.FILE if _ARCHIVE.search(text) else Kind.PATH)
    if not text.startswith("@"):
        if _NPM_REPOSITORY.match(text) and "@" not in text:
            return _npm_repository(text)
        if _ARCHIVE.search(text) and "@" not in text:
            return Specifier("", kind=Kind.FILE)
    found = _matched(_NPM, text)
    if found.version is None:
        return found
    place = found.version
    if _VCS.match(place):
        return _npm_repository(place)._replace(name=found.name)
    if _URL.match(place):
        return Specifier(found.name, kind=Kind.URL)
    if place.startswith(("file:", "link:", "./", "../", "/")):
        return Specifier(found.name, kind=Kind.FILE if _ARCHIVE.search(place) else Kind.PATH)
    return found._replace(operator="@", version=place or None)


def _npm_repository(text: str) -> Specifier:
    _, hash_, revision = text.partition("#")
    return Specifier("", hash_, revision or None, Kind.VCS)


def ruby(text: str) -> Specifier:
    """`name`, `name:1.2`, `./name-1.2.gem`."""
    if text.endswith(".gem"):
        return Specifier("", kind=Kind.FILE)
    name, colon, version = text.partition(":")
    return Specifier(_known(name), colon, version or None)


def go(text: str) -> Specifier:
    """An import path, `path@version`, or a pattern of directories (`./...`)."""
    if text.startswith((".", "/")) or text in ("all", "std", "cmd"):
        return Specifier("", kind=Kind.PATH)
    if text.endswith(".go"):
        return Specifier("", kind=Kind.FILE)
    return _at(text)


def composer(text: str) -> Specifier:
    """`vendor/package`, `vendor/package:^1.2`, `vendor/package=1.2` or `"vendor/package 1.2"`."""
    match = re.match(r"(?P<name>[^\s:=]+)(?:(?P<operator>[\s:=])\s*(?P<version>.*))?\Z", text, re.DOTALL)
    return _specifier(match) if match else Specifier("")


def cargo(text: str) -> Specifier:
    """`name`, `name@1.2`, or the value of `--git` and `--path`."""
    if _URL.match(text) or _VCS.match(text):
        return Specifier("", kind=Kind.VCS)
    if text.startswith((".", "/")) or "/" in text:
        return Specifier("", kind=Kind.PATH)
    return _at(text)


def _at(text: str) -> Specifier:
    name, at, version = text.partition("@")
    return Specifier(_known(name), at, version or None)


def _place(text: str) -> Kind | None:
    """The kind of a system package that is not named but pointed at."""
    if _URL.match(text):
        return Kind.URL
    if _ARCHIVE.search(text) or text.startswith(("./", "/", "../", "~/")):
        return Kind.FILE
    return None


def _placed(kind: Kind) -> Specifier:
    return Specifier("", kind=kind)


def _matched(pattern: re.Pattern[str], text: str) -> Specifier:
    match = pattern.match(text)
    return _specifier(match) if match else Specifier(_known(text))


def _specifier(match: re.Match[str]) -> Specifier:
    groups = match.groupdict()
    version = groups.get("version")
    return Specifier(
        _known(match["name"]), groups.get("operator") or "", version.strip() or None if version else None
    )


def _known(name: str) -> str:
    """The name, or '' where a part of it is up to the shell."""
    return "" if "$" in name or "`" in name else name
