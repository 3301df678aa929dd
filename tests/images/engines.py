"""A real engine: the one of this machine, or one that `engine` sets up in the cache."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lightship.model import analyze
from lightship.text import Source

SETUP = str(Path(__file__).parent / "engine")
PYTHONS = ("2.7", "3.9", "3.11")
NODES = ("node:20.18.1",)
BASES = Path(__file__).parent / "bases"
STAND_INS = {
    "golang": {"golang:bookworm": ()},
    "rust": {"rust:slim-bookworm": ()},
    "eclipse-temurin": {
        "eclipse-temurin:17-jre": (),
        "eclipse-temurin:17-jdk": ("KIND=jdk", "BASE=eclipse-temurin:17-jre"),
    },
}
"""The Dockerfiles of `BASES`, each with the images that it stands in for and the arguments that it needs to."""
LIMIT = 900
"""Seconds for anything."""
KEPT = "4GB"
"""Of the engine's cache, from one run to the next."""


@contextmanager
def engine() -> Iterator[str]:
    """Make `docker` work as long as the context lasts; gives the reason where it cannot."""
    if _works():
        yield ""
        return
    home = Path(os.environ.get("LIGHTSHIP_CACHE") or Path.home() / ".cache" / "lightship") / "engine"
    done = subprocess.run(
        [SETUP, "up", str(home), *PYTHONS, *NODES],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    if done.returncode == 3:
        yield done.stderr.strip().splitlines()[-1]
        return
    assert done.returncode == 0, done.stderr
    before = {name: os.environ.get(name) for name in ("DOCKER_HOST", "DOCKER_CONFIG", "PATH")}
    os.environ["DOCKER_HOST"] = f"unix://{home}/run/docker.sock"
    os.environ["DOCKER_CONFIG"] = f"{home}/config"
    os.environ["PATH"] = f"{home}/bin:{os.environ['PATH']}"
    try:
        yield ""
        subprocess.run(
            ["docker", "builder", "prune", "--force", "--keep-storage", KEPT],
            capture_output=True,
            check=False,
        )
    finally:
        subprocess.run([SETUP, "stop", str(home)], check=False)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _works() -> bool:
    return (
        bool(shutil.which("docker"))
        and not subprocess.run(["docker", "version"], capture_output=True, check=False).returncode
    )


def run(*words: str | Path, codes: tuple[int, ...] = (0,)) -> str:
    """What a program prints; fails, with what it says, on any other exit code."""
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=LIMIT, check=False
    )
    assert done.returncode in codes, (
        f"{' '.join(map(str, words))}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    )
    return done.stdout


def base_of(dockerfile: Path) -> str:
    """The image at the bottom of a Dockerfile's last stage."""
    final = analyze(Source(dockerfile.read_text())).final
    assert final
    assert final.base
    return final.base


def has(image: str) -> bool:
    """Whether an image is there: not every Python can be had on every machine."""
    return not subprocess.run(
        ["docker", "image", "inspect", image], capture_output=True, check=False
    ).returncode


def provide(name: str) -> None:
    """Fetch the images that one of `BASES` stands in for; make it where they cannot be had."""
    for image, arguments in STAND_INS[name].items():
        if (
            has(image)
            or not subprocess.run(
                ["docker", "pull", "-q", image], capture_output=True, check=False
            ).returncode
        ):
            continue
        options = [word for argument in arguments for word in ("--build-arg", argument)]
        dockerfile = BASES / f"{name}.Dockerfile"
        run("docker", "build", "--network", "host", "-q", "-t", image, "-f", dockerfile, *options, BASES)


def build(dockerfile: Path, context: Path, tag: str, base: str | None = None) -> int:
    """Build an image and give the bytes that it adds to its base, or to another image."""
    words = ["docker", "build", "--network", "host", "-q", "-t", tag, "-f", str(dockerfile), str(context)]
    if subprocess.run(words, capture_output=True, timeout=LIMIT, check=False).returncode:
        run(*words, "--no-cache")  # what is cached may name packages that are no more
    images = (tag, base or base_of(dockerfile))
    sizes = [json.loads(run("docker", "image", "inspect", image))[0]["Size"] for image in images]
    return int(sizes[0] - sizes[1])
