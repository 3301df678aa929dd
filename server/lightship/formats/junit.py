"""JUnit's XML: a test suite for each file, in which each finding is a test that failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from . import Checked
from .xml import HEADER, attributes, escape


def report(checked: Iterable[Checked]) -> Iterator[str]:
    """A file without findings is one test that passed."""
    yield f'{HEADER}<testsuites name="lightship">\n'
    for source, diagnostics in checked:
        counts = attributes(
            name=source.name, tests=max(1, len(diagnostics)), failures=len(diagnostics), errors=0
        )
        yield f"  <testsuite{counts}>\n"
        if not diagnostics:
            yield f"    <testcase{attributes(name='lightship', classname=source.name)} />\n"
        for each in diagnostics:
            line, column = source.position(each.span.start)
            place = f"{source.name}:{line + 1}:{column + 1}"
            case = attributes(
                name=f"{each.code} ({line + 1}:{column + 1})",
                classname=source.name,
                file=source.name,
                line=line + 1,
            )
            failure = attributes(message=each.message, type=each.severity.name.lower())
            yield (
                f"    <testcase{case}>\n"
                f"      <failure{failure}>{escape(f'{place}: {each.message}')}</failure>\n"
                "    </testcase>\n"
            )
        yield "  </testsuite>\n"
    yield "</testsuites>\n"
