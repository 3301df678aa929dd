"""Edits to settings files that keep all of their author's words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from .text import Edit, Span, apply


def ignoring(text: str, rule: str, *section: str) -> Edit | None:
    """The edit after which a TOML file ignores the rule too, in that `section` or outside of all.

    None where it does so already, is no TOML, or is written in a way that we do not understand: what comes out is
    read again, and has to be what went in with the rule before all others.
    """
    import tomllib

    try:
        wanted = tomllib.loads(text)
        table: Any = wanted
        for key in section:
            table = table.setdefault(key, {})
        known = table.setdefault("ignore", [])
        if rule in known:
            return None
        known.insert(0, rule)
    except (tomllib.TOMLDecodeError, AttributeError, TypeError):
        return None
    for edit in _tries(text, rule, section, is_first=len(known) == 1):
        try:
            if tomllib.loads(apply(text, [edit])) == wanted:
                return edit
        except tomllib.TOMLDecodeError:
            continue
    return None


def _tries(text: str, rule: str, section: tuple[str, ...], *, is_first: bool) -> Iterator[Edit]:
    """Places where the rule may belong, the best first."""
    newline = "\r\n" if "\r\n" in text else "\n"
    name = json.dumps(rule)
    for match in re.finditer(r"(?m)^[ \t]*(?:[\w.-]+\.)?ignore[ \t]*=[ \t]*\[(\s*)", text):
        separator = "" if is_first else f",{match[1] or ' '}"
        yield Edit(Span(match.end(), match.end()), f"{name}{separator}")
    line = f"ignore = [{name}]{newline}"
    header = re.escape(".".join(section))
    for match in re.finditer(rf"(?m)^[ \t]*\[[ \t]*{header}[ \t]*\].*(?:\n|$)", text) if section else ():
        start = "" if match[0].endswith("\n") else newline
        yield Edit(Span(match.end(), match.end()), f"{start}{line}")
    start = "" if not text or text.endswith("\n") else newline
    if section:
        start += f"{newline if text else ''}[{'.'.join(section)}]{newline}"
    elif first := re.search(r"(?m)^[ \t]*\[", text):
        yield Edit(Span(first.start(), first.start()), f"{line}{newline}")
    yield Edit(Span(len(text), len(text)), f"{start}{line}")
