r"""A command of a `RUN` cannot do in a build what it is for.

A service that is started ends with its `RUN`; nobody looks at `top` or types into `vim`; there is no host to
`shutdown`, and no right to `mount`.

## Example

```dockerfile
FROM debian:12-slim
RUN service cron start
```

Use instead:

```dockerfile
FROM debian:12-slim
CMD ["cron", "-f"]
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..model.build import Run
from ..options import option
from ..syntax.shell import Command
from . import Finding, Severity, Topic, rule

_FOR_PEOPLE = frozenset(("top", "htop", "less", "more", "vim", "vi", "nano", "emacs"))
_FOR_HOSTS = frozenset(("shutdown", "reboot", "halt", "poweroff"))
_TOLD = frozenset(("service", "systemctl", "rc-service", "mount")) | _FOR_PEOPLE | _FOR_HOSTS


_MENTIONED = frozenset(("free", "kill", "mount", "ps", "service", "shutdown", "ssh", "top", "vim"))
"""The commands of which hadolint's documentation says so."""


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Report every use of a fixed list of commands: free, kill, mount, ps, service, shutdown, ssh, top, vim.",
        hadolint=True,
    )


@rule(Severity.WARNING, topic=Topic.CORRECTNESS, aliases=("DL3001",), options=Options)
def check(run: Run, options: Options) -> Iterator[Finding]:
    if options.strict:
        for command in run.commands:
            if command.name in _MENTIONED:
                message = "`{name}` makes little sense in a build."
                yield Finding(command.words[0].span, message, None, {"name": command.name})
        return
    items = run.script.items if run.script else ()
    last = items[-1].commands if items else ()
    for command in run.commands:
        if command.name not in _TOLD:
            continue
        template = _told(run, command, ends=command in last)
        if template:
            yield Finding(command.words[0].span, template, None, {"name": command.name})


def _told(run: Run, command: Command, *, ends: bool) -> str:
    arguments = command.values[1:]
    alone = not {"pipeline", "substitution", "if"} & {*command.within} and not command.redirections
    scripted = any(value.startswith(("+", "-")) for value in arguments)
    match command.name:
        case "service" | "systemctl" | "rc-service" if ends and {"start", "restart"} & {*arguments}:
            return "A service ends with the RUN that starts it: start it when the container does."
        case name if name in _FOR_PEOPLE and alone and not scripted:
            return "`{name}` is for people, and nobody is there in a build: leave it out."
        case name if name in _FOR_HOSTS:
            return "There is no machine to `{name}` in a build: leave it out."
        case "mount" if arguments and not run.instruction.flag("security"):
            return "A build step may not `{name}`: use RUN --mount, or mount it when the container runs."
    return ""
