"""`lightship fix`: what it writes, what it leaves alone, and what it prints."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command import FIXED, FLAWED, RULE, SERVER, Run

from lightship.sources import disk

ONLY = ("--select", RULE)


def test_fixes_are_written(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    (folder / "Dockerfile.clean").write_text("FROM debian:12\n")

    assert run("fix", *ONLY) == (0, "1 fix made in 1 file.\n", "")
    assert (folder / "Dockerfile").read_text() == FIXED
    assert run("fix", *ONLY) == (0, "Nothing to fix.\n", "")


def test_what_is_not_selected_stays(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(FLAWED)

    assert run("fix", "--select", "maintainer-deprecated").out == "Nothing to fix.\n"
    assert (folder / "Dockerfile").read_text() == FLAWED


@pytest.mark.parametrize("settings", ['ignore = ["split-apt-updat"]', "ignore = ["])
def test_nothing_is_fixed_that_settings_may_have_spared(run: Run, folder: Path, settings: str) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    (folder / "sub").mkdir()
    (folder / "sub" / "Dockerfile").write_text(FLAWED)
    (folder / "sub" / "lightship.toml").write_text(settings)
    status, out, err = run("fix", *ONLY)

    assert (status, out) == (2, "1 fix made in 1 file.\n")
    wrong, spared = err.splitlines()
    assert wrong.startswith("lightship: sub/lightship.toml:1: ")
    assert spared == "lightship: sub/Dockerfile: left as it is until its settings are mended"
    assert (folder / "sub" / "Dockerfile").read_text() == FLAWED
    assert run("fix", *ONLY, "--config", "sub/lightship.toml", "-", stdin=FLAWED.encode()).out == FLAWED


def test_standard_input_goes_to_standard_output(run: Run) -> None:
    before = b"# \xff\r\n" + FLAWED.replace("\n", "\r\n").encode()
    after = b"# \xff\r\n" + FIXED.replace("\n", "\r\n").encode()
    ran = run("fix", *ONLY, "-", stdin=before)

    assert ran.status == 0
    assert ran.out.encode("utf-8", "surrogateescape").replace("\ufffd".encode(), b"\xff") == after
    assert ran.err == "", "an editor's filter would take it for a part of the file"


def test_a_patch_writes_nothing_and_applies(run: Run, folder: Path) -> None:
    for name, text in (
        ("Dockerfile", FLAWED),
        ("Dockerfile.dev", FLAWED.rstrip()),
        ("Containerfile", "FROM x:1\n"),
    ):
        (folder / name).write_text(text)
    status, patch, err = run("fix", *ONLY, "--diff")

    assert (status, err) == (1, "2 fixes would be made in 2 files.\n")
    assert (folder / "Dockerfile").read_text() == FLAWED
    subprocess.run(["git", "apply", "-p0"], input=patch.encode(), check=True, cwd=folder)
    assert (folder / "Dockerfile").read_text() == FIXED
    assert (folder / "Dockerfile.dev").read_text() == FIXED.rstrip()
    assert run("fix", *ONLY, "--diff") == (0, "", "Nothing to fix.\n")


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
def test_line_ends_and_byte_order_mark_stay(run: Run, folder: Path, mark: bytes, end: bytes) -> None:
    file = folder / "Dockerfile"
    file.write_bytes(mark + FLAWED.encode().replace(b"\n", end) + b"# \xff\x0c" + end)
    run("fix", *ONLY)

    assert file.read_bytes() == mark + FIXED.encode().replace(b"\n", end) + b"# \xff\x0c" + end


def test_mode_and_links_stay(run: Run, folder: Path) -> None:
    (folder / "real").mkdir()
    target = folder / "real" / "file"
    target.write_text(FLAWED)
    target.chmod(0o640)
    link = folder / "Dockerfile"
    link.symlink_to("real/file")
    run("fix", *ONLY)

    assert link.is_symlink()
    assert target.read_text() == FIXED
    assert target.stat().st_mode & 0o7777 == 0o640
    assert sorted(path.name for path in target.parent.iterdir()) == ["file"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_owner_stays(run: Run, folder: Path) -> None:
    file = folder / "Dockerfile"
    file.write_text(FLAWED)
    os.chown(file, 1234, 4321)
    run("fix", *ONLY)

    assert file.read_text() == FIXED
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 4321)


def test_a_file_that_changed_meanwhile_is_left_alone(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    (folder / "Dockerfile.dev").write_text(FLAWED)
    write = disk.write

    def change_first(path: Path, before: bytes, after: bytes) -> None:
        if path.name == "Dockerfile":
            path.write_text("FROM scratch\n")
        write(path, before, after)

    monkeypatch.setattr(disk, "write", change_first)
    status, out, err = run("fix", *ONLY)

    assert (status, out) == (2, "1 fix made in 1 file.\n")
    assert err == "lightship: Dockerfile: it was changed by something else in the meantime\n"
    assert (folder / "Dockerfile").read_text() == "FROM scratch\n"
    assert (folder / "Dockerfile.dev").read_text() == FIXED
    assert sorted(path.name for path in folder.iterdir()) == [".git", "Dockerfile", "Dockerfile.dev"]


def test_two_at_once_do_not_mind_each_other(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    write = disk.write

    def write_twice(path: Path, before: bytes, after: bytes) -> None:
        write(path, before, after)
        write(path, before, after)

    monkeypatch.setattr(disk, "write", write_twice)

    assert run("fix", *ONLY) == (0, "1 fix made in 1 file.\n", "")
    assert (folder / "Dockerfile").read_text() == FIXED
    assert sorted(path.name for path in folder.iterdir()) == [".git", "Dockerfile"]


KILLED = """
import os, signal, sys
def killed(*arguments, **options):
    os.kill(os.getpid(), signal.SIGKILL)
{} = killed
from lightship.cli import main
sys.exit(main(lambda *_: 0))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
@pytest.mark.parametrize("where", ["os.fsync", "os.replace", "os.fchmod"])
@pytest.mark.parametrize("command", [["fix", *ONLY], ["format"]], ids=["fix", "format"])
def test_who_is_killed_leaves_the_file(folder: Path, command: list[str], where: str) -> None:
    text = FLAWED.replace("FROM", "  FROM")
    (folder / "Dockerfile").write_text(text)
    environment = os.environ | {"PYTHONPATH": str(SERVER)}
    done = subprocess.run(
        [sys.executable, "-c", KILLED.format(where), *command], env=environment, timeout=60, check=False
    )

    assert done.returncode == -9
    assert (folder / "Dockerfile").read_text() == text
    assert list(disk.find(folder, lambda *_: None)) == [folder / "Dockerfile"], (
        "what is left is no Dockerfile"
    )


def test_a_folder_that_nobody_may_write_to(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "Dockerfile").write_text(FLAWED)
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != folder.resolve() and access(path, mode))

    assert run("fix", *ONLY) == (
        2,
        "",
        "lightship: Dockerfile: its folder is write-protected: it needs other rights, or another user\n",
    )
    assert (folder / "Dockerfile").read_text() == FLAWED


def test_a_file_that_is_mounted_by_itself(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with `docker run -v ./Dockerfile:/work/Dockerfile`."""
    (folder / "Dockerfile").write_text(FLAWED)

    def busy(*_: object) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    monkeypatch.setattr(os, "replace", busy)
    status, out, err = run("fix", *ONLY)

    assert (status, out) == (2, "")
    assert err.endswith("mount its folder instead\n")
    assert (folder / "Dockerfile").read_text() == FLAWED
    assert sorted(path.name for path in folder.iterdir()) == [".git", "Dockerfile"]


def test_a_write_that_fails_leaves_the_file(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "Dockerfile").write_text(FLAWED)

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)

    assert run("fix", *ONLY) == (2, "", "lightship: Dockerfile: No space left on device\n")
    assert (folder / "Dockerfile").read_text() == FLAWED
    assert sorted(path.name for path in folder.iterdir()) == [".git", "Dockerfile"]
