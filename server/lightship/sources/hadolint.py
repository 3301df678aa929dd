"""hadolint's own settings, `.hadolint.yaml`, as settings of ours.

What hadolint would pass over in silence, as a misspelt
key, is named with its line; the rest of the file counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, TypeGuard

from .. import yaml_nodes
from ..config import OFF, Known, Problem, Settings
from ..presets import PRESETS
from ..rules import known_names
from ..spelling import nearest
from ..terms import Severity
from ..yaml_nodes import Malformed, elements, is_list, is_mapping, items, scalar

if TYPE_CHECKING:
    from yaml.nodes import Node

SEVERITIES = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
    "style": Severity.HINT,
}
THRESHOLDS: Mapping[str, Severity | Literal["off"]] = {
    **SEVERITIES,
    "ignore": Severity.HINT,
    "none": Severity.HINT,
}
"""With `ignore` and `none`, whatever is found fails."""
REGISTRIES, MISSING, UNEXPECTED, VALUES = "DL3026", "DL3049", "DL3050", "DL3051"
"""Codes of the rules that take its options."""


LABEL_KINDS = ("text", "url", "rfc3339", "spdx", "hash", "semver", "email")
KEYS = (
    "ignored",
    "override",
    "trustedRegistries",
    "label-schema",
    "strict-labels",
    "disable-ignore-pragma",
    "failure-threshold",
    "no-fail",
    "format",  # these two are for our command line to say
    "no-color",
)
_TAG = "tag:yaml.org,2002:"


def parse(text: str, file: str, known: Known | None = None) -> tuple[Settings, list[Problem]]:
    """The settings of a `.hadolint.yaml`. Never raises: what is no YAML is a problem."""
    try:
        root = yaml_nodes.parse(text)
    except Malformed as error:
        message = f"This is not YAML: {error}. The file is left out."
        return Settings(), [Problem(file, (error.line or 0) + 1, message)]
    if root is not None and not is_mapping(root):
        return Settings(), [Problem(file, 1, "This must be a mapping, as `ignored: [DL3006]`.")]
    reader = _Reader(known_names() if known is None else known, file)
    if root is not None:
        reader.name_unknown(root)
    return reader.settings(dict(items(root))), reader.problems


class _Reader:
    """Reads what is right, and complains of the rest with its line."""

    def __init__(self, known: Known, file: str) -> None:
        self._known = known
        self._file = file
        self.problems: list[Problem] = []

    def name_unknown(self, root: Node) -> None:
        places = {scalar(key): key for key, _ in root.value}
        for key, value in items(root):
            if key not in KEYS:  # one that is merged in is told where its value stands
                self._complain(f'unknown key "{key}"{nearest(key, KEYS)}', places.get(key, value))

    def settings(self, content: Mapping[str, Node]) -> Settings:
        severities = self._override(content.get("override"))
        fail_on: Severity | Literal["off"] | None = None
        threshold = content.get("failure-threshold")
        if _is_set(threshold):
            fail_on = THRESHOLDS.get(self._word("failure-threshold", threshold, THRESHOLDS) or "")
        if self._flag(content, "no-fail"):
            fail_on = OFF
        return Settings(
            ignore=self._codes("ignored", content.get("ignored")),
            # A level for a code that hadolint leaves out, as DL3057, asks for it; what is ignored stays so.
            extend_select=tuple(code for code in severities if PRESETS["hadolint"].get(code) == OFF),
            severity=severities,
            fail_on=fail_on,
            suppressions=False if self._flag(content, "disable-ignore-pragma") else None,
            rules=dict(self._rules(content)),
            origin=self._file,
        )

    def _rules(self, content: Mapping[str, Node]) -> Iterator[tuple[str, dict[str, object]]]:
        registries = tuple(
            name for name, _ in self._strings("trustedRegistries", content.get("trustedRegistries"))
        )
        if registries:
            yield REGISTRIES, {"registries": registries}
        schema = content.get("label-schema")
        strict = self._flag(content, "strict-labels")
        if not _is_set(schema):
            return
        if not is_mapping(schema):
            self._complain('"label-schema" must be a mapping of labels to kinds of text.', schema)
            return
        kinds: dict[str, list[str]] = {kind: [] for kind in LABEL_KINDS}
        labels = tuple(items(schema))
        for label, node in labels:
            written = _is_set(node) and scalar(node) != ""
            kind = self._word(f'kind of label "{label}"', node, LABEL_KINDS) if written else "text"
            if kind:
                kinds[kind].append(label)
        names = tuple(label for label, _ in labels)
        yield MISSING, {"labels": names}
        yield VALUES, {kind: tuple(chosen) for kind, chosen in kinds.items()}
        if strict:
            yield UNEXPECTED, {"labels": names}

    def _override(self, node: Node | None) -> dict[str, Severity | Literal["off"]]:
        found: dict[str, Severity | Literal["off"]] = {}
        if _is_set(node) and not is_mapping(node):
            self._complain('"override" must be a mapping of severities to lists of rules.', node)
        for level, codes in items(node):
            if level not in SEVERITIES:
                self._complain(f'unknown severity "{level}" in "override"{nearest(level, SEVERITIES)}', codes)
                continue
            found.update(dict.fromkeys(self._codes(f'override" to "{level}', codes), SEVERITIES[level]))
        return found

    def _codes(self, key: str, node: Node | None) -> tuple[str, ...]:
        """The codes in a list that there are: hadolint's, ShellCheck's, or what names a rule of ours."""
        right = []
        for code, place in self._strings(key, node):
            if code in PRESETS["hadolint"] or code in self._known or re.fullmatch(r"SC\d{4}", code):
                right.append(code)
            else:
                hint = nearest(code, {*PRESETS["hadolint"], *self._known})
                self._complain(f'unknown rule "{code}" in "{key}"{hint}', place)
        return tuple(right)

    def _strings(self, key: str, node: Node | None) -> list[tuple[str, Node]]:
        """Those of a list, with their places."""
        if not _is_set(node):
            return []
        found = [(each.value, each) for each in elements(node) if each.tag == f"{_TAG}str"]
        if not is_list(node) or len(found) < len(node.value):
            self._complain(f'"{key}" must be a list of strings.', node)
            return []
        return found

    def _word(self, key: str, node: Node, words: Collection[str]) -> str | None:
        word = scalar(node)
        if word in words:
            return word
        given = "" if word is None else f' "{word}"'
        hint = nearest(word or "", words).replace(".", f": it is one of {', '.join(words)}.")
        self._complain(f"unknown {key}{given}{hint}", node)
        return None

    def _flag(self, content: Mapping[str, Node], key: str) -> bool:
        node = content.get(key)
        if not _is_set(node):
            return False
        if node.tag != f"{_TAG}bool":
            self._complain(f'"{key}" must be true or false.', node)
        return node.tag == f"{_TAG}bool" and node.value.lower() in ("true", "yes", "on")

    def _complain(self, message: str, node: Node) -> None:
        self.problems.append(Problem(self._file, node.start_mark.line + 1, message))


def _is_set(node: Node | None) -> TypeGuard[Node]:
    return node is not None and node.tag != f"{_TAG}null"
