"""Every request about a place or a document is answered through the pipe, wherever the cursor is and whatever the text."""

from __future__ import annotations

from typing import Any

import pytest
from client import Client, Refused, at

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
AT_A_PLACE: dict[str, Any] = {
    "hover": {},
    "definition": {},
    "references": {"context": {"includeDeclaration": True}},
    "documentHighlight": {},
    "prepareRename": {},
    "rename": {"newName": "fresh"},
    "completion": {},
    "signatureHelp": {},
}
OF_A_DOCUMENT: dict[str, Any] = {
    "documentSymbol": {},
    "foldingRange": {},
    "documentLink": {},
    "codeLens": {},
    "semanticTokens/full": {},
    "diagnostic": {},
    "formatting": {"options": {"tabSize": 4, "insertSpaces": True}},
    "inlayHint": {"range": {"start": at(0, 0), "end": at(99, 0)}},
    "selectionRange": {"positions": [at(0, 0), at(2, 8), at(99, 99)]},
    "codeAction": {"range": {"start": at(0, 0), "end": at(99, 0)}, "context": {"diagnostics": []}},
}
REQUEST_FAILED = -32803


@pytest.mark.parametrize("name", TEXTS)
def test_every_place_has_an_answer(name: str, shared: Client, uri: str) -> None:
    text = TEXTS[name]
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
    for id, method in ids.items():
        try:
            shared.answer(id)
        except Refused as answer:
            refused[method] = answer.code
    assert not refused.keys() - {"rename", "prepareRename"}
    assert set(refused.values()) <= {REQUEST_FAILED}
