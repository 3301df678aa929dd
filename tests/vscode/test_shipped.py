"""The extension as a file: what is in it, and that the server in it runs on every Python that it says it does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from threading import Timer

import build_extension
import bundle_server
import draw_icon
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LARGEST = 8_000_000
"""Bytes of the packed extension."""


def pythons() -> Mapping[str, Path]:
    """Those of this machine that are new enough, one of each version: on the PATH, and beside the one that runs this."""
    found = [Path(sys.executable), Path("/usr/bin/python3")]
    found += sorted(Path(sys.base_prefix).parent.glob("*/bin/python3"))
    found += [Path(path) for version in bundle_server.PYTHONS if (path := shutil.which(f"python{version}"))]
    versions: dict[str, Path] = {}
    for path in found:
        said = subprocess.run([path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], **QUIETLY)
        if (version := said.stdout.decode().strip()) in bundle_server.PYTHONS:
            versions.setdefault(version, path)
    return versions


QUIETLY: dict[str, object] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "check": False}


@pytest.fixture(scope="module")
def bundled(vsix: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `bundled` of the extension, unpacked."""
    folder = tmp_path_factory.mktemp("shipped")
    with zipfile.ZipFile(vsix) as archive:
        archive.extractall(folder)
    return folder / "extension" / "bundled"


def test_types_and_parts() -> None:
    said = build_extension.check()
    (passed,) = re.findall(r"^\S+ pass (\d+)$", said, re.MULTILINE)
    assert int(passed) >= 19, said


def test_what_is_in_it(vsix: Path) -> None:
    assert vsix.stat().st_size <= LARGEST
    with zipfile.ZipFile(vsix) as archive:
        names = set(archive.namelist())
    inside = {name.removeprefix("extension/") for name in names}
    assert {
        "package.json",
        "LICENSE.txt",
        "dist/extension.cjs",
        "media/icon.png",
        "bundled/start.py",
    } <= inside
    assert "bundled/libs/lightship/docs/pip-cache.md" in inside
    assert not [
        name
        for name in inside
        if re.search(r"node_modules|__pycache__|\.map$|^src/|^test/|bundled/libs/pip/", name)
    ]
    with zipfile.ZipFile(vsix) as archive:
        readme, manifest, licences = (
            archive.read(f"extension/{name}").decode()
            for name in ("readme.md", "package.json", "dist/LICENSES.txt")
        )
    assert {name for name in inside if name.startswith("media/")} == {
        *re.findall(r'"(media/[^"]+)"', manifest),
        *re.findall(r"\((media/[^)]+)\)", readme),
    }
    assert "\nvscode-languageclient 11" in licences
    assert licences.count("Permission is hereby granted") >= 5
    licensed = {
        name.split("/")[2].partition("-")[0] for name in inside if re.search(r"dist-info/.*LICEN[CS]E", name)
    }
    assert {"pygls", "lsprotocol", "tree_sitter", "pyyaml"} <= {name.lower() for name in licensed}


def test_all_that_the_server_needs_is_in_the_requirements() -> None:
    pinned = {
        requirement.name.lower(): next(iter(requirement.specifier)).version
        for requirement in map(Requirement, bundle_server.REQUIREMENTS.read_text().split())
    }
    with (ROOT / "pyproject.toml").open("rb") as file:
        wanted = tomllib.load(file)["project"]["dependencies"]
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pinned[requirement.name.lower()]), requirement


def test_there_are_several_pythons_to_try() -> None:
    if len(pythons()) < 2:
        reason = f"only one Python here that is new enough: {[*pythons()]}"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)


def send(server: subprocess.Popen[bytes], message: Mapping[str, object]) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))  # type: ignore[union-attr]
    server.stdin.flush()  # type: ignore[union-attr]


@pytest.mark.parametrize("version", pythons())
def test_it_runs(bundled: Path, version: str, tmp_path: Path) -> None:
    # Without the packages of that Python: what is in the extension has to do.
    start = [pythons()[version], "-I", "-S", bundled / "start.py"]
    answer = json.loads(subprocess.run([*start, "--probe"], **QUIETLY).stdout)
    assert answer["problem"] is None
    assert answer["version"].startswith(version)

    uri = (tmp_path / "Dockerfile").as_uri()
    document = {
        "uri": uri,
        "languageId": "dockerfile",
        "version": 1,
        "text": "FROM debian\nRUN apt-get update\n",
    }
    with subprocess.Popen([*start, "server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        late = Timer(60, server.kill)
        late.start()
        send(server, {"id": 1, "method": "initialize", "params": {"processId": None, "capabilities": {}}})
        send(server, {"method": "initialized", "params": {}})
        send(server, {"method": "textDocument/didOpen", "params": {"textDocument": document}})
        send(server, {"id": 2, "method": "textDocument/diagnostic", "params": {"textDocument": {"uri": uri}}})
        said = b""
        # Whoever has them all ended at once may not be answered.
        while b'"id":2,' not in said or b'"code":"untagged-base"' not in said:
            more = server.stdout.read1()  # type: ignore[union-attr]
            assert more, said
            said += more
        send(server, {"id": 3, "method": "shutdown"})
        send(server, {"method": "exit"})
    late.cancel()
    assert server.returncode == 0

    (tmp_path / ".hadolint.yaml").write_text("ignored: [DL3006]\n")  # read by compiled code of PyYAML's
    (tmp_path / "Dockerfile").write_text(document["text"])
    checked = subprocess.run(
        [*start, "check", "--preset", "hadolint", "--format", "json", tmp_path],
        capture_output=True,
        check=False,
    )
    codes = {each["code"] for each in json.loads(checked.stdout)}
    assert "DL3009" in codes, checked.stderr.decode()
    assert "DL3006" not in codes


def test_a_python_that_nothing_fits_is_told_so(bundled: Path, tmp_path: Path) -> None:
    poor = shutil.copytree(bundled, tmp_path / "bundled")
    for path in (poor / "libs" / "tree_sitter").glob("_binding*"):
        path.unlink()
    said = subprocess.run([sys.executable, "-I", "-S", poor / "start.py", "--probe"], **QUIETLY)
    problem = json.loads(said.stdout)["problem"]
    assert f"CPython 3.11 to 3.14 for {build_extension.here()}" in problem


def test_an_old_python_is_told_so(bundled: Path) -> None:
    old = next(iter(sorted(Path(sys.base_prefix).parent.glob("3.[6-9].*/bin/python3"))), None)
    if old is None:
        pytest.skip("no old Python here")
    said = subprocess.run([old, "-I", bundled / "start.py", "--probe"], **QUIETLY)
    assert json.loads(said.stdout)["problem"] == "it is older than 3.11"


@pytest.mark.parametrize("target", sorted({*bundle_server.TARGETS} - {build_extension.here()}))
def test_other_platforms_have_all_they_need(target: str, tmp_path: Path) -> None:
    bundle_server.bundle(target, tmp_path / "bundled")
    native = [path for path in (tmp_path / "bundled").rglob("*") if path.suffix in (".so", ".pyd")]
    assert len(native) == 2 * len(bundle_server.PYTHONS) + 1, native
    assert not [path.name for path in native if b".debug_" in path.read_bytes()]


def test_the_icon_is_drawn_from_its_source() -> None:
    assert (draw_icon.MEDIA / "icon.png").read_bytes() == draw_icon.draw(), "python tools/draw_icon.py"
