"""Registries, asked over the network for the digest of a tag: only where somebody wants that.

They are asked as anyone may, without credentials; an engine at hand, which may have some, is asked where that fails.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping

from .. import __version__
from ..knowledge.images import DOCKER_HUB, ImageReference
from ..model.build import Unanswered

PATIENCE = 10
"""Seconds for each answer."""
_LARGEST = 4_000_000
"""Bytes of a manifest, as registries limit them."""
_ACCEPT = ", ".join(
    f"application/vnd.{kind}+json"
    for kind in (
        "oci.image.index.v1",
        "docker.distribution.manifest.list.v2",
        "oci.image.manifest.v1",
        "docker.distribution.manifest.v2",
    )
)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_LOCAL = re.compile(r"(localhost|127(\.\d+){3}|\[::1\])(:\d+)?")
_FIELD = re.compile(r'(\w+)="([^"]*)"')
_MEANINGS = {
    401: "it wants a login",
    403: "it refuses to answer",
    404: "it has no such image",
    429: "it has been asked too often",
}


class Network:
    """Asks, and remembers."""

    def __init__(self) -> None:
        self._known: dict[str, str | Unanswered] = {}

    def digest(self, reference: ImageReference) -> str:
        """See `model.build.Registries`."""
        if reference.text not in self._known:
            try:
                self._known[reference.text] = _digest(reference)
            except Unanswered as error:
                self._known[reference.text] = _from_engine(reference.text) or error
        found = self._known[reference.text]
        if isinstance(found, Unanswered):
            raise found
        return found


def _digest(reference: ImageReference) -> str:
    host = "registry-1.docker.io" if reference.registry == DOCKER_HUB else reference.registry
    scheme = "http" if _LOCAL.fullmatch(host) else "https"
    url = f"{scheme}://{host}/v2/{reference.repository}/manifests/{reference.tag or 'latest'}"
    headers = {"Accept": _ACCEPT}
    try:
        try:
            answer = _ask(url, headers)
        except urllib.error.HTTPError as error:
            challenge = error.headers.get("WWW-Authenticate") or ""
            if error.code != 401 or not challenge.lower().startswith("bearer "):
                raise
            token = _token(dict(_FIELD.findall(challenge)), reference.repository)
            answer = _ask(url, headers | {"Authorization": f"Bearer {token}"})
    except urllib.error.HTTPError as error:
        raise Unanswered(
            f"{reference.registry}: {_MEANINGS.get(error.code, f'it answers {error.code}')}"
        ) from error
    except urllib.error.URLError as error:
        raise Unanswered(f"{reference.registry} cannot be reached: {_words(error.reason)}") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unanswered(f"{reference.registry} cannot be reached: {_words(error)}") from error
    # What it is the digest of has come along: no header needs to be trusted.
    return f"sha256:{hashlib.sha256(answer).hexdigest()}"


def _token(challenge: Mapping[str, str], repository: str) -> str:
    """A token that lets anyone read, from where the registry says."""
    realm = urllib.parse.urlsplit(challenge.get("realm", ""))
    if realm.scheme != "https" and not (realm.scheme == "http" and _LOCAL.fullmatch(realm.netloc)):
        raise Unanswered(f"it wants a login at {realm.geturl() or 'no place'}")
    asked = {
        "scope": f"repository:{repository}:pull",
        **{key: challenge[key] for key in ("service", "scope") if key in challenge},
    }
    try:
        answer = json.loads(_ask(f"{realm.geturl()}?{urllib.parse.urlencode(asked)}", {}))
    except ValueError as error:
        raise Unanswered("its login gives no token") from error
    token = answer.get("token") or answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token.isprintable():
        raise Unanswered("its login gives no token")
    return token


def _ask(url: str, headers: Mapping[str, str]) -> bytes:
    request = urllib.request.Request(url, headers={"User-Agent": f"lightship/{__version__}", **headers})
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        if "Accept" in headers and response.headers.get_content_type() not in _ACCEPT:
            raise Unanswered("the answer is no manifest")
        content: bytes = response.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise Unanswered("the answer is no manifest")
    return content


def _words(reason: object) -> str:
    """An error's own words, without its number."""
    return (reason.strerror if isinstance(reason, OSError) else None) or str(reason) or type(reason).__name__


def _from_engine(image: str) -> str | None:
    """What an engine says, with the credentials that it has; None where there is none, or it does not know either."""
    if not shutil.which("docker"):
        return None
    words = ["docker", "buildx", "imagetools", "inspect", "--format", "{{json .Manifest}}", "--", image]
    try:
        done = subprocess.run(
            words, capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=True
        )
        found = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    digest = found.get("digest") if isinstance(found, dict) else None
    return digest if isinstance(digest, str) and _DIGEST.fullmatch(digest) else None
