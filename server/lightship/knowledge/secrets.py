"""Which names, values and files hold credentials, told so that what only sounds like one is left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from .. import regex

_WORD = regex.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRETS = frozenset(
    (
        "password", "passwd", "passphrase", "secret", "token", "credential", "credentials", "apikey", "apitoken",
        "authtoken", "accesstoken", "secretkey", "privatekey", "accesskey", "sshkey",
    )
)  # fmt: skip
_ABBREVIATED = frozenset(("pass", "pwd", "pw", "passw"))
_KEYS = frozenset(
    ("api", "access", "secret", "private", "ssh", "encryption", "signing", "deploy", "master", "account")
)
"""What makes a key one that is to be kept: a public, a primary or a cache key is not."""
_SUFFIXES = frozenset(
    (
        "base", "value", "prod", "production", "dev", "development", "staging", "test", "default", "arg", "string",
        "text", "key",
    )
)  # fmt: skip
"""Words that may follow without changing what it is: `SECRET_KEY_BASE`; a `TOKEN_URL` is no token."""
_HADOLINTS_NAMES = ("AWS_ACCESS_KEY_ID", "DOCKER_EMAIL")
_HADOLINT = ("password", "secret", "token", "username", "api_key", "private")
_BUILDKIT = frozenset(
    ("apikey", "auth", "credential", "credentials", "key", "passwd", "password", "pword", "secret", "token")
)

_VALUES = (
    ("an AWS access key", r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?![A-Za-z0-9])"),
    ("a GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})"),
    ("a GitLab token", r"\bgl(?:pat|dt|rt)-[\w-]{20,}"),
    ("a Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    ("a Stripe key", r"\b[sr]k_live_[A-Za-z0-9]{16,}"),
    (
        "an API key",
        r"\b(?:sk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}|AIza[0-9A-Za-z_-]{35}|SG\.[\w-]{22}\.[\w-]{43})",
    ),
    ("an npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("a PyPI token", r"\bpypi-[A-Za-z0-9_-]{50,}"),
    ("a Docker token", r"\bdckr_pat_[\w-]{20,}"),
    ("a Hugging Face token", r"\bhf_[A-Za-z]{30,}"),
    ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    ("a JSON web token", r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
)
_VALUE = regex.compile("|".join(f"({pattern})" for _, pattern in _VALUES))
_MARKS = (
    "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "xox", "k_live_",
    "sk-", "AIza", "SG.", "npm_", "pypi-", "dckr_pat_", "hf_", "-----BEGIN", "eyJ",
)  # fmt: skip
"""What all of them begin with: most texts have none, and are not looked at further."""
_URL = regex.compile(
    r"\b[a-z][a-z0-9+.-]*://(?P<user>[^\s:/@'\"<>]*)(?::(?P<password>[^\s/@'\"<>]+))?@(?P<host>[^\s/:'\"@]+)"
)
_TOKEN = regex.compile(r"[0-9a-f]{32,}|(?=.*\d)[A-Za-z0-9_-]{36,}")
_DUMMIES = frozenset(
    (
        "pass", "passwd", "password", "pwd", "secret", "token", "changeme", "change_me", "example", "dummy", "test",
        "root", "admin", "user", "guest", "postgres", "mysql", "xxx", "xxxx", "foo", "bar", "none", "null", "nil",
        "placeholder", "fake", "todo", "build", "unused", "undefined",
    )
)  # fmt: skip

_STAND_IN = regex.compile(
    r"(?<![a-z])(?:your|please|replace|change|update|insert|example|dummy|fake|placeholder|default|todo)(?![a-z])"
)

_FILES = regex.compile(
    r"(?:^|/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.netrc|_netrc|\.pypirc|\.git-credentials|\.pgpass|\.my\.cnf"
    r"|\.aws(?:/credentials)?|\.ssh|\.docker/config\.json|\.kube(?:/config)?|kubeconfig|\.env(?:\.(?:local|prod|production|staging))?"
    r"|[\w.-]*private[\w-]*\.(?:key|pem)|[\w.-]+\.(?:p12|pfx|kdbx))/?$"
)


@lru_cache(maxsize=1024)
def named(name: str) -> bool:
    """Whether a variable of this name holds a credential itself, not where to find one or what it is like."""
    words = [word.lower() for word in _WORD.findall(name)]
    while len(words) > 1 and (words[-1].isdecimal() or words[-1] in _SUFFIXES) and not _is_key(words):
        words.pop()
    if not words:
        return False
    return words[-1] in _SECRETS or (words[-1] in _ABBREVIATED and len(words) > 1) or _is_key(words)


def _is_key(words: list[str]) -> bool:
    return len(words) > 1 and words[-1] == "key" and words[-2] in _KEYS


def sounds_like(name: str) -> bool:
    """Whether BuildKit takes a variable of this name for a credential, as its answers for some 600 names have it."""
    words = name.lower().split("_")
    return "public" not in words and not _BUILDKIT.isdisjoint(words)


def reminds(name: str) -> bool:
    """Whether hadolint's check is wary of a variable of this name, whatever its value: found by asking it."""
    return name in _HADOLINTS_NAMES or any(word in name.lower() for word in _HADOLINT)


@lru_cache(maxsize=1024)
def harmless(value: str) -> bool:
    """Whether a value says that there is no credential in it: empty, a switch, a number, a path or a stand-in."""
    text = value.strip().lower()
    return (
        len(text) < 3
        or text in _DUMMIES - {"root", "admin", "user", "guest", "postgres", "mysql"}
        or text in ("true", "false", "yes", "off", "disabled", "enabled")
        or bool(re.match(r"/[\w.]|\./|file:|<.*>$|\[.*\]$", text))
        or bool(re.match(r"(?:my|put|xxx)[-_ ]", text))
        or bool(_STAND_IN.search(text))
    )


@lru_cache(maxsize=4096)
def in_text(text: str) -> tuple[tuple[int, int, str], ...]:
    """Where credentials stand in a text, by index, and what they are."""
    return tuple(_in_text(text))


def _in_text(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _VALUE.finditer(text) if any(map(text.__contains__, _MARKS)) else ():
        yield *match.span(), _VALUES[(match.lastindex or 1) - 1][0]
    for match in _URL.finditer(text) if "://" in text and "@" in text else ():
        user, password = match["user"], match["password"] or ""
        part = "user" if _TOKEN.fullmatch(user) else "password"
        text = match[part] or ""
        if not text or set(text) & set("${%") or (user == password) or text.lower() in _DUMMIES:
            continue
        if not re.fullmatch(r"[*x.]+", text.lower()):
            yield *match.span(part), f"a {part.replace('user', 'token')} for {match['host']}"


def file(path: str) -> bool:
    """Whether files of this path hold credentials, by their name."""
    return bool(_FILES.search(path))
