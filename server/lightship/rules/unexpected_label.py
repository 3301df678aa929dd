r"""A label is none of those that the project uses: often a misspelt one.

The rule says nothing until the settings name the labels.

## Example

With these settings:

```toml
[rules.unexpected-label]
labels = ["org.opencontainers.image.source"]
```

```dockerfile
FROM debian:12-slim
LABEL org.opencontainers.image.sources="https://github.com/example/app"
```

Use instead:

```dockerfile
FROM debian:12-slim
LABEL org.opencontainers.image.source="https://github.com/example/app"
```
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..model.build import Label
from ..options import option
from ..syntax.dockerfile import Pair
from ..text import Edit, Fix, Safety
from . import Finding, Severity, Topic, rule


@dataclass(frozen=True)
class Options:
    labels: tuple[str, ...] = option((), "The labels that may be used; without any, all may.")


@rule(Severity.INFO, topic=Topic.CORRECTNESS, aliases=("DL3050",), options=Options)
def check(step: Label, options: Options) -> Iterator[Finding]:
    for pair in step.instruction.pairs:
        key = step.expand(pair.key)
        if not options.labels or not key or key in options.labels:
            continue
        close = difflib.get_close_matches(key, options.labels, 1, 0.8)
        yield Finding(
            pair.key.span,
            "`{key}` is none of the labels of this project{hint}",
            _fix(pair, close[0]) if close else None,
            {"key": key, "hint": f": is {close[0]} meant?" if close else "."},
        )


def _fix(pair: Pair, name: str) -> Fix | None:
    old, value = pair.key.text, pair.value.text if pair.value else ""
    if not re.fullmatch(r"[\w./-]+", old) or pair.key.span.end - pair.key.span.start != len(old):
        return None
    words = ((f"{name}={value}",), (f"{old}={value}",))
    return Fix(f"Change it to {name}", (Edit(pair.key.span, name),), Safety.UNSAFE, *words)
