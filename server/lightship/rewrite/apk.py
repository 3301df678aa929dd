"""apk without a cache: the flag that several rules add."""

from __future__ import annotations

from itertools import pairwise

from ..knowledge.packages import Action, Manager
from ..model.build import Run
from ..text import Edit, Span
from . import Refusal, Rewrite, add_flag


def without_index(run: Run) -> Rewrite | None:
    """`apk update && apk add x` → `apk add --no-cache x`: the flag fetches the index, and keeps it nowhere. None
    where that cannot be done."""
    script = run.script
    edits: list[Edit] = []
    adds: list[str] = []
    removes: list[str] = []
    if script is None or not script.certain or run.instruction.comments or script.comments:
        return None
    for call in run.calls_to({Manager.APK}, Action.INSTALL, Action.UPGRADE):
        if not call.meaning.has("--no-cache"):
            added = add_flag(call, run, "--no-cache")
            if isinstance(added, Refusal):
                return None
            edits += added.edits
            adds += added.adds
            removes += added.removes
    for call in run.calls_to({Manager.APK}, Action.UPDATE):
        item, following = next(
            ((item, after) for item, after in pairwise(script.items) if item.commands == (call.command,)),
            (None, None),
        )
        if (
            item is None
            or following is None
            or item.operator != "&&"
            or item.kind != "command"
            or run.exec_form
        ):
            return None
        edits.append(Edit(Span(item.span.start, following.span.start), ""))
        removes += [*(word.text for word in call.command.words), "&&"]
    return Rewrite(tuple(edits), tuple(adds), tuple(removes)) if edits else None
