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
from itertools import pairwise

from ..knowledge.packages import APT_FAMILY, Action, Kind, Manager
from ..model.build import Add, Run, Step
from ..syntax.shell import Command, ShellWord
from ..text import Span
from . import Finding, Severity, Topic, rule

_CHECKED = re.compile(
    r"\b(sha\d+sum|shasum|md5sum|b2sum|cksum|rhash|gpgv|cosign|minisign|slsa-verifier|openssl\s+dgst)\b|--verify\b|sha(1|256|512)\b.*=="
)
_LOCAL = re.compile(
    r"[\"']?\$|(\w+://)?([^/@]*@)?(localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[?::1|host\.docker\.internal|[\w-]+(:\d+)?(/|\Z)|[\w.-]+\.(local|internal|lan|corp|intranet)\b)"
)
_SUSPECT = re.compile(
    r"curl|wget|--allow-un|--force-yes|--trusted-host|ssl_?verify|strict-ssl", re.IGNORECASE
)
"""Without one of these words there is nothing to look for."""
_MOVING = re.compile(
    r"\b(master|main|HEAD|develop|latest|nightly|stable|current|SNAPSHOT)\b|\.(repo|list)\Z", re.IGNORECASE
)
"""Addresses of what is meant to change: no sum is right for long."""
_SIGNED = APT_FAMILY | {Manager.APK, Manager.PIP, Manager.UV}
_VALUED = frozenset("AbcCdDeEFhHKmoPQrtTuUwxXyYz")
"""Letters of curl's options that take the rest of their word, or the next one."""
_SHELLS = re.compile(r"(ba|da|a|z|k)?sh")
_INTERPRETERS = re.compile(r"python[\d.]*|perl|ruby|node|php\d*")
_CONFIGURED = re.compile(
    r"(npm|yarn|pnpm) config (set|delete) (-g )?strict-ssl[ =]false|git config .*http\.sslverify (false|0|no)"
    r"|conda config --set ssl_verify (false|no|0)|bower .*strict-ssl",
    re.IGNORECASE,
)


@rule(Severity.WARNING, topic=Topic.SECURITY)
def check(step: Step) -> Iterator[Finding]:
    if isinstance(step, Add):
        yield from _added(step)
    elif isinstance(step, Run) and _SUSPECT.search(_text(step)) and not _CHECKED.search(_text(step)):
        insecure = [finding for command in step.commands for finding in _insecure(command)]
        found = [*insecure, *_managers(step), *_run_at_once(step, {finding.span for finding in insecure})]
        said: set[str] = set()
        for finding in sorted(found, key=lambda finding: finding.span):
            if finding.template not in said:
                yield finding
            said.add(finding.template)


def _text(run: Run) -> str:
    return run.instruction.joined.text + "".join(doc.text for doc in run.instruction.heredocs)


def _added(step: Add) -> Iterator[Finding]:
    """What ADD fetches without being told what to expect."""
    later = (run for run in step.stage.runs if run.span.start > step.span.start)
    if step.instruction.flag("checksum") or any(_CHECKED.search(_text(run)) for run in later):
        return
    for value, span in zip(step.sources, step.operands, strict=False):
        url = re.match(r"(https?)://[^/]*(/.*)", value or "")
        if not value or not url or _LOCAL.match(value) or re.search(r"\.git(#|\Z)|//api\.|\?", value):
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
                arguments={"server": _host(value)},
                severity=Severity.INFO,
            )


def _insecure(command: Command) -> Iterator[Finding]:
    """Options that turn the check of certificates off."""
    urls = [word for word in command.arguments if "://" in word.text]
    if any(_LOCAL.match(word.value or word.text) for word in urls):
        return
    for word in command.arguments:
        if (command.name == "curl" and (word.text == "--insecure" or _has_k(word.text))) or (
            command.name == "wget" and word.text == "--no-check-certificate"
        ):
            yield Finding(
                word.span,
                "{option} lets anyone in between choose what is downloaded: install ca-certificates, or check a sum.",
                arguments={"option": word.text},
            )
            return
    if _CONFIGURED.match(" ".join(command.values)):
        yield Finding(
            command.span,
            "This lets anyone in between choose what is downloaded: install the authority that signed the certificate.",
        )


def _has_k(option: str) -> bool:
    """Whether a word of curl's short options holds `-k`."""
    if not re.match(r"-[a-zA-Z]", option):
        return False
    for letter in option[1:]:
        if letter in _VALUED:
            return False
        if letter == "k":
            return True
    return False


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
            elif flag.name == "--trusted-host" and flag.value and not _LOCAL.match(flag.value):
                yield Finding(
                    word.span,
                    "With --trusted-host, anyone between here and {host} may choose what is installed: use HTTPS without it.",
                    arguments={"host": flag.value},
                )
                return


def _run_at_once(run: Run, told: set[Span]) -> Iterator[Finding]:
    """Downloads that go right into an interpreter, but those of which something worse has been told."""
    text = run.stage.build.source.text
    commands = [each for each in run.commands if not any(_covers(each.span, span) for span in told)]
    for first, second in pairwise(run.commands):
        between = re.sub(r"\\\r?\n|\s", "", text[first.span.end : second.span.start])
        if (
            first in commands
            and first.name in ("curl", "wget")
            and between in ("|", "|&")
            and _reads_script(second)
        ):
            yield from _unseen(first)
    for inner in commands:
        if inner.name in ("curl", "wget") and "substitution" in inner.within:
            outer = [each for each in run.commands if each is not inner and _covers(each.span, inner.span)]
            if any(each.name in ("eval", "source", ".") or _SHELLS.fullmatch(each.name) for each in outer):
                yield from _unseen(inner)


def _covers(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _unseen(command: Command) -> Iterator[Finding]:
    url = next((word for word in command.arguments if re.match(r"[\"']?https?://", word.text)), None)
    if url and _LOCAL.match(url.text.strip("\"'")):
        return
    yield Finding(
        _place(command, url),
        "What {server} sends is run unseen: download it, check it with sha256sum -c, then run it.",
        arguments={"server": _host(url.text) if url else "the server"},
        severity=None if url and url.text.strip("\"'").startswith("http:") else Severity.INFO,
    )


def _place(command: Command, url: ShellWord | None) -> Span:
    return url.span if url else command.words[0].span


def _host(url: str) -> str:
    match = re.match(r"[\"']?\w+://(?:[^/@]*@)?([^/\"'$?#]+)", url)
    return match[1] if match else "the server"


def _reads_script(command: Command) -> bool:
    """Whether a command is an interpreter that takes its script from the pipe."""
    values = list(command.values)
    while values and (
        values[0] in ("sudo", "env", "exec", "nohup") or "=" in values[0] or values[0] in ("-E", "-H", "-i")
    ):
        values.pop(0)
    if not values:
        return False
    name, rest = values[0].rpartition("/")[2], values[1:]
    if _SHELLS.fullmatch(name):
        return (
            not rest
            or "-s" in rest[:2]
            or (rest[0].startswith("-") and "c" not in rest[0] and all(r.startswith("-") for r in rest[:2]))
        )
    return bool(_INTERPRETERS.fullmatch(name)) and (not rest or rest[0] in ("-", "--"))
