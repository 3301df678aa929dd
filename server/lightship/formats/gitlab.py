"""GitLab's Code Quality report: an array of issues, each with a fingerprint that lasts.

A fingerprint depends on the file, the rule, the message and the marked text, and not on the line: so an
issue stays the same one when lines come and go above it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator

from ..terms import Severity
from . import Checked, plain

LEVELS = {
    Severity.ERROR: "critical",
    Severity.WARNING: "major",
    Severity.INFO: "minor",
    Severity.HINT: "info",
}


def report(checked: Iterable[Checked]) -> Iterator[str]:
    """The array, a line for each issue."""
    before = "["
    seen: Counter[str] = Counter()
    for source, diagnostics in checked:
        for each in diagnostics:
            path = plain(source.name).replace("\\", "/").removeprefix("./")
            same = "\0".join((path, each.code, plain(each.message), plain(source[each.span])))
            seen[same] += 1
            issue = {
                "description": plain(each.message),
                "check_name": each.code,
                "fingerprint": hashlib.sha256(f"{same}\0{seen[same]}".encode()).hexdigest(),
                "severity": LEVELS[each.severity],
                "location": {
                    "path": path,
                    "lines": {
                        "begin": source.line_of(each.span.start) + 1,
                        "end": source.line_of(max(each.span.start, each.span.end - 1)) + 1,
                    },
                },
            }
            yield f"{before}\n  {json.dumps(issue)}"
            before = ","
    yield "[]\n" if before == "[" else "\n]\n"
