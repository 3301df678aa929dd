"""`lightship format`: lay files out."""

from __future__ import annotations

import argparse
import sys

from .inputs import STDIN, inputs, is_stdin
from .outcome import Outcome, counted
from .output import diff, print_bytes


def run(options: argparse.Namespace) -> int:
    from ..features import formatting
    from ..sources import disk
    from ..text import leading

    outcome = Outcome()
    layout = formatting.Layout(options.indent, not options.tabs)
    files = 0
    for path, source, content in inputs(options.paths, outcome, options.exclude):
        text = source.text
        with outcome.going_on(path):
            text = formatting.result(source.text, layout)
        after = disk.encode(text)
        files += after != content
        if options.check:
            if after != content:
                print(f"{leading(source.name)} would change")
        elif options.diff:
            print_bytes(disk.encode(diff(source, text)))
        elif is_stdin(path):
            print_bytes(after)
        elif after != content:
            try:
                disk.write(path, content, after)
            except OSError as error:
                outcome.unusable(path, error)
                files -= 1
    shown = options.check or options.diff
    outcome.found = shown and files > 0
    summary = (
        f"{counted(files, 'file')} {'would change' if shown else 'changed'}."
        if files
        else "Nothing to change."
    )
    if (shown or STDIN not in options.paths) and (
        files or not outcome.failed
    ):  # an editor's filter takes what is on standard error, too
        print(summary, file=sys.stderr if options.diff else sys.stdout)
    return outcome.status
