r"""The protocol of an `EXPOSE` is written in capital letters.

## Example

```dockerfile
FROM bind:9.20
EXPOSE 53/UDP
```

Use instead:

```dockerfile
FROM bind:9.20
EXPOSE 53/udp
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.build import Expose
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule


@rule(Severity.HINT, topic=Topic.STYLE, aliases=("ExposeProtoCasing",))
def check(step: Expose) -> Iterator[Finding]:
    for word in step.instruction.words:
        ports, slash, protocol = word.text.partition("/")
        if slash and protocol != protocol.lower() and "$" not in protocol:
            span = Span(word.span.end - len(protocol), word.span.end)
            new = protocol.lower()
            fix = Fix(
                "Write it in lower case", (Edit(span, new),), Safety.SAFE, (f"{ports}/{new}",), (word.text,)
            )
            yield Finding(span, "Protocols are written in lower case: `{protocol}`.", fix, {"protocol": new})
