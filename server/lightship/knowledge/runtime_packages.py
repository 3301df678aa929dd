"""Which system packages serve only to build Python packages, and what of them is needed to run what was built.

Debian's names are from the dependencies of the `-dev` packages of Debian 12 (`apt-cache depends`). Those in
`_LASTING` are the same from Debian 10 and Ubuntu 20.04 on (newer releases that have renamed one still provide the
old name); those in `_BOOKWORM` carry a version and are good for Debian 12 alone. What stands in no table is not
known, and stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .. import regex
from .managers import RPM_FAMILY, Manager

_TOOLS = regex.compile(
    r"""
    build-essential | build-base | alpine-sdk | (gcc|g\+\+|cpp|clang|gcc-multilib|g\+\+-multilib)(-\d[\d.]*)? | binutils
    | make | cmake | ninja(-build)? | meson | samurai | autoconf | automake | autotools-dev | m4 | bison | flex | gperf
    | pkg-?config | pkgconf | swig(\d.*)? | patch | ccache | dpkg-dev | dh-.* | debhelper | fakeroot
    | git(-core)? | git-lfs | mercurial | subversion | bzr
    | rust | rustc | cargo | rustup
    | libc6?-dev | musl-dev | linux-(libc-dev|headers.*) | libeigen3-dev | libgcc-\d+-dev | libstdc\+\+-\d+-dev
    | gcc-c\+\+ | (glibc|libstdc\+\+|kernel)-(devel|headers) | redhat-rpm-config | rpm-build
    """,
    re.VERBOSE,
)
"""Programs and headers that leave nothing behind in what they build."""

_WITH_PYTHON = frozenset(
    [
        "libbz2-dev",
        "libdb-dev",
        "libexpat1-dev",
        "libffi-dev",
        "libgdbm-dev",
        "liblzma-dev",
        "libncurses5-dev",
        "libncursesw5-dev",
        "libncurses-dev",
        "libreadline-dev",
        "libsqlite3-dev",
        "libssl-dev",
        "tk-dev",
        "uuid-dev",
        "zlib1g-dev",
        "libz-dev",
        "bzip2-dev",
        "expat-dev",
        "libffi-dev",
        "libressl-dev",
        "ncurses-dev",
        "openssl-dev",
        "readline-dev",
        "sqlite-dev",
        "xz-dev",
        "zlib-dev",
        "gdbm-dev",
        "tcl-dev",
    ]
)
"""Headers of the libraries that Python itself is built on and brings along."""

_LASTING: Mapping[str, str] = {
    "gfortran": "libgfortran5",
    "libarchive-dev": "libarchive13",
    "libargon2-dev": "libargon2-1",
    "libatlas-base-dev": "libatlas3-base",
    "libaugeas-dev": "libaugeas0",
    "libblas-dev": "libblas3",
    "libbluetooth-dev": "libbluetooth3",
    "libbrotli-dev": "libbrotli1",
    "libcairo2-dev": "libcairo2",
    "libcap-dev": "libcap2",
    "libcurl4-gnutls-dev": "libcurl3-gnutls",
    "libcurl4-openssl-dev": "libcurl4",
    "libdbus-1-dev": "libdbus-1-3",
    "libedit-dev": "libedit2",
    "libev-dev": "libev4",
    "libfftw3-dev": "libfftw3-double3 libfftw3-single3 libfftw3-long3",
    "libfreetype-dev": "libfreetype6",
    "libfreetype6-dev": "libfreetype6",
    "libgeos-dev": "libgeos-c1v5",
    "libgif-dev": "libgif7",
    "libgirepository1.0-dev": "libgirepository-1.0-1",
    "libglib2.0-dev": "libglib2.0-0",
    "libgmp-dev": "libgmp10",
    "libheif-dev": "libheif1",
    "libkrb5-dev": "libgssapi-krb5-2",
    "liblapack-dev": "liblapack3",
    "liblcms2-dev": "liblcms2-2",
    "libleveldb-dev": "libleveldb1d",
    "liblmdb-dev": "liblmdb0",
    "liblz4-dev": "liblz4-1",
    "libmagic-dev": "libmagic1",
    "libmemcached-dev": "libmemcached11",
    "libmpc-dev": "libmpc3",
    "libmpfr-dev": "libmpfr6",
    "libopenjp2-7-dev": "libopenjp2-7",
    "libpango1.0-dev": "libpango-1.0-0 libpangocairo-1.0-0 libpangoft2-1.0-0",
    "libpcre3-dev": "libpcre3",
    "libpng-dev": "libpng16-16",
    "libpq-dev": "libpq5",
    "libpulse-dev": "libpulse0",
    "libraqm-dev": "libraqm0",
    "librdkafka-dev": "librdkafka1",
    "librsvg2-dev": "librsvg2-2",
    "libsasl2-dev": "libsasl2-2",
    "libseccomp-dev": "libseccomp2",
    "libsnappy-dev": "libsnappy1v5",
    "libsndfile1-dev": "libsndfile1",
    "libsodium-dev": "libsodium23",
    "libssh-dev": "libssh-4",
    "libssh2-1-dev": "libssh2-1",
    "libsystemd-dev": "libsystemd0",
    "libudev-dev": "libudev1",
    "libusb-1.0-0-dev": "libusb-1.0-0",
    "libuv1-dev": "libuv1",
    "libvirt-dev": "libvirt0",
    "libx11-dev": "libx11-6",
    "libxcb1-dev": "libxcb1",
    "libxext-dev": "libxext6",
    "libxft-dev": "libxft2",
    "libxml2-dev": "libxml2",
    "libxmlsec1-dev": "libxmlsec1-openssl",
    "libxrender-dev": "libxrender1",
    "libxslt-dev": "libxslt1.1",
    "libxslt1-dev": "libxslt1.1",
    "libyaml-dev": "libyaml-0-2",
    "libzmq3-dev": "libzmq5",
    "libzstd-dev": "libzstd1",
    "portaudio19-dev": "libportaudio2",
    "python3-pip": "python3 python3-setuptools ca-certificates",
    "python3-wheel": "python3",
    "unixodbc-dev": "unixodbc",
    "freetds-dev": "libsybdb5 libct4",
}
_DEBIAN: Mapping[str, str] = {
    "default-libmysqlclient-dev": "libmariadb3",
    "libjpeg-dev": "libjpeg62-turbo",
    "libjpeg62-turbo-dev": "libjpeg62-turbo",
    "libmariadb-dev": "libmariadb3",
    "libmariadb-dev-compat": "libmariadb3",
    "libmariadbclient-dev": "libmariadb3",
}
_BOOKWORM: Mapping[str, str] = {
    "libasound2-dev": "libasound2",
    "libgdal-dev": "libgdal32",
    "libgit2-dev": "libgit2-1.5",
    "libhdf5-dev": "libhdf5-103-1 libhdf5-hl-100",
    "libicu-dev": "libicu72",
    "libldap-dev": "libldap-2.5-0",
    "libldap2-dev": "libldap-2.5-0",
    "libopenblas-dev": "libopenblas0",
    "libproj-dev": "libproj25",
    "libtiff-dev": "libtiff6",
    "libtiff5-dev": "libtiff6",
    "libwebp-dev": "libwebp7 libwebpmux3 libwebpdemux2",
}
_ALPINE: Mapping[str, str] = {
    "build-base": "libstdc++",
    "cairo-dev": "cairo",
    "curl-dev": "libcurl",
    "cyrus-sasl-dev": "libsasl",
    "freetype-dev": "freetype",
    "g++": "libstdc++",
    "gcc": "libgcc",
    "gfortran": "libgfortran",
    "geos-dev": "geos",
    "giflib-dev": "giflib",
    "jpeg-dev": "libjpeg-turbo",
    "lapack-dev": "lapack",
    "lcms2-dev": "lcms2",
    "libevent-dev": "libevent",
    "libjpeg-turbo-dev": "libjpeg-turbo",
    "libmemcached-dev": "libmemcached-libs",
    "libpng-dev": "libpng",
    "libpq-dev": "libpq",
    "librsvg-dev": "librsvg",
    "libsodium-dev": "libsodium",
    "libwebp-dev": "libwebp",
    "libxml2-dev": "libxml2",
    "libxslt-dev": "libxslt",
    "mariadb-connector-c-dev": "mariadb-connector-c",
    "mariadb-dev": "mariadb-connector-c",
    "openblas-dev": "openblas",
    "openjpeg-dev": "openjpeg",
    "pango-dev": "pango",
    "pcre-dev": "pcre",
    "postgresql-dev": "libpq",
    "py3-pip": "python3 py3-setuptools ca-certificates",
    "py3-wheel": "python3",
    "tiff-dev": "tiff",
    "unixodbc-dev": "unixodbc",
    "yaml-dev": "yaml",
    "zeromq-dev": "libzmq",
}

_EVER: Mapping[str, str] = {
    name: _LASTING[name]
    for name in (
        "libatlas-base-dev", "libblas-dev", "libcairo2-dev", "libev-dev", "libfreetype6-dev", "libgmp-dev",
        "liblapack-dev", "liblcms2-dev", "libmagic-dev", "libpcre3-dev", "libpq-dev", "libsasl2-dev", "libxext-dev",
        "libxft-dev", "libxml2-dev", "libxrender-dev", "libxslt1-dev", "libyaml-dev", "unixodbc-dev",
    )
}  # fmt: skip
"""Those of `_LASTING` that Debian 7 to 9 and Ubuntu 12.04 to 18.04 call by the same name."""
_RPM: Mapping[str, str] = {
    "cyrus-sasl-devel": "cyrus-sasl-lib",
    "freetype-devel": "freetype",
    "gmp-devel": "gmp",
    "lcms2-devel": "lcms2",
    "libcurl-devel": "libcurl",
    "libjpeg-devel": "libjpeg-turbo",
    "libjpeg-turbo-devel": "libjpeg-turbo",
    "libpng-devel": "libpng",
    "libpq-devel": "libpq",
    "libtiff-devel": "libtiff",
    "libxml2-devel": "libxml2",
    "libxslt-devel": "libxslt",
    "libyaml-devel": "libyaml",
    "openldap-devel": "openldap",
    "unixODBC-devel": "unixODBC",
}
_RPM_WITH_PYTHON = regex.compile(
    r"(bzip2|expat|gdbm|libdb4?|libffi|libuuid|ncurses|openssl|readline|sqlite|xz|zlib)-devel"
)

WITH_COMPILERS: Mapping[str, str] = {
    "python-pip": "python-setuptools",
    "python3-pip": "python3-setuptools",
}
"""Debian's packages that recommend compilers, and what else programs need of those that they recommend."""

_OLD = regex.compile(r"jessie|stretch|wheezy|squeeze|precise|trusty|xenial|bionic|zesty|artful|cosmic|disco")
_OLD_VERSION = regex.compile(
    r"debian:[6-9](\D|$)|ubuntu:?1\d\."
    r"|python:(2\.7\.(\d|1[0-6])|3\.[1-4](\.\d+)?|3\.5\.[0-6]|3\.6\.[0-8]|3\.7\.[0-3])(?!\d)(?!.*(buster|bullseye|bookworm))"
)
_PYTHONS: Mapping[str, str] = {
    "jessie|debian:8": "3.4", "stretch|debian:9": "3.5", "buster|debian:10": "3.7", "bullseye|debian:11": "3.9",
    "bookworm|debian:12": "3.11", "trixie|debian:13": "3.13", "trusty|ubuntu:?14.04": "3.4",
    "xenial|ubuntu:?16.04": "3.5", "bionic|ubuntu:?18.04": "3.6", "focal|ubuntu:?20.04": "3.8",
    "jammy|ubuntu:?22.04": "3.10", "noble|ubuntu:?24.04": "3.12",
}  # fmt: skip
"""The Python 3 of releases of Debian and Ubuntu, by what images of them are called."""
_HEADERS = regex.compile(r"(?P<library>lib)?(?P<python>python(?P<version>[\d.]*))-(dev|devel|venv)")


def _python_of(package: str, image: str, alpine: bool, rpm: bool) -> str | None:
    """What running needs of Python's headers: Debian has its library, which some programs are linked with, apart."""
    match = _HEADERS.fullmatch(package)
    if not match:
        return None
    python, version = match["python"], match["version"]
    if alpine or rpm or package.endswith("-venv"):
        return python
    if version == "3":
        found = [number for names, number in _PYTHONS.items() if re.search(names, image)]
        if len(found) != 1:
            return None
        version = found[0]
    library = f"libpython{version if '.' in version else '2.7'}"
    return library if match["library"] else f"{python} {library}"


def is_tool(package: str) -> bool:
    """Whether it is a program or headers that leave nothing behind in what they build: a compiler, make, git."""
    return bool(_TOOLS.fullmatch(package))


def runtime_of(package: str, image: str, manager: Manager) -> tuple[str, ...] | None:
    """What running needs of a package that was installed to build: nothing for a compiler, `libpq5` for `libpq-dev`.

    `image` is the base. None where the package is no build package, or what it leaves behind is not known.
    """
    alpine, suse = manager is Manager.APK, manager is Manager.ZYPPER
    rpm = suse or manager in RPM_FAMILY
    old = bool(_OLD.search(image) or _OLD_VERSION.search(image))
    found = _python_of(package, image, alpine, rpm)
    if found or _HEADERS.fullmatch(package):
        return tuple(found.split()) if found else None
    if alpine:
        found = _ALPINE.get(package)
    elif rpm:
        found = None if suse else _RPM.get(package)
    elif old:
        found = _EVER.get(package)
    else:
        found = _LASTING.get(package)
        if not found and "ubuntu" not in image:
            found = _DEBIAN.get(package)
        if not found and ("bookworm" in image or "debian:12" in image):
            found = _BOOKWORM.get(package)
    if found:
        return tuple(found.split())
    if alpine and package == "binutils":
        return None  # without it, `ctypes.util.find_library` finds nothing there
    known = package in _WITH_PYTHON or is_tool(package) or (rpm and _RPM_WITH_PYTHON.fullmatch(package))
    return () if known else None


_LIBRARIES: Mapping[str, str] = {
    # It depends on the release's OpenSSL, and makes the folder in which that looks for certificates.
    "libssl-dev": "ca-certificates",
    "libbz2-dev": "libbz2-1.0",
    "libexpat1-dev": "libexpat1",
    "liblzma-dev": "liblzma5",
    "libsqlite3-dev": "libsqlite3-0",
    "uuid-dev": "libuuid1",
    "zlib1g-dev": "zlib1g",
}
_ALPINE_LIBRARIES: Mapping[str, str] = {
    "libffi-dev": "libffi",
    "openssl-dev": "openssl",
    "sqlite-dev": "sqlite-libs",
    "xz-dev": "xz-libs",
    "zlib-dev": "zlib",
}


def linked_with(package: str, image: str, manager: Manager) -> tuple[str, ...] | None:
    """What running needs of a package that a compiler of another language than Python's was given, as `runtime_of`."""
    found = (_ALPINE_LIBRARIES if manager is Manager.APK else _LIBRARIES).get(package)
    if found:
        return tuple(found.split())
    if package in _WITH_PYTHON or _RPM_WITH_PYTHON.fullmatch(package) or _HEADERS.fullmatch(package):
        return None
    return runtime_of(package, image, manager)
