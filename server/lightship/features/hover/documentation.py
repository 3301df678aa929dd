"""Instructions, flags and the options of mounts, as they are documented."""

from __future__ import annotations

import re

from ...knowledge.instructions import INSTRUCTIONS, MOUNTS, PACKAGE_TIP, TIPS
from ...knowledge.packages import Action, Manager
from ...model.build import Run, Step
from ...syntax.dockerfile import Flag
from .images import origin_of_files
from .shown import Hover, document


def keyword(step: Step, offset: int) -> Hover | None:
    instruction = step.instruction
    inner = instruction.inner
    if instruction.keyword_span.covers(offset):
        span = instruction.keyword_span
    elif inner and inner.keyword_span.covers(offset):  # the CMD of a HEALTHCHECK is none of its own
        span = inner.keyword_span
    else:
        return None
    doc = INSTRUCTIONS.get(instruction.keyword)
    tip = TIPS.get(instruction.keyword, "")
    if isinstance(step, Run) and step.calls_to((Manager.PIP,), Action.INSTALL):
        tip = PACKAGE_TIP
    return Hover(document(doc, tip=tip), span) if doc else None


def flag(step: Step, offset: int) -> Hover | None:
    found = next((each for each in step.instruction.flags if each.span.covers(offset)), None)
    if found is None:
        return None
    name = found.name.text
    doc = (
        INSTRUCTIONS[step.instruction.keyword].flags.get(name)
        if step.instruction.keyword in INSTRUCTIONS
        else None
    )
    if doc is None:
        return None
    if found.value and found.value.span.covers(offset):
        if name == "from":
            return origin_of_files(step, found.value.text, step.expand(found.value), found.value.span)
        if name == "mount":
            return _mount(step, found, offset)
    title = f"--{name}" + (f"={doc.value}" if doc.value else "")
    return Hover(document(doc, title), found.span)


_SYNONYMS = {"src": "source", "dst": "target", "destination": "target", "readonly": "ro", "readwrite": "rw"}


def _mount(step: Step, flag: Flag, offset: int) -> Hover | None:
    """The type or option of a mount at the offset."""
    if flag.value is None:
        return None
    text = step.instruction.place(flag.value)
    fields = list(re.finditer(r"[^,]+", text.text))
    kind = next((f[0][5:].lower() for f in fields if f[0].lower().startswith("type=")), "bind")
    doc = MOUNTS.get(kind)
    for field in fields:
        span = text.span(*field.span())
        if not span.covers(offset):
            continue
        key, equals, value = field[0].partition("=")
        key = key.lower()
        if key == "from" and equals and offset > text.offset(field.start() + len(key)):
            return origin_of_files(step, value, value, span)
        option = doc.options.get(_SYNONYMS.get(key, key)) if doc else None
        if doc and key == "type":
            return Hover(document(doc, f"type={kind}"), span)
        if doc and option:
            article = "an" if kind == "ssh" else "a"
            return Hover(f"**`{key}`** of {article} {kind} mount: {option}\n\n[Reference]({doc.url})", span)
    return None
