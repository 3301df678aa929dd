"""As whom a container runs its app: which users there are, and what needs no other one than root."""

from __future__ import annotations

import re

from .. import regex
from ..knowledge import images
from ..syntax.shell import Command
from .build import Cmd, Entrypoint, Stage, User

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


def drops_privileges(stage: Stage) -> bool:
    """Whether the command runs something as another user by itself, may well do so, or is for people."""
    entrypoint, cmd = stage.effective(Entrypoint), stage.effective(Cmd)
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
    if made_user(stage) is not None:
        return True
    return any(
        _DROPS.fullmatch(name)
        for each in stage.lineage
        for run in each.runs
        for command in run.commands
        for name in command.values
    )


def earlier_user(stage: Stage) -> str | None:
    """The last user that was not root, or the one that the base image sets."""
    for each in stage.lineage:
        for step in reversed(each.steps):
            user = step.values[0] if isinstance(step, User) and step.values else None
            if user and not images.runs_as_root(user):
                return user
    reference = images.parse(stage.base or "")
    user = images.default_user(reference) if reference else None
    return user if user and not images.runs_as_root(user) else None


def made_user(stage: Stage) -> str | None:
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
