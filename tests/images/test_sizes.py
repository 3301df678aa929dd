"""What fixes that speak of bytes promise, built for real: the image shrinks, and by no less than the message says."""

from __future__ import annotations

import http.server
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import engines
import pytest

from lightship import lint
from lightship.config import Settings
from lightship.knowledge import images
from lightship.model import analyze
from lightship.refactorings import create_dockerignore, merge_runs, result
from lightship.sources.context import context as folder
from lightship.text import Fix, Safety, Source, Span

UNITS = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
NEARLY = 0.95
"""Packages are estimated by what their index says they take, which is rounded up file by file."""
FULL = "3.11"
"""The Python whose full image there is."""
DOCKERFILES = {
    "apt-lists-left": """
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends tini
""",
    "recommended-packages": """
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
""",
    "chown-layer": """
FROM debian:bookworm-slim
COPY data /data
RUN chown -R 1000:1000 /data
""",
    "removed-in-later-layer": """
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends gcc && rm -rf /var/lib/apt/lists/*
RUN apt-get purge -y --auto-remove gcc
""",
    "prefer-slim-base": f"""
FROM python:{FULL}
COPY data /data
CMD ["python3", "-V"]
""",
    "pip-cache": """
FROM lightship-test:index
RUN pip install markupsafe==2.1.5
""",
}


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files as the real index sends them: a proxy that strips these headers leaves pip nothing to keep."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def context(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A build context with something in it, and a base image whose pip asks an index on this machine."""
    folder = tmp_path_factory.mktemp("sizes")
    (folder / "data").mkdir()
    (folder / "data" / "file").write_bytes(b"x" * 3_000_000)
    package = folder / "index" / "markupsafe"
    package.mkdir(parents=True)
    options = "-q --no-deps --python-version 3.11 --platform manylinux2014_x86_64 --only-binary :all: -d"
    pip = (sys.executable, "-m", "pip", "download", *options.split())
    subprocess.run([*pip, str(package), "markupsafe==2.1.5"], check=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder / "index"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = folder / "base.Dockerfile"
    base.write_text(
        "FROM python:3.11-slim\n"
        f"RUN printf '[global]\\nindex-url = http://127.0.0.1:{server.server_port}\\ntrusted-host = 127.0.0.1\\n' >/etc/pip.conf\n"
    )
    engines.build(base, folder, "lightship-test:index")
    yield folder
    server.shutdown()


@pytest.fixture(scope="session")
def full(context: Path) -> None:
    """The full image of Python, or a stand-in with all the packages that the official one has and slim has not."""
    image = f"python:{FULL}"
    if json.loads(engines.run("docker", "image", "inspect", image, codes=(0, 1))):
        return
    if engines.run("docker", "pull", "-q", image, codes=(0, 1)):
        return
    dockerfile = context / "full.Dockerfile"
    packages = " ".join(sorted(images.BUILDPACK_PACKAGES | {"libbluetooth-dev", "tk-dev", "uuid-dev"}))
    dockerfile.write_text(
        # The full image has all the documentation that slim ones are told to leave out.
        f"FROM {image}-slim\nRUN rm -f /etc/dpkg/dpkg.cfg.d/* && apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y "
        f"--no-install-recommends {packages} && rm -rf /var/lib/apt/lists/*\n"
    )
    engines.build(dockerfile, context, image)


@pytest.mark.parametrize("rule", DOCKERFILES)
def test_what_a_fix_promises(rule: str, context: Path, request: pytest.FixtureRequest) -> None:
    if rule == "prefer-slim-base":
        request.getfixturevalue("full")
    source = Source(DOCKERFILES[rule].lstrip())
    settings = Settings(select=(rule,))
    (finding,) = lint.check(analyze(source, folder(context)), settings)
    text, count = lint.fix_all(source, settings, Safety.UNSAFE)
    assert count == 1
    saved = size(rule, source.text, context) - size(f"{rule}-fixed", text, context)
    claims = re.findall(
        r"([\d.]+) ([kMG]?B)\b", f"{finding.message} {finding.fix.title if finding.fix else ''}"
    )
    claimed = max((float(number) * UNITS[unit] for number, unit in claims), default=0.0)
    print(f"{rule}: {saved:,} bytes less, {claimed:,.0f} claimed")
    assert saved > 0
    assert saved >= claimed * NEARLY


def test_what_a_merge_promises(context: Path) -> None:
    text = """
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends gcc
RUN gcc --version
RUN apt-get purge -y --auto-remove gcc && rm -rf /var/lib/apt/lists/*
""".lstrip()
    build = analyze(Source(text))
    (offer,) = merge_runs.offer.offers(build, Span(0, len(text)))
    assert isinstance(offer.outcome, Fix)
    saved = size("merge", text, context) - size("merged", result(build, offer.outcome), context)
    print(f"merge-runs: {saved:,} bytes less, {offer.saves:,} claimed")
    assert offer.saves > 100e6
    assert saved >= offer.saves * NEARLY


def test_what_a_dockerignore_promises(engine: None, tmp_path: Path) -> None:
    """The bytes that it leaves out are those that the image is smaller by, the file itself aside."""
    for name, count in (("app.py", 1_000), (".git/pack", 500_000), ("lib/__pycache__/a.pyc", 70_000)):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * count)
    text = "FROM debian:bookworm-slim\nCOPY . /app\n"
    build = analyze(Source(text), folder(tmp_path))
    (offer,) = create_dockerignore.offer.offers(build, Span(0, len(text)))
    assert isinstance(offer.outcome, Fix)
    assert "leaves out 570 kB in 2 files" in offer.title
    elsewhere = tmp_path.parent / "elsewhere"
    elsewhere.mkdir()
    before = size("ignored", text, tmp_path, elsewhere)
    for new in offer.outcome.creates:
        (tmp_path / new.path).write_text(new.text)
    assert before - size("ignored", text, tmp_path, elsewhere) == 570_000


def size(name: str, dockerfile: str, context: Path, place: Path | None = None) -> int:
    """The bytes of the image that a Dockerfile makes, which is put into the `place`, or the context."""
    path = (place or context) / f"{name}.Dockerfile"
    path.write_text(dockerfile)
    tag = f"lightship-test:{name}"
    engines.build(path, context, tag)
    return int(json.loads(engines.run("docker", "image", "inspect", tag))[0]["Size"])
