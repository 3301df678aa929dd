"""Registries, asked over the network for the digest of a tag and the platforms of an image: only where somebody wants that.

They are asked as anyone may, without credentials; an engine at hand, which may have some, is asked where that fails.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn, TypeVar

from .. import __version__
from ..knowledge.images import DOCKER_HUB, ImageReference
from ..model.build import Unanswered
from . import programs

T = TypeVar("T")

PATIENCE = 10
"""Seconds for each answer."""
MOST_AT_ONCE = 8
"""Images that are asked for at once."""
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
_PART = re.compile(r"[\w.-]+", re.ASCII)
_LOCAL = re.compile(r"(localhost|127(\.\d+){3}|\[::1\])(:\d+)?")
_FIELD = re.compile(r'(\w+)="([^"]*)"')
_MEANINGS = {
    401: "it wants a login",
    403: "it refuses to answer",
    404: "it has no such image",
    429: "it has been asked too often",
}


class Network:
    """Asks, and remembers. Several threads may ask."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, str], Any] = {}
        self._unreachable: dict[str, Unanswered] = {}

    def digest(self, reference: ImageReference) -> str:
        """See `model.build.Registries`."""
        return self._answer(_digest, _digest_by_engine, reference)

    def platforms(self, reference: ImageReference) -> tuple[str, ...]:
        """See `model.build.Registries`."""
        return self._answer(_platforms, _platforms_by_engine, reference)

    def ask(self, references: Iterable[ImageReference]) -> list[tuple[ImageReference, str]]:
        """Ask side by side for the platforms of images. Gives those that nobody tells about, and why: each once,
        however often it is asked for."""
        new = {each.text: each for each in references if (_platforms, each.text) not in self._known}
        if not new:
            return []
        with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
            reasons = pool.map(self._reason, new.values())
            return [(each, reason) for each, reason in zip(new.values(), reasons, strict=True) if reason]

    def _reason(self, reference: ImageReference) -> str:
        """Why an image's platforms are not known; empty where they are."""
        try:
            self.platforms(reference)
        except Unanswered as error:
            return str(error)
        return ""

    def _answer(
        self,
        question: Callable[[ImageReference], T],
        by_engine: Callable[[str], T | None],
        reference: ImageReference,
    ) -> T:
        key, host = (question, reference.text), reference.registry
        if key not in self._known:
            try:
                if host in self._unreachable:  # one wait is enough
                    raise self._unreachable[host]
                self._known[key] = question(reference)
            except Unanswered as error:
                told = None if host in self._unreachable else by_engine(reference.text)
                if told is None and isinstance(error, _Unreachable):
                    self._unreachable[host] = error
                self._known[key] = error if told is None else told
        found = self._known[key]
        if isinstance(found, Unanswered):
            raise found
        answer: T = found
        return answer


class Questions:
    """Stands in for registries to learn of which images' platforms rules would ask them; tells nothing."""

    def __init__(self) -> None:
        self.images: list[ImageReference] = []

    def digest(self, reference: ImageReference) -> NoReturn:
        raise Unanswered

    def platforms(self, reference: ImageReference) -> NoReturn:
        self.images.append(reference)
        raise Unanswered


class _Unreachable(Unanswered):
    """Nobody is there; another image would not be told about either."""


def _digest(reference: ImageReference) -> str:
    answer = _Repository(reference).get(f"manifests/{reference.tag or 'latest'}", _ACCEPT)
    # What it is the digest of has come along: no header needs to be trusted.
    return f"sha256:{hashlib.sha256(answer).hexdigest()}"


def _platforms(reference: ImageReference) -> tuple[str, ...]:
    """From the list of an image for several platforms, or from the configuration of an image for one."""
    repository = _Repository(reference)
    if reference.digest:
        manifest = repository.get_by_digest("manifests", reference.digest, _ACCEPT)
    else:
        manifest = _read(repository.get(f"manifests/{reference.tag or 'latest'}", _ACCEPT))
    match manifest:
        case {"manifests": [*entries]}:
            found = [_platform(each.get("platform")) for each in entries if isinstance(each, dict)]
        case {"config": {"digest": str(digest)}}:
            found = [_platform(repository.get_by_digest("blobs", digest))]
        case _:
            found = []
    there = tuple(dict.fromkeys(each for each in found if each and not each.startswith("unknown/")))
    if not there or None in found:
        raise Unanswered(f"{reference.registry}: it does not tell for which platforms the image is")
    return there


def _platform(described: object) -> str | None:
    """`os/architecture` and perhaps `/variant`, from an object that names them; None where it does not."""
    match described:
        case {"os": str(system), "architecture": str(architecture), "variant": str(variant)} if variant:
            parts = [system, architecture, variant]
        case {"os": str(system), "architecture": str(architecture)}:
            parts = [system, architecture]
        case _:
            return None
    return "/".join(parts) if all(map(_PART.fullmatch, parts)) else None


class _Repository:
    """A repository, which anyone may read. Once it has wanted a token, it gets one each time."""

    def __init__(self, reference: ImageReference) -> None:
        self._registry, self._name = reference.registry, reference.repository
        host = "registry-1.docker.io" if reference.registry == DOCKER_HUB else reference.registry
        scheme = "http" if _LOCAL.fullmatch(host) else "https"
        self._url = f"{scheme}://{host}/v2/{reference.repository}"
        self._token: str | None = None

    def get_by_digest(self, kind: str, digest: str, accept: str | None = None) -> object:
        """A JSON document that is what its digest says."""
        if not _DIGEST.fullmatch(digest):
            raise Unanswered(f"{self._registry}: {digest!r} is no digest")
        content = self.get(f"{kind}/{digest}", accept)
        if f"sha256:{hashlib.sha256(content).hexdigest()}" != digest:
            raise Unanswered(f"{self._registry}: the answer is not what its digest says")
        return _read(content)

    def get(self, path: str, accept: str | None = None) -> bytes:
        url = f"{self._url}/{path}"
        try:
            try:
                return _ask(url, accept, self._token)
            except urllib.error.HTTPError as error:
                challenge = error.headers.get("WWW-Authenticate") or ""
                if error.code != 401 or self._token or not challenge.lower().startswith("bearer "):
                    raise
                self._token = _token(dict(_FIELD.findall(challenge)), self._name)
                return _ask(url, accept, self._token)
        except urllib.error.HTTPError as error:
            meaning = _MEANINGS.get(error.code, f"it answers {error.code}")
            raise Unanswered(f"{self._registry}: {meaning}") from error
        except urllib.error.URLError as error:
            raise _Unreachable(f"{self._registry} cannot be reached: {_words(error.reason)}") from error
        except (OSError, http.client.HTTPException, ValueError, OverflowError) as error:  # also of odd names
            raise _Unreachable(f"{self._registry} cannot be reached: {_words(error)}") from error


def _read(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


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
        answer = json.loads(_ask(f"{realm.geturl()}?{urllib.parse.urlencode(asked)}"))
    except ValueError as error:
        raise Unanswered("its login gives no token") from error
    token = answer.get("token") or answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token.isprintable():
        raise Unanswered("its login gives no token")
    return token


def _ask(url: str, accept: str | None = None, token: str | None = None) -> bytes:
    request = urllib.request.Request(url, headers={"User-Agent": f"lightship/{__version__}"})
    if accept:
        request.add_header("Accept", accept)
    if token:  # which is none of the business of whom we may be sent to
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        if accept and response.headers.get_content_type() not in accept:
            raise Unanswered("the answer is no manifest")
        content: bytes = response.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise Unanswered("the answer is no manifest")
    return content


def _words(reason: object) -> str:
    """An error's own words, without its number."""
    return (reason.strerror if isinstance(reason, OSError) else None) or str(reason) or type(reason).__name__


def _digest_by_engine(image: str) -> str | None:
    match _by_engine(image, "{{json .Manifest}}"):
        case {"digest": str(digest)} if _DIGEST.fullmatch(digest):
            return digest
    return None


def _platforms_by_engine(image: str) -> tuple[str, ...] | None:
    """An image for one platform is told by its configuration, one for several by a configuration for each."""
    told = _by_engine(image, "{{json .Image}}")
    if not isinstance(told, dict):
        return None
    found = [_platform(each) for each in ([told] if "architecture" in told else told.values())]
    there = tuple(each for each in found if each)
    return there if there and len(there) == len(found) else None


def _by_engine(image: str, wanted: str) -> object:
    """What an engine says, with the credentials that it has; None where there is none, or it does not know either."""
    docker = programs.find("docker")
    if docker is None:
        return None
    words = [docker, "buildx", "imagetools", "inspect", "--format", wanted, "--", image]
    try:
        done = subprocess.run(
            words, capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return _read(done.stdout)
