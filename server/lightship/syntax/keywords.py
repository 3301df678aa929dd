"""What Docker's own frontend knows: its instructions, and how each is read."""

from __future__ import annotations

FLAGS: dict[str, dict[str, str]] = {
    "ADD": {
        "chmod": "value", "chown": "value", "link": "bool", "checksum": "value", "keep-git-dir": "bool",
        "exclude": "list", "unpack": "bool",
    },
    "COPY": {
        "chmod": "value", "chown": "value", "from": "value", "link": "bool", "parents": "bool",
        "exclude": "list",
    },
    "FROM": {"platform": "value"},
    "HEALTHCHECK": {
        "interval": "duration", "timeout": "duration", "start-period": "duration",
        "start-interval": "duration", "retries": "integer",
    },
    "RUN": {"mount": "list", "network": "network", "security": "security", "device": "list"},
}  # fmt: skip
"""Each instruction's flags and what their values are (Docker's Dockerfile reference, 1.20)."""

EXPANDED_FLAGS = frozenset(("chmod", "chown", "checksum", "platform"))
"""Flags in whose values BuildKit replaces variables (`--mount` does so field by field)."""

KEYWORDS = (
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
    "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
)  # fmt: skip

PAIRED = frozenset(("ARG", "ENV", "LABEL"))
"""Their arguments are pairs of a key and a value."""

JSON_FORMS = frozenset(("RUN", "CMD", "ENTRYPOINT", "SHELL", "VOLUME", "COPY", "ADD"))
"""Their arguments may be a JSON array."""

ONE_ARGUMENT = frozenset(("MAINTAINER", "USER", "WORKDIR", "STOPSIGNAL"))
"""Their arguments are a single word, spaces and all."""

NOT_EMPTY = frozenset(("ENV", "LABEL", "ARG", "EXPOSE", "VOLUME", "SHELL", "ONBUILD", "HEALTHCHECK"))

EXPANDED = frozenset(
    ("ADD", "ARG", "COPY", "ENV", "EXPOSE", "FROM", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")
)
"""BuildKit replaces variables in their arguments."""
