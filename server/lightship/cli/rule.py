"""`lightship rule`: show a rule's page, or list all rules, or those of a topic."""

from __future__ import annotations

import argparse
import sys

from .outcome import CLEAN, Misuse


def run(options: argparse.Namespace) -> int:
    from .. import render
    from ..rules import all_rules

    if options.name is None:
        sys.stdout.write(render.listing(all_rules()))
        return CLEAN
    for rule in all_rules():
        if options.name in (rule.name, *rule.aliases):
            sys.stdout.write(render.page(rule))
            return CLEAN
    if topic := [rule for rule in all_rules() if options.name == rule.topic]:
        sys.stdout.write(render.listing(topic))
        return CLEAN
    from .. import shellcheck
    from ..config import nearest

    if (code := options.name.upper()) in shellcheck.CODES:
        sys.stdout.write(shellcheck.page(code))
        return CLEAN
    names = [name for rule in all_rules() for name in (rule.name, *rule.aliases, rule.topic)]
    raise Misuse(f'there is no rule "{options.name}"{nearest(options.name, names)}')
