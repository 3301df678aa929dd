"""Settings written for docker-langserver, which people bring along in their editor's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_RULES = {
    "deprecatedMaintainer": "maintainer-deprecated",
    "emptyContinuationLine": "empty-continuation",
    "instructionCasing": "instruction-casing",
    "instructionCmdMultiple": "repeated-instruction",
    "instructionEntrypointMultiple": "repeated-instruction",
    "instructionHealthcheckMultiple": "repeated-instruction",
    "instructionJSONInSingleQuotes": "invalid-exec-form",
    "instructionWorkdirRelative": "relative-workdir",
}
"""The rule that a setting below `docker.languageserver.diagnostics` is about."""

_LEVELS = {"ignore": "off", "warning": "warning", "error": "error"}
"""The least severe first: where several settings are about one rule, the most severe counts."""


def translated(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same as settings of ours; empty where there are none."""
    match settings:
        case {"docker": {"languageserver": {"diagnostics": Mapping() as diagnostics}}}:
            pass
        case _:
            return {}
    severity = {
        _RULES[name]: level
        for meant, level in _LEVELS.items()
        for name, value in diagnostics.items()
        if name in _RULES and value == meant
    }
    chosen = [rule for rule, level in severity.items() if level != "off"]
    return {"severity": severity, "extend-select": chosen} if severity else {}
