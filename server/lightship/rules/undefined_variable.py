r"""An instruction uses a variable that nothing sets, so Docker puts nothing in its place.

An `ARG` from above the first `FROM` is not known in a stage until the stage says `ARG NAME` itself; one stage does
not know another's; and only the shell knows `$HOME`. What an unknown base image may set is left alone.

## Example

```dockerfile
ARG VERSION=1.0
FROM debian:12-slim
LABEL version=$VERSION
```

Use instead:

```dockerfile
ARG VERSION=1.0
FROM debian:12-slim
ARG VERSION
LABEL version=$VERSION
```
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from ..knowledge import environments
from ..model.build import Arg, Env, Expose, From, Onbuild, Stage, Step
from ..options import option
from ..rewrite import line_end
from ..syntax.dockerfile import VariableReference
from ..syntax.keywords import EXPANDED_FLAGS
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule

_ADDS_NOTHING = "{name} is not set before: there is nothing to add to."


@dataclass(frozen=True)
class Options:
    every: bool = option(
        False,
        "Also name variables whose absence is provided for, as in `${A:-b}`, and those that an `ENV` sets itself.",
        buildkit=True,
    )


@rule(Severity.WARNING, topic=Topic.CORRECTNESS, aliases=("UndefinedVar",), options=Options)
def check(stage: Stage, options: Options) -> Iterator[Finding]:
    set_by_base = environments.of(stage.base)
    for step in stage.steps:
        if isinstance(step, (From, Onbuild)):
            continue
        for reference in _references(step, options.every):
            name = reference.name.text
            known = name in step.scope.variables or name in (set_by_base or ()) or name == "PATH"
            if known or not name.isidentifier() or _just_declared(step, reference):
                continue
            template, arguments, fix = _told(step, reference, set_by_base is not None)
            if template:
                severity = Severity.INFO if template is _ADDS_NOTHING else None
                yield Finding(
                    reference.span,
                    template,
                    fix,
                    {"name": name, **arguments},
                    severity=severity,
                    aliases=() if isinstance(step, Expose) else None,  # BuildKit does not look there
                )


def _references(step: Step, every: bool) -> Iterator[VariableReference]:
    """The variables that the instruction expands; those whose absence it provides for, and its own, in `every` alone."""
    expanded = {*EXPANDED_FLAGS, "mount"}
    ignored = [flag.span for flag in step.instruction.flags if flag.name.text not in expanded]
    for reference in step.instruction.variables:
        if (reference.operator and not every) or any(span.covers(reference.span.start) for span in ignored):
            continue
        if every or reference.name.text not in _own(step) or _extends(step, reference):
            yield reference


def _just_declared(step: Step, reference: VariableReference) -> bool:
    """Whether an ARG declares the variable itself, before it uses it; ENV does not know its own."""
    return isinstance(step, Arg) and any(
        pair.key.text == reference.name.text and pair.span.end <= reference.span.start
        for pair in step.instruction.pairs
    )


def _own(step: Step) -> set[str]:
    """The variables that an ENV sets."""
    return {pair.key.text for pair in step.instruction.pairs} if isinstance(step, Env) else set()


def _extends(step: Step, reference: VariableReference) -> bool:
    """Whether a value adds to the variable's own: `PATH=/x:$PATH`."""
    return any(
        pair.key.text == reference.name.text and pair.span.covers(reference.span.start)
        for pair in step.instruction.pairs
    )


def _told(
    step: Step, reference: VariableReference, base_known: bool
) -> tuple[str, dict[str, object], Fix | None]:
    name = reference.name.text
    build = step.stage.build
    if reference.operator:
        template = "{name} is set nowhere, so what stands for its absence counts."
        return (template if base_known else ""), {}, None
    if name in _own(step) and not _extends(step, reference):
        template = "{name} has its new value behind this ENV only: what it was before is put here."
        return (template if base_known else ""), {}, None
    usual = environments.usual(name) and not base_known
    if name in build.scope.variables and not usual:
        declared = build.scope.variables[name]
        if declared.kind == "predefined":
            template = "{name} is empty in this stage until it is declared: write `ARG {name}` above."
        else:
            template = (
                "{name} is declared before FROM only, and empty in this stage: repeat `ARG {name}` above."
            )
        return template, {}, _declare(step, name)
    if _extends(step, reference):
        template = _ADDS_NOTHING
        if any(pair.value and pair.value.span == reference.span for pair in step.instruction.pairs):
            template = "{name} is not set before, and stays empty: declare `ARG {name}` above, if the build is to set it."
        return (template if base_known else ""), {}, None
    place = None if usual else _set_elsewhere(step, name)
    if place:
        line = build.source.line_of(place.start) + 1
        return "{name} is empty here: it is set in line {line} only.", {"line": line}, None
    close = difflib.get_close_matches(name, step.scope.variables, 1, 0.85) if len(name) > 3 else []
    if close and not usual:
        return "{name} is set nowhere: is {close} meant?", {"close": close[0]}, None
    if base_known:
        return "{name} is set nowhere, so nothing is put in its place.", {}, None
    return "", {}, None


def _set_elsewhere(step: Step, name: str) -> Span | None:
    """Where the variable is set, but not for this instruction."""
    for other in chain.from_iterable(stage.steps for stage in step.stage.build.stages):
        if isinstance(other, (Arg, Env)) and other is not step:
            for pair in other.instruction.pairs:
                if pair.key.text == name:
                    return pair.key.span
    return None


def _declare(step: Step, name: str) -> Fix:
    """`ARG name` above the instruction. What it changes is what was meant, but it does change."""
    at = step.instruction.extent.start
    keyword = "arg" if step.instruction.joined.text[:1].islower() else "ARG"
    edit = Edit(Span(at, at), f"{keyword} {name}{line_end(step.stage.build)}")
    return Fix(f"Declare {name} in this stage", (edit,), Safety.UNSAFE, ("ARG", name))
