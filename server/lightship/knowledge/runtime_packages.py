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

_TOOLS = regex.compile(
    r"""
    build-essential | build-base | alpine-sdk | (gcc|g\+\+|cpp|clang|gcc-multilib|g\+\+-multilib)(-\d[\d.]*)? | binutils
    | make | cmake | ninja(-build)? | meson | samurai | autoconf | automake | autotools-dev | m4 | bison | flex | gperf
    | pkg-?config | pkgconf | swig(\d.*)? | patch | ccache | dpkg-dev | dh-.* | debhelper | fakeroot
    | git(-core)? | git-lfs | mercurial | subversion | bzr
    | rust | rustc | cargo | rustup | golang(-go)? | cython3?
    | libc6?-dev | musl-dev | linux-(libc-dev|headers.*) | libeigen3-dev | libgcc-\d+-dev | libstdc\+\+-\d+-dev
    | (lib)?python3(\.\d+)?(-all)?-dev | python3(\.\d+)?-(venv|wheel) | py3-wheel | python3-virtualenv | py3-virtualenv
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
    "libpcre3-dev": "libpcre3",
    "libpng-dev": "libpng16-16",
    "libpq-dev": "libpq5",
    "libpulse-dev": "libpulse0",
    "libraqm-dev": "libraqm0",
    "librdkafka-dev": "librdkafka1",
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
    "curl-dev": "libcurl",
    "cyrus-sasl-dev": "libsasl",
    "freetype-dev": "freetype",
    "g++": "libstdc++",
    "gcc": "libgcc",
    "gfortran": "libgfortran",
    "geos-dev": "geos",
    "jpeg-dev": "libjpeg-turbo",
    "lapack-dev": "lapack",
    "lcms2-dev": "lcms2",
    "libevent-dev": "libevent",
    "libjpeg-turbo-dev": "libjpeg-turbo",
    "libmemcached-dev": "libmemcached-libs",
    "libpng-dev": "libpng",
    "libpq-dev": "libpq",
    "libsodium-dev": "libsodium",
    "libwebp-dev": "libwebp",
    "libxml2-dev": "libxml2",
    "libxslt-dev": "libxslt",
    "mariadb-connector-c-dev": "mariadb-connector-c",
    "mariadb-dev": "mariadb-connector-c",
    "openblas-dev": "openblas",
    "openjpeg-dev": "openjpeg",
    "pcre-dev": "pcre",
    "postgresql-dev": "libpq",
    "py3-pip": "python3 py3-setuptools ca-certificates",
    "tiff-dev": "tiff",
    "unixodbc-dev": "unixodbc",
    "yaml-dev": "yaml",
    "zeromq-dev": "libzmq",
}

_OLD = regex.compile(r"jessie|stretch|wheezy|squeeze|trusty|xenial|bionic|zesty|artful|cosmic|disco")
_OLD_VERSION = regex.compile(r"(debian:[6-9](\D|$)|ubuntu:(1[0-9])\.)")


def runtime_of(package: str, image: str) -> tuple[str, ...] | None:
    """What running needs of a package that was installed to build: nothing for a compiler, `libpq5` for `libpq-dev`.

    `image` is the base. None where the package is no build package, or what it leaves behind is not known.
    """
    if "alpine" in image or "demisto/" in image:
        found = _ALPINE.get(package)
    elif _OLD.search(image) or _OLD_VERSION.search(image):
        found = None
    else:
        found = _LASTING.get(package)
        if not found and "ubuntu" not in image:
            found = _DEBIAN.get(package)
        if not found and ("bookworm" in image or "debian:12" in image):
            found = _BOOKWORM.get(package)
    if found:
        return tuple(found.split())
    return () if package in _WITH_PYTHON or _TOOLS.fullmatch(package) else None
