r"""`latest` is no version: it names whatever is newest on the day of the build.

The build that works today brings another major version next year, with no change in the Dockerfile to show
for it, and two machines may build on two different images of that name. Name the version that the app was
tested with; a digest (`@sha256:…`) pins even the bytes, whatever the tag says. All uses of
an image are one finding.

## Example

```dockerfile
FROM node:latest
CMD ["node", "--version"]
```

Use instead:

```dockerfile
FROM node:22-slim
CMD ["node", "--version"]
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..model.build import From
from ..options import option
from . import Finding, Severity, Topic, rule


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False, "Judge what is written, and not what the defaults of variables make of it.", hadolint=True
    )


@rule(Severity.WARNING, topic=Topic.REPRODUCIBILITY, aliases=("DL3007",), options=Options)
def check(step: From, options: Options) -> Iterator[Finding]:
    image = step.image.text if options.strict and step.image else step.stage.image
    if step.image is None or not image or step.stage.parent:
        return
    repository, _, tag = image.rpartition(":")
    if tag == "latest" and repository:
        by_default = "" if step.image.text == image else ", the default,"
        yield Finding(
            step.image.span,
            "`{image}`"
            + by_default
            + " is whatever is newest on the day of the build: name the version you tested with.",
            arguments={"image": image},
            group=image,
        )
