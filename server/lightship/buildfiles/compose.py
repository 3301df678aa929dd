"""The builds of a Compose file, https://docs.docker.com/reference/compose-file/build/

Its YAML is looked into, not turned into objects: an alias costs nothing there, however often it multiplies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from . import Read, Target, remote

if TYPE_CHECKING:
    from yaml.nodes import Node

_MOST = 1_000
"""Services that are looked at."""
_LEVELS = 200
"""Lists inside of lists: PyYAML recurses."""


def read(text: str) -> Read:
    if "build" not in text:
        return Read(())  # most Compose files only run what is there: they need no YAML parser
    import yaml

    if _depth(text) > _LEVELS:
        return Read((), {"": "too deep to be read"})
    try:
        loader = yaml.CSafeLoader(text)
        try:
            root = loader.get_single_node()
        finally:
            loader.dispose()
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        return Read((), {"": f"line {mark.line + 1} is not YAML" if mark else "this is not YAML"})
    targets: list[Target] = []
    problems: dict[str, str] = {}
    for count, (service, node) in enumerate(_items(_get(root, "services"))):
        if count == _MOST:
            problems[""] = f"has more than {_MOST} services"
            break
        build = _get(node, "build")
        if build is None:
            continue
        found = _target(service, build, extends=_get(node, "extends") is not None)
        if isinstance(found, Target):
            targets.append(found)
        elif found:
            problems[service] = found
    return Read(tuple(targets), problems)


def _depth(text: str) -> int:
    """At least as many brackets, or dashes in a line, as stand one in the other."""
    depth = deepest = text.count("- - ")
    for match in re.finditer(r"[\[\]{}]", text):
        depth += 1 if match[0] in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _target(service: str, build: Node, *, extends: bool) -> Target | str:
    """A service's build, or why it is not known; an empty reason where it concerns no Dockerfile on disk."""
    written, file, stage = _text(build), _get(build, "dockerfile"), _get(build, "target")
    if written is None:
        if _get(build, "dockerfile_inline") is not None:
            return ""
        given = _get(build, "context")
        if given is None and extends:
            return "its context is another service's"
        written = _text(given) if given else ""
    dockerfile = _text(file) if file else ""
    if written is None or dockerfile is None:
        return "its build is no text"
    for path in (written, dockerfile):
        if "$" in path:
            return f"`{path}` depends on the environment"
    if remote(written):
        return ""
    target = _text(stage) if stage else None
    return Target(
        service,
        written or None,
        dockerfile or None,
        target,
        {name: value for name, value in _pairs(_get(build, "args")) if value is not None},
        {name: value or "" for name, value in _pairs(_get(build, "additional_contexts"))},
    )


def _pairs(node: Node | None) -> Iterator[tuple[str, str | None]]:
    """A mapping, or a list of `NAME=VALUE`; None for values that do not stand there."""
    pairs = [*_items(node)]
    if pairs:
        for name, value in pairs:
            text = _text(value)
            yield name, text if text and "$" not in text and value.tag != "tag:yaml.org,2002:null" else None
        return
    for each in _elements(node):
        name, equals, text = (_text(each) or "").partition("=")
        yield name, text if equals and "$" not in text else None


def _get(node: Node | None, key: str) -> Node | None:
    return next((value for name, value in _items(node) if name == key), None)


def _items(node: Node | None) -> Iterator[tuple[str, Node]]:
    """The items of a mapping, those that are merged into it (`<<`) behind its own: an upper one counts."""
    waiting: list[Any] = [node]
    looked, seen = set[int](), set[str]()
    while waiting:
        node = waiting.pop()
        if not _is(node, "mapping") or id(node) in looked:
            continue
        looked.add(id(node))  # an alias can lead back to where it is
        for key, value in node.value:
            name = _text(key)
            if name == "<<":
                waiting += reversed(_elements(value) or [value])
            elif name is not None and name not in seen:
                seen.add(name)
                yield name, value


def _elements(node: Node | None) -> list[Node]:
    """Those of a list."""
    return list(node.value) if node is not None and _is(node, "sequence") else []


def _text(node: Node) -> str | None:
    """A scalar as it is written: `no` and `1.10` are what Compose hands on as text too."""
    return str(node.value) if _is(node, "scalar") else None


def _is(node: object, kind: str) -> bool:
    return getattr(node, "id", "") == kind
