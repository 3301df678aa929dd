r"""An image comes from a registry that the project does not trust.

Whoever runs the registry of a base image, or of an image that files are copied from, decides what runs in yours.
The rule says nothing until the settings name the registries that are trusted; images without a registry come
from `docker.io`. Stages, `scratch` and images that only the build knows are left alone.

## Example

With these settings:

```toml
[rules.untrusted-registry]
registries = ["docker.io", "*.example.com"]
```

```dockerfile
FROM quay.io/team/base:1.4
CMD ["app"]
```

Use instead:

```dockerfile
FROM registry.example.com/team/base:1.4
CMD ["app"]
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ..knowledge import images
from ..model.build import Copy, From, Run, Step
from ..options import option
from ..text import Span
from . import Finding, Severity, Topic, rule

_PROPER = {"hub.docker.com": images.DOCKER_HUB}
"""What hadolint takes for Docker Hub's name too."""


@dataclass(frozen=True)
class Options:
    registries: tuple[str, ...] = option(
        (), "Trusted registries, as `docker.io`, `localhost:5000` or `*.example.com`; without any, all are."
    )


@rule(Severity.ERROR, topic=Topic.SECURITY, aliases=("DL3026",), options=Options)
def check(step: Step, options: Options) -> Iterator[Finding]:
    trusted = [_PROPER.get(name, name) for name in options.registries]
    if not trusted:
        return
    for image, span in _images(step):
        reference = images.parse(image)
        registry = _PROPER.get(reference.registry, reference.registry) if reference else ""
        if reference and not any(fnmatchcase(registry, name) for name in trusted):
            yield Finding(
                span,
                "`{registry}` is not among the trusted registries ({trusted}): take the image from one of them.",
                None,
                {"registry": reference.registry, "trusted": ", ".join(trusted)},
            )


def _images(step: Step) -> Iterator[tuple[str, Span]]:
    """The images that a step takes files from, as far as they are known, and where they are written."""
    stage = step.stage
    if isinstance(step, From):
        if step.image and stage.image and stage.image != "scratch" and not stage.parent:
            yield stage.image, step.image.span
        return
    origins: list[tuple[str | None, Span]] = []
    if isinstance(step, Copy) and (flag := step.instruction.flag("from")):
        origins.append((step.origin, flag.value.span if flag.value else flag.span))
    elif isinstance(step, Run):
        origins += ((mount.options.get("from"), mount.span) for mount in step.mounts)
    for name, span in origins:
        known = not name or name.isdecimal() or stage.build.stage(name, stage.index)
        if name and not known and stage.build.context_named(name) is None:
            yield name, span
