"""What all tests share: `--update`, and the corpus of real Dockerfiles."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ARCHIVE = ROOT.parent / "shared" / "corpus" / "dockerfiles.tar.xz"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite expected results and generated text")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether to rewrite what is expected instead of comparing with it."""
    return bool(request.config.getoption("update"))


@pytest.fixture(scope="session")
def corpus() -> list[Path]:
    """Thousands of real Dockerfiles, unpacked once into the user's cache. Without them the test is skipped;
    in CI it fails, for a test that is always skipped tests nothing."""
    if not ARCHIVE.exists():
        message = f"the corpus is not there: {os.path.relpath(ARCHIVE, ROOT)}"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lightship"
    folder = cache / f"corpus-{hashlib.sha256(ARCHIVE.read_bytes()).hexdigest()[:16]}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=cache))
        with tarfile.open(ARCHIVE) as archive:
            # Debian 12's Python does not know filters yet.
            archive.extractall(fresh, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
        try:
            fresh.rename(folder)
        except OSError:  # another worker was faster
            shutil.rmtree(fresh)
    return sorted(path for path in folder.rglob("*") if path.is_file())
