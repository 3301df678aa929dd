r"""A folder is copied with things in it that the image has no use for, or that nobody should see.

The history of the repository, `node_modules` and virtual environments of another machine, caches, and files of
credentials (`.env`, keys) come along with what is wanted. List them in `.dockerignore`: they are then neither
sent to the builder nor copied, and no longer make this step run again.

This is only said where the build context is at hand, of shipped stages. What is copied by its own name
(`COPY node_modules …`) is wanted; so is `.git` where a command of the stage is `git`. Where there is no
`.dockerignore` at all, `no-dockerignore` says so.

## Example

```dockerfile
FROM node:22-slim
COPY app/ /app
```

```app/index.js
console.log("Ahoy")
```

```app/node_modules/left-pad/index.js
module.exports = leftPad
```

Use instead:

```dockerfile
FROM node:22-slim
COPY app/ /app
```

```app/index.js
console.log("Ahoy")
```

```app/node_modules/left-pad/index.js
module.exports = leftPad
```

```.dockerignore
**/node_modules
```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ..model.build import Run, Step
from ..model.copies import described, sources, unwanted
from . import Finding, Severity, Topic, rule


@rule(Severity.WARNING, topic=Topic.COPYING, looks=True)
def check(step: Step) -> Iterator[Finding]:
    context = step.stage.build.context
    if context is None or not step.stage.shipped or step.triggered or step.instruction.flag("exclude"):
        return
    for source in sources(step):
        if source.whole and context.dockerignore is None:
            continue
        folder = "" if source.whole else source.path
        if not context.is_folder(folder) or context.leaves_out(folder):
            continue
        found = unwanted(context, folder)
        if _runs_git(step):
            found = [each for each in found if posixpath.basename(each.path) != ".git"]
        if found:
            yield Finding(
                source.span,
                "This copies {clutter} too: list what the image does not need in .dockerignore.",
                arguments={"clutter": described(found)},
            )


def _runs_git(step: Step) -> bool:
    return any(
        command.name == "git" for run in step.stage.steps if isinstance(run, Run) for command in run.commands
    )
