"""Images that compile, and the images and files that what they have compiled runs with.

From the tag lists of docker-library/official-images (golang, rust, openjdk, eclipse-temurin, maven, gradle), the
packages that docker-library/repo-info lists for them, and the Dockerfiles of docker-library/buildpack-deps, which the
Debian variants of golang and rust are built on.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .. import regex
from . import images

STABLE = "stable"
"""Debian's name for its newest release."""


class Origin(NamedTuple):
    """An image to take a Dockerfile's `FROM` as it is written apart: `prefix` is what stands before its name."""

    prefix: str
    name: str
    tag: str


class Runtime(NamedTuple):
    """An image to run in.

    `files` are what programs read of the compiler's image, as sources and the target of a COPY, and `packages` system
    packages to install. `same`: it is the compiler's image, of which nothing is missed. `workdir` is that of the
    compiler's image, `folder` the one on its PATH into which it installs programs. It is `certain` to be of the very
    release that the compiler's image is of, and not of a newer one.
    """

    image: str
    files: tuple[tuple[str, str], ...] = ()
    same: bool = False
    workdir: str = "/"
    folder: str = ""
    alpine: bool = False
    packages: tuple[str, ...] = ()
    certain: bool = True


_SUITES: dict[str, tuple[tuple[tuple[int, int], str], ...]] = {
    "golang": (
        ((1, 27), STABLE),
        ((1, 24), "trixie"),
        ((1, 19), "bookworm"),
        ((1, 16), "bullseye"),
        ((1, 11), "buster"),
        ((1, 8), "stretch"),
    ),
    "rust": (
        ((1, 99), STABLE),
        ((1, 89), "trixie"),
        ((1, 70), "bookworm"),
        ((1, 54), "bullseye"),
        ((1, 36), "buster"),
    ),
}
"""Since which version of a compiler its image is on a release of Debian, if its tag names none: the newest one that the
version has ever been on, since what was linked with an older glibc runs with a newer one, and not the other way. Those
that are still built may move on with Debian."""
_MOVING = ("", "latest", "1", "slim")
_NEW = frozenset((STABLE, "trixie", "forky"))
"""Releases whose slim image has no time zones; the compilers' images have them."""
_OLD = frozenset(("buster", "stretch", "jessie", "wheezy"))

CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/certs/")
ZONES = ("/usr/share/zoneinfo", "/usr/share/zoneinfo")
GO_ZONES = ("/usr/local/go/lib/time/zoneinfo.zip", "/usr/local/go/lib/time/")
"""Where Go programs look for time zones, at the path that they were compiled with, wherever the system has none."""
TYPES = "/etc/mime.types"
NETWORK = "/etc/protocols /etc/services"


def origin(written: str, value: str) -> Origin | None:
    """The official image that is meant by the text of a FROM, whose value is `value`; None for any other.

    What a variable hides is not known, unless the tag goes on behind it: `golang:${VERSION}-alpine` is Alpine's.
    """
    reference = images.parse(value)
    name = images.official(reference) if reference else None
    plain = written.partition("@")[0]
    before, colon, tag = plain.rpartition(":")
    if not colon or "/" in tag:
        before, tag = plain, ""
    if not name or not before.endswith(name) or re.search(r"\$\{?\w+\}?\Z|\$\{\w+:", tag):
        return None
    return Origin(before.removesuffix(name), name, tag)


def compiler_runtime(found: Origin) -> Runtime | None:
    """What programs that `golang` or `rust` have compiled run in; None where that is not known."""
    first, *parts = found.tag.split("-")
    if first in images.DEBIAN_CODENAMES or first.startswith("alpine"):
        first, parts = "", [first, *parts]
    alpine = next((part for part in parts if part.startswith("alpine")), None)
    suites = [part for part in parts if part in images.DEBIAN_CODENAMES]
    if len([part for part in parts if part != "slim"]) > 1 or len(parts) > 2:
        return None
    if alpine:
        version = alpine.removeprefix("alpine")
        if not re.fullmatch(r"(\d\.\d+)?", version):
            return None
        return _on_alpine(found, version)._replace(certain=bool(version))
    suite = suites[0] if suites else _suite(found.name, first) if set(parts) <= {"slim"} else None
    return _on_debian(found, suite)._replace(certain=bool(suites)) if suite else None


def _suite(name: str, version: str) -> str | None:
    if version in _MOVING:
        return STABLE
    match = re.match(r"(\d+)\.(\d+)(\.\d+)?\Z", version)
    if not match:
        return None
    number = (int(match[1]), int(match[2]))
    return next((suite for since, suite in _SUITES[name] if number >= since), None)


def _on_debian(found: Origin, suite: str) -> Runtime:
    image = f"{found.prefix}debian:{suite}-slim"
    settings = TYPES if suite in _OLD else f"{TYPES} {NETWORK}"
    zones = (ZONES,) if suite in _NEW else ()
    if found.name == "golang":
        files = (CERTIFICATES, (settings, "/etc/"), *zones, GO_ZONES)
        return Runtime(image, files, workdir="/go", folder="/go/bin")
    slim = "slim" in found.tag.split("-")
    files = (CERTIFICATES,) if slim else (CERTIFICATES, (settings, "/etc/"), *zones)
    return Runtime(image, files, folder="/usr/local/cargo/bin")


def _on_alpine(found: Origin, version: str) -> Runtime:
    # What was linked with an older musl runs with a newer one; `alpine:3` is the newest.
    image = f"{found.prefix}alpine:{version or '3'}"
    if found.name == "rust":
        return Runtime(image, (CERTIFICATES,), folder="/usr/local/cargo/bin", alpine=True)
    # Alpine 3.16 is the first to have this file by itself; golang's images have always made it.
    resolver = (("/etc/nsswitch.conf", "/etc/"),) if version and int(version.partition(".")[2]) < 16 else ()
    return Runtime(image, (CERTIFICATES, *resolver, GO_ZONES), workdir="/go", folder="/go/bin", alpine=True)


_JDK = regex.compile(r"(?P<version>\d[\du._]*(-b\d+)?)(?P<kind>-jdk)?(?P<rest>(-(?!jdk|jre|ea\b)[\w.]+)*)\Z")
_JRE_SINCE_EVER = ("8", "11", "17", "21", "25")
_WINDOWS = regex.compile(r"windows|nanoserver")


def java_runtime(found: Origin) -> Runtime | None:
    """The image without a compiler of the same vendor, version and system, or else the same JDK; None if not known."""
    if _WINDOWS.search(found.tag):
        return None
    match found.name:
        case "openjdk" | "java" | "eclipse-temurin" | "amazoncorretto" | "sapmachine" | "ibm-semeru-runtimes":
            image, same = _jre(found)
            return Runtime(image, same=same, alpine="alpine" in image)
        case "maven":
            jdk = re.fullmatch(
                r"[\d.]+-(openjdk|jdk|eclipse-temurin|amazoncorretto|sapmachine)-(.+)", found.tag
            )
            if not jdk or "openj9" in jdk[2]:
                return None
            vendor = "openjdk" if jdk[1] == "jdk" else jdk[1]
            image, _ = _jre(Origin(found.prefix, vendor, jdk[2]))
            return Runtime(image, alpine="alpine" in image)
        case "gradle":
            # Those of Gradle 8 and later are on Temurin's, unless they name another.
            jdk = re.fullmatch(
                r"((?P<gradle>\d+)(\.\d+)*-)?jdk-?(?P<jdk>\d+)(?P<rest>-(alpine|jammy|noble|focal))?",
                found.tag,
            )
            if not jdk or int(jdk["gradle"] or 8) < 8:
                return None
            image, _ = _jre(Origin(found.prefix, "eclipse-temurin", f"{jdk['jdk']}-jdk{jdk['rest'] or ''}"))
            return Runtime(image, workdir="/home/gradle", alpine="alpine" in image)
    return None


def _jre(found: Origin) -> tuple[str, bool]:
    """The JRE for a JDK, and whether it is the JDK itself."""
    same = f"{found.prefix}{found.name}:{found.tag}" if found.tag else f"{found.prefix}{found.name}"
    match = _JDK.match(found.tag)
    if not match:
        return same, True
    major = re.split(r"[u._-]", match["version"])[0]
    newest = {"openjdk": 11, "java": 9, "eclipse-temurin": 99}.get(found.name, 0)
    oracle = found.name == "openjdk" and "oracle" in match["rest"]
    if oracle or int(major) > newest or (newest == 99 and major not in _JRE_SINCE_EVER):
        return same, True
    return f"{found.prefix}{found.name}:{match['version']}-jre{match['rest']}", False


RUST_LIBRARIES: dict[str, str] = {
    "bzip2-sys": "libbz2-1.0",
    "curl-sys": "libcurl4",
    "libsqlite3-sys": "libsqlite3-0",
    "libz-sys": "zlib1g",
    "lzma-sys": "liblzma5",
    "mysqlclient-sys": "libmariadb3",
    # It depends on the release's OpenSSL, and makes the folder in which that looks for certificates.
    "openssl-sys": "ca-certificates",
    "pq-sys": "libpq5",
    **dict.fromkeys(
        (
            "aws-lc-fips-sys", "aws-lc-sys", "core-foundation-sys", "inotify-sys", "jemalloc-sys", "js-sys",
            "kqueue-sys", "libgit2-sys", "libmimalloc-sys", "libssh2-sys", "linux-raw-sys", "schannel-sys",
            "security-framework-sys", "tikv-jemalloc-sys", "wasi-sys", "web-sys", "windows-sys", "zstd-sys",
        ),
        "",
    ),
}  # fmt: skip
"""What running needs of the libraries that crates link with where Rust's full image has headers of them; '' for crates
that compile a copy of their own, have no library, or are for other systems."""


def has_packages(runtime: Runtime) -> bool:
    """Whether Debian still has packages for the release of an image."""
    return not any(suite in runtime.image for suite in _OLD)
