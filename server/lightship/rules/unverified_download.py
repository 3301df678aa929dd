r"""Something is downloaded and trusted, whoever sent it: unchecked scripts that run, certificates and signatures that are ignored.

`curl … | sh` runs whatever the server, or whoever has taken it over, sends on that day; half of it if the
connection breaks. `curl -k`, `wget --no-check-certificate`, `pip --trusted-host` and `apt-get
--allow-unauthenticated` let anyone in between choose what is installed. `ADD` takes what comes.

Say what you expect: `ADD --checksum=sha256:…`, or download, check with `sha256sum -c` or `gpg --verify`, then run.
Where a certificate is not known, install `ca-certificates` or the authority that signed it.

Left alone is what the same `RUN` checks by sum or signature (for `ADD`, a later one of its stage), what comes from
this machine or a private network, variables that nobody knows, and over HTTPS what `ADD` takes from a
branch or by no version, for which no sum is right for long. Scripts that come over HTTPS are a note, over
plain HTTP a warning; so are the best-known installers, for they change as well.

## Example

```dockerfile
FROM debian:13-slim
RUN apt-get update && apt-get install -y --no-install-recommends --allow-unauthenticated curl && \
    rm -rf /var/lib/apt/lists/*
```

Use instead:

```dockerfile
FROM debian:13-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl && \
    rm -rf /var/lib/apt/lists/*
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import regex
from ..knowledge.packages import APT_FAMILY, Action, Kind, Manager
from ..model.build import Add, Run, Step
from ..model.downloads import address, checks, covers, host, is_local, run_unseen, text_of, trusts_anyone
from ..syntax.shell import Command
from . import Finding, Severity, Topic, rule

_SUSPECT = (
    "curl", "wget", "--allow-un", "--force-yes", "--trusted-host", "sslverify", "ssl_verify", "strict-ssl",
)  # fmt: skip
"""Without one of these words, in any letter case, there is nothing to look for."""
_MOVING = regex.compile(
    r"\b(master|main|HEAD|develop|latest|nightly|stable|current|SNAPSHOT)\b|\.(repo|list)\Z", re.IGNORECASE
)
"""Addresses of what is meant to change: no sum is right for long."""
_SIGNED = APT_FAMILY | {Manager.APK, Manager.PIP, Manager.UV}
_CONFIGURED = regex.compile(
    r"(npm|yarn|pnpm) config (set|delete) (-g )?strict-ssl[ =]false|git config .*http\.sslverify (false|0|no)"
    r"|conda config --set ssl_verify (false|no|0)|bower .*strict-ssl",
    re.IGNORECASE,
)


@rule(Severity.WARNING, topic=Topic.SECURITY)
def check(step: Step) -> Iterator[Finding]:
    if isinstance(step, Add):
        yield from _added(step)
    elif (
        isinstance(step, Run) and any(map(text_of(step).lower().__contains__, _SUSPECT)) and not checks(step)
    ):
        insecure = [finding for command in step.commands for finding in _insecure(command)]
        # Of a download something worse may have been told already.
        unseen = [
            _unseen(command)
            for command in run_unseen(step)
            if not any(covers(command.span, finding.span) for finding in insecure) and not _is_near(command)
        ]
        said: set[str] = set()
        for finding in sorted([*insecure, *unseen, *_managers(step)], key=lambda finding: finding.span):
            if finding.template not in said:
                yield finding
            said.add(finding.template)


def _added(step: Add) -> Iterator[Finding]:
    """What ADD fetches without being told what to expect."""
    later = (run for run in step.stage.runs if run.span.start > step.span.start)
    if step.instruction.flag("checksum") or any(map(checks, later)):
        return
    for value, span in zip(step.sources, step.operands, strict=False):
        url = re.match(r"(https?)://[^/]*(/.*)", value or "")
        if not value or not url or is_local(value) or re.search(r"\.git(#|\Z)|//api\.|\?", value):
            continue
        if url[1] == "http":
            yield Finding(
                span,
                "ADD takes whatever comes over plain HTTP: use HTTPS, and say what you expect with --checksum=sha256:…",
            )
        elif re.search(r"\d", url[2]) and not _MOVING.search(url[2]):
            yield Finding(
                span,
                "ADD takes whatever {server} sends on the day of the build: say what you expect with --checksum=sha256:…",
                arguments={"server": host(value)},
                severity=Severity.INFO,
            )


def _insecure(command: Command) -> Iterator[Finding]:
    """Options and settings that turn the check of certificates off."""
    option = trusts_anyone(command)
    if option:
        yield Finding(
            option.span,
            "{option} lets anyone in between choose what is downloaded: install ca-certificates, or check a sum.",
            arguments={"option": option.text},
        )
    elif _CONFIGURED.match(" ".join(command.values)):
        yield Finding(
            command.span,
            "This lets anyone in between choose what is downloaded: install the authority that signed the certificate.",
        )


def _is_near(command: Command) -> bool:
    """Whether a download comes from this machine or a private network, or from where nobody knows."""
    url = address(command)
    return is_local(url.text) if url else any(word.value is None for word in command.arguments)


def _unseen(command: Command) -> Finding:
    url = address(command)
    plain = url is not None and url.text.strip("\"'").startswith("http:")
    return Finding(
        url.span if url else command.words[0].span,
        "What {server} sends is run unseen: download it, check it with sha256sum -c, then run it.",
        arguments={"server": host(url.text) if url else "the server"},
        severity=None if plain else Severity.INFO,
    )


def _managers(run: Run) -> Iterator[Finding]:
    """Package managers that are told not to look at signatures or certificates."""
    fetches = any(command.name in ("curl", "wget") for command in run.commands)
    for call in run.calls_to(_SIGNED, Action.INSTALL, Action.UPGRADE, Action.DOWNLOAD):
        local = not fetches and all(package.kind is Kind.FILE for package in call.meaning.packages)
        manager = call.meaning.manager
        for flag in call.meaning.flags:
            word = call.word(flag.index)
            if manager in APT_FAMILY and flag.name in ("--allow-unauthenticated", "--force-yes"):
                yield Finding(
                    word.span,
                    "{flag} also installs what nobody signed: {advice}.",
                    arguments={
                        "flag": word.text,
                        "advice": "-y is enough"
                        if flag.name == "--force-yes"
                        else "leave it out, and add the key that is missing",
                    },
                )
            elif manager is Manager.APK and flag.name == "--allow-untrusted" and not local:
                yield Finding(
                    word.span,
                    "{flag} installs what nobody signed: put their key into /etc/apk/keys, or check a sum.",
                    arguments={"flag": word.text},
                )
            elif flag.name == "--trusted-host" and flag.value and not is_local(flag.value):
                yield Finding(
                    word.span,
                    "With --trusted-host, anyone between here and {host} may choose what is installed: use HTTPS without it.",
                    arguments={"host": flag.value},
                )
                return
