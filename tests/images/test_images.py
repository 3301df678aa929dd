"""Images before and after fix-all and the conversion to several stages: built and run with a real engine.

`docker` is used where it works; else `engine` sets one up in the cache, or tells why not and the tests are skipped.
Each folder of `apps/` is a build context with its Dockerfile, `expected.txt` (what the container prints) and, where the
image's own command would not end, `command`.
"""

from __future__ import annotations

import json
import re
import statistics
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import engines
import pytest

from lightship import lint
from lightship.config import Settings
from lightship.model import analyze
from lightship.refactorings import convert_to_multi_stage, result
from lightship.sources.context import context
from lightship.text import Fix, Source, Span

HERE = Path(__file__).parent
APPS = sorted(path.parent for path in (HERE / "apps").glob("*/Dockerfile"))


@dataclass(frozen=True)
class Measured:
    """An image: the bytes that it adds to a base, and what it prints."""

    added: int
    output: str


Images = dict[str, tuple[Measured, Measured]]


@pytest.fixture(scope="session")
def images(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Images:
    folder = tmp_path_factory.mktemp("images")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(engines.provide, engines.STAND_INS))
        apps = [app for app in APPS if engines.has(engines.base_of(app / "Dockerfile"))]
        for app in apps:
            (folder / f"{app.name}-before").write_text((app / "Dockerfile").read_text())
            (folder / f"{app.name}-after").write_text(converted(app))
        before = [pool.submit(measured, app, folder, "before") for app in apps]
        after = [pool.submit(measured, app, folder, "after") for app in apps]
    return {app.name: (old.result(), new.result()) for app, old, new in zip(apps, before, after, strict=True)}


def converted(app: Path) -> str:
    """The Dockerfile after all safe fixes and the conversion."""
    source = Source((app / "Dockerfile").read_text())
    text, _ = lint.fix_all(source, Settings())
    build = analyze(Source(text), context(app))
    (offered,) = convert_to_multi_stage.offer.offers(build, Span(0, len(text)))
    assert isinstance(offered.outcome, Fix), offered.outcome
    return result(build, offered.outcome)


def measured(app: Path, folder: Path, when: str) -> Measured:
    """Both images are compared with the base of the one after, which need not be that of the one before."""
    name = f"{app.name}-{when}"
    tag = f"lightship-test:{name}"
    base = engines.base_of(folder / f"{app.name}-after")
    added = engines.build(folder / name, app, tag, base)
    command = app / "command"
    words = command.read_text().split() if command.exists() else []
    entry = ["--entrypoint", words.pop(0)] if words else []
    output = engines.run("docker", "run", "--rm", "--network", "host", *entry, tag, *words)
    return Measured(added, output)


@pytest.mark.parametrize("app", [app.name for app in APPS])
def test_same_output_and_never_larger(app: str, images: Images) -> None:
    if app not in images:
        pytest.skip("its base cannot be had on this machine")
    before, after = images[app]
    assert before.output == after.output == (HERE / "apps" / app / "expected.txt").read_text()
    assert after.added <= before.added


def test_conversions_of_real_files_pass_the_checks_of_buildkit(
    engine: None, corpus: list[Path], tmp_path: Path
) -> None:
    """A hundred of them, with a base that is here in place of theirs."""
    chosen = list(islice(filter(None, map(_conversion, corpus[::5])), 100))
    (tmp_path / "context").mkdir()

    def check(number: int) -> str:
        path = tmp_path / f"{number}.Dockerfile"
        path.write_text(_local(chosen[number]), errors="surrogateescape")
        said = engines.run(
            "docker", "build", "--call=check,format=json", "-f", path, tmp_path / "context", codes=(0, 1)
        )
        return json.loads(said).get("buildError") or ""

    with ThreadPoolExecutor(2) as pool:
        refused = {
            chosen[number]: error for number, error in enumerate(pool.map(check, range(len(chosen)))) if error
        }
    assert len(chosen) == 100
    assert not refused


def _conversion(path: Path) -> str | None:
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    build = analyze(Source(text, path.name))
    for offer in convert_to_multi_stage.offer.offers(build, Span(0, len(text))):
        if isinstance(offer.outcome, Fix):
            return result(build, offer.outcome)
    return None


def _local(text: str) -> str:
    text = re.sub(r"(?im)^#\s*syntax\s*=.*", "# -", text)
    text = re.sub(r"(?im)^(\s*FROM\s+(?:--\S+\s+)*)\S+", r"\1debian:bookworm-slim", text)
    return re.sub(r"(?im)^(\s*COPY\s+--from=)(?!build\b)\S+", r"\1debian:bookworm-slim", text)


def test_bytes(images: Images, capsys: pytest.CaptureFixture[str]) -> None:
    share = {app: 1 - after.added / before.added for app, (before, after) in images.items()}
    with capsys.disabled():
        print("\n| app | added before | after | less |\n| --- | ---: | ---: | ---: |")
        for app, (before, after) in images.items():
            print(f"| {app} | {before.added:,} | {after.added:,} | {share[app]:.1%} |")
        print(f"| median | | | {statistics.median(share.values()):.1%} |")
    assert statistics.median(share.values()) >= 0.4
    assert images["guide"][1].added <= 3_100_000
