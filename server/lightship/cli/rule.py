"""`lightship rule`: show a rule's page, or list all rules, or those of a topic."""

from __future__ import annotations

import argparse
import sys

from .outcome import CLEAN, Misuse

ALWAYS_TOLD = {
    "syntax": "BuildKit refuses what is written here: the build would fail.",
    "unused-suppression": "A comment silences what is not found here. Take it out, lest it hide what comes later.",
    "unknown-rule": "A comment names a rule that there is not, and silences nothing.",
}
"""What is said of a file that no rule stands behind, by its code."""


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
    if said := ALWAYS_TOLD.get(options.name):
        sys.stdout.write(f"# {options.name}\n\n{said}\n\nThis is no rule: it is always told.\n")
        return CLEAN
    if topic := [rule for rule in all_rules() if options.name == rule.topic]:
        sys.stdout.write(render.listing(topic))
        return CLEAN
    from .. import shellcheck
    from ..spelling import nearest

    if (code := options.name.upper()) in shellcheck.CODES:
        sys.stdout.write(shellcheck.page(code))
        return CLEAN
    names = [name for rule in all_rules() for name in (rule.name, *rule.aliases, rule.topic)]
    raise Misuse(f'there is no rule "{options.name}"{nearest(options.name, names)}')
