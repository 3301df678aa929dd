r"""`ADD` is used for what `COPY` does, but `ADD` also unpacks archives and downloads.

With `COPY` a reader knows that files come as they are, and a source that becomes an archive one day stays one. Where
no source of a stage may be an archive, `ADD` does the same, and the rule speaks only where it is selected. All of
a stage are one finding.

## Example

```dockerfile
FROM debian:12-slim
ADD app.conf /etc/app.conf
```

Use instead:

```dockerfile
FROM debian:12-slim
COPY app.conf /etc/app.conf
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .. import regex
from ..model.build import Add, Build, Stage
from ..options import option
from ..text import Edit, Fix, Safety
from . import Finding, Severity, Topic, rule

_ARCHIVE = regex.compile(
    r"\.(tar|tgz|tbz2?|txz|tlz|tzst|taz|tz2|gz|bz2|xz|zst|lzma|Z)([.*?\d-]|$)", re.IGNORECASE
)
_REMOTE = regex.compile(r"[a-z][a-z0-9+.-]*://|git@|github\.com/", re.IGNORECASE)
_HTTP = regex.compile(r"[\"']?https?://")
_ADDS_MORE = ("checksum", "keep-git-dir", "unpack")


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Report every ADD with a source that is neither written like an archive nor like an HTTP address.",
        hadolint=True,
    )


@rule(Severity.INFO, topic=Topic.COPYING, aliases=("DL3020",), options=Options)
def check(build: Build, options: Options) -> Iterator[Finding]:
    for stage in build.stages:
        if options.strict:
            yield from _not_written_so(stage)
            continue
        steps = [
            (step, _is_plain(step)) for step in stage.all_steps if isinstance(step, Add) and _copies(step)
        ]
        quiet = all(plain for _, plain in steps)
        for step, plain in steps:
            keyword = step.instruction.keyword_span
            written = "copy" if build.source[keyword].islower() else "COPY"
            safety = Safety.SAFE if plain else Safety.UNSAFE
            yield Finding(
                keyword,
                "ADD also unpacks and downloads: use COPY for files that come as they are.",
                Fix(f"Use {written}", (Edit(keyword, written),), safety, ("COPY",), ("ADD",)),
                quiet=quiet,
                group=stage,
            )


def _copies(step: Add) -> bool:
    """Whether all that this `ADD` is known to do, `COPY` does as well."""
    return (
        bool(step.sources)
        and not any(step.instruction.flag(name) for name in _ADDS_MORE)
        and not any(
            source is None or _ARCHIVE.search(source) or _REMOTE.match(source) for source in step.sources
        )
    )


def _is_plain(step: Add) -> bool:
    """Whether no source of it can be an archive."""
    return all(_is_no_archive(step, str(source)) for source in step.sources)


def _is_no_archive(step: Add, source: str) -> bool:
    """Whether it is certain that `ADD` unpacks nothing here. It goes by content: any name may hide an archive."""
    name = source.rstrip("/").rpartition("/")[2]
    if source.endswith("/") or name in (".", "..", "") or source.startswith("<<"):
        return True
    context = step.stage.build.context
    if context and context.exists(source):
        return context.is_folder(source) or context.text(source) is not None
    return bool(re.search(r"[^.*?]\.[A-Za-z]\w*$", name)) and not re.search(
        r"\.(img|bin|layer|rootfs)$", name
    )


def _not_written_so(stage: Stage) -> Iterator[Finding]:
    for step in stage.steps:
        if isinstance(step, Add):
            words = step.instruction.words
            written = [word.text for word in words] if words else [value or "" for value in step.values]
            if any(not _ARCHIVE.search(source) and not _HTTP.match(source) for source in written[:-1]):
                yield Finding(step.instruction.keyword_span, "Use COPY for files and folders.")
