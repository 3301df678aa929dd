"""Imports point downwards, only their rooms know the protocol and the disk, and a check starts with little."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "server" / "lightship"
ROWS = (
    "__main__",
    "cli lsp",
    "batch",
    "formats render lint sources",
    "grouping",
    "rules refactorings features",
    "conversion",
    "rewrite shellcheck",
    "model",
    "proof suppression config_reading",
    "syntax context buildfiles config config_edits knowledge",
    "text terms options presets regex spelling remembered yaml_nodes __init__",
)
HEIGHT = {name: -row for row, names in enumerate(ROWS) for name in names.split()}
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
DISK = {
    "open",
    "read_text",
    "write_text",
    "read_bytes",
    "write_bytes",
    "scandir",
    "listdir",
    "iterdir",
    "rglob",
}
NETWORK = {"socket", "http", "urllib", "ssl", "subprocess"}
PROTOCOL = {"pygls", "lsprotocol"}


def imports(path: Path) -> Iterator[tuple[tuple[str, ...], bool]]:
    """What a module imports, as the parts of a name within the package or of an absolute one (`/` first),
    and whether only its types are of interest."""
    tree = ast.parse((PACKAGE / path).read_text())
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        names: list[tuple[str, ...]] = []
        match node:
            case ast.Import():
                names = [("/", *alias.name.split(".")) for alias in node.names]
            case ast.ImportFrom(level=0, module=str(module)):
                names = [("/", *module.split("."), alias.name) for alias in node.names]
            case ast.ImportFrom():
                base = (*path.parts[: len(path.parts) - node.level], *(node.module or "").split("."))
                names = [(*filter(None, base), alias.name) for alias in node.names]
        for name in names:
            inside = name[:2] == ("/", "lightship")
            yield (name[2:] if inside else name), id(node) in for_types


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_point_downwards(path: Path) -> None:
    here = path.parts[0].removesuffix(".py")
    assert here in HEIGHT, f"say in which row {here} stands"
    for name, for_types in imports(path):
        if name[0] in ("/", "__version__", here):
            continue
        # The type of what a neighbour makes may be named, as reports do with findings.
        below = HEIGHT[name[0]] < HEIGHT[here] or (for_types and HEIGHT[name[0]] == HEIGHT[here])
        assert below, f"{path} imports {'.'.join(name)}, which does not stand below it"


@pytest.mark.parametrize("path", [path for path in MODULES if path.parts[0] == "rules"], ids=str)
def test_rules_never_import_rules(path: Path) -> None:
    rules = {other.stem for other in MODULES if other.parts[0] == "rules"}
    for name, _ in imports(path):
        assert name[0] != "rules" or name[1] not in rules, f"{path} imports {'.'.join(name)}: move it down"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_only_their_rooms_know_the_protocol_and_the_outside(path: Path) -> None:
    room = path.parts[0]
    outside = {name[1] for name, _ in imports(path) if name[0] == "/"}
    if room != "lsp":
        assert not outside & PROTOCOL, "only lsp/ speaks the protocol"
    if room not in ("sources", "lsp"):  # lsp/ listens for its client
        assert not outside & NETWORK, "only sources/ opens sockets and runs programs"
    if room != "sources":
        assert not set(_disk_calls(path)), "only sources/ touches the disk"


def _disk_calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((PACKAGE / path).read_text())):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in DISK:
                yield name
            case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name in DISK:
                # `os.open` of the null device, and `documents.open` of an editor, touch no disk.
                if name != "open" or (
                    ast.unparse(owner) in ("io", "os", "path") and "devnull" not in ast.unparse(node)
                ):
                    yield name


def test_a_check_imports_no_more_than_it_needs(tmp_path: Path) -> None:
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text("FROM debian:12\nRUN apt-get update\n")
    arguments = ["lightship", "check", str(dockerfile)]
    program = (
        f"import sys; sys.argv = {arguments!r}; from lightship.__main__ import main; main(); "
        "print(*sys.modules, file=sys.stderr)"
    )
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    loaded = {name.partition(".")[0] for name in run.stderr.split()}

    assert "lightship" in loaded, run.stderr
    slow = {"pygls", "lsprotocol", "attrs", "asyncio", "tomllib", "rich", "yaml"}
    assert not loaded & slow, "import these where they are used, not where the module starts"
