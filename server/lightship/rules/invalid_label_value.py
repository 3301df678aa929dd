r"""A label's value is empty, or not of the kind that its key asks for.

The OCI specification says what some labels hold: `org.opencontainers.image.created` a time, `url`, `source` and
`documentation` a URL, `licenses` an SPDX expression. Registries and scanners read them. Options name further labels
by the kind of their values.

## Example

```dockerfile
FROM debian:12-slim
LABEL org.opencontainers.image.licenses="Apache License 2.0"
```

Use instead:

```dockerfile
FROM debian:12-slim
LABEL org.opencontainers.image.licenses="Apache-2.0"
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..model.build import Label
from ..options import option
from . import Finding, Severity, Topic, rule

_OCI = "org.opencontainers.image."
_NO_LABELS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Options:
    """Labels by the kind of their values."""

    text: tuple[str, ...] = option(_NO_LABELS, "Labels that must not be empty.")
    url: tuple[str, ...] = option(
        (_OCI + "url", _OCI + "source", _OCI + "documentation"),
        "Labels that hold a URL.",
        hadolint=_NO_LABELS,
    )
    rfc3339: tuple[str, ...] = option((_OCI + "created",), "Labels that hold a time.", hadolint=_NO_LABELS)
    spdx: tuple[str, ...] = option((_OCI + "licenses",), "Labels that hold a licence.", hadolint=_NO_LABELS)
    hash: tuple[str, ...] = option(_NO_LABELS, "Labels that hold a git hash.")
    semver: tuple[str, ...] = option(_NO_LABELS, "Labels that hold a semantic version.")
    email: tuple[str, ...] = option(_NO_LABELS, "Labels that hold an e-mail address.")


_IDENTIFIER = r"(?:LicenseRef-|DocumentRef-)?[A-Za-z0-9][A-Za-z0-9.:-]*\+?"
_KINDS = {
    "url": ("a URL", r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/]\S*|[\w.-]+@[\w.-]+:\S+|mailto:\S+"),
    "rfc3339": (
        "a time such as 2025-01-31T12:00:00Z",
        r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])[Tt ]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]\d\d:\d\d)",
    ),
    "spdx": (
        "an SPDX expression such as Apache-2.0",
        rf"(?!(?:[AL]?GPLv?\d?|BSD|Apache\d?)$)\(*{_IDENTIFIER}\)*(?: (?:AND|OR|WITH) \(*{_IDENTIFIER}\)*)*",
    ),
    "hash": ("a git hash", r"[0-9a-f]{7,40}|[0-9a-f]{64}"),
    "semver": (
        "a semantic version such as 1.2.3",
        r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?",
    ),
    "email": ("an e-mail address", r"[^\s@<>]+@[^\s@<>.]+(\.[^\s@<>.]+)*"),
}


_CODES = {
    "text": "DL3051",
    "url": "DL3052",
    "rfc3339": "DL3053",
    "spdx": "DL3054",
    "hash": "DL3055",
    "semver": "DL3056",
    "email": "DL3058",
}


@rule(
    Severity.WARNING,
    topic=Topic.CORRECTNESS,
    aliases=tuple(_CODES.values()),
    options=Options,
)
def check(step: Label, options: Options) -> Iterator[Finding]:
    for pair in step.instruction.pairs:
        key, value = step.expand(pair.key), step.expand(pair.value)
        if not key or value is None or not pair.value:
            continue
        kinds = [kind for kind in ("text", *_KINDS) if key in getattr(options, kind)]
        span = pair.value.span if pair.value.text else pair.span
        if kinds and not value.strip():
            yield Finding(span, "{key} is empty.", None, {"key": key}, aliases=(_CODES["text"],))
            continue
        for kind in kinds:
            what, pattern = _KINDS.get(kind, ("", ""))
            if pattern and not (re.fullmatch(pattern, value) and (kind != "spdx" or _is_licence(value))):
                arguments = {"key": key, "what": what}
                template = "The value of {key} has to be {what}."
                yield Finding(span, template, None, arguments, aliases=(_CODES[kind],))


def _is_licence(expression: str) -> bool:
    """Whether SPDX knows all licences that the expression names."""
    from packaging import licenses

    try:
        licenses.canonicalize_license_expression(expression)
    except licenses.InvalidLicenseExpression:
        return False
    return True
