"""YAML that is looked into, not turned into objects: an alias costs nothing, however often it multiplies, and nothing
that a tag asks for is made. PyYAML is loaded with the first text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yaml.nodes import Node

DEEPEST = 200
"""Lists and mappings one in the other: PyYAML recurses, and takes the process along when its stack is full."""


class Malformed(ValueError):
    """The text is no YAML. `line` is 0-based, None where the text is at fault as a whole."""

    def __init__(self, reason: str, line: int | None) -> None:
        super().__init__(reason)
        self.line = line


def parse(text: str) -> Node | None:
    """The document in a text; None for an empty one. Raises Malformed."""
    import yaml

    try:
        _measure(yaml.CSafeLoader(text))
        return yaml.CSafeLoader(text).get_single_node()
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, Malformed):
            raise
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "not to be read"
        raise Malformed(reason, mark.line if mark else None) from error


def _measure(loader: Any) -> None:
    """Go through all that begins and ends, which takes no recursion. Raises Malformed for what is too deep."""
    from yaml.events import CollectionEndEvent, CollectionStartEvent

    depth = 0
    while loader.check_event():
        event = loader.get_event()
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            raise Malformed("too deep to be read", None)


def items(node: Node | None) -> Iterator[tuple[str, Node]]:
    """The items of a mapping, those that are merged into it (`<<`) behind its own: an upper one counts."""
    waiting: list[Any] = [node]
    looked, seen = set[int](), set[str]()
    while waiting:
        node = waiting.pop()
        if not is_mapping(node) or id(node) in looked:
            continue
        looked.add(id(node))  # an alias can lead back to where it is
        for key, value in node.value:
            name = scalar(key)
            if name == "<<":
                waiting += reversed(elements(value) or [value])
            elif name is not None and name not in seen:
                seen.add(name)
                yield name, value


def get(node: Node | None, key: str) -> Node | None:
    return next((value for name, value in items(node) if name == key), None)


def elements(node: Node | None) -> list[Node]:
    """Those of a list."""
    return list(node.value) if node is not None and is_list(node) else []


def scalar(node: Node) -> str | None:
    """A scalar as it is written, whatever else it may stand for: `no`, `1.10`."""
    return str(node.value) if getattr(node, "id", "") == "scalar" else None


def is_list(node: Node) -> bool:
    return getattr(node, "id", "") == "sequence"


def is_mapping(node: Any) -> bool:
    return getattr(node, "id", "") == "mapping"
