"""The scripts and files that stand in a Dockerfile."""

from __future__ import annotations

from ...model.build import Run, Step
from ...syntax.dockerfile import Heredoc
from ...text import code
from .shown import Hover


def heredoc(step: Step, offset: int) -> Hover | None:
    for doc in step.instruction.heredocs:
        for span in (doc.opener, doc.closer):
            if span and span.covers(offset):
                return Hover(_about_heredoc(step, doc), span)
    return None


def _about_heredoc(step: Step, doc: Heredoc) -> str:
    count = doc.text.count("\n")
    script = isinstance(step, Run) and len(step.instruction.words) == 1
    first = doc.text.lstrip().partition("\n")[0]
    if script and first.startswith("#!"):
        use = f"A script for {code(first[2:].strip())}."
    elif script:
        use = f"A script for {code(' '.join(step.state.shell))}."
    elif not doc.expand:
        use = "Its quotes say that nothing in it is expanded."
    else:
        use = f"{'The shell' if isinstance(step, Run) else 'BuildKit'} expands variables in it."
    tabs = " Tabs in front of its lines are taken off." if doc.chomp else ""
    return f"**Heredoc {code(doc.name)}**, {count} {'line' if count == 1 else 'lines'}\n\n{use}{tabs}"
