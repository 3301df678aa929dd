"""However a session went, the server says what a fresh one says of the same texts: nothing drifts, nothing is stale."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest
from client import REAL, Client, Refused, at, replace
from test_documents import Editor

from lightship.lsp.convert import Encoding

ACTIONS, BURST = 80, 40
PATIENCE = 20.0
"""Seconds that a slow disk may take until the build context is known."""

DOCKERFILE = """\
# syntax=docker/dockerfile:1
ARG VERSION=3.12
FROM python:${VERSION} AS build
ENV HOME=/srv LANG=C.UTF-8
RUN apt-get update && apt-get install -y gcc \\
    curl # 🚀
COPY requirements.txt app/ ./
RUN pip install -r requirements.txt
RUN <<EOF
echo é
cd /tmp
EOF
FROM build
COPY --from=build /srv /srv
CMD python -m app
"""
FILES = {
    "Dockerfile": DOCKERFILE,
    "other/Dockerfile.dev": DOCKERFILE.replace("\n", "\r\n"),
    ".dockerignore": "*.md\n!README.md\nrequirements.txt\n",
    "compose.yaml": "services:\n  web: {build: ., image: web}\n  dev: {build: {context: other, args: {VERSION: '3.9'}}}\n",
}
OTHERS = {
    "requirements.txt": "flask==3\n",
    "app/main.py": "",
    "other/requirements.txt": "x\n",
    "README.md": "#\n",
}
PIECES = (
    "a", "RUN ", "\n", "\r", "\r\n", "🚀", "é", "\u2028", "\x0c", "\t", "\0", "\ufeff", "\ud800", "\\\n", "$A", "${", '"', "'",
    "<<EOF\n", "EOF\n", "FROM b AS c\n", "COPY a b\n", "ENV A=b\n", "USER x\n", "# lightship: ignore=sudo\n", "RUN sudo x\n",
    "ONBUILD ", "&& ", "|", "--mount=", "[", "]", "#", "*", "!", "build: other\n", "  ", "ARG VERSION\n", "",
)  # fmt: skip
SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"select": ["all"]},
    {"preset": "hadolint"},
    {"ignore": ["sudo", "untagged-base"], "context": False},
    {"severity": {"sudo": "error"}, "context": "other"},
    {"features": {"hover": False, "inlayHints": False}},
)
ABOUT_ALL = ("semanticTokens/full", "documentSymbol", "foldingRange", "codeLens", "documentLink")
ABOUT_A_PLACE = (
    "hover",
    "completion",
    "signatureHelp",
    "definition",
    "documentHighlight",
    "onTypeFormatting",
)
CAPABILITIES = {
    "textDocument": {
        "diagnostic": {},
        "codeAction": {"resolveSupport": {"properties": ["edit"]}, "disabledSupport": True},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
    },
    "workspace": {
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "diagnostics": {"refreshSupport": True},
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]},
    },
}


class Session:
    """An editor that does what comes to its mind in a folder."""

    def __init__(self, client: Client, folder: Path, encoding: Encoding, chance: random.Random) -> None:
        self.client, self.folder, self.encoding, self.chance = client, folder, encoding, chance
        self.editors: dict[str, Editor] = {}
        self.settings: dict[str, Any] = {}
        self.version = 0
        client.initialize(
            CAPABILITIES | {"general": {"positionEncodings": [encoding.value]}}, rootUri=folder.as_uri()
        )

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str) -> None:
        self.version += 1
        self.editors[name] = Editor(text, self.encoding)
        self.client.open(text, self.uri(name), self.version)

    def act(self) -> None:
        chance, client = self.chance, self.client
        name = chance.choice([*FILES])
        document = {"textDocument": {"uri": self.uri(name)}}
        match chance.choices(
            ("edit", "ask", "cancel", "close", "configure", "disk", "save"), (30, 12, 4, 2, 1, 3, 2)
        )[0]:
            case "edit" if name in self.editors:
                self._edit(name)
            case "ask" | "cancel" as how if name in self.editors:
                line, column = chance.randint(0, 20), chance.randint(0, 30)
                id = client.begin(
                    *_question(document, chance.choice(ABOUT_ALL + ABOUT_A_PLACE), line, column)
                )
                if how == "cancel":
                    client.notify("$/cancelRequest", {"id": id})
            case "close" if name in self.editors:
                del self.editors[name]
                client.notify("textDocument/didClose", document)
            case "configure":
                self.settings = chance.choice(SETTINGS)
                client.notify("workspace/didChangeConfiguration", {"settings": {"lightship": self.settings}})
            case "disk":
                file = chance.choice([*FILES, *OTHERS])
                path = self.folder / file
                if path.exists() and chance.random() < 0.4:
                    path.unlink()
                else:
                    path.write_text(chance.choice([*FILES.values(), *OTHERS.values()]), newline="")
                client.notify(
                    "workspace/didChangeWatchedFiles", {"changes": [{"uri": self.uri(file), "type": 2}]}
                )
            case "save" if name in self.editors:
                path = self.folder / name
                path.write_bytes(self.editors[name].text.encode("utf-8", "surrogatepass"))
                client.notify("textDocument/didSave", document)
                client.notify(
                    "workspace/didChangeWatchedFiles", {"changes": [{"uri": self.uri(name), "type": 2}]}
                )
            case _ if name not in self.editors:
                self.open(name, FILES[name])

    def _edit(self, name: str) -> None:
        editor, chance, changes = self.editors[name], self.chance, []
        for _ in range(chance.randint(1, 3)):
            line = chance.randint(0, len(editor.lines()))
            start = line, chance.randint(0, 20)
            end = (line + (chance.random() < 0.1), chance.randint(0, 20)) if chance.random() < 0.5 else start
            start, end = sorted((start, end))
            new = "".join(chance.choices(PIECES, k=chance.randint(0, 3)))
            editor.edit(start, end, new)
            changes.append(replace(*start, *end, new))
        self.version += 1
        self.client.change(self.version, *changes, uri=self.uri(name))


def _question(document: dict[str, Any], about: str, line: int, column: int) -> tuple[str, dict[str, Any]]:
    place: dict[str, Any] = {"position": at(line, column)} if about in ABOUT_A_PLACE else {}
    if about == "onTypeFormatting":
        place |= {"ch": "\\", "options": {"tabSize": 4, "insertSpaces": True}}
    return f"textDocument/{about}", document | place


def _told(client: Client, uri: str, lines: int) -> dict[str, Any]:
    """All that is said of a document."""
    document = {"textDocument": {"uri": uri}}
    whole = {"start": at(0, 0), "end": at(lines, 0)}
    options = {"options": {"tabSize": 4, "insertSpaces": True}}
    questions = [_question(document, about, 0, 0) for about in ABOUT_ALL]
    questions += [("textDocument/diagnostic", document), ("textDocument/formatting", document | options)]
    questions += [("textDocument/inlayHint", document | {"range": whole})]
    for line in range(0, lines, 4):
        questions += [_question(document, about, line, 6) for about in ABOUT_A_PLACE]
        part = {"range": {"start": at(line, 0), "end": at(line, 9)}, "context": {"diagnostics": []}}
        questions += [("textDocument/codeAction", document | part)]
    asked = [(f"{method} {params.get('position', params.get('range'))}", client.begin(method, params)) for method, params in questions]  # fmt: skip
    told: dict[str, Any] = {}
    for question, id in asked:
        try:
            told[question] = client.answer(id)
        except Refused as refused:
            told[question] = refused.code
        if isinstance(told[question], dict):
            told[question].pop("resultId", None)
    return told


def _unversioned(told: Any) -> Any:
    """Edits name the version that they are for."""
    match told:
        case dict():
            return {key: _unversioned(value) for key, value in told.items() if key != "version"}
        case list():
            return [*map(_unversioned, told)]
    return told


@pytest.mark.parametrize(("seed", "encoding"), [*enumerate((Encoding.Utf16, Encoding.Utf8, Encoding.Utf32))])
def test_a_session_is_as_good_as_new(tmp_path: Path, seed: int, encoding: Encoding) -> None:
    (tmp_path / ".git").mkdir()
    for name, text in (FILES | OTHERS).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, newline="")
    with Client(REAL) as client:
        session = Session(client, tmp_path, encoding, random.Random(seed))
        for name, text in FILES.items():
            session.open(name, text)
        for _ in range(ACTIONS // BURST):
            for _ in range(BURST):
                session.act()
            _compare(session)
        assert client.leave() == 0


def _compare(session: Session) -> None:
    with Client(REAL) as fresh:
        other = Session(fresh, session.folder, session.encoding, session.chance)
        fresh.notify("workspace/didChangeConfiguration", {"settings": {"lightship": session.settings}})
        for name, editor in session.editors.items():
            other.open(name, editor.text)
        for name, editor in session.editors.items():
            end = time.monotonic() + PATIENCE
            while True:
                told = [
                    _unversioned(_told(client, session.uri(name), len(editor.lines())))
                    for client in (session.client, fresh)
                ]
                if told[0] == told[1] or time.monotonic() > end:
                    break
                time.sleep(0.2)
            differing = {key: (told[0][key], told[1][key]) for key in told[0] if told[0][key] != told[1][key]}
            assert not differing, (name, editor.text)
