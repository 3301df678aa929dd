"""Parser directives at the top of a file, and names in comments that silence rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ... import regex
from ...knowledge.instructions import DIRECTIVES
from ...model.build import Build
from ...presets import PRESETS
from ...syntax.dockerfile import Comment, Directive
from ...text import Span
from .item import Item, Kind, begins, filled

_VALUES: Mapping[str, tuple[str, ...]] = {
    "syntax": ("docker/dockerfile:1", "docker/dockerfile:1-labs", "docker/dockerfile-upstream:master"),
    "escape": ("`", "\\"),
    "check": ("skip=", "error=true", "experimental=all"),
}
_OURS = regex.compile(
    r"lightship:\s*ignore(?:-file)?\s*\[(?:[^\],]*,)*\s*(?P<name>[^\s\],]*)\Z", re.IGNORECASE
)
_HADOLINT = regex.compile(r"hadolint\s+(?:(?:global|stage)\s+)?ignore\s*=(?:[^,]*,)*\s*(?P<name>\w*)\Z")
_CHECKS = regex.compile(r"check\s*=(?:[^;]*;)*\s*(?:skip|experimental)\s*=(?:[^,;]*,)*\s*(?P<name>\w*)\Z")
_OPTION = regex.compile(r"check\s*=(?:[^;]*;)*\s*(?P<name>\w*)\Z")
_VALUE = regex.compile(r"(?P<directive>syntax|escape)\s*=\s*(?P<name>\S*)\Z", re.IGNORECASE)
_BEGUN = regex.compile(r"(?:syntax|escape|check)\s*=", re.IGNORECASE)
_STARTS = ("lightship: ignore[", "lightship: ignore-file[", "hadolint ignore=", "check=skip=")


def items(
    build: Build, node: Comment | Directive, offset: int, rules: Mapping[str, str], snippets: bool
) -> Iterator[Item]:
    """What a comment may go on with. `rules` are the rules' summaries by name and alias."""
    typed = re.sub(r"^#[ \t]*", "", build.file.text[node.span.start : offset])
    top = isinstance(node, Directive) or _at_top(build, node)
    for pattern, names in (
        (_OURS, _ours(rules)),
        (_HADOLINT, sorted(name for name in rules if re.match(r"(DL|SC)\d", name))),
        (_CHECKS, (*PRESETS["buildkit"], "all")),
    ):
        if match := pattern.match(typed):
            yield from _names(names, match["name"], offset, rules)
            return
    if (match := _VALUE.match(typed)) and top:
        yield from _choices(
            _VALUES[match["directive"].lower()], match["name"], offset, match["directive"].lower()
        )
    elif match := _OPTION.match(typed):
        yield from _choices(_VALUES["check"], match["name"], offset, "check")
    elif re.fullmatch(r"\w*", typed) and top:
        yield from _directives(build, node, typed, offset, snippets)
    if typed and not top:
        yield from _choices((start for start in _STARTS if len(typed) > 1), typed, offset)


def _at_top(build: Build, node: Comment) -> bool:
    """Whether nothing but directives stands above, also such as have no value yet."""
    for each in build.file.nodes:
        if each is node:
            return True
        if not isinstance(each, Directive) and not (isinstance(each, Comment) and _BEGUN.match(each.text)):
            return False
    return False


def _directives(
    build: Build, node: Comment | Directive, typed: str, offset: int, snippets: bool
) -> Iterator[Item]:
    given = {each.name for each in build.file.directives if each is not node}
    span = Span(offset - len(typed), offset)
    for name in DIRECTIVES:
        value = _VALUES[name][0]
        if begins(name, typed) and name not in given:
            snippet = f"{name}=${{1:{value}}}" if name != "check" else "check=skip=${1:all}"
            text = filled(snippet)
            yield Item(text, Kind.KEYWORD, span, text, snippet if snippets else "", topic=f"directive {name}")


def _choices(choices: Iterable[str], typed: str, offset: int, directive: str = "") -> Iterator[Item]:
    span = Span(offset - len(typed), offset)
    for choice in choices:
        if begins(choice, typed):
            yield Item(choice, Kind.VALUE, span, choice, topic=f"directive {directive}" if directive else "")


def _ours(rules: Mapping[str, str]) -> list[str]:
    """Names of rules before their aliases."""
    return sorted(rules, key=lambda name: (not name.islower(), name))


def _names(names: Iterable[str], typed: str, offset: int, rules: Mapping[str, str]) -> Iterator[Item]:
    span = Span(offset - len(typed), offset)
    for name in names:
        if begins(name, typed):
            yield Item(name, Kind.RULE, span, name, detail=rules.get(name, ""), topic=f"rule {name}")
