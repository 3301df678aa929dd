"""Has lsprotocol build each of its classes when it is first used.

Importing `lsprotocol.types` has attrs compile the methods of some 550 classes, of which a conversation uses
a tenth. That was half of the time from the start of the process to its answer to `initialize`. Here they are
left as they are written, and completed by the same attrs, in place, as soon as one is made or looked into.
Should a later lsprotocol go about it in another way, this finds nothing to put off, and all is as without it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import RLock
from typing import Any

import attrs

_building = RLock()


class _Unbuilt:
    """Stands for `__attrs_attrs__`, by which attrs and cattrs know a class of theirs, until they look at it."""

    def __init__(self, complete: Callable[[], None]) -> None:
        self.complete = complete

    def __get__(self, instance: object, owner: type) -> Any:
        self.complete()
        return owner.__attrs_attrs__  # type: ignore[attr-defined]


def _put_off(cls: type | None = None, **options: Any) -> Any:
    """`attrs.define`, later."""
    if cls is None:
        return lambda cls: _put_off(cls, **options)

    def complete() -> None:
        # The reading thread and the worker may both come to need a class for the first time.
        with _building:
            if vars(cls)["__attrs_attrs__"] is unbuilt:
                # In place, which is to say without slots; and with an `__init__`, though it sees ours.
                attrs.define(cls, **{**options, "slots": False, "init": True})
                attrs.resolve_types(cls, vars(sys.modules[cls.__module__])["ALL_TYPES_MAP"], {})

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        complete()
        cls.__init__(self, *args, **kwargs)  # type: ignore[misc]

    unbuilt = _Unbuilt(complete)
    cls.__attrs_attrs__ = unbuilt  # type: ignore[attr-defined]
    cls.__init__ = __init__  # type: ignore[misc]
    return cls


def _import() -> None:
    define = attrs.define
    attrs.define = _put_off  # type: ignore[assignment]
    try:
        import lsprotocol.types  # noqa: F401
    finally:
        attrs.define = define

    # Types are resolved class by class above; lsprotocol would do it, and thus build, all of them at once.
    from lsprotocol import _hooks

    _hooks._resolved_forward_references = True


if "lsprotocol.types" not in sys.modules:
    _import()
