"""The words that rules, settings and reports share: how severe a finding is, and what it is about."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Severity(IntEnum):
    """As in the Language Server Protocol: the most severe has the lowest number."""

    ERROR = 1
    WARNING = 2
    INFO = 3
    HINT = 4


class Topic(StrEnum):
    """The guide's order: what keeps people safe comes before what saves bytes."""

    SECURITY = "security"
    DEBUGGING = "debugging"
    REPRODUCIBILITY = "reproducibility"
    CORRECTNESS = "correctness"
    BASE_IMAGE = "base-image"
    LAYERS = "layers"
    STAGES = "stages"
    ORDER = "order"
    PACKAGES = "packages"
    COPYING = "copying"
    STYLE = "style"


class Tag(IntEnum):
    """As in the Language Server Protocol."""

    UNNECESSARY = 1
    DEPRECATED = 2
