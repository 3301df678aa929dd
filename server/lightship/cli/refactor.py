"""`lightship refactor`: rewrite a file, or list what is on offer where."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .inputs import contexts_of_files, inputs, is_stdin, registries
from .outcome import CLEAN, Misuse, Outcome
from .output import diff, print_bytes


def run(options: argparse.Namespace) -> int:
    from ..model import analyze
    from ..refactorings import all_refactorings, listing, result
    from ..rewrite import Refusal
    from ..sources import disk
    from ..spelling import nearest
    from ..text import Source, Span

    known = {each.name: each for each in all_refactorings()}
    if options.file is None and options.name is None:
        width = max(map(len, known))
        sys.stdout.write("".join(f"{name.ljust(width)}  {each.summary}\n" for name, each in known.items()))
        return CLEAN
    if options.file is None:
        if options.name in known and not Path(options.name).exists():
            sys.stdout.write(f"# {options.name}\n\n{known[options.name].page}\n")
            return CLEAN
        if not Path(options.name).exists() and (meant := nearest(options.name, list(known))) != ".":
            raise Misuse(f'there is no file and no refactoring "{options.name}"{meant}')
        options.name, options.file = None, options.name
    if options.name is not None and options.name not in known:
        raise Misuse(f'there is no refactoring "{options.name}"{nearest(options.name, list(known))}')
    outcome = Outcome()
    context_of = contexts_of_files(options)
    for path, source, content in inputs([options.file], outcome):
        build = analyze(source, context_of(path, source, None), registries(options))
        span = Span(0, len(source.text))
        if options.line is not None:
            if not 0 < options.line <= len(source.line_starts):
                raise Misuse(f"--line {options.line}: {source.name} has no such line")
            span = source.line_span(options.line - 1)
        if options.name is None:
            sys.stdout.write(listing(build, span))
            continue
        offers = list(known[options.name].offers(build, span))
        offer = next((each for each in offers if not isinstance(each.outcome, Refusal)), None)
        if offer is None or isinstance(offer.outcome, Refusal):
            reasons = [each.outcome.reason for each in offers if isinstance(each.outcome, Refusal)]
            place = f"{source.name}:{options.line}" if options.line else source.name
            outcome.complain(
                f"{place}: {options.name}: {reasons[0] if reasons else 'nothing here to do it with'}"
            )
            continue
        if options.ask_registry:  # what was asked for in vain should not go unnoticed
            for each in offers:
                if isinstance(each.outcome, Refusal):
                    outcome.warn(f"{each.title}: {each.outcome.reason}")
        text = result(build, offer.outcome)
        root = build.context.root if build.context else None
        created = [(root / new.path, new.text) for new in offer.outcome.creates] if root else []
        if not options.write:
            print_bytes(disk.encode(diff(source, text)))
            for new, new_text in created:
                print_bytes(disk.encode(diff(Source("", str(new)), new_text, new=True)))
            continue
        at = path
        try:
            for at, new_text in created:
                disk.create(at, disk.encode(new_text))
            if is_stdin(path):
                print_bytes(disk.encode(text))
            elif text != source.text:
                disk.write(at := path, content, disk.encode(text))
        except OSError as error:
            outcome.unusable(at, error)
    return outcome.status
