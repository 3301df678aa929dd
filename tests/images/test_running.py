"""A server whose Dockerfile was refactored, in a container: who runs it, how it is asked, and what it hears."""

from __future__ import annotations

import json
from pathlib import Path

import engines

from lightship.model import analyze
from lightship.refactorings import add_healthcheck, exec_form, result, run_as_user
from lightship.text import Fix, Source, Span

SERVER = """
import http.server, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
http.server.ThreadingHTTPServer(("", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
DOCKERFILE = """
FROM python:3.11-slim
WORKDIR /srv
COPY server.py .
COPY seed /data/
VOLUME /data
ENV PORT=8000
EXPOSE 8000
CMD python -V && python server.py $PORT
"""
DRIVER = """
import json, os, pwd, subprocess, sys, time
command, check = json.loads(sys.argv[1])
server = subprocess.Popen(command)
deadline = time.monotonic() + 30
while subprocess.run(check, stderr=subprocess.DEVNULL).returncode and time.monotonic() < deadline:
    time.sleep(0.1)
print(subprocess.run(check).returncode, pwd.getpwuid(os.getuid()).pw_name)
print(*(os.access(path, os.W_OK) for path in ("/data", "/data/seed", "/srv/server.py")))
server.terminate()
print(server.wait(10))
"""
"""Runs in the container, since engines in a `chroot` enter the wrong one with `docker exec`."""
TAG = "lightship-test:running"


def test_a_server(engine: None, tmp_path: Path) -> None:
    text = DOCKERFILE.lstrip()
    for refactoring in (run_as_user, add_healthcheck, exec_form):
        build = analyze(Source(text))
        (offer,) = refactoring.offer.offers(build, Span(0, len(text)))
        assert isinstance(offer.outcome, Fix), offer.outcome
        text = result(build, offer.outcome)
    (tmp_path / "server.py").write_text(SERVER)
    (tmp_path / "seed").write_text("seed")
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(text)
    engines.build(dockerfile, tmp_path, TAG)
    (image,) = json.loads(engines.run("docker", "image", "inspect", TAG))
    words = json.dumps([image["Config"]["Cmd"], image["Config"]["Healthcheck"]["Test"][1:]])
    said = engines.run(
        "docker", "run", "--rm", "--no-healthcheck", "--network", "none", TAG, "python", "-uc", DRIVER, words
    )
    healthy, writable, stopped = said.splitlines()[-3:]
    assert healthy == "0 app"
    assert writable == "True True False", (
        "the volume is its own, and what was copied into it; its code is not"
    )
    assert stopped == "7", "it heard the signal"
