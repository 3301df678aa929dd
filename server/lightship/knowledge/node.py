"""What is known of Node's package managers, of packages that are installed for everybody, and of what builds.

From the documentation of npm 11, Yarn 1 and 4, pnpm 10, Node's release notes and its official images, and that of the
programs themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from .. import regex
from .images import ImageReference, official
from .managers import RPM_FAMILY, Manager
from .runtime_packages import is_tool, runtime_of

MANAGERS = frozenset((Manager.NPM, Manager.YARN, Manager.PNPM))

BUILDERS = frozenset(
    (
        "babel", "bower", "browserify", "ember", "esbuild", "gatsby", "grunt", "gulp", "lerna", "nest", "next", "ng", "node-gyp",
        "node-pre-gyp", "npx", "nuxi", "nuxt", "nx", "parcel", "pnpx", "prisma", "react-scripts", "rollup", "tsc", "turbo",
        "vite", "vue-cli-service", "webpack",
    )
)  # fmt: skip
"""Programs that work on the project they are called in, and write into it."""

NOT_ON_PROJECT = frozenset(
    (
        "access", "adduser", "bin", "cache", "config", "doctor", "explain", "get", "help", "info", "licenses", "list", "ll",
        "login", "logout", "ls", "outdated", "ping", "prefix", "root", "search", "set", "show", "view", "whoami", "why",
    )
)  # fmt: skip
"""Subcommands that only tell something, or write into the user's home."""

PLAIN = frozenset(
    (
        "@angular/cli", "@mapbox/node-pre-gyp", "@nestjs/cli", "@vue/cli", "babel-cli", "bower",
        "browserify", "coffee-script", "coffeescript", "concurrently", "corepack", "cross-env",
        "dotenv-cli", "env-cmd", "express-generator", "forever", "grunt", "grunt-cli", "gulp", "gulp-cli",
        "http-server", "json-server", "knex", "lerna", "less", "live-server", "node-gyp", "node-pre-gyp",
        "nodemon", "npm", "npm-run-all", "pm2", "pnpm", "rimraf", "rollup", "sequelize-cli", "serve",
        "ts-node", "tsx", "turbo", "typescript", "uglify-js", "webpack", "webpack-cli", "yarn",
    )
)  # fmt: skip
"""Packages that many install for everybody, and that need no compiler for it."""

ONLY_BUILD: Mapping[str, str] = {
    "@angular/cli": "ng", "@mapbox/node-pre-gyp": "node-pre-gyp", "@nestjs/cli": "nest", "@vue/cli": "vue",
    "babel-cli": "babel", "bower": "bower", "browserify": "browserify", "grunt": "grunt", "grunt-cli": "grunt",
    "gulp": "gulp", "gulp-cli": "gulp", "lerna": "lerna", "less": "lessc", "node-gyp": "node-gyp",
    "node-pre-gyp": "node-pre-gyp", "rimraf": "rimraf", "rollup": "rollup", "turbo": "turbo",
    "typescript": "tsc", "uglify-js": "uglifyjs", "webpack": "webpack", "webpack-cli": "webpack",
}  # fmt: skip
"""Those of them that are of no use once an app is built, with their programs. None can be imported from there."""


class FileServer(NamedTuple):
    """The options of a server of files that have nothing to do with other files: `flags` as they are written, `valued`
    those whose value is a word of its own."""

    flags: re.Pattern[str]
    valued: frozenset[str]
    default: str | None = None
    """What is served where no folder is named."""


FILE_SERVERS: Mapping[str, FileServer] = {
    "http-server": FileServer(
        regex.compile(
            r"-[pc]-?\d+|-[sgbdiU]+|-a[\w.:]+|--(silent|gzip|brotli|cors|show-dir|autoIndex|utc-time|no-dotfiles)"
            r"|--(port|cache|address)=\S+"
        ),
        frozenset(("-p", "--port", "-a", "--address", "-c", "-e", "--ext", "-t")),
    ),
    "serve": FileServer(
        regex.compile(
            r"-[snCduL]+|--(single|no-clipboard|cors|debug|no-compression|no-request-logging|no-etag|no-port-switching)"
            r"|--(listen|port)=\S+"
        ),
        frozenset(("-l", "--listen", "-p", "--port")),
        ".",
    ),
}
"""Servers of one folder, which read their settings from there, if at all."""

ADDS_REPOSITORY = regex.compile(r"//(deb|rpm)\.nodesource\.com/setup")
"""A script that makes Node's packages known to the distribution's manager."""

RUNS_PYTHON = regex.compile(r"python|youtube-dl|yt-dlp|ytdl-nightly", re.IGNORECASE)
"""Packages of npm that run Python in the end say so in their names."""

BROWSER = regex.compile(
    r"chromium|google-chrome|puppeteer|playwright|cypress|firefox"
    r"|\b(libnss3|libatk1|libatk-bridge|libgbm1|libasound2|libgtk-3-0|libxcomposite1|libxdamage1|gconf-service|nss(?=\s|$))"
)
"""What says that there is a browser, or everything that one needs: Puppeteer and its like download one, when they are
installed, to a folder in the user's home."""

DEVELOPING = regex.compile(
    r"\b(nodemon|ts-node-dev|tsx watch|node-dev|supervisor|pm2-dev|live-server|browser-sync|webpack-dev-server|ng serve|expo|storybook"
    r"|gulp|grunt|jest|mocha|cypress|karma|vitest|eslint|next dev|nuxt dev|gatsby develop"
    r"|vue-cli-service serve|react-scripts start|parcel|vite(?! preview))\b"
    r"|(?<![\w./-])(run[\"',\s]+)?(\w[\w:-]*[:-])?(dev|develop|development|watch|hot|debug|test|tests|lint)([:-][\w:-]+)?[\"'\]\s]*$"
)
"""What developers start: it builds and watches as it runs, or it tests."""

PYTHON_FOR_BUILDING = regex.compile(
    r"python[23]?(\.\d+)?|python-is-python3|python3-(dev|minimal|setuptools|distutils)|py3-setuptools"
)
"""What node-gyp runs, with a compiler and make."""
_COMPILERS = regex.compile(r"g\+\+|gcc-c\+\+|build-base|build-essential|alpine-sdk")
_MAKES = regex.compile(r"make|build-base|build-essential|alpine-sdk")
_INDEPENDENT = frozenset(
    (
        "bash", "bzip2", "ca-certificates", "curl", "dumb-init", "gnupg", "gosu", "jq", "libc6-compat", "nano", "nodejs", "npm",
        "openssl", "su-exec", "tini", "tzdata", "unzip", "vim", "wget", "xz-utils", "yarn", "zip",
    )
)  # fmt: skip
"""Packages that come along with them and run none of them."""

_OLD_NODE = regex.compile(
    r"(0|[1-9]|1[0-5])(?![\w])|v?(0\.|[1-9]\.|1[0-5]\.)|(argon|boron|carbon|dubnium|erbium|fermium)\b"
)
_MAY_RUN = regex.compile(r"py(thon|3-)|(git|git-lfs|git-core|mercurial|subversion|rust|cargo|rustc|rustup)\Z")
_COMPILER = regex.compile(
    r"gcc|cpp|clang(-\d+)?|g\+\+(-\d+)?|gcc-c\+\+|build-base|build-essential|alpine-sdk"
)
_RUNS_OTHERS = regex.compile(r"docker(-ce|-cli|\.io|-ce-cli)?|podman|buildah|jenkins.*|code-server")
"""Packages that say that an app runs others' builds."""
_NODE_BEFORE_YARN_2 = regex.compile(r"(0|[1-9])(\.|-|\Z)|(argon|boron|carbon)\b")


def has_old_yarn(reference: ImageReference | None) -> bool:
    """Whether the image's Node is older than what Yarn 2 and later need, which may keep packages elsewhere."""
    return bool(
        reference
        and official(reference) == "node"
        and reference.tag
        and _NODE_BEFORE_YARN_2.match(reference.tag)
    )


def only_for_building(names: frozenset[str]) -> frozenset[str]:
    """Of all packages that are installed, those that are there to build native modules: compilers, make, git, and the
    Python that node-gyp runs, where nothing else is among them that may run these."""
    tools = frozenset(name for name in names if is_tool(name))
    python = frozenset(name for name in names if PYTHON_FOR_BUILDING.fullmatch(name))
    headers = frozenset(name for name in names if name.endswith(("-dev", "-devel", "-headers")))
    compiles = any(map(_COMPILERS.fullmatch, tools)) and any(map(_MAKES.fullmatch, tools))
    return tools | python if compiles and names <= tools | python | headers | _INDEPENDENT else frozenset()


def compiles(names: frozenset[str]) -> bool:
    """Whether one of all packages that are installed is a compiler, and none says that the app itself builds."""
    return any(map(_COMPILER.fullmatch, names)) and not any(map(_RUNS_OTHERS.fullmatch, names))


def needs(package: str, image: str, manager: Manager, official_image: bool) -> tuple[str, ...] | None:
    """What running needs of a package that was installed to build, as `runtime_of` has it. None for one that may be
    there to be run.

    Node's programs are linked with few libraries: what images of Python bring along need not be there. The libraries
    of C and C++ are, for Node itself needs them.
    """
    found = runtime_of(package, image, manager)
    if found is None or _MAY_RUN.match(package) or not (found or is_tool(package)):
        return None
    if is_tool(package) and (official_image or manager is Manager.APK or manager in RPM_FAMILY):
        return tuple(name for name in found if not re.fullmatch(r"libstdc\+\+|libgcc", name))
    return found
