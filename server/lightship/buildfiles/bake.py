"""The targets of a Bake file, in HCL or JSON, https://docs.docker.com/build/bake/reference/"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from . import MOST, Read, Target, hcl, remote
from .hcl import UNKNOWN, Unknown

_DEEPEST = 100
"""Targets that a target inherits from, one from the other."""

Attributes = Mapping[str, Any]


def read(name: str, text: str) -> Read:
    try:
        known = dict(_in_json(text) if name.endswith(".json") else _in_hcl(text))
    except hcl.Malformed as error:
        return Read((), {"": str(error)})
    except (ValueError, RecursionError) as error:
        return Read((), {"": f"line {getattr(error, 'lineno', 1)} is not JSON"})
    targets: list[Target] = []
    problems: dict[str, str] = {}
    wholes: dict[str, dict[str, Any] | None] = {}
    for title in islice(known, MOST):
        found = _target(title, _whole(title, known, wholes))
        if isinstance(found, Target):
            targets.append(found)
        elif found:
            problems[title] = found
    if len(known) > MOST:
        problems[""] = f"has more than {MOST} targets"
    return Read(tuple(targets), problems)


def _in_hcl(text: str) -> Iterator[tuple[str, Attributes]]:
    for block in hcl.parse(text):
        if block.kind == "target" and block.labels:
            yield block.labels[0], block.attributes


def _in_json(text: str) -> Iterator[tuple[str, Attributes]]:
    root = json.loads(text)
    variables = _table(root.get("variable")) if isinstance(root, dict) else {}
    defaults = {
        name: default
        for name, each in variables.items()
        if (default := hcl.written(_table(each).get("default"))) is not None
    }
    match root:
        case {"target": dict(targets)}:
            for name, attributes in targets.items():
                if isinstance(attributes, dict):
                    yield name, {key: _plain(value, defaults) for key, value in attributes.items()}


def _plain(value: Any, defaults: Mapping[str, str]) -> Any:
    """A value of JSON, where text may be a template as in HCL."""
    match value:
        case str():
            return hcl.filled(json.dumps(value)[1:-1], defaults) if re.search(r"[$%]\{", value) else value
        case list():
            return [_plain(each, defaults) if isinstance(each, str) else UNKNOWN for each in value]
        case dict():
            return {
                key: _plain(each, defaults) if not isinstance(each, dict) else UNKNOWN
                for key, each in value.items()
            }
    return value


def _whole(
    name: str, known: Mapping[str, Attributes], done: dict[str, dict[str, Any] | None], depth: int = 0
) -> dict[str, Any] | None:
    """A target with what it inherits; None where that is not known. What is written later counts. What is `done` is
    worked out once, however many inherit it."""
    if name in done or depth > _DEEPEST:
        return done.get(name)
    done[name] = None  # to what inherits from itself
    own = known.get(name)
    inherited = own.get("inherits", []) if own is not None else UNKNOWN
    if own is None or not isinstance(inherited, list):
        return None
    whole: dict[str, Any] = {}
    for layer in (
        *(_whole(each, known, done, depth + 1) if isinstance(each, str) else None for each in inherited),
        own,
    ):
        if layer is None:
            return None
        tables = {key: _table(whole.get(key)) | _table(layer.get(key)) for key in ("args", "contexts")}
        whole |= {**layer, **tables}
    done[name] = whole
    return whole


def _table(value: object) -> dict[str, Any]:
    return dict(islice(value.items(), MOST)) if isinstance(value, dict) else {}


def _target(name: str, found: dict[str, Any] | None) -> Target | str:
    """A target, or why it is not known; an empty reason where it concerns no Dockerfile on disk."""
    if found is None:
        return "what it inherits is not known"
    if "dockerfile-inline" in found:
        return ""
    context, dockerfile = found.get("context", ""), found.get("dockerfile", "")
    if not isinstance(context, str) or not isinstance(dockerfile, str):
        which = "context" if isinstance(context, Unknown) else "Dockerfile"
        return f"its {which} would have to be computed"
    if remote(context) or context.startswith("target:"):
        return ""
    stage = found.get("target")
    arguments = {key: value for key, value in _table(found.get("args")).items() if isinstance(value, str)}
    sure = not isinstance(context, hcl.Default) and not isinstance(dockerfile, hcl.Default)
    contexts = {
        key: value if isinstance(value, str) else "" for key, value in _table(found.get("contexts")).items()
    }
    return Target(
        name,
        context or None,
        dockerfile or None,
        stage if isinstance(stage, str) else None,
        arguments,
        contexts,
        sure,
    )
