r"""A command that fails in front of a pipe goes unnoticed: the build takes the last command's word for it.

`curl … | sh` may have loaded half of the script, or none. With `pipefail` the shell fails if any part
does. Debian's `/bin/sh` has none, but the image has bash; Alpine's shell has it. Note that with it, what is cut off
by `head` or `grep -q` counts as failed.

Left alone are commands that do not fail, as `echo`; pipes whose end fails on nothing, as `tar`, `gpg` or `grep`;
and those whose result is not asked for (`|| true`, inside `$(…)` or a condition). In front of a `;`, where the
shell goes on whatever fails, pipes are told of only where the rule is selected.

## Example

```dockerfile
FROM debian:12-slim
RUN curl -fsSL https://example.com/install.sh | bash
```

Use instead:

```dockerfile
FROM debian:12-slim
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN curl -fsSL https://example.com/install.sh | bash
```
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .. import regex
from ..model.build import Run
from ..model.effects import stops_on_error
from ..options import option
from ..rewrite import line_end
from ..syntax.shell import Command, Item
from ..text import Edit, Fix, Safety, Span
from . import Finding, Severity, Topic, rule

_CANNOT_FAIL = frozenset(
    (
        "echo",
        "printf",
        "yes",
        "true",
        ":",
        "env",
        "printenv",
        "date",
        "uname",
        "pwd",
        "id",
        "find",
        "ls",
        "seq",
    )
)
_NOTICES = frozenset(
    (
        "tar", "bsdtar", "cpio", "gunzip", "bunzip2", "unxz", "gpg", "gpg2", "apt-key", "rpm", "grep", "egrep", "fgrep",
        "sha1sum", "sha256sum", "sha512sum", "md5sum", "shasum", "patch", "docker",
    )
)  # fmt: skip
"""Commands that fail when nothing comes in, or not what they want."""
_FILTERS = frozenset(("awk", "cut", "head", "sed", "sort", "tail", "tr", "uniq", "wc", "xargs"))
"""Commands that hardly fail on what a pipe gives them."""
_STOPS_EARLY = frozenset(("head", "sed", "awk", "more", "less"))
_ASH = regex.compile(r"(^|[/:-])(alpine|busybox)")
_BASH = regex.compile(
    r"(docker\.io/)?(library/)?(debian|ubuntu|python|node|ruby|golang|rust|php|openjdk|fedora|centos|amazonlinux|rockylinux|almalinux)\b"
)

_WITH_PIPEFAIL = frozenset(("ash", "bash", "zsh"))


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Report every pipe, unless SHELL is bash, zsh or ash with `-o pipefail`: whatever the pipe's commands are.",
        hadolint=True,
    )


@rule(Severity.WARNING, topic=Topic.CORRECTNESS, aliases=("DL4006",), options=Options)
def check(run: Run, options: Options) -> Iterator[Finding]:
    if options.strict:
        yield from _any_pipe(run)
        return
    script = run.script
    if script is None or run.exec_form or any("pipefail" in word for word in run.state.shell):
        return
    for index, item in enumerate(script.items):
        if any(command.name == "set" and "pipefail" in command.values for command in item.commands):
            return
        loses = _hidden(item)
        if loses and item.kind == "pipeline" and item.operator != "||" and not _asked(script.items, index):
            yield Finding(
                loses.span,
                "If `{name}` fails, the pipe hides it and the build goes on: {advice}.",
                _fix(run, item),
                {"name": loses.name, "advice": _advice(run)},
                quiet=item.operator in (";", "\n") and not stops_on_error(run),
            )
            return


def _any_pipe(run: Run) -> Iterator[Finding]:
    name = run.state.shell[0].rpartition("/")[2] if run.state.shell else ""
    told = name in _WITH_PIPEFAIL and any("pipefail" in word for word in run.state.shell)
    piped = next((command for command in run.commands if "pipeline" in command.within), None)
    if piped and not told and not run.triggered:
        yield Finding(
            piped.span,
            "If a command in front of a pipe fails, the build goes on: {advice}.",
            None,
            {"advice": _advice(run)},
        )


def _hidden(item: Item) -> Command | None:
    """The first command that stands in front of a pipe and may fail."""
    piped = [command for command in item.commands if command.within == ("pipeline",)]
    if not piped or _last_name(piped[-1]) in _NOTICES:
        return None
    return next(
        (
            command
            for place, command in enumerate(piped[:-1])
            if command.name
            and command.name not in _CANNOT_FAIL
            and not (place and command.name in _FILTERS)
            and not _input(command)
        ),
        None,
    )


def _last_name(command: Command) -> str:
    """The program's name, also behind `sudo -E`."""
    values = [value for value in command.values if not value.startswith("-")]
    return (values[1] if values[:1] == ["sudo"] and len(values) > 1 else command.name).rpartition("/")[2]


def _input(command: Command) -> bool:
    """`cat <<EOF` only gives text on."""
    return command.name == "cat" and any(r.operator.startswith("<<") for r in command.redirections)


def _asked(items: tuple[Item, ...], index: int) -> bool:
    """Whether a `||` further on in the chain makes up for a failure."""
    for item in items[index:]:
        if item.operator != "&&":
            return item.operator == "||"
    return False


def _advice(run: Run) -> str:
    if _is_ash(run):
        return "begin with `set -o pipefail`"
    return 'write `SHELL ["/bin/bash", "-o", "pipefail", "-c"]` above, where the image has bash'


def _is_ash(run: Run) -> bool:
    return bool(_ASH.search(run.stage.base or "")) and not run.state.shell_set


def _fix(run: Run, item: Item) -> Fix | None:
    """For the shell that the image is known to have. What reads only the beginning of a pipe is left to a person."""
    last = [command for command in item.commands if command.within == ("pipeline",)][-1]
    if run.instruction.heredocs or run.triggered or last.name in _STOPS_EARLY:
        return None
    if _is_ash(run):
        at = run.instruction.arguments_span.start
        added = ("set", "-o", "pipefail", "&&")
        return Fix("Set pipefail", (Edit(Span(at, at), "set -o pipefail && "),), Safety.UNSAFE, added)
    if run.state.shell_set or not _BASH.match(run.stage.base or "") or run.stage.base is None:
        return None
    if re.search(r"alpine|slim-bullseye-armel|windowsservercore|nanoserver", run.stage.base):
        return None
    at = run.instruction.extent.start
    words = ["/bin/bash", "-o", "pipefail", "-c"]
    line = f"SHELL {json.dumps(words)}{line_end(run.stage.build)}"
    return Fix(
        "Let bash fail with the pipe", (Edit(Span(at, at), line),), Safety.UNSAFE, ("SHELL", "[", *words, "]")
    )
