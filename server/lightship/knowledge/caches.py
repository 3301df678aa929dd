"""Where package managers keep what they download, what keeps them from it, and what empties it.

From the managers' documentation, and for pip also from trying (pip 23.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .managers import Manager
from .packages import PackageCommand

_BOOLEANS = frozenset(("1", "y", "yes", "t", "true", "on"))


@dataclass(frozen=True, slots=True)
class Cache:
    """One manager's cache.

    `paths` are folders, `~` standing for the home of the user who runs the command. `flags` (canonical) and
    `variables` (set to something true) keep the cache from being written; `movers` are variables that put it
    elsewhere. `clean` empties it, in the shell of the same RUN.
    """

    paths: tuple[str, ...]
    clean: str
    flags: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    movers: tuple[str, ...] = ()

    def folders(self, home: str) -> tuple[str, ...]:
        """The paths for a user whose home this is (`/root`)."""
        return tuple(path.replace("~", home.rstrip("/"), 1) for path in self.paths)


_XDG = "XDG_CACHE_HOME"
_APT = Cache(("/var/lib/apt/lists", "/var/cache/apt"), "rm -rf /var/lib/apt/lists/*")
_CONDA = Cache(
    ("/opt/conda/pkgs", "~/.conda/pkgs", "~/miniconda3/pkgs", "~/anaconda3/pkgs"),
    "conda clean --all --yes",
    movers=("CONDA_PKGS_DIRS",),
)
_GEM = Cache(
    ("/usr/local/bundle/cache", "~/.gem", "~/.bundle/cache"),
    'rm -rf "$(gem env gemdir)"/cache/*.gem',
    movers=("GEM_HOME", "GEM_SPEC_CACHE"),
)

CACHES: Mapping[Manager, Cache] = {
    Manager.APT_GET: _APT,
    Manager.APT: _APT,
    Manager.APTITUDE: _APT,
    Manager.APK: Cache(("/var/cache/apk", "/etc/apk/cache"), "rm -rf /var/cache/apk/*", ("--no-cache",)),
    Manager.DNF: Cache(("/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum"), "dnf clean all"),
    Manager.MICRODNF: Cache(("/var/cache/dnf", "/var/cache/yum"), "microdnf clean all"),
    Manager.YUM: Cache(("/var/cache/yum", "/var/cache/dnf"), "yum clean all"),
    Manager.ZYPPER: Cache(("/var/cache/zypp",), "zypper clean --all"),
    Manager.PIP: Cache(
        ("~/.cache/pip",),
        "pip cache purge",
        ("--no-cache-dir",),
        ("PIP_NO_CACHE_DIR",),
        ("PIP_CACHE_DIR", _XDG),
    ),
    Manager.PIPX: Cache(
        ("~/.cache/pip", "~/.cache/pipx"),
        "rm -rf ~/.cache/pip",
        (),
        ("PIP_NO_CACHE_DIR",),
        ("PIP_CACHE_DIR", _XDG),
    ),
    Manager.UV: Cache(
        ("~/.cache/uv",), "uv cache clean", ("--no-cache",), ("UV_NO_CACHE",), ("UV_CACHE_DIR", _XDG)
    ),
    # `--no-cache` leaves poetry's artifacts, which are the wheels themselves (python-poetry/poetry#6445).
    # Beside them stand the virtual environments that it makes.
    Manager.POETRY: Cache(
        ("~/.cache/pypoetry",),
        "rm -rf ~/.cache/pypoetry/artifacts ~/.cache/pypoetry/cache",
        movers=("POETRY_CACHE_DIR", _XDG),
    ),
    Manager.PIPENV: Cache(
        ("~/.cache/pipenv", "~/.cache/pip"),
        "rm -rf ~/.cache/pipenv ~/.cache/pip",
        movers=("PIPENV_CACHE_DIR", _XDG),
    ),
    Manager.PDM: Cache(
        ("~/.cache/pdm",), "pdm cache clear", ("--no-cache",), ("PDM_NO_CACHE",), ("PDM_CACHE_DIR", _XDG)
    ),
    Manager.CONDA: _CONDA,
    Manager.MAMBA: Cache(_CONDA.paths, "mamba clean --all --yes", movers=_CONDA.movers),
    Manager.MICROMAMBA: Cache(
        ("/opt/conda/pkgs", "~/micromamba/pkgs"),
        "micromamba clean --all --yes",
        movers=("CONDA_PKGS_DIRS", "MAMBA_ROOT_PREFIX"),
    ),
    Manager.NPM: Cache(
        ("~/.npm",), "npm cache clean --force", movers=("npm_config_cache", "NPM_CONFIG_CACHE")
    ),
    Manager.YARN: Cache(
        ("/usr/local/share/.cache/yarn", "~/.cache/yarn", "~/.yarn/berry/cache"),
        "yarn cache clean",
        movers=("YARN_CACHE_FOLDER",),
    ),
    Manager.PNPM: Cache(
        ("~/.local/share/pnpm/store", "~/.cache/pnpm"),
        "pnpm store prune",
        movers=("PNPM_HOME", "XDG_DATA_HOME", "npm_config_store_dir"),
    ),
    Manager.BUN: Cache(("~/.bun/install/cache",), "bun pm cache rm", movers=("BUN_INSTALL_CACHE_DIR",)),
    Manager.GEM: _GEM,
    Manager.BUNDLE: _GEM,
    Manager.GO: Cache(
        ("/go/pkg/mod", "~/go/pkg/mod", "~/.cache/go-build"),
        "go clean -cache -modcache",
        movers=("GOMODCACHE", "GOCACHE", "GOPATH"),
    ),
    Manager.COMPOSER: Cache(
        ("~/.composer/cache", "~/.cache/composer"),
        "composer clear-cache",
        ("--no-cache",),
        (),
        ("COMPOSER_CACHE_DIR", "COMPOSER_HOME", _XDG),
    ),
    Manager.CARGO: Cache(
        ("/usr/local/cargo/registry", "~/.cargo/registry", "/usr/local/cargo/git", "~/.cargo/git"),
        'rm -rf "$CARGO_HOME"/registry "$CARGO_HOME"/git',
        movers=("CARGO_HOME",),
    ),
}
"""apt's lists come with `apt-get update`, not with an install. Debian's and Ubuntu's official images delete
downloaded packages by themselves. pipenv runs a pip of its own that has its cache there."""


def off_by_flag(command: PackageCommand) -> bool:
    """Whether the command itself says that nothing is to be cached."""
    cache = CACHES.get(command.manager)
    return cache is not None and any(
        flag.name in cache.flags and flag.value not in ("false", "0") for flag in command.flags
    )


def off_by_environment(manager: Manager, environment: Mapping[str, str | None]) -> bool:
    """Whether a variable says so. `environment` holds what is set; a value is None where it is not known."""
    cache = CACHES.get(manager)
    return cache is not None and any(
        name in environment and means_off(name, environment[name]) for name in cache.variables
    )


def means_off(variable: str, value: str | None) -> bool:
    """Whether this value of one of `Cache.variables` turns the cache off. An unknown value is taken to.

    pip reads its own in reverse too: since 19.0, `PIP_NO_CACHE_DIR` turns the cache off with any boolean,
    `0`, `off`, `no` and `false` included; only the empty string leaves it on. (Anything else stops pip.)
    """
    if value is None:
        return True
    if variable.startswith("PIP_"):
        return value != ""
    return value.lower() in _BOOLEANS


def covers(mounts: Iterable[str], folder: str) -> bool:
    """Whether one of the mounted folders holds this one."""
    inside = folder.rstrip("/") + "/"
    return any(inside.startswith(mount.rstrip("/") + "/") for mount in mounts)
