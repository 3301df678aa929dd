r"""A base image without a tag is `latest`: whatever that is on the day of the build.

The build that works today brings another Python, another Debian or another major version next year, with
no change in the Dockerfile to show for it. Name the version that the app was tested with; a digest
(`@sha256:…`) pins even the bytes.

Stages, `scratch` and digests need no tag. Variables are read through their defaults: an image whose value
only the build knows is left alone. All uses of an image are one finding.

## Example

```dockerfile
FROM python
CMD ["python", "-c", "print('hello')"]
```

Use instead:

```dockerfile
FROM python:3.13-slim
CMD ["python", "-c", "print('hello')"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .. import regex
from ..model.build import From
from ..options import option
from . import Finding, Severity, Topic, rule

_UNTAGGED = regex.compile(r"([\w.-]+(:\d+)?/)*[a-z0-9_.-]+", re.ASCII)
"""A repository without tag and digest. What else stands there is no image but some other tool's template."""
_WRITTEN = regex.compile(r"[^$@]([^@]*/)?[^:@/]*")


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False, "Judge what is written, and not what the defaults of variables make of it.", hadolint=True
    )


@rule(Severity.WARNING, topic=Topic.REPRODUCIBILITY, aliases=("DL3006",), options=Options)
def check(step: From, options: Options) -> Iterator[Finding]:
    image = step.image.text if options.strict and step.image else step.stage.image
    if step.image is None or not image or image == "scratch" or step.stage.parent:
        return
    if (_WRITTEN if options.strict else _UNTAGGED).fullmatch(image):
        by_default = "" if step.image.text == image else ", the default,"
        yield Finding(
            step.image.span,
            "`{image}`"
            + by_default
            + " has no tag, so each build may get another version: name the one you tested with.",
            arguments={"image": image},
            group=image,
        )
