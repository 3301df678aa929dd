r"""Write the packages of an install one a line, in alphabetical order, as Docker's own guide asks.

Additions then are a line in the diff, and what is there twice is seen.

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends git curl ca-certificates
```

becomes

```dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends \
        ca-certificates \
        curl \
        git
```

Declined where the shell decides what is installed, and where options or comments stand between the packages.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ..knowledge.managers import SYSTEM, Action, Manager
from ..knowledge.packages import Kind
from ..model.build import Build, PackageCall, Run
from ..rewrite import Refusal, indent_of, line_end
from ..text import Edit, Fix, Safety, Span
from . import Offer, refactoring, touched

TITLE = "Sort the packages, one a line"


@refactoring
def offer(build: Build, span: Span) -> Iterator[Offer]:
    for stage in build.stages:
        for run in stage.runs:
            for call in run.calls_to(SYSTEM | {Manager.PIP}, Action.INSTALL):
                if len(call.meaning.packages) > 2 and touched(build, call.span, span):
                    outcome = _sorted(build, run, call)
                    if outcome:
                        yield Offer(call.span, TITLE, outcome)


def _sorted(build: Build, run: Run, call: PackageCall) -> Fix | Refusal | None:
    """None where there is nothing to do."""
    it, source = call.meaning, build.source
    indices = [package.index for package in it.packages]
    if run.exec_form or run.instruction.heredocs or not call.command.certain:
        return Refusal("the command is not in the shell form, or cannot be read with certainty")
    if it.unknown or any(package.kind is Kind.UNKNOWN for package in it.packages):
        return Refusal("the shell decides what is installed")
    if any(after - before != 1 for before, after in pairwise(indices)):
        return Refusal("options stand between the packages")
    found = [call.word(index) for index in indices]
    extent = Span(found[0].span.start, found[-1].span.end)
    if any(extent.start < comment.span.start < extent.end for comment in run.instruction.comments):
        return Refusal("comments stand between the packages")
    newline = line_end(build)
    packages = sorted((word.text for word in found), key=lambda text: (text.strip("'\"").lower(), text))
    lines = [source.line_of(word.span.start) for word in found]
    single = all(after > before for before, after in pairwise(lines))
    if single:
        gaps = [source.text[a.span.end : b.span.start] for a, b in pairwise(found)]
        text = "".join(part for pair in zip(packages, [*gaps, ""], strict=True) for part in pair)
        edit = Edit(extent, text)
    else:
        separator = f" {build.file.escape}{newline}{indent_of(run, build)}    "
        start = call.word(indices[0] - 1).span.end
        edit = Edit(Span(start, extent.end), separator + separator.join(packages))
    if source[edit.span] == edit.text:
        return None
    return Fix(TITLE, (edit,), Safety.SAFE, reorders=True)
