"""Names that people set in images and look up each time: environment variables, labels, signals, ports, shells.

From the documentation of CPython, pip, uv, poetry, and the OCI image specification.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Setting(NamedTuple):
    """An environment variable: the value that it is usually given, and what that does."""

    value: str
    meaning: str


ENVIRONMENT: Mapping[str, Setting] = {
    "PYTHONUNBUFFERED": Setting("1", "Python writes what it prints at once, so that logs are complete when a container dies."),
    "PYTHONDONTWRITEBYTECODE": Setting(
        "1", "Python writes no `__pycache__`. It saves bytes in a layer, and costs time at each start of a container."
    ),
    "PYTHONFAULTHANDLER": Setting("1", "Python prints a traceback when it crashes in native code."),
    "PYTHONHASHSEED": Setting("random", "The seed for hashes of strings: a number makes runs repeatable."),
    "PYTHONOPTIMIZE": Setting("1", "Python leaves out `assert`; with 2, docstrings too. Some packages rely on them."),
    "PYTHONPATH": Setting("/app", "Folders that Python looks for modules in, before those of its installation."),
    "PYTHONIOENCODING": Setting("utf-8", "The encoding of Python's standard streams; UTF-8 by default where the locale says so."),
    "PATH": Setting('"/opt/venv/bin:$PATH"', "Where programs are looked for. A virtual environment needs no more than this."),
    "VIRTUAL_ENV": Setting("/opt/venv", "The virtual environment that tools such as uv and poetry are to use."),
    "PIP_NO_CACHE_DIR": Setting("1", "pip keeps no downloads. For a build that has no cache mount."),
    "PIP_DISABLE_PIP_VERSION_CHECK": Setting("1", "pip does not look whether there is a newer pip."),
    "PIP_ROOT_USER_ACTION": Setting("ignore", "pip says nothing about being run as root."),
    "PIP_INDEX_URL": Setting("https://pypi.org/simple", "The package index. One with a password belongs in a secret mount."),
    "PIP_DEFAULT_TIMEOUT": Setting("100", "Seconds that pip waits for the index."),
    "UV_COMPILE_BYTECODE": Setting("1", "uv compiles what it installs: a faster first start, for more bytes."),
    "UV_LINK_MODE": Setting("copy", "uv copies out of its cache instead of linking: a cache mount is another file system."),
    "UV_PYTHON_DOWNLOADS": Setting("never", "uv uses the Python of the image and downloads none."),
    "UV_PROJECT_ENVIRONMENT": Setting("/opt/venv", "Where `uv sync` makes the environment."),
    "UV_SYSTEM_PYTHON": Setting("1", "`uv pip` installs into the image's Python."),
    "UV_NO_CACHE": Setting("1", "uv keeps no downloads. For a build that has no cache mount."),
    "POETRY_VIRTUALENVS_CREATE": Setting("false", "poetry installs into the image's Python."),
    "POETRY_VIRTUALENVS_IN_PROJECT": Setting("true", "poetry makes its environment in `.venv` of the project."),
    "POETRY_NO_INTERACTION": Setting("1", "poetry asks nothing."),
    "PIPENV_VENV_IN_PROJECT": Setting("1", "pipenv makes its environment in `.venv` of the project."),
    "DJANGO_SETTINGS_MODULE": Setting("app.settings", "The module of Django's settings."),
    "FLASK_APP": Setting("app", "The app that `flask run` starts."),
    "LANG": Setting("C.UTF-8", "The locale: UTF-8, and English."),
    "LC_ALL": Setting("C.UTF-8", "The locale, above all others."),
    "TZ": Setting("UTC", "The time zone; any other needs the package tzdata."),
    "DEBIAN_FRONTEND": Setting("noninteractive", "Debian's packages ask nothing. Better in front of the command than in the image."),
    "NODE_ENV": Setting("production", "npm leaves out what only developers need; many packages behave differently."),
    "GOFLAGS": Setting("-trimpath", "Flags for each `go` command."),
    "CGO_ENABLED": Setting("0", "Go links no C: programs run in `scratch`."),
}  # fmt: skip
"""Variables that matter to what runs in an image, to Python above all."""

LABELS: Mapping[str, str] = {
    "org.opencontainers.image.title": "Name for people.",
    "org.opencontainers.image.description": "What it is, in a sentence.",
    "org.opencontainers.image.version": "Version of what is in it.",
    "org.opencontainers.image.source": "URL of the source code; registries link the image with it.",
    "org.opencontainers.image.revision": "Commit that it was built from. It changes each build: put it at the end.",
    "org.opencontainers.image.created": "When it was built (RFC 3339). It changes each build: put it at the end.",
    "org.opencontainers.image.authors": "Whom to ask.",
    "org.opencontainers.image.licenses": "SPDX expression.",
    "org.opencontainers.image.url": "URL of more about it.",
    "org.opencontainers.image.documentation": "URL of its documentation.",
    "org.opencontainers.image.vendor": "Who distributes it.",
    "org.opencontainers.image.base.name": "Image that it is built on.",
}

SIGNALS: Mapping[str, str] = {
    "SIGTERM": "The default.",
    "SIGINT": "As Ctrl+C sends; Python raises KeyboardInterrupt.",
    "SIGQUIT": "nginx finishes what it is serving; php-fpm too.",
    "SIGWINCH": "Apache finishes what it is serving.",
    "SIGUSR1": "Whatever the program takes it for.",
    "SIGUSR2": "Whatever the program takes it for.",
    "SIGHUP": "Many programs read their settings again.",
    "SIGKILL": "Ends it at once: nothing is tidied up.",
    "SIGRTMIN+3": "systemd shuts down.",
}

PORTS: Mapping[str, str] = {
    "80": "HTTP",
    "443": "HTTPS",
    "3000": "Node, Rails, Grafana",
    "5000": "Flask",
    "5432": "PostgreSQL",
    "6379": "Redis",
    "8000": "Django, gunicorn, uvicorn",
    "8080": "HTTP, for users other than root",
    "8443": "HTTPS, for users other than root",
    "8888": "Jupyter",
    "9090": "Prometheus",
}

SHELLS: Mapping[str, str] = {
    '["/bin/bash", "-o", "pipefail", "-c"]': "bash; a pipe fails where any of its commands does",
    '["/bin/bash", "-euxo", "pipefail", "-c"]': "bash; stops at the first failure, and shows each command",
    '["/bin/sh", "-c"]': "the default",
    '["/bin/ash", "-eo", "pipefail", "-c"]': "Alpine's",
    '["powershell", "-Command"]': "Windows",
    '["cmd", "/S", "/C"]': "Windows; the default there",
}
