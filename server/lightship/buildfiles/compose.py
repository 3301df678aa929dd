"""The builds of a Compose file, https://docs.docker.com/reference/compose-file/build/"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from .. import yaml_nodes
from ..yaml_nodes import Malformed, elements, get, is_mapping, items, scalar
from . import MOST, Include, Read, Target, remote

if TYPE_CHECKING:
    from yaml.nodes import Node

_DEEPEST = 20
"""Services that a service extends, one from the other."""
_VARIABLE = re.compile(
    r"\$(?:\$|(?P<name>\w+)|\{(?P<braced>\w+)(?:(?P<operator>:?[-+?])(?P<other>[^{}]*))?\})"
)
"""https://docs.docker.com/reference/compose-file/interpolation/"""


def read(text: str, environment: Mapping[str, str]) -> Read:
    if "build" not in text and "include" not in text:
        return Read(())  # most Compose files only run what is there: they need no YAML parser
    try:
        root = yaml_nodes.parse(text)
    except Malformed as error:
        return Read((), {"": str(error) if error.line is None else f"line {error.line + 1} is not YAML"})
    includes = tuple(_includes(get(root, "include")))
    services = dict(islice(items(get(root, "services")), MOST + 1))
    targets: list[Target] = []
    problems: dict[str, str] = {}
    if len(services) > MOST:
        problems[""] = f"has more than {MOST} services"
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
    for each in elements(node):
        path, folder = get(each, "path"), get(each, "project_directory")
        if elements(path):
            path = elements(path)[0] if len(elements(path)) == 1 else None
        written = scalar(path or each)
        if written and "$" not in written and not remote(written):
            yield Include(written, scalar(folder) if folder else None)


def _layers(service: str, services: Mapping[str, Node]) -> Iterator[Node | str]:
    """The build of a service, and those of the services that it extends: an upper one counts. Words where that is
    not known."""
    for _ in range(_DEEPEST):
        node = services.get(service)
        build, extends = get(node, "build"), get(node, "extends")
        if build is not None:
            yield build
        if extends is None:
            return
        named = get(extends, "service") or extends
        if get(extends, "file") is not None or scalar(named) is None:
            yield "it extends a service of another file"
            return
        service = scalar(named) or ""
    yield "it extends too many services"


def _target(service: str, layers: Sequence[Node | str], environment: Mapping[str, str]) -> Target | str:
    """A service's build, or why it is not known; an empty reason where it concerns no Dockerfile on disk."""
    builds = [each for each in layers if not isinstance(each, str)]
    unknown = next((each for each in layers if isinstance(each, str)), "")
    if any(get(build, "dockerfile_inline") is not None for build in builds):
        return ""
    paths: dict[str, str] = {}
    sure = True
    for key in ("context", "dockerfile"):
        given = [node for build in builds if (node := _path(build, key))]
        if not given and unknown:
            return unknown if builds else ""
        written = scalar(given[0]) if given else ""
        if written is None:
            return "its build is no text"
        path, as_it_is = _filled(written, environment)
        if path is None:
            return f"`{written}` depends on the environment"
        paths[key] = path
        sure = sure and as_it_is
    if remote(paths["context"]):
        return ""
    stages = [scalar(stage) for build in builds if (stage := get(build, "target"))]
    arguments: dict[str, str | None] = {}
    contexts: dict[str, str | None] = {}
    for build in reversed(builds):
        arguments |= _pairs(get(build, "args"))
        contexts |= _pairs(get(build, "additional_contexts"))
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
    if is_mapping(build):
        return get(build, key)
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
    for name, value in islice(items(node), MOST):
        empty = value.tag == "tag:yaml.org,2002:null"
        found[name] = None if empty else _filled(scalar(value) or "$", {})[0] or None
    for each in elements(node)[:MOST]:
        name, equals, text = (scalar(each) or "").partition("=")
        found[name] = _filled(text, {})[0] if equals else None
    return found
