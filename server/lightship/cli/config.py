"""`lightship config`: show the settings in force, what set them, and where a file is built."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .inputs import settings_of_files
from .outcome import Outcome


def run(options: argparse.Namespace) -> int:
    from .. import render
    from ..model import analyze
    from ..rules import all_rules
    from ..sources import disk
    from ..text import Source

    outcome = Outcome()
    path = Path(options.path)
    file = path / "Dockerfile" if path.is_dir() else path
    if not path.exists():
        outcome.unusable(path, FileNotFoundError(2, "No such file or directory"))
        return outcome.status
    settings = settings_of_files(options, outcome)(file)
    sys.stdout.write(render.in_force(settings, all_rules()))
    if file.is_file():
        from ..sources.places import Places, copied

        build = analyze(Source(disk.decode(disk.read(file)), str(file)))
        place = Places([Path()]).of(file, copied(build), settings)
        sys.stdout.write(f"\n{render.build_context(place)}")
    return outcome.status
