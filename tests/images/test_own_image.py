"""The project's own image: it has no findings, is built, and finds what it is made to find."""

from __future__ import annotations

from pathlib import Path

import engines

from lightship import lint
from lightship.config import Settings
from lightship.model import analyze
from lightship.sources.context import context
from lightship.text import Source

ROOT = Path(__file__).parent.parent.parent
TAG = "lightship-test:own"


def test_no_findings() -> None:
    source = Source((ROOT / "Dockerfile").read_text(), "Dockerfile")
    build = analyze(source, context(ROOT))
    assert not [found.message for found in lint.check(build, Settings())]


def test_it_works_without_rights_or_network(engine: None, tmp_path: Path) -> None:
    local = tmp_path / "Dockerfile"
    local.write_text((ROOT / "Dockerfile").read_text().replace("python:3.13-slim", "python:3.11-slim"))
    added = engines.build(local, ROOT, TAG)
    checked = tmp_path / "checked"
    checked.write_text('FROM python:3.12-slim\nRUN pip install "a>1" && echo $undefined\n')
    # The engine may have a disk of its own, so that nothing of this one can be mounted.
    said = engines.run(
        "sh",
        "-c",
        f"docker run --rm -i --read-only --tmpfs /tmp --network none {TAG} check --extend-select shellcheck - <{checked}",
        codes=(1,),
    )
    assert "2:5: warning pip-cache" in said
    assert "SC2086" in said
    who = engines.run("docker", "run", "--rm", "--network", "none", "--entrypoint", "id", TAG, "-u")
    assert who == "65532\n"
    assert added <= 45_000_000, f"{added:,} bytes"
