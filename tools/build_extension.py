"""Builds the VS Code extension, one file for each platform, as `client-vscode/dist/lightship-PLATFORM.vsix`.

python tools/build_extension.py [PLATFORM...]     without any, for this machine; `all` for all of them
"""

from __future__ import annotations

import json
import platform
import re
import shutil
import sys
import tempfile
from pathlib import Path

import bundle_server
import nodejs

ROOT = Path(__file__).parent.parent
EXTENSION = ROOT / "client-vscode"
DIST = EXTENSION / "dist"
SHIPPED = ("package.json", "language-configuration.json")
OF_THE_PROJECT = ("LICENSE", "CHANGELOG.md")
PICTURES = ROOT / "docs" / "images" / "vscode"
"""Taken by the tests in a real VS Code. Those that the extension shows are shipped in `media`."""


def here() -> str:
    """VS Code's name of this machine's platform."""
    system = {"linux": "linux", "darwin": "darwin", "win32": "win32"}[sys.platform]
    return f"{system}-{'arm64' if platform.machine().lower() in ('arm64', 'aarch64') else 'x64'}"


def prepare() -> None:
    """Have `node_modules` where editors and compilers look for them; they are kept in the cache."""
    link = EXTENSION / "node_modules"
    if link.is_dir() and not link.is_symlink():
        return  # somebody's own `npm install`
    modules = nodejs.modules(EXTENSION, "extension")
    if not link.exists() or link.readlink() != modules:
        link.unlink(missing_ok=True)
        link.symlink_to(modules)


def check() -> str:
    """Style, types and unit tests; what the tests print. Raises RuntimeError if one fails."""
    prepare()
    for script in ("style", "typecheck"):
        nodejs.npm("run", "-s", script, folder=EXTENSION)
    return nodejs.npm("run", "-s", "test", folder=EXTENSION)


def build(target: str) -> Path:
    """The extension for one of `bundle_server.TARGETS`, packed."""
    prepare()
    with nodejs.only_one("build"), tempfile.TemporaryDirectory() as folder:
        nodejs.npm("run", "-s", "bundle", "--", "--log-level=warning", folder=EXTENSION)
        stage = Path(folder) / "extension"
        (stage / "dist").mkdir(parents=True)
        shutil.copy(DIST / "extension.cjs", stage / "dist")
        (stage / "dist" / "LICENSES.txt").write_text(licences(DIST / "extension.json"))
        for path in [EXTENSION / name for name in SHIPPED] + [ROOT / name for name in OF_THE_PROJECT]:
            shutil.copy(path, stage)
        readme = (EXTENSION / "README.md").read_text().replace("../docs/images/vscode/", "media/")
        (stage / "README.md").write_text(readme)
        (stage / "media").mkdir()
        for name in set(re.findall(r"\bmedia/([\w-]+\.png)", readme + (stage / "package.json").read_text())):
            shutil.copy((EXTENSION / "media" if name == "icon.png" else PICTURES) / name, stage / "media")
        bundle_server.bundle(target, stage / "bundled")
        vsix = DIST / f"lightship-{target}.vsix"
        pack(stage, vsix, "--target", target)
    return vsix


def licences(metafile: Path) -> str:
    """Those of the packages that esbuild has put into a bundle, by what it says of it."""
    inputs = json.loads(metafile.read_text())["inputs"]
    packages = {match[0] for path in inputs if (match := re.match(r".*node_modules/(@[^/]+/)?[^/]+", path))}
    texts = []
    for folder in sorted(EXTENSION / package for package in packages):
        about = json.loads((folder / "package.json").read_text())
        (file,) = (path for path in folder.iterdir() if re.match("licen[cs]e", path.name, re.IGNORECASE))
        texts.append(
            f"{about['name']} {about['version']} ({about['license']})\n\n{file.read_text().strip()}\n"
        )
    return f"\n{'-' * 80}\n\n".join(texts)


def pack(folder: Path, vsix: Path, *options: str) -> None:
    """Make an extension's file of a folder that holds just what is to be in it."""
    vsce = EXTENSION / "node_modules" / "@vscode" / "vsce" / "vsce"
    plain = (
        "--no-dependencies",
        "--allow-missing-repository",
        "--no-rewrite-relative-links",
        "--skip-license",
    )
    nodejs.node(vsce, "package", *plain, *options, "--out", vsix, folder=folder)


def host_tests() -> Path:
    """The tests for the extension host as one script."""
    prepare()
    with nodejs.only_one("build"):
        nodejs.npm("run", "-s", "bundle:host", "--", "--log-level=warning", folder=EXTENSION)
    return DIST / "host-tests.cjs"


def main(targets: list[str]) -> int:
    print(check())
    for target in [*bundle_server.TARGETS] if targets == ["all"] else targets or [here()]:
        vsix = build(target)
        print(f"{vsix.relative_to(ROOT)}: {vsix.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
