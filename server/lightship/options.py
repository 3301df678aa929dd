"""Options of rules: the fields of a frozen dataclass, each with a default and a description.

What a setting may hold follows from the field's type: `bool`, `int`, `str`, a `Literal`, and tuples and
mappings (from strings) of these.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar

T = TypeVar("T")


def option(default: T, description: str, **presets: T) -> T:
    """A field of an options class. `presets` are its defaults under the presets that have another."""
    metadata = {"description": description, "presets": presets}
    return dataclasses.field(default=default, metadata=metadata)


class Option(NamedTuple):
    """A field as settings see it; `key` is how they spell its `name`."""

    name: str
    kind: Any
    default: object
    description: str
    presets: Mapping[str, object]

    @property
    def key(self) -> str:
        return self.name.replace("_", "-")


@cache
def options(cls: type) -> Mapping[str, Option]:
    """The options of a class, by their keys."""
    hints = typing.get_type_hints(cls)
    found = (
        Option(
            field.name,
            hints[field.name],
            field.default,
            field.metadata["description"],
            field.metadata["presets"],
        )
        for field in dataclasses.fields(cls)
    )
    return {each.key: each for each in found}


def make(cls: type, preset: str | None, values: Mapping[str, object]) -> object:
    """An instance of the class: `values` by name, over the preset's defaults, over the fields' own."""
    defaults = {
        each.name: each.presets[preset]
        for each in options(cls).values()
        if preset is not None and preset in each.presets
    }
    return cls(**{**defaults, **values})


def fits(kind: Any, value: object) -> bool:
    """Whether a value from a settings file is of that kind."""
    inner = typing.get_args(kind)
    match typing.get_origin(kind) or kind:
        case origin if origin is Literal:
            return value in inner
        case origin if origin is tuple:
            return isinstance(value, list | tuple) and all(fits(inner[0], each) for each in value)
        case origin if origin is Mapping:
            return isinstance(value, Mapping) and all(fits(inner[1], each) for each in value.values())
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def freeze(value: object) -> object:
    """A value that fits, as the class holds it: no lists."""
    return tuple(value) if isinstance(value, list) else value


_WORDS = {bool: "true or false", int: "a whole number", str: "a string"}
_TYPES = {bool: "boolean", int: "integer", str: "string"}


def words(kind: Any) -> str:
    """What has to be written, for people."""
    inner = typing.get_args(kind)
    match typing.get_origin(kind) or kind:
        case origin if origin is Literal:
            return "one of " + ", ".join(f'"{each}"' for each in inner)
        case origin if origin is tuple:
            return f"a list, each element {words(inner[0])}"
        case origin if origin is Mapping:
            return f"a table, each value {words(inner[1])}"
    return _WORDS[kind]


def schema(kind: Any) -> dict[str, Any]:
    """The JSON schema of a kind."""
    inner = typing.get_args(kind)
    match typing.get_origin(kind) or kind:
        case origin if origin is Literal:
            return {"enum": list(inner)}
        case origin if origin is tuple:
            return {"type": "array", "items": schema(inner[0])}
        case origin if origin is Mapping:
            return {"type": "object", "additionalProperties": schema(inner[1])}
    return {"type": _TYPES[kind]}
