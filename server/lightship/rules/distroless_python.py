r"""The image ships on distroless Python, which its makers call experimental.

`gcr.io/distroless/python3` has the Python of its Debian release and no other, no pip and no shell: what is
built elsewhere has to fit that very version, and a container that misbehaves cannot be looked into. Its makers
mark the Python image as experimental. `python:3.12-slim` costs some 70 MB more and has all of that.

Other languages' distroless images are left alone.

## Example

```dockerfile
FROM python:3.11-slim AS build
RUN pip install --no-cache-dir --target /app flask

FROM gcr.io/distroless/python3-debian12
COPY --from=build /app /app
CMD ["/app/main.py"]
```

Use instead:

```dockerfile
FROM python:3.11-slim AS build
RUN pip install --no-cache-dir --target /app flask

FROM python:3.11-slim
COPY --from=build /app /app
CMD ["python", "/app/main.py"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import regex
from ..knowledge import images
from ..model.build import From
from . import Finding, Severity, Topic, rule

_PYTHON = regex.compile(r"distroless/python(3|2\.7)?(-debian\d+)?\Z")


@rule(Severity.INFO, topic=Topic.BASE_IMAGE)
def check(step: From) -> Iterator[Finding]:
    reference = images.parse(step.stage.image) if step.stage.image and not step.stage.parent else None
    if reference is None or step.image is None or not _PYTHON.search(reference.name):
        return
    debug = (reference.tag or "").startswith("debug")
    if not debug and reference.registry in ("gcr.io", "ghcr.io", "docker.io"):
        yield Finding(
            step.image.span,
            "Distroless Python is experimental: one version of Python, no pip, no shell to look into it."
            " Use `python:3-slim`, in the version that the app was built with.",
        )
