r"""The container runs as root, so a flaw in the app gives away all that is in it.

Root in a container may write everywhere in it, and is root on whatever is mounted or shared with the host.
An app seldom needs that: create a user and name it with `USER`, behind the steps that install.

The last stage counts, for that is what is shipped: its last `USER`, or, where there is none, the command that
runs as whoever the base image says. Left alone are base images of which that is not known or that set a user
themselves, images that leave the command to their base or to others, commands that drop privileges on their
own or may (`gosu`, `supervisord`, nginx, an entrypoint script in an image with `gosu` or with a user made for
it), shells to work in, and development containers. On `scratch` it is a mere note.

The fix is unsafe: what the app writes to has to belong to the user.

## Example

```dockerfile
FROM python:3.12-slim
COPY app.py /srv/
CMD ["python", "/srv/app.py"]
```

Use instead:

```dockerfile
FROM python:3.12-slim
COPY app.py /srv/
RUN useradd --system --create-home app
USER app
CMD ["python", "/srv/app.py"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .. import regex
from ..knowledge import images
from ..model.build import (
    Build,
    Cmd,
    Entrypoint,
    Expose,
    Healthcheck,
    Label,
    Stage,
    Step,
    Stopsignal,
    User,
    Volume,
)
from ..options import option
from ..proof import shell_words
from ..syntax.dockerfile import Comment
from ..syntax.shell import Command
from ..text import Edit, Fix, Safety, Span
from . import Finding, Related, Severity, Topic, rule

_SERVICES = frozenset(
    (
        "docker", "haproxy", "httpd", "mariadb", "memcached", "mongo", "mysql", "nginx", "postgres", "rabbitmq", "redis",
        "wordpress",
    )
)  # fmt: skip
"""Official images whose own entrypoint or server drops privileges."""
_DROPS = regex.compile(
    r"gosu|su-exec|setpriv|runuser|su|sudo|chpst|s6-.*|start-stop-daemon|capsh|chroot|doas"
    r"|supervisord?|init|my_init|systemd|runsvdir.*|runit.*|dumb-init-su|wrapdocker|dockerd.*|containerd"
    r"|nginx|apache2.*|apachectl|httpd.*|lighttpd|haproxy|varnishd?|squid.*|php-fpm.*|php\d*-fpm.*"
    r"|mysql(?:d.*|-server)|mariadbd?|mariadb-server|postgres(?:ql)?(?:-\d+)?|mongod|mongodb.*|redis(?:-server)?|memcached|rabbitmq-server"
    r"|crond?|sshd|openssh(?:-server)?|rsyslogd?|named|bind9|dnsmasq|unbound|ntpd|chronyd?|openvpn|wireguard.*|tor|smbd|samba"
    r"|wg(?:-quick)?|iptables|tcpdump|tshark|mtr|nmap|strace|distccd.*|dhcpd|lsyncd|vsftpd|proftpd|pure-ftpd.*|slapd|dovecot|postfix|exim4?|asterisk|keepalived|fail2ban.*|strongswan|ipsec|freeradius|uwsgi"
)
"""Programs, and packages of programs, that start as root to run something as somebody else, or need to."""
_INIT_SCRIPT = regex.compile(r"/etc/init\.d/")
_DROPS_OPTION = regex.compile(r"--?(?:user|uid|setuid|chuid|userspec)(?:=|\Z)|--allow-root\Z")
_VALUED = regex.compile(
    r"-[A-Za-z]*[bcdefgGhkpsuKZ]|--(?:home|home-dir|base-dir|shell|uid|gid|groups|ingroup|gecos|comment|password|skel|expiredate)"
)
"""Options of `useradd` and `adduser` that take a value."""
_SCRIPT = regex.compile(r"\.sh\Z|entrypoint|\A(?:start|run|init|boot)")
_SHELLS = frozenset(("ash", "bash", "dash", "fish", "ksh", "sh", "zsh"))
_FOR_PEOPLE = regex.compile(
    r"(?:i?python|pypy)[\d.]*|R|julia|node|irb|ruby|php|ghci|jshell|scala|sbcl|erl|iex|lua[\d.]*|true"
)
"""Programs that, alone on a line, wait for somebody to type, or do nothing: no app runs."""
_WAITS = frozenset((("tail", "-f", "/dev/null"), ("sleep", "infinity"), ("sleep", "inf")))
_DEBIAN = frozenset(
    (
        "buildpack-deps", "debian", "eclipse-temurin", "elixir", "erlang", "gcc", "golang", "haskell", "julia", "node",
        "perl", "php", "pypy", "python", "r-base", "ruby", "rust", "swift", "ubuntu",
    )
)  # fmt: skip
"""Official images that, but for their other variants, have Debian's or Ubuntu's `useradd`."""
_SETTINGS = (Cmd, Entrypoint, Expose, Healthcheck, Label, Stopsignal, Volume)


@dataclass(frozen=True)
class Options:
    strict: bool = option(
        False,
        "Judge every stage, and only by its last USER: root is root, whatever drops its rights.",
        hadolint=True,
    )


@rule(Severity.WARNING, topic=Topic.SECURITY, aliases=("DL3002",), options=Options)
def check(build: Build, options: Options) -> Iterator[Finding]:
    if options.strict:
        for stage in build.stages:
            user = stage.last(User)
            if user and re.match(r"(root|0)(:|\s|\Z)", user.instruction.arguments.text):
                yield Finding(
                    user.span,
                    "The last USER of a stage should not be root.",
                    _fix(stage, _earlier_user(stage)),
                )
        return
    final = build.final
    if final is None or "devcontainer" in build.source.name or _drops_privileges(final):
        return
    if final.end.user_set:
        if final.end.user is not None and images.runs_as_root(final.end.user):
            before = _earlier_user(final) or _made_user(final)
            yield Finding(
                final.end.user_set,
                "The container runs as root from here on: switch to `{user}` before its command."
                if before
                else "The container runs as root: let its command run as a user who may do less.",
                _fix(final, before),
                {"user": before},
            )
        return
    reference = images.parse(final.base or "")
    command = _last(final, Entrypoint) or _last(final, Cmd)
    if (
        command is None
        or not _commands(command)
        or reference is None
        or images.default_user(reference) not in ("root", "0")
    ):
        return
    made = _made_user(final)
    opening = [*final.lineage][-1].opening
    yield Finding(
        command.span,
        "This runs as root: `{made}` is created, but no USER names it."
        if made
        else "This runs as root, for no USER says otherwise: a flaw in the app gives away the whole container.",
        _fix(final, made),
        {"made": made},
        (Related(opening.image.span, "runs as root unless told otherwise"),)
        if opening and opening.image
        else (),
        Severity.INFO if reference.name == "scratch" else None,
    )


def _last(stage: Stage, kind: type[Step]) -> Step | None:
    """The step of that kind which counts, also from the stages that this one is built on."""
    return next((found for each in stage.lineage if (found := each.last(kind))), None)


def _commands(step: Step) -> tuple[Command, ...]:
    return tuple(step.commands) if isinstance(step, (Cmd, Entrypoint)) else ()


def _drops_privileges(stage: Stage) -> bool:
    """Whether the command runs something as another user by itself, may well do so, or is for people."""
    entrypoint, cmd = _last(stage, Entrypoint), _last(stage, Cmd)
    reference = images.parse(stage.base or "")
    if entrypoint is None and reference and images.official(reference) in _SERVICES:
        return True
    for step in (entrypoint, cmd):
        if not isinstance(step, (Cmd, Entrypoint)):
            continue
        for command in step.commands:
            names = [value.rpartition("/")[2] for value in command.values]
            if any(map(_DROPS.fullmatch, names)) or any(map(_DROPS_OPTION.match, names)):
                return True
            if command.name == "service" or any(map(_INIT_SCRIPT.match, command.values)):
                return True
            if command.values in _WAITS or (len(names) == 1 and _FOR_PEOPLE.fullmatch(names[0])):
                return True
            if command.name in _SHELLS and all(
                name.startswith("-") and "c" not in name for name in names[1:]
            ):
                return True
            if any(map(_SCRIPT.search, names)) and _may_drop(stage, command.values):
                return True
    return False


def _may_drop(stage: Stage, values: tuple[str, ...]) -> bool:
    """Whether a script may run the app as another user: its text says so, or what is installed for it."""
    context = stage.build.context
    for value in values:
        text = context.text(value.rpartition("/")[2]) if context else None
        if text is not None:
            return any(map(_DROPS.fullmatch, re.findall(r"[\w-]+", text)))
    if _made_user(stage) is not None:
        return True
    return any(
        _DROPS.fullmatch(name)
        for each in stage.lineage
        for run in each.runs
        for command in run.commands
        for name in command.values
    )


def _earlier_user(stage: Stage) -> str | None:
    """The last user that was not root, or the one that the base image sets."""
    for each in stage.lineage:
        for step in reversed(each.steps):
            user = step.values[0] if isinstance(step, User) and step.values else None
            if user and not images.runs_as_root(user):
                return user
    reference = images.parse(stage.base or "")
    user = images.default_user(reference) if reference else None
    return user if user and not images.runs_as_root(user) else None


def _made_user(stage: Stage) -> str | None:
    """The user that the file creates; '' where its name is not plain."""
    for each in stage.lineage:
        for run in each.runs:
            for command in run.commands:
                operands = _operands(command) if command.name in ("useradd", "adduser") else []
                if len(operands) == 1:
                    return operands[0] if re.fullmatch(r"[a-z_][\w-]*", operands[0]) else ""
    return None


def _operands(command: Command) -> list[str]:
    """What `useradd` or `adduser` is given beside options; two for `adduser user group`, which creates none."""
    operands: list[str] = []
    valued = False
    for value in command.values[1:]:
        if value.startswith("-") and not valued:
            valued = bool(_VALUED.fullmatch(value))
        elif valued:
            valued = False
        else:
            operands.append(value)
    return operands


def _fix(stage: Stage, user: str | None) -> Fix | None:
    """Name a user in front of the command, and create one where none is known."""
    build = stage.build
    commands = [step for step in _trailing(stage) if isinstance(step, (Cmd, Entrypoint))]
    created = ""
    if user is None:
        user, created = _new_user(stage)
    if not user or not (commands or (stage.end.user_set and not created)):
        return None
    newline = "\r\n" if "\r\n" in build.source.text else "\n"
    lines = [line for line in (created, f"USER {user}") if line]
    if commands:
        at = _line_above(build, commands[0])
        edit = Edit(Span(at, at), "".join(f"{line}{newline}" for line in lines))
    else:
        at = stage.steps[-1].instruction.extent.end
        text = build.source.text
        edit = Edit(Span(at, at), ("" if text[:at].endswith("\n") else newline) + lines[0] + newline)
    words = ("RUN", *shell_words(created.removeprefix("RUN "))) if created else ()
    return Fix(f"Run as {user}", (edit,), Safety.UNSAFE, (*words, "USER", user))


def _new_user(stage: Stage) -> tuple[str, str]:
    """A user's name, and the RUN that creates it; both empty where it is not known how."""
    reference = images.parse(stage.base or "")
    name = (images.official(reference) if reference else None) or ""
    tag = (reference.tag if reference else None) or ""
    if name == "scratch":
        return "65532:65532", ""
    if name == "node":
        return "node", ""
    if name == "alpine" or "alpine" in tag:
        return "app", "RUN adduser -S app"
    if name in _DEBIAN and not re.search(r"windows|nanoserver|ubi|distroless", tag):
        return "app", "RUN useradd --system --create-home app"
    return "", ""


def _trailing(stage: Stage) -> list[Step]:
    """The steps at the stage's end that only set what the image says of itself."""
    steps = stage.steps
    start = next((at for at in range(len(steps), 0, -1) if not isinstance(steps[at - 1], _SETTINGS)), 0)
    return steps[start:]


def _line_above(build: Build, step: Step) -> int:
    """Where the line of the step begins, or of the comments that stand directly above it."""
    nodes = build.file.nodes
    place = next(at for at, node in enumerate(nodes) if node is step.instruction)
    while place and isinstance(nodes[place - 1], Comment):
        place -= 1
    return nodes[place].extent.start
