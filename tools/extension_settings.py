"""The settings of the VS Code extension that are the server's, made from the schema of `lightship.toml`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

OTHERWISE = ("fail-on", "features")
"""Settings that only mean something on the command line, and one that the extension has in a shape of its own."""

ALWAYS_OFFERED = {
    "navigation": "Definitions, references and renaming of stages and variables.",
    "selection": "Selections that grow by words, commands, instructions and stages.",
}
"""Features that the server has no setting for."""

OF_THE_PERSON = {
    "lightship.askRegistry": {
        "type": "boolean",
        "default": False,
        "order": 100,
        "scope": "application",
        "markdownDescription": "Whether a registry, or the engine on this machine, is asked for an image's digest "
        "when you choose to pin it. Nothing else ever uses the network. No project can set this.",
    }
}
"""What the server hears from an editor alone: in a `lightship.toml`, a project would decide for whoever opens it."""

_AUTO = "With `auto`, it is left to Docker's or Microsoft's extension where that is installed and has it too."


def manifest(text: str, schema: Mapping[str, Any], version: str) -> str:
    """`package.json` with its first two groups of settings, and its version, as they are now."""
    package = json.loads(text)
    package["version"] = version
    names = [entry["const"] for entry in schema["definitions"]["rule"]["oneOf"] if "const" in entry]
    rules, features, *_ = package["contributes"]["configuration"]
    rules["properties"] = {
        f"lightship.{_camel(key)}": {
            **_shape(each, schema["definitions"], [name for name in names if name.islower()]),
            "order": order,
            "scope": "window",
            "markdownDescription": each["description"],
        }
        for order, (key, each) in enumerate(schema["properties"].items())
        if key not in OTHERWISE
    } | OF_THE_PERSON
    offered = schema["properties"]["features"]["properties"]
    described = {key: each["description"] for key, each in offered.items()} | ALWAYS_OFFERED
    features["properties"] = {
        f"lightship.features.{_camel(key)}": {
            "type": "string",
            "enum": ["auto", "on", "off"],
            "default": "auto",
            "scope": "window",
            "markdownDescription": f"{description} {_AUTO}",
        }
        for key, description in described.items()
    }
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def _camel(key: str) -> str:
    return re.sub("-(.)", lambda match: match[1].upper(), key)


def _shape(each: Mapping[str, Any], definitions: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    """A schema as VS Code's settings take it: without references, and with a default to show.

    The server judges names of rules: it knows all spellings, and suggests one for what it does not know.
    """
    match each:
        case {"items": {"$ref": "#/definitions/rule"}}:
            return {
                "type": "array",
                "items": {"type": "string", "examples": names},
                "uniqueItems": True,
                "default": [],
            }
        case {"propertyNames": {"$ref": "#/definitions/rule"}}:
            return {"type": "object", "additionalProperties": definitions["severity"], "default": {}}
        case {"enum": values} if all(isinstance(value, str) for value in values):
            labels = ["none", *values]
            return {
                "type": ["string", "null"],
                "enum": [None, *values],
                "enumItemLabels": labels,
                "default": None,
            }
        case {"enum": values}:
            return {"enum": values, "default": "auto"}
        case {"anyOf": [{"type": "string"}, {"const": False}]}:
            return {"type": ["string", "boolean", "null"], "default": None}
        case {"type": "boolean"}:
            return {"type": "boolean", "default": True}
        case {"properties": rules}:
            options = {name: rules[name] for name in rules if name.islower()}
            return {"type": "object", "properties": options, "default": {}}
    raise ValueError(f"no setting of VS Code's for {each}")
