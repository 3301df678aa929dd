"""The options of `RUN --mount`: which there are, and what BuildKit refuses in them.

What depends on the base image is not said: a target that is not absolute is taken from its WORKDIR.
"""

from __future__ import annotations

import csv
import re

from .. import regex
from . import values, words

TYPES = ("bind", "cache", "tmpfs", "secret", "ssh")
SHARING = ("shared", "private", "locked")
KEYS = (
    "type", "from", "source", "target", "readonly", "id", "sharing", "required", "size", "mode", "uid", "gid",
    "src", "dst", "destination", "ro", "rw", "readwrite", "env",
)  # fmt: skip
"""In the order in which BuildKit looks for one that was meant."""

_SWITCHES = frozenset(("readonly", "ro", "readwrite", "rw"))
_OWNED = frozenset(("secret", "ssh", "cache"))
_SIZE = regex.compile(r"\d+(\.\d+)?\s*([kKmMgGtTpP]?(i?[bB])?)", re.ASCII)


def failure(value: str, escape: str) -> str:
    """BuildKit's words for what is wrong with a mount's options, or ''.

    A value with a variable in it is taken to be well.
    """
    try:
        fields = next(csv.reader([value], strict=False), [])
    except csv.Error as error:
        return f"failed to parse csv mounts: {error}"
    if not fields:
        return "failed to parse csv mounts: EOF"
    kind = "bind"
    given: dict[str, str] = {}
    for field in fields:
        written, equals, setting = field.partition("=")
        key = written.lower()
        if key == "from" and "$" in setting:
            return "'from' doesn't support variable expansion, define alias stage instead"
        if not equals:
            if key == "required" and kind not in {"secret", "ssh"}:
                return f"unexpected key '{key}' for mount type '{kind}'"
            if key not in _SWITCHES and key != "required":
                return f"invalid field '{field}' must be a key=value pair"
            continue
        problem = _expansion(setting, escape) or _field(kind, field, key, setting)
        if problem:
            return problem
        if key == "type":
            kind = setting.lower()
            if "$" in kind:
                return ""
        given[key] = setting
    return _together(kind, given)


def _expansion(setting: str, escape: str) -> str:
    reason = words.failure(setting, escape) if "${" in setting else ""
    return f"failed to process {values.quote(setting)}: {reason}" if reason else ""


def _field(kind: str, field: str, key: str, setting: str) -> str:
    if key not in KEYS:
        return f"unexpected key '{key}' in '{field}'{values.suggestion(key, KEYS)}"
    if (key == "size" and kind != "tmpfs") or (key == "required" and kind not in {"secret", "ssh"}):
        return f"unexpected key '{key}' for mount type '{kind}'"
    if "$" in setting:
        return ""
    match key:
        case "type" if setting.lower() not in TYPES:
            return f"unsupported mount type {values.quote(setting)}{values.suggestion(setting, TYPES)}"
        case "sharing" if setting.lower() not in SHARING:
            return f"unsupported sharing value {values.quote(setting)}{values.suggestion(setting, SHARING)}"
        case "mode" if not re.fullmatch(r"[0-7]{1,11}", setting):
            return f"invalid value {setting} for mode"
        case "uid" | "gid" if not re.fullmatch(r"[0-9]{1,10}", setting):
            return f"invalid value {setting} for {key}"
        case "size" if not _SIZE.fullmatch(setting):
            return f"invalid value for size: {setting}"
        case "required" if not values.boolean(setting):
            return f"invalid value for required: {setting}"
        case _ if key in _SWITCHES and not values.boolean(setting):
            return f"invalid value for {key}: {setting}"
    return ""


def _together(kind: str, given: dict[str, str]) -> str:
    """What is wrong with options that are well each on its own."""
    if kind not in _OWNED:
        for key in ("mode", "uid", "gid"):
            if key in given:
                return f'{key} not allowed for "{kind}" type mounts'
    source = given.get("source") or given.get("src")
    target = given.get("target") or given.get("dst") or given.get("destination")
    if kind == "secret":
        if "sharing" in given:
            return "secret mount should not define sharing"
        if not (source or target or given.get("id") or given.get("from")):
            return "invalid secret mount. one of source, target required"
        if source and given.get("id"):
            return "both source and id can't be set"
        return ""
    if "sharing" in given and kind != "cache":
        return f"invalid cache sharing set for {kind} mount"
    if kind == "ssh":
        return "ssh does not support source" if source else ""
    return 'invalid mount target "/"' if target == "/" else ""
