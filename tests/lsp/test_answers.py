"""Every request about a place or a document is answered through the pipe, wherever the cursor is and whatever the text."""

from __future__ import annotations

from typing import Any

import pytest
from client import Client, Refused, at

from lightship.lsp.methods import ABOUT_DOCUMENTS
from lightship.lsp.methods import RESOLVED as RESOLVING

FULL = """\
# syntax=docker/dockerfile:1
ARG V=1
FROM python:$V AS b\u00fc
ENV A="🐳" B=$A
RUN --mount=type=bind,from=b,target=/x <<EOF
echo ${A:-$B} '$A'
EOF
COPY --from=b a b \\
 # c
 /d
HEALTHCHECK --interval=1s CMD true
"""
TEXTS = {
    "nothing": "",
    "a file": FULL,
    "its lines end in CR LF": FULL.replace("\n", "\r\n"),
    "half of it": FULL[: len(FULL) // 2],
    "no end": FULL.rstrip("\n") + " \\",
    "only marks": "$ ${ \" ' \\\n<<\nFROM <<E $\n--\n#\n= =",
    "other line ends": "FROM a\rRUN b\x0bc\u2028ARG d\x0c\n\ufeffARG e\n",
}
OPTIONS = {"tabSize": 4, "insertSpaces": True}
ALL = {"start": at(0, 0), "end": at(99, 0)}
AT_A_PLACE: dict[str, Any] = {
    "hover": {},
    "definition": {},
    "references": {"context": {"includeDeclaration": True}},
    "documentHighlight": {},
    "prepareRename": {},
    "rename": {"newName": "fresh"},
    "completion": {},
    "signatureHelp": {},
    "onTypeFormatting": {"ch": "\\", "options": OPTIONS},
}
OF_A_DOCUMENT: dict[str, Any] = {
    "documentSymbol": {},
    "foldingRange": {},
    "documentLink": {},
    "codeLens": {},
    "semanticTokens/full": {},
    "semanticTokens/full/delta": {"previousResultId": "0"},
    "semanticTokens/range": {"range": ALL},
    "diagnostic": {},
    "formatting": {"options": OPTIONS},
    "rangeFormatting": {"range": ALL, "options": OPTIONS},
    "inlayHint": {"range": ALL},
    "selectionRange": {"positions": [at(0, 0), at(2, 8), at(99, 99)]},
    "codeAction": {"range": ALL, "context": {"diagnostics": []}},
}
RESOLVED = {
    "completion": "completionItem/resolve",
    "codeAction": "codeAction/resolve",
    "documentLink": "documentLink/resolve",
}
REQUEST_FAILED = -32803


def test_every_method_is_asked() -> None:
    """A new one has to be added above."""
    asked = {f"textDocument/{method}" for method in (*AT_A_PLACE, *OF_A_DOCUMENT)}
    assert asked == {method.name for method in ABOUT_DOCUMENTS}
    assert {*RESOLVED.values()} == {name for name, _ in RESOLVING}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("file", ["Dockerfile", ".dockerignore"])
def test_every_place_has_an_answer(name: str, file: str, shared: Client, uri: str) -> None:
    text, uri = TEXTS[name], uri.replace("Dockerfile", file)
    shared.open(text, uri)
    document = {"textDocument": {"uri": uri}}
    ids = {}
    for line, content in enumerate([*text.split("\n"), ""]):
        # One column beyond the line's end, and one line beyond the text's.
        for column in range(0, len(content) + 2, 1 if len(text) < 100 else 3):
            for method, others in AT_A_PLACE.items():
                params = {**document, "position": at(line, column), **others}
                ids[shared.begin(f"textDocument/{method}", params)] = method
    for method, others in OF_A_DOCUMENT.items():
        ids[shared.begin(f"textDocument/{method}", {**document, **others})] = method
    refused = {}
    unfinished: dict[str, dict[str, Any]] = {}
    for id, method in ids.items():
        try:
            found = shared.answer(id)
        except Refused as answer:
            refused[method] = answer.code
            continue
        if method in RESOLVED:
            for item in found["items"] if isinstance(found, dict) else found or ():
                unfinished[f"{method} {item.get('data') or item}"] = item
    for name, item in unfinished.items():
        shared.request(RESOLVED[name.partition(" ")[0]], item)
    assert not refused.keys() - {"rename", "prepareRename"}
    assert set(refused.values()) <= {REQUEST_FAILED}
