"""`lightship fix`: apply fixes."""

from __future__ import annotations

import argparse
import sys

from .inputs import STDIN, contexts_of_files, inputs, is_stdin, settings_of_files
from .outcome import Outcome, counted
from .output import diff, print_bytes


def run(options: argparse.Namespace) -> int:
    from .. import lint
    from ..batch import Scripts
    from ..sources import disk
    from ..text import Safety

    outcome = Outcome()
    settings_of, context_of = settings_of_files(options, outcome, strict=True), contexts_of_files(options)
    safety = Safety.UNSAFE if options.unsafe else Safety.SAFE
    scripts = Scripts()
    fixes = files = 0
    for path, source, content in inputs(options.paths, outcome, options.exclude):
        text, count = source.text, 0
        with outcome.going_on(path):
            settings = settings_of(path)
            # None of its fixes are safe.
            ask = (lambda build: scripts.ask([(build, settings)])) if options.unsafe else None  # noqa: B023
            context = context_of(path, source, settings)
            text, count = lint.fix_all(source, settings, safety, context, ask)
        after = disk.encode(text)
        for warning in scripts.warnings:
            outcome.warn(warning)
        outcome.failed |= scripts.failed
        if options.diff:
            print_bytes(disk.encode(diff(source, text)))
        elif is_stdin(path):
            print_bytes(after)
        elif after != content:
            try:
                disk.write(path, content, after)
            except OSError as error:
                outcome.unusable(path, error)
                continue
        fixes += count
        files += after != content
    outcome.found = options.diff and files > 0
    made = "would be made" if options.diff else "made"
    summary = (
        f"{counted(fixes, 'fix', 'es')} {made} in {counted(files, 'file')}." if files else "Nothing to fix."
    )
    # Standard output may be a patch and nothing else; an editor's filter takes what is on standard error, too.
    if (options.diff or STDIN not in options.paths) and (files or not outcome.failed):
        print(summary, file=sys.stderr if options.diff else sys.stdout)
    return outcome.status
