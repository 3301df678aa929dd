"""The environment variables that well-known base images set, from their Dockerfiles; `PATH` apart, which all have."""

from __future__ import annotations

import re
from collections.abc import Mapping

_DISTRIBUTIONS = ("debian", "ubuntu", "alpine", "busybox", "centos", "amazonlinux", "buildpack-deps")

_IMAGES: Mapping[str, frozenset[str]] = {
    "scratch": frozenset(),
    **dict.fromkeys(_DISTRIBUTIONS, frozenset[str]()),
    "python": frozenset(
        (
            "LANG", "GPG_KEY", "PYTHON_VERSION", "PYTHON_SHA256", "PYTHON_PIP_VERSION", "PYTHON_SETUPTOOLS_VERSION",
            "PYTHON_GET_PIP_URL", "PYTHON_GET_PIP_SHA256", "PYTHONIOENCODING",
        )
    ),
    "node": frozenset(("NODE_VERSION", "YARN_VERSION", "NPM_CONFIG_LOGLEVEL")),
    "golang": frozenset(("GOLANG_VERSION", "GOTOOLCHAIN", "GOPATH", "GOROOT")),
    "rust": frozenset(("RUSTUP_HOME", "CARGO_HOME", "RUST_VERSION")),
}  # fmt: skip

USUAL = frozenset(
    (
        "HOME", "USER", "LANG", "LC_ALL", "TZ", "HOSTNAME", "SHELL", "TERM", "PWD", "JAVA_HOME", "JAVA_VERSION",
        "LD_LIBRARY_PATH", "LIBRARY_PATH", "CPATH", "PYTHONPATH", "PKG_CONFIG_PATH", "CUDA_HOME", "CUDA_VERSION",
        "GOPATH", "GOROOT", "GEM_HOME", "BUNDLE_PATH", "CONDA_DIR", "NB_USER", "NB_UID", "NB_GID", "MAVEN_HOME",
        "CATALINA_HOME", "SPARK_HOME", "HADOOP_HOME", "ANDROID_HOME", "NVM_DIR", "R_HOME", "MANPATH", "CLASSPATH",
    )
)  # fmt: skip
"""Names that images which are not known may well set."""


def of(image: str | None) -> frozenset[str] | None:
    """The names that an image sets; None where that is not known."""
    match = re.fullmatch(r"(?:docker\.io/)?(?:library/)?(?P<name>[a-z-]+)(?:[:@].*)?", image or "")
    return _IMAGES.get(match["name"]) if match else None


def usual(name: str) -> bool:
    """Whether an image that is not known may well set a variable of this name."""
    return name in USUAL or name.endswith("_VERSION") or name.endswith("_HOME")


def starts_in_root(image: str | None) -> bool:
    """Whether an image that sets no WORKDIR is known to be at the bottom: a relative path starts at `/`."""
    moves = re.match(r"(?:docker\.io/)?(?:library/)?golang\b|.*\bonbuild\b", image or "")
    return of(image) is not None and not moves
