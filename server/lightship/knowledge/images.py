"""Base images: how a reference is read, which have a slim variant, and as whom they run.

Facts about official images come from their tag lists (docker-library/official-images) and, for sizes,
from docker-library/repo-info: bytes on disk on amd64, as of summer 2026, rounded there to three figures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from .. import regex
from ..text import Span

DOCKER_HUB = "docker.io"

_DIGEST = regex.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}\Z")
_TAG = regex.compile(r"\w[\w.-]{0,127}\Z", re.ASCII)
_REGISTRY = regex.compile(
    r"(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*"
    r"|\[[0-9a-fA-F:]+\])(?::\d+)?\Z"
)
_COMPONENT = regex.compile(r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*\Z")


@dataclass(frozen=True, slots=True)
class ImageReference:
    """`registry/repository:tag@digest`, with Docker Hub's shorthands undone.

    `repository` has the `library/` that Docker Hub's official images lack in writing; `name` is what
    people call the image: neither `docker.io` nor `library`, neither tag nor digest. Spans count from the
    start of `text`; that of a part which is not written is None.
    """

    text: str
    registry: str
    repository: str
    tag: str | None
    digest: str | None
    name_span: Span
    tag_span: Span | None
    digest_span: Span | None

    @property
    def name(self) -> str:
        if self.registry != DOCKER_HUB:
            return f"{self.registry}/{self.repository}"
        return self.repository.removeprefix("library/")

    def tag_edit(self, tag: str) -> tuple[Span, str]:
        """What to replace, by what, so that the reference has this tag."""
        if self.tag_span:
            return self.tag_span, tag
        return Span(self.name_span.end, self.name_span.end), f":{tag}"


@lru_cache(maxsize=1024)
def parse(text: str) -> ImageReference | None:
    """The reference that `text` is, by the rules of the distribution project; None where it is none."""
    rest, at, digest = text.partition("@")
    if at and not _DIGEST.match(digest):
        return None
    name, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        name, colon, tag = rest, "", ""
    if colon and not _TAG.match(tag):
        return None
    registry, slash, repository = name.partition("/")
    if not slash or not (re.search(r"[.:A-Z]", registry) or registry == "localhost"):
        registry, repository = DOCKER_HUB, name
    if registry in ("index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"):
        registry = DOCKER_HUB
    if registry == DOCKER_HUB and "/" not in repository:
        repository = f"library/{repository}"
    if not _REGISTRY.match(registry) or not all(map(_COMPONENT.match, repository.split("/"))):
        return None
    end = len(name)
    return ImageReference(
        text,
        registry,
        repository,
        tag or None,
        digest or None,
        Span(0, end),
        Span(end + 1, end + 1 + len(tag)) if colon else None,
        Span(len(rest) + 1, len(text)) if at else None,
    )


_MIRRORS = {"public.ecr.aws": "docker/library/", "mirror.gcr.io": "library/"}
_ARCHITECTURES = frozenset(
    ("amd64", "arm32v5", "arm32v6", "arm32v7", "arm64v8", "i386", "mips64le", "ppc64le", "riscv64", "s390x")
)


def official(reference: ImageReference) -> str | None:
    """The name of the Docker official image that this is, also through a mirror; None for any other."""
    if reference.registry == DOCKER_HUB:
        namespace, _, name = reference.repository.partition("/")
        return name if namespace == "library" or namespace in _ARCHITECTURES else None
    prefix = _MIRRORS.get(reference.registry)
    if prefix and reference.repository.startswith(prefix):
        return reference.repository.removeprefix(prefix)
    return None


class Order(StrEnum):
    """Where `slim` stands in a tag that also names a release of Debian."""

    BEFORE = "3.12-slim-bookworm"
    AFTER = "22-bookworm-slim"


@dataclass(frozen=True, slots=True)
class Slim:
    """An official image with a slim variant.

    `full` and `slim` are approximate sizes in bytes, None where not known. `words` match the parts of a
    tag, beside versions and releases of Debian, whose image has a slim variant too.
    """

    order: Order
    full: int | None = None
    slim: int | None = None
    words: str = "rc"
    latest: str = "slim"
    """The slim tag for `latest`."""


MB = 10**6

SLIM: Mapping[str, Slim] = {
    "debian": Slim(
        Order.AFTER, 117 * MB, 75 * MB, r"stable|oldstable|oldoldstable|testing|unstable|sid", "stable-slim"
    ),
    "elixir": Slim(Order.AFTER, 1820 * MB, 312 * MB, "otp|rc"),
    "erlang": Slim(Order.AFTER, 1640 * MB, 290 * MB),
    "haskell": Slim(Order.BEFORE, 4440 * MB, 4350 * MB),
    "node": Slim(
        Order.AFTER,
        1120 * MB,
        227 * MB,
        "lts|current|argon|boron|carbon|dubnium|erbium|fermium|gallium|hydrogen|iron|jod|krypton",
    ),
    "openjdk": Slim(Order.BEFORE, words="jdk|jre|ea"),
    "perl": Slim(Order.BEFORE, 992 * MB, 182 * MB, "stable|devel|threaded"),
    "pypy": Slim(Order.BEFORE, 1070 * MB, 220 * MB),
    "python": Slim(Order.BEFORE, 1020 * MB, 124 * MB),
    "ruby": Slim(Order.BEFORE, 1000 * MB, 158 * MB),
    "rust": Slim(Order.BEFORE, 1660 * MB, 910 * MB),
}
"""Node's full size is that of `node:22` as Docker Hub's users report it; all others are from repo-info.
Of the popular images, these have no slim variant: ubuntu, golang, php, eclipse-temurin, gcc, julia, nginx,
postgres, redis, maven, gradle, alpine."""

DEBIAN_CODENAMES: Mapping[str, str] = {
    "wheezy": "7",
    "jessie": "8",
    "stretch": "9",
    "buster": "10",
    "bullseye": "11",
    "bookworm": "12",
    "trixie": "13",
    "forky": "14",
}
_VERSION = regex.compile(r"v?\d[\w.]*\Z")
_NO_SLIM = {
    "": frozenset(("wheezy",)),
    "node": frozenset(("wheezy", "jessie")),
    "debian": frozenset(),
}


def slim_tag(reference: ImageReference) -> str | None:
    """The tag of this image's slim variant; None where it has none, is one, or is not known to have one."""
    name = official(reference)
    if name is None or name not in SLIM:
        return None
    image = SLIM[name]
    if reference.tag in (None, "latest"):
        return image.latest
    parts = str(reference.tag).split("-")
    missing = _NO_SLIM.get(name, _NO_SLIM[""])
    words = re.compile(rf"(?:{image.words})\Z")
    if any(
        part in missing or not (_VERSION.match(part) or part in DEBIAN_CODENAMES or words.match(part))
        for part in parts
    ):
        return None
    if image.order is Order.AFTER:
        return "-".join([*parts, "slim"])
    at = next(
        (place for place, part in enumerate(parts) if part in DEBIAN_CODENAMES or part == "threaded"),
        len(parts),
    )
    return "-".join([*parts[:at], "slim", *parts[at:]])


def slim_saving(reference: ImageReference) -> int | None:
    """Bytes that the slim variant is smaller by, at least; None where not known, or where there is none.

    A tenth and more of the difference is documentation, which depends on how an image is built; and releases differ.
    """
    image = SLIM.get(official(reference) or "") if slim_tag(reference) else None
    return (image.full - image.slim) * 8 // 9 if image and image.full and image.slim else None


def is_full(reference: ImageReference) -> bool:
    """Whether it is an official image with compilers and headers of its own."""
    name, tag = official(reference), reference.tag or ""
    if name == "php":
        return "alpine" not in tag
    if name in ("buildpack-deps", "gcc", "golang", "haskell", "rust"):
        return True
    return name in SLIM and name != "debian" and not re.search(r"slim|alpine|windows|nanoserver", tag)


BUILDPACK_COMMANDS = frozenset(
    [
        "addr2line",
        "ar",
        "as",
        "autoconf",
        "autoheader",
        "automake",
        "autoreconf",
        "aclocal",
        "bunzip2",
        "bzip2",
        "c++",
        "c++filt",
        "cc",
        "convert",
        "cpp",
        "curl",
        "curl-config",
        "dirmngr",
        "dpkg-buildpackage",
        "file",
        "free",
        "g++",
        "gcc",
        "git",
        "gpg",
        "gpg-agent",
        "gpgconf",
        "hg",
        "identify",
        "ld",
        "libtool",
        "libtoolize",
        "magick",
        "make",
        "mogrify",
        "mysql_config",
        "mariadb_config",
        "nm",
        "objdump",
        "patch",
        "pg_config",
        "pgrep",
        "pkg-config",
        "pkill",
        "ps",
        "ranlib",
        "readelf",
        "scp",
        "sftp",
        "ssh",
        "ssh-add",
        "ssh-agent",
        "ssh-keygen",
        "ssh-keyscan",
        "strip",
        "svn",
        "top",
        "uptime",
        "unzip",
        "vmstat",
        "watch",
        "wget",
        "xml2-config",
        "xslt-config",
        "xz",
    ]
)
"""Commands that images built on buildpack-deps have and their slim variants do not."""

BUILDPACK_PACKAGES = frozenset(
    [
        "autoconf",
        "automake",
        "bzip2",
        "ca-certificates",
        "curl",
        "default-libmysqlclient-dev",
        "dpkg-dev",
        "file",
        "g++",
        "gcc",
        "git",
        "gnupg",
        "imagemagick",
        "libbz2-dev",
        "libc6-dev",
        "libcurl4-openssl-dev",
        "libdb-dev",
        "libevent-dev",
        "libffi-dev",
        "libgdbm-dev",
        "libglib2.0-dev",
        "libgmp-dev",
        "libjpeg-dev",
        "libkrb5-dev",
        "liblzma-dev",
        "libmagickcore-dev",
        "libmagickwand-dev",
        "libmaxminddb-dev",
        "libncurses5-dev",
        "libncursesw5-dev",
        "libpng-dev",
        "libpq-dev",
        "libreadline-dev",
        "libsqlite3-dev",
        "libssl-dev",
        "libtool",
        "libwebp-dev",
        "libxml2-dev",
        "libxslt-dev",
        "libyaml-dev",
        "make",
        "mercurial",
        "netbase",
        "openssh-client",
        "patch",
        "procps",
        "subversion",
        "tzdata",
        "unzip",
        "wget",
        "xz-utils",
        "zlib1g-dev",
    ]
)
"""Debian packages in buildpack-deps, the base of most full official images."""

_SCM = frozenset(
    [
        "curl",
        "wget",
        "gpg",
        "dirmngr",
        "git",
        "hg",
        "svn",
        "ssh",
        "scp",
        "ssh-keygen",
        "ssh-keyscan",
        "ps",
        "top",
        "free",
        "pgrep",
        "pkill",
    ]
)
_COMPILER = frozenset(
    [
        "gcc",
        "cc",
        "cpp",
        "ld",
        "as",
        "ar",
        "nm",
        "ranlib",
        "readelf",
        "objdump",
        "strip",
        "addr2line",
        "c++filt",
    ]
)


def missing_in_slim(name: str) -> frozenset[str]:
    """Commands that the official image `name` has and its slim variant does not.

    Debian's own slim variant has every command: it leaves out documentation and translations.
    """
    match name:
        case "debian":
            return frozenset()
        case "openjdk":
            return _SCM
        case "rust" | "haskell":
            return BUILDPACK_COMMANDS - _COMPILER
        case "perl":
            return BUILDPACK_COMMANDS - {"curl"}
        case "node":
            return BUILDPACK_COMMANDS | {"python3"}
        case _ if name in SLIM:
            return BUILDPACK_COMMANDS
    return frozenset()


_ROOT = frozenset(
    [
        "almalinux",
        "alpine",
        "amazoncorretto",
        "amazonlinux",
        "archlinux",
        "bash",
        "buildpack-deps",
        "busybox",
        "caddy",
        "centos",
        "clojure",
        "composer",
        "dart",
        "debian",
        "docker",
        "eclipse-temurin",
        "elixir",
        "erlang",
        "fedora",
        "gcc",
        "golang",
        "haskell",
        "httpd",
        "ibmjava",
        "julia",
        "mariadb",
        "maven",
        "mongo",
        "mysql",
        "nginx",
        "node",
        "openjdk",
        "oraclelinux",
        "perl",
        "photon",
        "php",
        "postgres",
        "pypy",
        "python",
        "r-base",
        "rabbitmq",
        "redis",
        "rockylinux",
        "ruby",
        "rust",
        "sapmachine",
        "scratch",
        "swift",
        "tomcat",
        "traefik",
        "ubuntu",
        "wordpress",
    ]
)
"""Official images whose configuration names no user, also where their entrypoint drops privileges."""

_USERS = (
    # official images
    (r"adminer", "adminer"),
    (r"elasticsearch:(?:[89]|\d\d).*", "1000:0"),
    (r"haproxy:(?:latest|2\.[4-9]|[3-9]).*", "haproxy"),
    (r"jenkins.*", "jenkins"),
    (r"jetty", "jetty"),
    (r"kibana", "1000"),
    (r"kong", "kong"),
    (r"logstash", "1000"),
    (r"memcached", "memcache"),
    (r"odoo", "odoo"),
    (r"solr", "8983"),
    (r"sonarqube", "sonarqube"),
    (r"varnish", "varnish"),
    # by maintainer
    (r"gcr\.io/distroless/.*:(?:.*-)?nonroot(?:-.*)?", "65532"),
    (r"gcr\.io/distroless/.*", "root"),
    (r"cgr\.dev/chainguard/(?:wolfi|chainguard)-base", "root"),
    (r"cgr\.dev/(?:chainguard|chainguard-private)/.*", "65532"),
    (r"bitnami(?:legacy|secure)?/minideb", "root"),
    (r"bitnami(?:legacy|secure)?/.*", "1001"),
    (r"registry\.(?:access\.redhat\.com|redhat\.io)/ubi\d+/ubi(?:-minimal|-micro|-init)?", "root"),
    (r"registry\.(?:access\.redhat\.com|redhat\.io)/ubi\d+(?:-\w+)?", "root"),
    (r"registry\.(?:access\.redhat\.com|redhat\.io)/ubi\d+/openjdk-.*", "185"),
    (r"registry\.(?:access\.redhat\.com|redhat\.io)/(?:ubi|rhel)\d+/(?:python|nodejs|ruby|php|perl|nginx|httpd|go-toolset|s2i-core|s2i-base)\b.*", "1001"),
    (r"(?:quay\.io/)?(?:centos\d*|fedora|sclorg)/(?:python|nodejs|ruby|php|perl|nginx|httpd|s2i)-.*", "1001"),
    (r"nginxinc/nginx-unprivileged", "101"),
    (r"jenkins/(?:jenkins|agent|inbound-agent|jnlp-slave)", "jenkins"),
    (r"grafana/grafana(?:-\w+)?", "472"),
    (r"(?:quay\.io/prometheus|prom)/(?:prometheus|alertmanager|node-exporter|pushgateway)", "nobody"),
    (r"(?:quay\.io/)?jupyter/.*-notebook", "jovyan"),
    (r"(?:circleci|cimg)/.*", "circleci"),
    (r"apache/airflow", "airflow"),
    (r"apache/superset", "superset"),
    (r"apache/spark(?:-py)?", "spark"),
    (r"apache/nifi", "nifi"),
    (r"gitpod/workspace-.*", "gitpod"),
    (r"mcr\.microsoft\.com/dotnet/.*:.*(?:chiseled|distroless).*", "1654"),
    (r"mcr\.microsoft\.com/mssql/server", "mssql"),
    (r"mcr\.microsoft\.com/(?:dotnet|playwright|devcontainers)/?.*", "root"),
    (r"docker\.elastic\.co/elasticsearch/elasticsearch.*:(?:[89]|\d\d).*", "1000:0"),
    (r"docker\.elastic\.co/(?:kibana/kibana|logstash/logstash).*", "1000"),
    (r"selenium/.*", "1200:1201"),
    (r"mambaorg/micromamba", "mambauser"),
    (r"quay\.io/keycloak/keycloak", "1000"),
    (r"nodered/node-red", "node-red"),
    (r"ghcr\.io/puppeteer/puppeteer", "pptruser"),
    (r"sonarsource/sonar-scanner-cli", "scanner-cli"),
    (r"codercom/code-server", "1000"),
    (r"homebrew/brew", "linuxbrew"),
    (r"openpolicyagent/opa", "1000:1000"),
    (r"(?:continuumio|condaforge|tensorflow|nvidia|pytorch|rocker|opensuse)/.*", "root"),
)  # fmt: skip
"""Users that images are known to set, by name, or by `name:tag` where the pattern has a colon."""


@lru_cache(maxsize=512)
def default_user(reference: ImageReference) -> str | None:
    """As whom a container of this image runs unless told otherwise; None where that is not known."""
    name = official(reference) or reference.name
    tagged = f"{name}:{reference.tag or 'latest'}"
    for pattern, user in _USERS:
        if re.fullmatch(pattern, tagged) or re.fullmatch(pattern, name):
            return user
    return "root" if official(reference) and name in _ROOT else None


def runs_as_root(user: str) -> bool:
    """Whether USER's argument (`root`, `0:0`, `root:app` …) means the superuser."""
    return user.partition(":")[0] in ("", "root", "0")
