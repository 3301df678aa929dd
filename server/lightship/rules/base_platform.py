r"""A base image is used for a platform that it does not have.

If there is one image alone, BuildKit takes it for whatever is asked for: its programs run emulated, or not at all
(`exec format error`). If there are several and none of them fits, the build fails.

Only a registry knows for which platforms an image is. It is asked on request alone, as anybody may ask it, and the
engine at hand where that fails, for that may have a login: `lightship check --ask-registry`. Without it the rule says
nothing, and so it does in an editor; of an image that nobody tells about, there is a warning instead.

The platform of a stage is what `FROM --platform=…` says, or those for which the project is built. Which these are, only
the settings can tell; without them a `FROM` that leaves its platform to the build is left alone, and so is one
with `$BUILDPLATFORM`, which is that of a machine. Operating system and architecture count, variants (`arm/v7`) do not.

## Example

```dockerfile
FROM --platform=linux/arm64 mysql:5.7
```

Use instead:

```dockerfile
FROM --platform=linux/arm64 mysql:8.4
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..knowledge import images
from ..model.build import From, Unanswered
from ..options import option
from . import Finding, Severity, Topic, rule


@dataclass(frozen=True)
class Options:
    platforms: tuple[str, ...] = option(
        (),
        "Platforms that the project is built for, as `linux/arm64`; without any, none is taken for granted.",
    )


@rule(
    Severity.WARNING,
    topic=Topic.BASE_IMAGE,
    aliases=("InvalidBaseImagePlatform",),
    options=Options,
    asks=True,
)
def check(opening: From, options: Options) -> Iterator[Finding]:
    stage, registries = opening.stage, opening.stage.build.registries
    if registries is None or not opening.image or not stage.image or stage.image == "scratch" or stage.parent:
        return
    reference = images.parse(stage.image)
    wanted = {each: _kind(each) for each in _platforms(opening, options)}
    if reference is None or not any(wanted.values()):
        return
    try:
        there = registries.platforms(reference)
    except Unanswered:  # who wanted them to be asked learns of it
        return
    kinds = {_kind(each) for each in there}
    missing = [each for each, kind in wanted.items() if kind and kind not in kinds]
    if missing:
        yield Finding(
            opening.image.span,
            "There is no `{image}` for {missing}, only for {there}: take another image, or a platform that there is.",
            None,
            {"image": stage.image, "missing": ", ".join(missing), "there": ", ".join(there)},
        )


def _platforms(opening: From, options: Options) -> tuple[str, ...]:
    """For which platforms the stage is built, as far as that is certain."""
    flag = opening.platform
    if flag is None:
        return options.platforms
    text = flag.value.text.strip("\"'") if flag.value else ""
    if re.fullmatch(r"\$(TARGETPLATFORM|\{TARGETPLATFORM\})", text):
        target = opening.scope.get("TARGETPLATFORM")
        return options.platforms if target and target.kind == "predefined" else ()
    value = opening.expand(flag.value)
    # Defaults that somebody gives to BuildKit's own arguments may be replaced in each build.
    return (value,) if value and not re.search(r"\$\{?(BUILD|TARGET)", text) else ()


_OTHER_NAMES = {
    "macos": "darwin",
    "aarch64": "arm64",
    "x86_64": "amd64",
    "x86-64": "amd64",
    "i386": "386",
    "armhf": "arm",
    "armel": "arm",
}
"""As containerd normalises what people write."""


def _kind(platform: str) -> tuple[str, str] | None:
    """Operating system and architecture; None where one of them is left to the builder, or it is no platform."""
    match platform.lower().split("/"):
        case [system, architecture, *more] if system and architecture and len(more) < 2:
            system = system.partition("(")[0]  # windows(10.0.20348)
            return _OTHER_NAMES.get(system, system), _OTHER_NAMES.get(architecture, architecture)
    return None
