"""Flags, the types and options of `--mount`, and the values of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...context import BuildContext
from ...knowledge.caches import CACHES
from ...knowledge.instructions import MOUNTS
from ...model.cursor import Place
from ...syntax.keywords import FLAGS
from . import bases, paths, values
from .item import Item, Kind, begins, filled

_MANY = frozenset(("mount", "exclude", "device"))
"""Flags that may be given more than once."""
_PLACEHOLDERS = {
    "chown": "user:group", "chmod": "755", "from": "stage", "platform": "linux/amd64", "exclude": "pattern",
    "checksum": "sha256:", "interval": "30s", "timeout": "30s", "start-period": "5s", "start-interval": "5s",
    "retries": "3", "mount": "type=cache,target=/path", "network": "none", "security": "sandbox",
    "device": "nvidia.com/gpu=all",
}  # fmt: skip
_CHOICES: dict[str, tuple[str, ...]] = {
    "platform": (
        "$BUILDPLATFORM", "$TARGETPLATFORM", "linux/amd64", "linux/arm64", "linux/arm/v7", "linux/386", "linux/ppc64le",
        "linux/riscv64", "linux/s390x", "windows/amd64",
    ),
    "chmod": ("755", "644", "600", "u=rwX,go=rX"),
    "network": ("default", "none", "host"),
    "security": ("sandbox", "insecure"),
    "checksum": ("sha256:",),
    "interval": ("30s", "1m", "5m"),
    "timeout": ("3s", "10s", "30s"),
    "start-period": ("5s", "30s", "1m"),
    "start-interval": ("1s", "5s"),
    "retries": ("1", "3", "5"),
}  # fmt: skip
_BOOLEANS = ("true", "false")
_OF_MOUNTS: dict[str, tuple[str, ...]] = {
    "sharing": ("shared", "private", "locked"),
    "required": _BOOLEANS,
    "mode": ("0400", "0600", "0755"),
    "uid": ("0", "1000"),
    "gid": ("0", "1000"),
    "size": ("64m", "512m", "1g"),
    "ro": _BOOLEANS,
    "rw": _BOOLEANS,
}
_WITHOUT_VALUE = frozenset(("ro", "rw", "required"))


def names(place: Place, snippets: bool) -> Iterator[Item]:
    """The flags that an instruction takes and has not got yet, in front of the cursor or behind it."""
    given = {*_behind(place), *(word.partition("=")[0] for word in place.flags)}
    span = place.last(len(place.word))
    for name, kind in FLAGS.get(place.keyword, {}).items():
        written = f"--{name}" if kind == "bool" else f"--{name}="
        if (f"--{name}" in given and name not in _MANY) or not begins(written, place.word):
            continue
        topic = f"flag {place.keyword} {name}"
        if kind != "bool" and snippets:
            snippet = f"{written}${{1:{_PLACEHOLDERS[name]}}}"
            yield Item(filled(snippet), Kind.FLAG, span, filled(snippet), snippet, topic=topic)
        else:
            yield Item(written, Kind.FLAG, span, written, topic=topic)


def _behind(place: Place) -> Iterator[str]:
    if place.step:
        instruction = place.step.instruction
        for flag in (instruction.inner if place.outer and instruction.inner else instruction).flags:
            if flag.span.start >= place.offset:
                yield f"--{flag.name.text}"


def of_flag(place: Place, context: BuildContext | None) -> Iterator[Item]:
    """What may be the value of the flag at the cursor."""
    name, _, typed = place.word.removeprefix("--").partition("=")
    kind = FLAGS.get(place.keyword, {}).get(name)
    topic = f"flag {place.keyword} {name}"
    if name == "mount" and kind:
        yield from _mount(place, typed, context)
    elif name == "from" and kind:
        yield from bases.origins(place, typed)
    elif name == "chown" and kind:
        yield from values.users(place, typed)
    elif kind:
        choices = _BOOLEANS if kind == "bool" else _CHOICES.get(name, ())
        yield from _choices(place, choices, typed, topic)


def _choices(place: Place, choices: Iterable[str], typed: str, topic: str = "") -> Iterator[Item]:
    span = place.last(len(typed))
    for choice in choices:
        if begins(choice, typed):
            yield Item(choice, Kind.VALUE, span, choice, topic=topic)


def _mount(place: Place, typed: str, context: BuildContext | None) -> Iterator[Item]:
    *before, field = typed.split(",")
    given = dict(part.partition("=")[::2] for part in before)
    kind = given.get("type", "bind").lower()
    key, equals, value = field.partition("=")
    if equals:
        yield from _of_option(place, kind, key.lower(), value, given, context)
        return
    span = place.last(len(field))
    if "type" not in given:
        for each in MOUNTS:
            if begins(f"type={each}", field):
                yield Item(f"type={each}", Kind.VALUE, span, f"type={each}", topic=f"mount {each}")
    doc = MOUNTS.get(kind)
    for option in doc.options if doc and before else ():
        if option not in given and begins(option, field):
            text = option if option in _WITHOUT_VALUE else f"{option}="
            yield Item(text, Kind.FLAG, span, text, topic=f"mount {kind} {option}")


def _of_option(
    place: Place, kind: str, key: str, typed: str, given: dict[str, str], context: BuildContext | None
) -> Iterator[Item]:
    """What may be the value of a mount's option."""
    if key == "type":
        span = place.last(len(typed))
        for each in MOUNTS:
            if begins(each, typed):
                yield Item(each, Kind.VALUE, span, each, topic=f"mount {each}")
    elif key == "from":
        yield from bases.origins(place, typed)
    elif key in ("source", "src") and kind == "bind" and "from" not in given:
        yield from paths.sources(place, typed, context)
    elif key in ("target", "dst", "destination"):
        yield from _choices(place, _targets(kind, given), typed)
    else:
        yield from _choices(place, _OF_MOUNTS.get(key, ()), typed, f"mount {kind} {key}")


def _targets(kind: str, given: dict[str, str]) -> Iterator[str]:
    if kind == "cache":
        seen = dict.fromkeys(folder for cache in CACHES.values() for folder in cache.folders("/root"))
        yield from sorted(seen, key=lambda folder: (not folder.startswith("/root/.cache"), folder))
    elif kind == "tmpfs":
        yield "/tmp"
    elif kind == "secret" and given.get("id"):
        yield f"/run/secrets/{given['id']}"
    elif source := given.get("source") or given.get("src"):
        yield f"/tmp/{source.rstrip('/').rpartition('/')[2]}"
