"""Dockerfiles on disk: found, read as they are, and written so that nothing is lost."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

PATTERNS = ("Dockerfile", "Dockerfile.*", "*.Dockerfile", "*.dockerfile", "Containerfile", "Containerfile.*")
SKIPPED = {
    ".git",
    ".hg",
    ".svn",
    "node_modules",
    ".venv",
    "venv",
    ".tox",
    ".nox",
    "site-packages",
    "__pycache__",
}
"""Folders that hold other people's files, or none worth a look."""


exists, is_file, is_folder = os.path.exists, os.path.isfile, os.path.isdir
"""False where nobody may look, or no file can have that name: before Python 3.14, pathlib's raise an error then."""


MOST = 16 << 20
"""Bytes of a file that are read at most."""


class Changed(OSError):
    """The file is no longer what it was when it was read."""


def is_dockerfile(name: str) -> bool:
    """Whether a file of this name is a Dockerfile, by `PATTERNS`."""
    if name in ("Dockerfile", "Containerfile") or name.endswith((".Dockerfile", ".dockerfile")):
        return True
    return name.startswith(("Dockerfile.", "Containerfile.")) and not name.endswith(".dockerignore")


def is_ignore_file(path: Path) -> bool:
    """Whether this is a list of what a build context leaves out: `.dockerignore`, or `NAME.dockerignore` of one
    Dockerfile."""
    return path.name.endswith(".dockerignore")


def find(folder: Path, complain: Callable[[Path, OSError], None]) -> Iterator[Path]:
    """The Dockerfiles in a folder and below, by name. Links to folders are not followed: they can go in circles.

    A folder that cannot be read is left out, after `complain` was told.
    """
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        complain(folder, error)
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in SKIPPED:
                yield from find(folder / entry.name, complain)
        elif _is_to_be_read(entry):
            yield folder / entry.name


def survey(folder: Path, most: int) -> Iterator[Path]:
    """The same, those near the top first, and of no more than so many entries: for who does not know what to
    expect. Folders that cannot be read are left out."""
    waiting = [folder]
    for each in waiting:
        try:
            with os.scandir(each) as found:
                entries = sorted(islice(found, most), key=lambda entry: entry.name)
        except OSError:
            continue
        most -= len(entries)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED:
                    waiting.append(each / entry.name)
            elif _is_to_be_read(entry):
                yield each / entry.name
        if most <= 0:
            return


def _is_to_be_read(entry: os.DirEntry[str]) -> bool:
    """Whether it is a Dockerfile. A link that leads nowhere is for the reader to complain of; a pipe would keep it
    waiting, and a device may never end."""
    return is_dockerfile(entry.name) and (is_file(entry.path) or not exists(entry.path))


def status(path: Path) -> os.stat_result:
    """What tells of a file's change without reading it. Raises OSError."""
    return path.stat()


def read(path: Path) -> bytes:
    """The bytes of a file. Raises OSError, also for one that has more than any Dockerfile, or no end."""
    with path.open("rb") as file:
        content = file.read(MOST + 1)
    if len(content) > MOST:
        raise OSError(
            errno.EFBIG, f"it has more than {MOST >> 20} MiB: is it the file that you meant?", str(path)
        )
    return content


def decode(content: bytes) -> str:
    """As `Source` wants it: bytes that are not UTF-8 become lone surrogates, line ends stay."""
    return content.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The bytes that `decode` made the text of."""
    return text.encode("utf-8", "surrogateescape")


def write(path: Path, before: bytes, after: bytes) -> None:
    """Replace the content of a file at once: whoever reads it sees all of the old or all of the new.

    `before` is what was read: a file that has changed since is left alone, unless to the same. Links are followed; mode and
    owner stay. Raises `Changed` or another OSError, and then the file is as it was.
    """
    target = path.resolve(strict=True)
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is write-protected", str(path))
    if not os.access(target.parent, os.W_OK):  # what is written first, beside it
        raise PermissionError(errno.EACCES, "its folder is write-protected", str(path))
    try:
        _replace(target, after, lambda: _unchanged(path, target, before, after))
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        why = "it is a mount of its own, which nothing can take the place of: mount its folder instead"
        raise OSError(errno.EBUSY, why, str(path)) from error


def save(path: Path, content: bytes) -> None:
    """Write a file at once, new or in place of the one that is there; devices and pipes are written to.

    Raises OSError.
    """
    if path.is_relative_to("/dev") or (path.exists() and not path.is_file()):
        path.write_bytes(content)
    else:
        _replace(path.resolve(), content)


def create(path: Path, content: bytes) -> None:
    """Write a new file at once. Raises FileExistsError where there is one, however late, or another OSError."""
    import tempfile

    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            _like(path, handle)
            os.fsync(handle)
        os.link(name, path)  # unlike a renamed one, it never takes another file's place
    finally:
        Path(name).unlink()


def _unchanged(path: Path, target: Path, before: bytes, after: bytes) -> None:
    if target.read_bytes() not in (before, after):
        raise Changed(0, "it was changed by something else in the meantime", str(path))


def _replace(target: Path, content: bytes, last: Callable[[], None] = lambda: None) -> None:
    """Write beside the target, and put that in its place after a `last` look."""
    import tempfile

    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            _like(target, handle)
            os.fsync(handle)
        last()
        new.replace(target)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _like(model: Path, handle: int) -> None:
    """Give an open file the owner and the mode of another."""
    if not hasattr(os, "fchmod"):
        return  # Windows: the folder's rules are inherited
    if not model.exists():
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(handle, 0o666 & ~mask)
        return
    wanted, got = model.stat(), os.fstat(handle)
    if (wanted.st_uid, wanted.st_gid) != (got.st_uid, got.st_gid):
        with suppress(PermissionError):  # only root can give files away
            os.fchown(handle, wanted.st_uid, wanted.st_gid)
    os.fchmod(handle, stat.S_IMODE(wanted.st_mode))
