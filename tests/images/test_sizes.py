"""What fixes that speak of bytes promise, built for real: the image shrinks, and by no less than the message says."""

from __future__ import annotations

import http.server
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
from lightship.model import analyze
from lightship.text import Safety, Source

UNITS = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
NEARLY = 0.9
"""Packages are estimated by what their index says they take, which is rounded up file by file."""
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


@pytest.mark.parametrize("rule", DOCKERFILES)
def test_what_a_fix_promises(rule: str, context: Path) -> None:
    source = Source(DOCKERFILES[rule].lstrip())
    settings = Settings(select=(rule,))
    (finding,) = lint.check(analyze(source), settings)
    text, count = lint.fix_all(source, settings, Safety.UNSAFE)
    assert count == 1
    sizes = []
    for name, content in (("before", source.text), ("after", text)):
        path = context / f"{rule}-{name}.Dockerfile"
        path.write_text(content)
        sizes.append(engines.build(path, context, f"lightship-test:{rule}-{name}"))
    saved = sizes[0] - sizes[1]
    claims = re.findall(
        r"([\d.]+) ([kMG]?B)\b", f"{finding.message} {finding.fix.title if finding.fix else ''}"
    )
    claimed = max((float(number) * UNITS[unit] for number, unit in claims), default=0.0)
    print(f"{rule}: {saved:,} bytes less, {claimed:,.0f} claimed")
    assert saved > 0
    assert saved >= claimed * NEARLY
