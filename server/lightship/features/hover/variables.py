"""Variables: what they are worth, and where that comes from."""

from __future__ import annotations

import re

from ...knowledge import environments
from ...knowledge.settings import ENVIRONMENT
from ...model.build import Arg, Env, From, Shellish, Step
from ...model.scope import PLATFORM_ARGUMENTS, PROXY_ARGUMENTS, Scope, Variable
from ...text import Span, code
from . import images
from .shown import Hover


def expanded(step: Step, offset: int) -> Hover | None:
    """A variable that BuildKit replaces: the innermost one in `${A:-$B}`."""
    references = [each for each in step.instruction.variables if each.span.covers(offset)]
    if not references:
        return None
    reference = min(references, key=lambda each: each.span.end - each.span.start)
    about = _variable(step, reference.name.text, step.scope)
    base = images.opening(step, offset)
    return Hover(f"{about}\n\n---\n\n{base.markdown}" if base else about, reference.span)


def of_shell(step: Step, offset: int) -> Hover | None:
    """A `$NAME` in what a shell runs."""
    if step.instruction.keyword not in ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
        return None
    source = step.stage.build.source
    line = source.line_span(source.line_of(offset))
    for match in re.finditer(
        r"(?<!\\)\$(?:\{\s*)?([A-Za-z_]\w*)[^}\s$]*\}|(?<!\\)\$([A-Za-z_]\w*)", source[line]
    ):
        span = Span(*match.span()).moved(line.start)
        if not span.covers(offset):
            continue
        name = match[1] or match[2]
        before = source.text[step.span.start : span.start]
        if re.search(rf"(?<![\w$]){name}=|\b(?:for|read|local)\s[^;&|\n]*\b{name}\b", before):
            return Hover(f"{code('$' + name)}\n\nA variable of this command's own shell.", span)
        return Hover(_variable(step, name, step.scope), span)
    return None


def declared(step: Step, offset: int) -> Hover | None:
    """The name in an ARG or ENV: what it is worth from here on."""
    if not isinstance(step, (Arg, Env)):
        return None
    instruction = step.instruction
    pair = next((each for each in instruction.pairs if each.key.span.covers(offset)), None)
    if pair is None:
        return None
    if isinstance(step, Env):
        scope = step.scope.with_env(instruction.pairs, instruction.escape)
    else:
        outer = step.stage.build.scope if step.stage.index >= 0 else None
        scope = step.scope.with_args(instruction.pairs, instruction.escape, outer)
    about = _variable(step, pair.key.text, scope)
    setting = ENVIRONMENT.get(pair.key.text)
    if setting and setting.value == scope.value(pair.key.text):
        about += f"\n\n{setting.meaning}"
    return Hover(about, pair.key.span)


_PLATFORMS = {
    "PLATFORM": ("the platform", "linux/arm64"),
    "OS": ("the operating system", "linux"),
    "ARCH": ("the architecture", "arm64"),
    "VARIANT": ("the variant of the architecture", "v8"),
    "OSVERSION": ("the version of the operating system", "10.0.20348"),
    "STAGE": ("the name", "build"),
}
"""What the second half of a predefined name means, with an example."""


def _variable(step: Step, name: str, scope: Scope) -> str:
    known = scope.get(name)
    value = known.value if known else None
    title = code(f"${name}")
    if value is not None:
        title += f" = {code(value)}" if value else ", empty"
    return f"{title}\n\n{_origin(step, name, known)}"


def _origin(step: Step, name: str, known: Variable | None) -> str:
    """Where a variable comes from, and who may change it."""
    build = step.stage.build
    at = f"line {build.source.line_of(known.origin.start) + 1}" if known and known.origin else ""
    if name in PLATFORM_ARGUMENTS and (known is None or known.kind == "predefined"):
        if known is None:
            return f"BuildKit knows it, but a stage has to ask for it: write {code(f'ARG {name}')}."
        what, example = _PLATFORMS[re.sub("^(TARGET|BUILD)", "", name)]
        whose = "of the machine that builds" if name.startswith("BUILD") else "that is built for"
        if name == "TARGETSTAGE":
            whose = "of the stage that is built"
        return f"Predefined by BuildKit: {what} {whose}, as `{example}`."
    if name in PROXY_ARGUMENTS and (known is None or known.kind == "predefined"):
        return "A proxy, predefined by BuildKit for RUN and kept out of the image's history."
    if known is None:
        return _unset(step, name)
    if known.kind == "ENV":
        return f"ENV, {at}." + (
            "" if known.value is not None else " Its value depends on the base image or the build."
        )
    given = code(f"--build-arg {name}=…")
    if known.value is None:
        return f"Build argument without a default, {at}: empty unless {given} says otherwise."
    return f"Build argument, {at}: this is the default, and {given} replaces it."


def _unset(step: Step, name: str) -> str:
    build = step.stage.build
    declared = build.scope.get(name)
    if declared and declared.origin:
        line = build.source.line_of(declared.origin.start) + 1
        return f"Line {line} declares it for FROM only: a stage that needs it has to repeat {code(f'ARG {name}')}."
    if isinstance(step, From) or step.stage.index < 0:
        return "No ARG above the first FROM declares it: it is empty."
    base = step.stage.base
    names = environments.of(base)
    if name == "PATH" or (names and name in names):
        return f"Set by the base image, {code(base or '')}." if base else "Set by the base image."
    if names is not None and name not in environments.USUAL:
        return "Nothing sets it: it is empty."
    if names is not None and not isinstance(step, Shellish):
        return "Only a shell knows it: it is empty here."
    return "Nothing in this file sets it; the base image or the shell may."
