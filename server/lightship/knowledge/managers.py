"""Package managers as data: their subcommands, which options take a value, and how they name a package.

Tables, so that a new manager is an entry and no code. An option is written `-y|--yes|--assume-yes`, its
spellings; the first long one is the name by which rules know it, and a `=` at the end says that it takes
a value. Subcommands of two words are written with a space. From the managers' own manuals and `--help`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from . import specifiers
from .specifiers import Specifier


class Manager(StrEnum):
    """A program that installs packages, by the name that messages use."""

    APT_GET = "apt-get"
    APT = "apt"
    APTITUDE = "aptitude"
    APK = "apk"
    DNF = "dnf"
    MICRODNF = "microdnf"
    YUM = "yum"
    ZYPPER = "zypper"
    PIP = "pip"
    PIPX = "pipx"
    SETUP_PY = "setup.py"
    UV = "uv"
    POETRY = "poetry"
    PIPENV = "pipenv"
    PDM = "pdm"
    CONDA = "conda"
    MAMBA = "mamba"
    MICROMAMBA = "micromamba"
    NPM = "npm"
    YARN = "yarn"
    PNPM = "pnpm"
    BUN = "bun"
    GEM = "gem"
    BUNDLE = "bundle"
    GO = "go"
    COMPOSER = "composer"
    CARGO = "cargo"


class Action(StrEnum):
    """What a command does, whatever its manager calls it."""

    INSTALL = "install"
    REMOVE = "remove"
    UPDATE = "update"
    """Fetch the index of packages anew."""
    UPGRADE = "upgrade"
    """Install newer versions of what is there."""
    CLEAN = "clean"
    """Empty the manager's cache."""
    DOWNLOAD = "download"
    OTHER = "other"


APT_FAMILY = frozenset((Manager.APT_GET, Manager.APT, Manager.APTITUDE))
RPM_FAMILY = frozenset((Manager.DNF, Manager.MICRODNF, Manager.YUM))
CONDA_FAMILY = frozenset((Manager.CONDA, Manager.MAMBA, Manager.MICROMAMBA))
SYSTEM = APT_FAMILY | RPM_FAMILY | {Manager.APK, Manager.ZYPPER}
"""Managers of the distribution's packages; the others belong to a language."""


class Option(NamedTuple):
    """`name` is the canonical spelling."""

    name: str
    valued: bool


Options = Mapping[str, Option]


def options(text: str) -> Options:
    """The options that a table describes, by every spelling."""
    table = {}
    for entry in text.split():
        spellings = entry.rstrip("=").split("|")
        name = next((spelling for spelling in spellings if spelling.startswith("--")), spellings[0])
        table.update(dict.fromkeys(spellings, Option(name, entry.endswith("="))))
    return table


@dataclass(frozen=True)
class Dialect:
    """How to read one manager's command lines.

    Its tables of options are read when they are first asked for: most Dockerfiles know two managers.
    """

    verbs: Mapping[str, Action]
    option_table: str
    specifier: Callable[[str], Specifier]
    global_table: str = ""
    """Options that mean something else, or anything, in front of the subcommand alone."""
    runs: tuple[str, ...] = ()
    """Subcommands behind which another command stands: `poetry run pip …`."""
    operands: Mapping[str, slice] = field(default_factory=dict)
    """Which operands of a subcommand are packages, where that is not all of them."""
    file_operands: tuple[str, ...] = ()
    """Subcommands whose operands are files of requirements."""
    verb_options: Mapping[str, Options] = field(default_factory=dict)
    """Options that mean something else behind a subcommand."""
    package_options: tuple[str, ...] = ()
    """Options whose value is a package: `--editable`."""
    version_option: str = ""
    """The option that gives the version of the packages named: `gem install rails -v 7`."""
    bare: Action = Action.OTHER
    """What the manager's name alone does."""
    splits: bool = True
    """Whether `-yq` is `-y -q`; where it is not, `--option` is the same as `-option`."""
    abbreviates: bool = False
    """Whether an unambiguous beginning of a long option stands for it."""
    chains: bool = False
    """Whether several subcommands may stand in a row: `setup.py build install`."""
    booleans: bool = False
    """Whether `--flag true` takes its second word for the flag's value."""

    @cached_property
    def options(self) -> Options:
        return options(self.option_table)

    @cached_property
    def globals(self) -> Options:
        return options(self.global_table)

    @cached_property
    def groups(self) -> frozenset[str]:
        """The first words of subcommands that have two: `cache` of `cache clean`."""
        return frozenset(verb.partition(" ")[0] for verb in self.verbs if " " in verb)


def _verbs(**verbs: str) -> Mapping[str, Action]:
    """`install="add, global add"` → the action of each subcommand."""
    return {verb.strip(): Action(action) for action, names in verbs.items() for verb in names.split(",")}


def _nothing(*verbs: str) -> Mapping[str, slice]:
    """Subcommands whose operands, if any, are not packages."""
    return dict.fromkeys(verbs, slice(0))


_NONE: Options = {}

_APT = Dialect(
    _verbs(
        install="install, reinstall, build-dep",
        remove="remove, purge, autoremove, auto-remove, autopurge, forget-new",
        update="update",
        upgrade="upgrade, dist-upgrade, full-upgrade, safe-upgrade, dselect-upgrade",
        clean="clean, autoclean, auto-clean, distclean, dist-clean",
        download="download, source",
    ),
    (
        "-y|--yes|--assume-yes --assume-no -q|--quiet -s|--simulate|--dry-run|--just-print -d|--download-only"
        " -f|--fix-broken -m|--fix-missing|--ignore-missing -u|--show-upgraded -V|--verbose-versions"
        " -b|--build|--compile -t|--target-release|--default-release= -o|--option= -c|--config-file="
        " -a|--host-architecture= -P|--build-profiles= --no-install-recommends|-R|--without-recommends"
        " --install-recommends|-r|--with-recommends --install-suggests --no-install-suggests --reinstall"
        " --only-upgrade --no-upgrade --no-remove --purge --auto-remove|--autoremove --force-yes"
        " --allow-unauthenticated --allow-downgrades --allow-remove-essential --allow-change-held-packages"
        " --allow-releaseinfo-change --allow-insecure-repositories --no-download --print-uris --ignore-hold"
        " --error-on= --with-source= --solver= -w= -F= -O="
    ),
    specifiers.debian,
)
_APK = Dialect(
    _verbs(
        install="add",
        remove="del",
        update="update",
        upgrade="upgrade, fix",
        clean="cache clean, cache purge",
        download="fetch, cache download, cache sync",
    ),
    (
        "-t|--virtual= -X|--repository= --repositories-file= --keys-dir= -p|--root= --arch= --wait="
        " --cache-dir= --cache-max-age= --progress-fd= --timeout= -o|--output="
        " --no-cache -U|--update-cache|--update -u|--upgrade -l|--latest -q|--quiet -v|--verbose -f|--force"
        " -i|--interactive -s|--simulate -a|--available -r|--rdepends --allow-untrusted --initdb --no-network"
        " --no-progress --no-scripts --no-chown --no-interactive --purge --clean-protected --force-overwrite"
        " --force-refresh --force-broken-world --force-old-apk --usermode -R|--recursive"
    ),
    specifiers.alpine,
)
_DNF = Dialect(
    _verbs(
        install="install, reinstall, localinstall, groupinstall, group install, groups install, module install,"
        " install-n, install-na, install-nevra, builddep, build-dep, swap, downgrade",
        remove="remove, erase, autoremove, groupremove, group remove, module remove, remove-n, groups remove",
        update="makecache, refresh",
        upgrade="update, upgrade, update-minimal, upgrade-minimal, update-to, upgrade-to, localupdate,"
        " distro-sync, dist-sync, distribution-synchronization, groupupdate, group upgrade, module update, system-upgrade",
        clean="clean",
        download="download",
    ),
    (
        "-y|--assumeyes|--assumeno -q|--quiet -v|--verbose -b|--best --nobest -C|--cacheonly --refresh"
        " --allowerasing --skip-broken --nodocs --nogpgcheck|--no-gpgchecks --noplugins --noautoremove"
        " --downloadonly --obsoletes --security --bugfix --enhancement --newpackage --setopt= --enablerepo="
        " --enable-repo= --disablerepo= --disable-repo= --repo|--repoid= --repofrompath= -x|--exclude|--excludepkgs="
        " --disableexcludes|--disableexcludepkgs= --installroot= --releasever= -c|--config= -d|--debuglevel="
        " -e|--errorlevel= -R|--randomwait= --rpmverbosity= --advisory|--advisories= --bz= --cve="
        " --sec-severity|--secseverity= --forcearch= --disableplugin= --enableplugin= --downloaddir|--destdir="
        " --comment= --color= --noroot --with-optional -4 -6 -t|--tolerant"
    ),
    specifiers.rpm,
    abbreviates=True,
)
_ZYPPER = Dialect(
    _verbs(
        install="install, in, source-install, si, install-new-recommends, inr, verify, ve",
        remove="remove, rm",
        update="refresh, ref, refresh-services, refs",
        upgrade="update, up, patch, dist-upgrade, dup",
        clean="clean, cc",
        download="download",
    ),
    (
        "-y|--no-confirm -n|--name -f|--force -l|--auto-agree-with-licenses|--agree-to-third-party-licenses"
        " -D|--dry-run -d|--download-only --details --no-recommends --recommends --force-resolution"
        " --no-force-resolution --oldpackage --replacefiles --replacepkgs --allow-unsigned-rpm --allow-downgrade"
        " --no-allow-downgrade --allow-vendor-change --no-allow-vendor-change --capability -u|--clean-deps"
        " -U|--no-clean-deps -a|--all -m|--metadata -M|--raw-metadata -F|--force-refresh --with-update"
        " --with-interactive --skip-interactive --from= -r|--repo= -t|--type= --download= --solver-focus="
        " -g|--category= --severity= --date= -b|--bugzilla= --cve="
    ),
    specifiers.suse,
    (
        "-n|--non-interactive -q|--quiet -v|--verbose -i|--ignore-unknown -x|--xmlout --no-color --no-gpg-checks"
        " --gpg-auto-import-keys --no-refresh --no-cd --no-remote --disable-repositories --disable-system-resolvables"
        " --non-interactive-include-reboot-patches --terse -A|--no-abbrev -c|--config= -R|--root= --installroot="
        " -C|--cache-dir= --raw-cache-dir= --solv-cache-dir= --pkg-cache-dir= -D|--reposd-dir= -p|--plus-repo="
        " --plus-content= --releasever= --userdata="
    ),
)
_PIP_OPTIONS = (
    "-r|--requirement|--requirements= -c|--constraint|--constraints= -e|--editable= -t|--target= --platform="
    " --python-version= --implementation= --abi= --root= --prefix= --src|--source= --upgrade-strategy="
    " -C|--config-settings|--config-setting= --global-option= --install-option= --build-option= --no-binary="
    " --only-binary= --progress-bar= --root-user-action= --report= -i|--index-url|--pypi-url= --extra-index-url="
    " -f|--find-links= --proxy= --retries= --timeout|--default-timeout= --exists-action= --trusted-host= --cert="
    " --client-cert= --cache-dir= --use-feature= --use-deprecated= --log|--log-file|--local-log= --python="
    " --keyring-provider= -d|--dest|--destination-directory|--destination-dir= -w|--wheel-dir= -b|--build|--build-dir="
    " --group= --build-constraint= --uploaded-prior-to= --no-deps|--no-dependencies --pre --dry-run --user"
    " -U|--upgrade --force-reinstall -I|--ignore-installed --ignore-requires-python --no-build-isolation"
    " --use-pep517 --no-use-pep517 --check-build-dependencies --break-system-packages --compile --no-compile"
    " --no-warn-script-location --no-warn-conflicts --prefer-binary --require-hashes --no-clean --no-index"
    " -h|--help --debug --isolated --require-virtualenv|--require-venv -v|--verbose -V|--version -q|--quiet"
    " --no-input --no-cache-dir --disable-pip-version-check --no-color --no-python-version-warning"
    " --process-dependency-links --egg -y|--yes"
)
_PIP = Dialect(
    _verbs(
        install="install",
        remove="uninstall",
        clean="cache purge, cache remove",
        download="download, wheel",
    ),
    _PIP_OPTIONS,
    specifiers.python,
    package_options=("--editable",),
    abbreviates=True,
)
_PIPX = Dialect(
    _verbs(
        install="install, inject, install-all", remove="uninstall, uninstall-all", upgrade="upgrade, upgrade-all"
    ),
    (
        "--python= --pip-args= --index-url|-i= --suffix= --spec= -e|--editable -f|--force --include-deps"
        " --system-site-packages --global --include-apps -q|--quiet --verbose -r|--requirement= --backend="
    ),
    specifiers.python,
    operands={"inject": slice(1, None)},
)  # fmt: skip
_SETUP_PY = Dialect(
    _verbs(install="install, develop"),
    "--prefix= --root= --home= --record= --install-option= --user -q|--quiet -v|--verbose",
    specifiers.python,
    operands=_nothing("install", "develop"),
    chains=True,
)
_UV = Dialect(
    _verbs(
        install="pip install, pip sync, sync, add, tool install",
        remove="pip uninstall, remove, tool uninstall",
        upgrade="tool upgrade",
        clean="cache clean, cache prune, clean",
    ),
    (
        "-n|--no-cache|--no-cache-dir --cache-dir= -r|--requirement|--requirements= -c|--constraint|--constraints="
        " --override|--overrides= --exclude|--excludes= -b|--build-constraint|--build-constraints= -e|--editable="
        " --extra= --no-extra= --group= --no-group= --only-group= --index= --default-index= -i|--index-url="
        " --extra-index-url= -f|--find-links= -P|--upgrade-package= --reinstall-package= -p|--python= -t|--target="
        " --prefix= --link-mode= -C|--config-setting|--config-settings= --no-binary= --only-binary= --no-build-package="
        " --no-binary-package= --no-build-isolation-package= --no-install-package= --python-version="
        " --python-platform= --torch-backend= --index-strategy= --keyring-provider= --resolution= --prerelease="
        " --fork-strategy= --exclude-newer= --color= --directory= --project= --config-file= --allow-insecure-host|--trusted-host="
        " --refresh-package= --package= --with= --with-requirements= --with-editable= --script= --tag= --branch="
        " --rev= --marker|-m= --optional= --python-preference= --python-fetch= -w= --default-groups="
        " --system --break-system-packages --user --no-deps --no-dev --dev --only-dev --no-default-groups"
        " --all-extras --all-groups --all-packages --frozen --locked --inexact --exact --no-install-project"
        " --no-install-workspace --no-install-local --no-editable --compile-bytecode|--compile --no-compile-bytecode"
        " -U|--upgrade --reinstall|--force-reinstall --refresh --require-hashes --no-index --no-build --no-build-isolation"
        " --no-sources --strict --dry-run --offline --no-progress --no-config --native-tls --active --force"
        " --ignore-requires-python --pre --no-verify-hashes --managed-python --no-managed-python --no-python-downloads"
        " -q|--quiet -v|--verbose -h|--help -V|--version"
    ),
    specifiers.python,
    operands=_nothing("sync", "pip sync"),
    file_operands=("pip sync",),
    package_options=("--editable", "--with-editable"),
)
_POETRY = Dialect(
    _verbs(
        install="install, sync, add, self add, self install",
        remove="remove, self remove",
        upgrade="update, self update",
        clean="cache clear",
    ),
    (
        "--without= --with= --only= -E|--extras= -G|--group= -C|--directory= -P|--project= --source= --python="
        " --platform= --markers= -D|--dev --optional --editable|-e --allow-prereleases --no-root --no-dev --dev-only"
        " --sync --all-extras --all-groups --compile --no-directory --lock --dry-run -n|--no-interaction --no-ansi"
        " --ansi --no-plugins --no-cache -q|--quiet -v|--verbose -h|--help -V|--version --all"
    ),
    specifiers.python,
    runs=("run",),
    operands=_nothing("install", "sync", "self install"),
    verb_options={"export": options("-f|--format= -o|--output=")},
)
_PIPENV = Dialect(
    _verbs(install="install, sync", remove="uninstall, clean", upgrade="update, upgrade"),
    (
        "-r|--requirement|--requirements= -e|--editable= --python= -i|--index= --pypi-mirror= --categories= --extra-pip-args="
        " -d|--dev --system --deploy --ignore-pipfile --skip-lock --keep-outdated --pre --sequential --clear"
        " --site-packages --three --two -q|--quiet -v|--verbose -h|--help --version --all --dry-run"
    ),
    specifiers.python,
    runs=("run",),
    package_options=("--editable",),
)
_PDM = Dialect(
    _verbs(
        install="install, sync, add, self add, plugin add",
        remove="remove, self remove",
        upgrade="update, self update",
        clean="cache clear",
    ),
    (
        "-G|--group|--with= --without= -p|--project= -L|--lockfile= --venv= -C|--config-setting= -e|--editable="
        " -S|--strategy= -c|--config= -d|--dev --prod|--production --no-lock|--frozen-lockfile --no-editable --no-self"
        " --no-default --no-isolation|--no-build-isolation --check --fail-fast|-x --clean --only-keep --dry-run"
        " -g|--global --no-cache -I|--ignore-python -q|--quiet -v|--verbose -h|--help -V|--version -n|--non-interactive"
    ),
    specifiers.python,
    runs=("run",),
    operands=_nothing("install", "sync"),
    package_options=("--editable",),
)
_CONDA = Dialect(
    _verbs(
        install="install, create, env create, env update",
        remove="remove, uninstall, env remove",
        upgrade="update, upgrade, self-update",
        clean="clean",
    ),
    (
        "-n|--name= -p|--prefix= -c|--channel= -f|--file= --repodata-fn= --solver|--experimental-solver= --platform|--subdir="
        " --clone= --revision= -r|--root-prefix= --rc-file= --log-level= --environment-specifier|--format= --cacert-path="
        " --ssl-verify= --channel-priority= --category= --relocate-prefix= --experimental="
        " -y|--yes -q|--quiet -v|--verbose -d|--dry-run --json -k|--insecure --offline -C|--use-index-cache"
        " -a|--all -i|--index-cache -l|--lock --tarballs|-t --packages --logfiles --tempfiles --force-pkgs-dirs"
        " --force --force-reinstall --no-deps --only-deps --no-pin --freeze-installed|--no-update-deps --update-deps"
        " --override-channels --use-local --strict-channel-priority --no-channel-priority --copy --always-copy"
        " --always-softlink --download-only --show-channel-urls --update-all --update-specs --prune --mkdir"
        " --no-default-packages --dev --no-rc --no-env --safety-checks= --extra-safety-checks -m --satisfied-skip-solve|-S"
        " -h|--help -V|--version --no-py-pin --no-pyc --allow-uninstall --no-shortcuts -s|--source-cache"
    ),
    specifiers.conda,
    runs=("run",),
    operands=_nothing("env create", "env update", "env remove"),
    verb_options={
        "clean": options(
            "-f|--force-pkgs-dirs -p|--packages -t|--tarballs -i|--index-cache -l|--logfiles -c|--tempfiles"
        )
    },
    abbreviates=True,
)
_NPM = Dialect(
    _verbs(
        install="install, i, in, ins, inst, insta, instal, isnt, isnta, isntal, isntall, add,"
        " ci, clean-install, ic, install-clean, isntall-clean, install-test, it, install-ci-test, cit, link, ln",
        remove="uninstall, un, unlink, remove, rm, r, prune",
        upgrade="update, up, upgrade, udpate",
        clean="cache clean, cache clear, cache rm",
    ),
    (
        "-g|--global --prefix= --registry= --cache= --omit= --include= --only= --also= -w|--workspace= --loglevel="
        " --userconfig= --globalconfig= --tag= --before= -C= --script-shell= --network-timeout= --fetch-timeout="
        " --fetch-retries= --fetch-retry-mintimeout= --fetch-retry-maxtimeout= --maxsockets= --cafile= --target="
        " --install-strategy= --arch= --cpu= --os= --libc= --user= --depth= --location= --build-from-source="
        " -P|--save-prod|--save -D|--save-dev -O|--save-optional -E|--save-exact -B|--save-bundle --no-save -S --production --dev"
        " -f|--force --legacy-peer-deps --strict-peer-deps --legacy-bundling --ignore-scripts --no-audit --audit"
        " --no-fund --fund --no-optional --no-progress --progress --no-package-lock --package-lock-only"
        " --prefer-offline --prefer-online --offline --unsafe-perm|--unsafe --dry-run --verbose --silent|-s -q|--quiet"
        " --foreground-scripts --no-bin-links --workspaces --include-workspace-root -d -h|--help -v|--version -y|--yes"
    ),
    specifiers.npm,
    operands=_nothing("ci", "clean-install", "ic", "install-clean", "isntall-clean", "install-ci-test", "cit", "prune"),
    booleans=True,
)  # fmt: skip
_YARN = Dialect(
    _verbs(
        install="install, add, global add, workspaces focus",
        remove="remove, global remove, autoclean",
        upgrade="upgrade, up, global upgrade, upgrade-interactive",
        clean="cache clean, cache clear",
        download="fetch",
    ),
    (
        "--cache-folder= --network-timeout= --network-concurrency= --registry= --cwd= --modules-folder= --mutex="
        " --global-folder= --prefix= --use-yarnrc= --mode= --preferred-cache-folder= --proxy= --https-proxy="
        " --otp= --tag= --link-folder= --loglevel= --frozen-lockfile --immutable --immutable-cache --inline-builds"
        " --check-cache --production|--prod --pure-lockfile --no-lockfile --ignore-scripts --ignore-engines"
        " --ignore-platform --ignore-optional --non-interactive --no-progress --silent|-s --offline --prefer-offline"
        " --force --flat --har --check-files --link-duplicates --no-bin-links --verbose --update-checksums"
        " -D|--dev -P|--peer -O|--optional -E|--exact -T|--tilde -W|--ignore-workspace-root-check -A|--all --mirror"
        " -h|--help -v|--version --skip-integrity-check --json --prefer-dev --latest|-L --audit"
    ),
    specifiers.npm,
    operands=_nothing("install", "workspaces focus"),
    bare=Action.INSTALL,
)
_PNPM = Dialect(
    _verbs(
        install="install, i, add, ci, clean-install, install-test, it, link, ln, deploy",
        remove="remove, rm, uninstall, un, prune",
        upgrade="update, up, upgrade",
        clean="store prune",
        download="fetch",
    ),
    (
        "-C|--dir= -F|--filter= --filter-prod= --store-dir= --virtual-store-dir= --modules-dir= --registry="
        " --loglevel= --reporter= --lockfile-dir= --network-concurrency= --child-concurrency= --workspace-concurrency="
        " --package-import-method= --global-dir= --cpu= --os= --libc= --allow-build= --config= --node-linker="
        " -g|--global -r|--recursive -P|--prod|--production -D|--dev|--save-dev -O|--save-optional|--optional --no-optional"
        " -E|--save-exact --save-prod --save-peer --frozen-lockfile --no-frozen-lockfile --prefer-offline --offline"
        " --ignore-scripts --shamefully-hoist --strict-peer-dependencies -w|--workspace-root --force --silent|-s --legacy"
        " --unsafe-perm --fix-lockfile --lockfile-only --prefer-frozen-lockfile --no-lockfile -h|--help -v|--version"
        " --ignore-workspace --use-node-version="
    ),
    specifiers.npm,
    operands=_nothing("ci", "clean-install", "fetch", "prune", "deploy"),
)
_BUN = Dialect(
    _verbs(install="install, i, ci, add, a", remove="remove, rm", upgrade="update", clean="pm cache rm, pm cache"),
    (
        "--cwd= -c|--config= --cache-dir= --registry= --backend= --concurrent-scripts= --network-concurrency="
        " --filter= --omit= --linker= --frozen-lockfile -p|--production --no-save --save --dry-run -f|--force"
        " --no-cache --silent --verbose --no-progress --no-summary --ignore-scripts --trust -g|--global"
        " -d|--dev|-D|--development --optional --peer -E|--exact -y|--yarn --no-verify --only-missing -h|--help"
    ),
    specifiers.npm,
    operands=_nothing("ci"),
)  # fmt: skip
_GEM = Dialect(
    _verbs(install="install, i", remove="uninstall, cleanup, clean", upgrade="update", download="fetch"),
    (
        "-v|--version= --platform= -i|--install-dir= -n|--bindir= -s|--source= -g|--file= --without= -P|--trust-policy="
        " -p|--http-proxy= -B|--bulk-threshold= --build-root= --config-file= --target-rbconfig="
        " -N|--no-document|--no-doc --document --no-ri --no-rdoc --ri --rdoc -f|--force --user-install --no-user-install"
        " -E|--env-shebang -w|--wrappers --no-wrappers --conservative --minimal-deps -l|--local -r|--remote -b|--both"
        " --clear-sources --prerelease|--pre --development --ignore-dependencies -q|--quiet --silent -V|--verbose"
        " --backtrace --debug --norc --no-post-install-message --post-install-message --explain --lock --suggestions --no-suggestions"
        " --system -h|--help --default --vendor -a|--all -x|--executables -I"
    ),
    specifiers.ruby,
    version_option="--version",
)
_BUNDLE = Dialect(
    _verbs(
        install="install, i, add", remove="remove", upgrade="update", clean="clean", download="cache, package, pack"
    ),
    (
        "-j|--jobs= --retry= --path= --without= --with= --gemfile= --binstubs= --shebang= -P|--trust-policy="
        " --redownload --target-rbconfig= --prefer-local --deployment --frozen --system --no-cache --no-prune"
        " --standalone --clean --full-index --local --quiet --verbose -v|--version --source= -g|--group= --all"
    ),
    specifiers.ruby,
    runs=("exec",),
    operands=_nothing("install", "i", "cache", "package", "pack"),
    bare=Action.INSTALL,
)  # fmt: skip
_GO = Dialect(
    _verbs(install="install, get, mod tidy", download="mod download, mod vendor", clean="clean"),
    (
        "-p= -covermode= -coverpkg= -asmflags= -buildmode= -buildvcs= -compiler= -gccgoflags= -gcflags= -installsuffix="
        " -ldflags= -mod= -modfile= -overlay= -pgo= -pkgdir= -tags= -toolexec= -C= -o= -reuse= -go= -compat="
        " -a -n -race -msan -asan -cover -v -work -x -linkshared -modcacherw -trimpath -u -d -t -f -fix -insecure"
        " -modcache -cache -testcache -fuzzcache -json -e -tool -download"
    ),
    specifiers.go,
    operands=_nothing("mod tidy", "mod vendor"),
    splits=False,
)
_COMPOSER = Dialect(
    _verbs(
        install="install, i, require, r, req, global require, global install, create-project",
        remove="remove, rm, uninstall, global remove",
        upgrade="update, u, upgrade, global update, self-update, selfupdate",
        clean="clear-cache, clearcache, cc",
    ),
    (
        "-d|--working-dir= --prefer-install= -a|--classmap-authoritative --ignore-platform-req= --apcu-autoloader-prefix="
        " --repository= --repository-url= -s|--stability= --format= --audit-format= --bump-after-update="
        " --prefer-source --prefer-dist --dry-run --dev --no-dev --no-autoloader --no-progress --no-suggest --no-install"
        " -o|--optimize-autoloader|--optimize --apcu-autoloader --ignore-platform-reqs --no-scripts --no-plugins"
        " --no-cache --no-audit --audit --no-security-blocking --download-only --no-update --update-no-dev -n|--no-interaction --no-ansi --ansi -q|--quiet"
        " -v|--verbose --profile -h|--help -V|--version -w|--update-with-dependencies|--with-dependencies"
        " -W|--update-with-all-dependencies|--with-all-dependencies --prefer-stable --prefer-lowest --sort-packages --fixed"
        " --stable --preview --snapshot --1 --2"
    ),
    specifiers.composer,
    operands={
        **_nothing("install", "i", "global install", "self-update", "selfupdate"),
        "create-project": slice(1),
    },
)
_CARGO = Dialect(
    _verbs(
        install="install, binstall, add", remove="uninstall, remove, rm", upgrade="update", download="fetch, vendor"
    ),
    (
        "--version|--vers= --git= --branch= --tag= --rev= --path= --registry= --index= --root= -F|--features= --bin="
        " --example= --target= --target-dir= --profile= -j|--jobs= --color= --config= -Z= -C= -p|--package= --manifest-path="
        " --message-format= --strategies= --lockfile-path= --timings --locked --frozen --offline -f|--force --no-track --list --debug"
        " --all-features --no-default-features --bins --examples --keep-going --ignore-rust-version -q|--quiet"
        " -v|--verbose -y|--no-confirm -h|--help"
    ),
    specifiers.cargo,
    operands=_nothing("fetch", "vendor"),
    package_options=("--git", "--path"),
    version_option="--version",
)  # fmt: skip

DIALECTS: Mapping[Manager, Dialect] = {
    Manager.APT_GET: _APT,
    Manager.APT: _APT,
    Manager.APTITUDE: _APT,
    Manager.APK: _APK,
    Manager.DNF: _DNF,
    Manager.MICRODNF: _DNF,
    Manager.YUM: _DNF,
    Manager.ZYPPER: _ZYPPER,
    Manager.PIP: _PIP,
    Manager.PIPX: _PIPX,
    Manager.SETUP_PY: _SETUP_PY,
    Manager.UV: _UV,
    Manager.POETRY: _POETRY,
    Manager.PIPENV: _PIPENV,
    Manager.PDM: _PDM,
    Manager.CONDA: _CONDA,
    Manager.MAMBA: _CONDA,
    Manager.MICROMAMBA: _CONDA,
    Manager.NPM: _NPM,
    Manager.YARN: _YARN,
    Manager.PNPM: _PNPM,
    Manager.BUN: _BUN,
    Manager.GEM: _GEM,
    Manager.BUNDLE: _BUNDLE,
    Manager.GO: _GO,
    Manager.COMPOSER: _COMPOSER,
    Manager.CARGO: _CARGO,
}

PROGRAMS: Mapping[str, Manager] = {
    **{manager.value: manager for manager in Manager if manager != Manager.SETUP_PY},
    "apk.static": Manager.APK,
    "dnf5": Manager.DNF,
    "dnf-3": Manager.DNF,
    "tdnf": Manager.DNF,
    "yarnpkg": Manager.YARN,
    "bundler": Manager.BUNDLE,
    "composer.phar": Manager.COMPOSER,
}
"""Names of programs; pip's and Python's many names are read by a pattern instead."""

MANIFESTS: Mapping[Manager, tuple[str, ...]] = {
    Manager.SETUP_PY: ("setup.py", "setup.cfg", "pyproject.toml"),
    Manager.UV: ("pyproject.toml", "uv.lock"),
    Manager.POETRY: ("pyproject.toml", "poetry.lock"),
    Manager.PIPENV: ("Pipfile", "Pipfile.lock"),
    Manager.PDM: ("pyproject.toml", "pdm.lock"),
    Manager.CONDA: ("environment.yml", "environment.yaml"),
    Manager.MAMBA: ("environment.yml", "environment.yaml"),
    Manager.NPM: ("package.json", "package-lock.json", "npm-shrinkwrap.json"),
    Manager.YARN: ("package.json", "yarn.lock", ".yarnrc.yml"),
    Manager.PNPM: ("package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"),
    Manager.BUN: ("package.json", "bun.lock", "bun.lockb"),
    Manager.BUNDLE: ("Gemfile", "Gemfile.lock"),
    Manager.GO: ("go.mod", "go.sum"),
    Manager.COMPOSER: ("composer.json", "composer.lock"),
    Manager.CARGO: ("Cargo.toml", "Cargo.lock"),
}
"""The files that an install without operands reads from the working directory."""


class Wrapper(NamedTuple):
    """A program that runs the command behind it. `operands` of its own stand between."""

    options: Options
    operands: int = 0


WRAPPERS: Mapping[str, Wrapper] = {
    "sudo": Wrapper(
        options(
            "-u|--user= -g|--group= -p|--prompt= -C|--close-from= -h|--host= -r|--role= -t|--type= -T|--command-timeout="
            " -U|--other-user= -D|--chdir= -R|--chroot= -E|--preserve-env -H|--set-home -n -S -i -s -k -b -P -A"
        )
    ),
    "doas": Wrapper(options("-u= -C= -n -s")),
    "env": Wrapper(options("-u|--unset= -C|--chdir= -i|--ignore-environment -v|--debug")),
    "command": Wrapper(options("-p")),
    "builtin": Wrapper(_NONE),
    "exec": Wrapper(options("-a= -c -l")),
    "time": Wrapper(
        options("-f|--format= -o|--output= -p|--portability -v|--verbose -a|--append -q|--quiet")
    ),
    "nice": Wrapper(options("-n|--adjustment=")),
    "ionice": Wrapper(options("-c|--class= -n|--classdata= -p= -t")),
    "nohup": Wrapper(_NONE),
    "timeout": Wrapper(
        options("-s|--signal= -k|--kill-after= --preserve-status --foreground -v|--verbose"), 1
    ),
    "gosu": Wrapper(_NONE, 1),
    "su-exec": Wrapper(_NONE, 1),
    "fakeroot": Wrapper(_NONE),
    "linux32": Wrapper(_NONE),
    "linux64": Wrapper(_NONE),
    "xargs": Wrapper(
        options(
            "-a|--arg-file= -n|--max-args= -P|--max-procs= -I= -i --replace -d|--delimiter= -L|--max-lines= -s|--max-chars="
            " -E= -0|--null -r|--no-run-if-empty -t|--verbose -x|--exit -p|--interactive"
        )
    ),
}
