"""A report in Markdown, for the summary of a CI run or a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..text import escaped, printable
from . import Checked


def report(checked: Iterable[Checked]) -> Iterator[str]:
    """A table for each file with findings, and a line that counts them."""
    files = findings = 0
    for source, diagnostics in checked:
        files += 1
        findings += len(diagnostics)
        if diagnostics:
            yield f"### {_text(source.name)}\n\n| line | severity | rule | finding |\n| ---: | --- | --- | --- |\n"
            for each in diagnostics:
                cells = (
                    str(source.line_of(each.span.start) + 1),
                    each.severity.name.lower(),
                    _text(each.code),
                    _text(each.message),
                )
                yield f"| {' | '.join(cells)} |\n"
            yield "\n"
    yield f"{findings or 'No'} finding{'' if findings == 1 else 's'} in {files} file{'' if files == 1 else 's'}.\n"


def _text(text: str) -> str:
    """On one line, and nothing but text and the code that stands between single backticks."""
    parts = re.split("((?<!`)`[^`]+`(?!`))", " ".join(printable(text).split()))
    return "".join(part.replace("|", "\\|") if at % 2 else escaped(part) for at, part in enumerate(parts))
