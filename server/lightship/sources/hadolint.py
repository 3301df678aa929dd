"""hadolint's own settings, `.hadolint.yaml`, as settings of ours.

PyYAML is loaded only where there is such a file. What hadolint would pass over in silence, as a misspelt
key, is named with its line; the rest of the file counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

from ..config import OFF, Known, Problem, Settings, nearest
from ..presets import PRESETS
from ..rules import known_names
from ..terms import Severity

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


def parse(text: str, file: str, known: Known | None = None) -> tuple[Settings, list[Problem]]:
    """The settings of a `.hadolint.yaml`. Never raises: what is no YAML is a problem."""
    import yaml

    try:
        loader = yaml.CSafeLoader(text)
        try:
            node = loader.get_single_node()
            content = loader.construct_document(node) if node else {}
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        return Settings(), [
            Problem(file, mark.line + 1 if mark else 1, f"This is not YAML: {reason}. The file is left out.")
        ]
    if not isinstance(content, dict):
        return Settings(), [Problem(file, 1, "This must be a mapping, as `ignored: [DL3006]`.")]
    reader = _Reader(known_names() if known is None else known, file, node)
    return reader.settings(content), reader.problems


class _Reader:
    """Reads what is right, and complains of the rest with its line."""

    def __init__(self, known: Known, file: str, root: Any) -> None:
        self._known = known
        self._file = file
        self._root = root
        self.problems: list[Problem] = []

    def settings(self, content: Mapping[str, Any]) -> Settings:
        known = set(KEYS)
        for key in content:
            if key not in known:
                self._complain(f'unknown key "{key}"{nearest(str(key), known)}', key)
        severities, wanted = self._override(content.get("override"))
        ignored = self._codes("ignored", content.get("ignored"), "ignored")
        fail_on: Severity | Literal["off"] | None = None
        threshold = content.get("failure-threshold")
        if threshold is not None:
            fail_on = THRESHOLDS.get(self._word("failure-threshold", threshold, THRESHOLDS) or "")
        if self._flag(content, "no-fail"):
            fail_on = OFF
        return Settings(
            ignore=ignored,
            # A level for a code that hadolint leaves out, as DL3057, asks for it; what is ignored stays so.
            extend_select=tuple(code for code in wanted if PRESETS["hadolint"].get(code) == OFF),
            severity=severities,
            fail_on=fail_on,
            suppressions=False if self._flag(content, "disable-ignore-pragma") else None,
            rules=dict(self._rules(content)),
            origin=self._file,
        )

    def _rules(self, content: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, object]]]:
        registries = self._strings("trustedRegistries", content.get("trustedRegistries"))
        if registries:
            yield REGISTRIES, {"registries": registries}
        schema = content.get("label-schema")
        strict = self._flag(content, "strict-labels")
        if schema is None:
            return
        if not isinstance(schema, Mapping):
            self._complain('"label-schema" must be a mapping of labels to kinds of text.', "label-schema")
            return
        kinds: dict[str, object] = {}
        for kind in LABEL_KINDS:
            kinds[kind] = tuple(str(key) for key, value in schema.items() if (value or "text") == kind)
        for key, value in schema.items():
            self._word(f'kind of label "{key}"', value or "text", LABEL_KINDS, key)
        labels = tuple(map(str, schema))
        yield MISSING, {"labels": labels}
        yield VALUES, kinds
        if strict:
            yield UNEXPECTED, {"labels": labels}

    def _override(self, value: object) -> tuple[dict[str, Severity | Literal["off"]], list[str]]:
        found: dict[str, Severity | Literal["off"]] = {}
        if isinstance(value, Mapping):
            for level, codes in value.items():
                if level not in SEVERITIES:
                    hint = nearest(str(level), SEVERITIES)
                    self._complain(f'unknown severity "{level}" in "override"{hint}', level)
                    continue
                found.update(
                    dict.fromkeys(self._codes(f'override" to "{level}', codes, level), SEVERITIES[level])
                )
        elif value is not None:
            self._complain('"override" must be a mapping of severities to lists of rules.', "override")
        return found, [*found]

    def _codes(self, key: str, value: object, place: str) -> tuple[str, ...]:
        """The codes in a list that there are: hadolint's, ShellCheck's, or what names a rule of ours."""
        right = []
        for code in self._strings(key, value, place):
            if code in PRESETS["hadolint"] or code in self._known or re.fullmatch(r"SC\d{4}", code):
                right.append(code)
            else:
                hint = nearest(code, {*PRESETS["hadolint"], *self._known})
                self._complain(f'unknown rule "{code}" in "{key}"{hint}', code)
        return tuple(right)

    def _strings(self, key: str, value: object, place: str | None = None) -> tuple[str, ...]:
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(value)
        self._complain(f'"{key}" must be a list of strings.', place or key)
        return ()

    def _word(self, key: str, value: object, words: Collection[str], place: str | None = None) -> str | None:
        if isinstance(value, str) and value in words:
            return value
        hint = nearest(str(value), words).replace(".", f": it is one of {', '.join(words)}.")
        self._complain(f'unknown {key} "{value}"{hint}', place or key)
        return None

    def _flag(self, content: Mapping[str, Any], key: str) -> bool:
        value = content.get(key)
        if not isinstance(value, bool | None):
            self._complain(f'"{key}" must be true or false.', key)
        return value is True

    def _complain(self, message: str, word: object) -> None:
        self.problems.append(Problem(self._file, _line(self._root, str(word)), message))


def _line(node: Any, word: str) -> int:
    """The 1-based line of the first scalar of that text below a node; else that of the node."""
    found = next((each for each in _scalars(node) if each.value == word), node)
    return int(found.start_mark.line) + 1


def _scalars(root: Any) -> Iterator[Any]:
    """All scalars below a node, in order, each once however many aliases it has."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node.value, str):
            yield node
        else:
            parts = (part for each in node.value for part in (each if isinstance(each, tuple) else (each,)))
            waiting += reversed([*parts])
