"""The build contexts of open documents: looked for and read on a thread of their own.

The worker waits for it, but not for long: on a slow disk, what is found without a context is told first, and all of it
again once the disk has answered.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from .settings import file_path
from .worker import Worker

if TYPE_CHECKING:
    from ..config import Settings
    from ..context import BuildContext, Place
    from ..model.build import Build
    from ..sources.context import Folder
    from ..sources.places import Places
    from .documents import Document
    from .server import Server

PATIENCE = 0.05
"""Seconds that the disk has to answer, for all the questions of one check."""
FRESH = 5.0
"""Seconds after which what was read is looked at again, when somebody asks; longer where that takes long."""
COSTLY = 100
"""How many times as long as reading takes, what was read is taken to be so still."""


class _Remembered:
    """A folder as far as it has been read; `missed` says that something was asked for and has not come in time."""

    def __init__(self, root: Path, read: Callable[[Callable[[], object]], bool]) -> None:
        from ..sources.context import Folder

        self._folder: Folder = Folder(root)
        self.root = root
        self._read = read
        self.known: dict[tuple[str, str], Any] = {}
        self.missed = False

    def entries(self, folder: str) -> Mapping[str, int | None]:
        return self._ask("entries", folder) or {}

    def text(self, path: str) -> str | None:
        return self._ask("text", path)  # type: ignore[no-any-return]

    def _ask(self, what: str, path: str) -> Any:
        if (what, path) not in self.known and not self._read(partial(self._learn, what, path)):
            self.missed = True
        return self.known.get((what, path))

    def _learn(self, what: str, path: str) -> None:
        self.known[what, path] = getattr(self._folder, what)(path)

    def again(self) -> _Remembered:
        """The same, read anew. On the disk's thread."""
        fresh = _Remembered(self.root, self._read)
        for what, path in tuple(self.known):
            fresh._learn(what, path)
        return fresh


@dataclass(eq=False)
class _Seen:
    """What is known for a document. `key` is what it depends on, None where that is to be looked at anew."""

    key: tuple[object, object] | None = None
    document: Document | None = None
    copied: tuple[str, ...] | None = None
    place: Place | None = None
    context: BuildContext | None = None
    tree: _Remembered | None = None
    kept: bool = False
    """Whether `place` is what it was before what is being typed."""
    expires: float = 0.0
    done: Event = field(default_factory=Event)


def _copied(document: Document) -> tuple[str, ...] | None:
    """What a Dockerfile copies; None for a `.dockerignore`."""
    if not document.is_dockerfile:
        return None
    from ..sources.places import copied

    return copied(document.build)


class Contexts:
    """Belongs to the worker's thread, but for what says otherwise."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._disk: Worker | None = None
        self._seen: dict[str, _Seen] = {}
        self._trees: dict[Path, _Remembered] = {}
        self._places: tuple[int, Places] | None = None
        self._patience = PATIENCE
        self._behind = Event()
        """Unset while the disk owes an answer that one no longer waits for."""
        self._behind.set()
        self.folders: list[Path] = []
        """What the editor has open, for files that are in no repository."""
        self.generation = 0
        """Changes whenever there is something new to tell."""

    def of(self, document: Document) -> BuildContext | None:
        """What the document's build can see, as far as one can guess. None for a document that is not a file, and
        until the disk has answered."""
        return self._find(document).context

    def place(self, document: Document) -> Place | None:
        """Where the document is built, and what says so."""
        return self._find(document).place

    def certain(self, document: Document) -> BuildContext | None:
        """The build context, where rules may rely on it."""
        seen = self._find(document)
        return seen.context if seen.place and seen.place.certain else None

    def built(self, document: Document) -> Build:
        """The document as it is built: knowing the context where rules may rely on it, also if nobody has checked it
        yet."""
        build = document.build
        if build.context is None:
            build.context = self.certain(document)
        return build

    def complete(self, context: BuildContext | None) -> bool:
        """Whether all came in time that was asked of a context since this was last called."""
        tree = context.tree if context else None
        if not isinstance(tree, _Remembered):
            return True
        missed, tree.missed = tree.missed, False
        return not missed

    def is_late(self, document: Document) -> bool:
        """Whether the disk has not told all yet that was asked of a document's context: worth asking again."""
        context = self.of(document)
        if context is None:
            return file_path(document.uri) is not None
        return isinstance(context.tree, _Remembered) and context.tree.missed

    def forget(self, *, disk: bool = True) -> None:
        """Look for all contexts anew when they are next asked for; read them anew if it is the `disk` that changed."""
        self.generation += 1
        if disk:
            self._trees.clear()
        for seen in self._seen.values():
            seen.key = None

    def saved(self, uri: str) -> None:
        """What a Dockerfile says now is what it means."""
        seen = self._seen.get(uri)
        if seen and seen.kept:
            seen.key = None
            self._tell()

    def close(self, uri: str) -> None:
        self._seen.pop(uri, None)

    def _find(self, document: Document) -> _Seen:
        path = file_path(document.uri)
        if path is None:
            return _Seen()
        self._patience = PATIENCE if self._behind.is_set() else 0.0
        seen = self._seen.setdefault(document.uri, _Seen())
        if seen.document is not document:
            seen.document, seen.copied = document, _copied(document)
        settings = self._server.configuration.of(document.uri)
        key = settings.context_chosen, seen.copied
        stale = seen.done.is_set() and time.monotonic() > seen.expires
        if seen.key != key or stale:
            typing = seen.key is not None and seen.key[0] == key[0] and seen.key != key
            keep = seen.place if typing else None
            locate = partial(self._locate, seen, path, settings, self._unsaved(), self.generation, keep)
            if seen.key != key:
                seen.key, seen.done = key, Event()
                self._wait(locate, seen.done)
            else:
                seen.expires = float("inf")
                self._submit(partial(self._look_again, seen, locate))
        return seen

    def _unsaved(self) -> Mapping[Path, str]:
        """The texts of open files that say something of a context."""
        found = ((file_path(each.uri), each) for each in self._server.documents)
        return {path: each.text for path, each in found if path and not each.is_dockerfile}

    # On the disk's thread

    def _locate(
        self,
        seen: _Seen,
        path: Path,
        settings: Settings,
        unsaved: Mapping[Path, str],
        generation: int,
        keep: Place | None,
    ) -> None:
        """Look for the context of a Dockerfile; that of a `.dockerignore`, which copies None, is where it lies. What
        is certain stays so, as `keep`, while one types what is not there yet."""
        from ..context import BuildContext, Place
        from ..sources.context import Folder
        from ..sources.places import Places

        begin = time.monotonic()
        place: Place | None = Place(path.parent, "", True)
        copied, ignored = seen.copied, None
        if copied is not None:
            if self._places is None or self._places[0] != generation:
                self._places = generation, Places(self.folders, unsaved)
            place = self._places[1].of(path, copied, settings)
            seen.kept = bool(keep and keep.certain and place and not place.certain)
            place = keep if seen.kept else place
        # What only helps is offered of the Dockerfile's folder, even where settings want no other to be looked for.
        root = place.root if place else path.parent
        tree = self._trees.setdefault(root, _Remembered(root, self._wait))
        if copied is not None:
            for file in (path.with_name(f"{path.name}.dockerignore"), root / ".dockerignore"):
                if ignored is None:
                    ignored = unsaved[file] if file in unsaved else Folder(file.parent).text(file.name)
        named = place.named if place else {}
        was = seen.context
        if was is None or was.tree is not tree or (was.dockerignore, was.named) != (ignored, named):
            seen.context = BuildContext(tree, ignored, root, named)
        seen.place, seen.tree = place, tree
        seen.expires = time.monotonic() + max(FRESH, COSTLY * (time.monotonic() - begin))

    def _look_again(self, seen: _Seen, locate: Callable[[], object]) -> None:
        begin, was = time.monotonic(), (seen.place, seen.context)
        if seen.tree is not None:
            fresh = seen.tree.again()
            if fresh.known != seen.tree.known:
                self._trees[seen.tree.root] = fresh
        self._places = None
        locate()
        seen.expires = time.monotonic() + max(FRESH, COSTLY * (time.monotonic() - begin))
        if seen.place != was[0] or seen.context is not was[1]:
            self._server.worker.submit(self._tell, once="contexts")

    # Between the threads

    def _submit(self, work: Callable[[], object]) -> None:
        if self._disk is None:
            self._disk = Worker("disk")
        self._disk.submit(work)

    def _wait(self, work: Callable[[], object], done: Event | None = None) -> bool:
        """Have the disk's thread do something; whether it was done while one was patient. If not, all is told again
        once it is."""
        done = done or Event()
        late = Event()

        def run() -> None:
            try:
                work()
            finally:
                done.set()
                # In the worker's turn, it has noticed by then that it was too late.
                self._server.worker.submit(partial(self._tell_late, late))

        self._submit(run)
        begin = time.monotonic()
        came = done.wait(max(self._patience, 0.0))
        self._patience -= time.monotonic() - begin
        if not came:
            late.set()
            self._behind = done
        return came

    def _tell_late(self, late: Event) -> None:
        if late.is_set():
            self._server.worker.submit(self._tell, once="contexts")

    def _tell(self) -> None:
        from .workspace import check_again

        self.generation += 1
        check_again(self._server)
