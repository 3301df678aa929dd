"""The builds of a Compose file, https://docs.docker.com/reference/compose-file/build/

Its YAML is looked into, not turned into objects: an alias costs nothing there, however often it multiplies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from . import Include, Read, Target, remote

if TYPE_CHECKING:
    from yaml.nodes import Node

_MOST = 1_000
"""Services that are looked at."""
_DEEPEST = 20
"""Services that a service extends, one from the other."""
_VARIABLE = re.compile(
    r"\$(?:\$|(?P<name>\w+)|\{(?P<braced>\w+)(?:(?P<operator>:?[-+?])(?P<other>[^{}]*))?\})"
)
"""https://docs.docker.com/reference/compose-file/interpolation/"""
_LEVELS = 200
"""Lists inside of lists: PyYAML recurses."""


def read(text: str, environment: Mapping[str, str]) -> Read:
    if "build" not in text and "include" not in text:
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
    includes = tuple(_includes(_get(root, "include")))
    services = dict(islice(_items(_get(root, "services")), _MOST + 1))
    targets: list[Target] = []
    problems: dict[str, str] = {}
    if len(services) > _MOST:
        problems[""] = f"has more than {_MOST} services"
        services.popitem()
    for service in services:
        layers = [*_layers(service, services)]
        if any(isinstance(each, str) for each in layers) or any(layers):
            found = _target(service, layers, environment)
            if isinstance(found, Target):
                targets.append(found)
            elif found:
                problems[service] = found
    return Read(tuple(targets), problems, includes)


def _includes(node: Node | None) -> Iterator[Include]:
    """Files that are taken in, each for itself; those that are merged into one are not known."""
    for each in _elements(node):
        path, folder = _get(each, "path"), _get(each, "project_directory")
        if _elements(path):
            path = _elements(path)[0] if len(_elements(path)) == 1 else None
        written = _text(path or each)
        if written and "$" not in written and not remote(written):
            yield Include(written, _text(folder) if folder else None)


def _layers(service: str, services: Mapping[str, Node]) -> Iterator[Node | str]:
    """The build of a service, and those of the services that it extends: an upper one counts. Words where that is
    not known."""
    for _ in range(_DEEPEST):
        node = services.get(service)
        build, extends = _get(node, "build"), _get(node, "extends")
        if build is not None:
            yield build
        if extends is None:
            return
        named = _get(extends, "service") or extends
        if _get(extends, "file") is not None or _text(named) is None:
            yield "it extends a service of another file"
            return
        service = _text(named) or ""
    yield "it extends too many services"


def _depth(text: str) -> int:
    """At least as many brackets, or dashes in a line, as stand one in the other."""
    depth = deepest = text.count("- - ")
    for match in re.finditer(r"[\[\]{}]", text):
        depth += 1 if match[0] in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _target(service: str, layers: Sequence[Node | str], environment: Mapping[str, str]) -> Target | str:
    """A service's build, or why it is not known; an empty reason where it concerns no Dockerfile on disk."""
    builds = [each for each in layers if not isinstance(each, str)]
    unknown = next((each for each in layers if isinstance(each, str)), "")
    if any(_get(build, "dockerfile_inline") is not None for build in builds):
        return ""
    paths: dict[str, str] = {}
    sure = True
    for key in ("context", "dockerfile"):
        given = [node for build in builds if (node := _path(build, key))]
        if not given and unknown:
            return unknown if builds else ""
        written = _text(given[0]) if given else ""
        if written is None:
            return "its build is no text"
        path, as_it_is = _filled(written, environment)
        if path is None:
            return f"`{written}` depends on the environment"
        paths[key] = path
        sure = sure and as_it_is
    if remote(paths["context"]):
        return ""
    stages = [_text(stage) for build in builds if (stage := _get(build, "target"))]
    arguments: dict[str, str | None] = {}
    contexts: dict[str, str | None] = {}
    for build in reversed(builds):
        arguments |= _pairs(_get(build, "args"))
        contexts |= _pairs(_get(build, "additional_contexts"))
    return Target(
        service,
        paths["context"] or None,
        paths["dockerfile"] or None,
        stages[0] if stages else None,
        {name: value for name, value in arguments.items() if value is not None},
        {name: value or "" for name, value in contexts.items()},
        sure,
    )


def _path(build: Node, key: str) -> Node | None:
    """What a build says of its `context` or `dockerfile`; it may be a context alone."""
    if _is(build, "mapping"):
        return _get(build, key)
    return build if key == "context" else None


def _filled(text: str, environment: Mapping[str, str]) -> tuple[str | None, bool]:
    """A text with the values of its variables, None where one is not known; and whether it has none."""
    unknown = "$" in _VARIABLE.sub("", text)

    def value(match: re.Match[str]) -> str:
        nonlocal unknown
        if match[0] == "$$":
            return "$"
        name, operator, other = (
            match["name"] or match["braced"] or "",
            match["operator"] or "",
            match["other"] or "",
        )
        known = environment.get(name)
        there = bool(known) if operator.startswith(":") else known is not None
        match operator[-1:]:
            case "+":
                return other if there else ""
            case "-" if not there and "$" not in other:
                return other
        unknown = unknown or not there
        return known or ""

    filled = _VARIABLE.sub(value, text)
    return (None if unknown else filled), "$" not in text


def _pairs(node: Node | None) -> dict[str, str | None]:
    """A mapping, or a list of `NAME=VALUE`; None for values that do not stand there. Nothing is taken from a `.env`:
    it may hold secrets."""
    found: dict[str, str | None] = {}
    for name, value in _items(node):
        empty = value.tag == "tag:yaml.org,2002:null"
        found[name] = None if empty else _filled(_text(value) or "$", {})[0] or None
    for each in _elements(node):
        name, equals, text = (_text(each) or "").partition("=")
        found[name] = _filled(text, {})[0] if equals else None
    return found


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
