"""How long each answer of the language server takes on 2,000 lines, beside docker-langserver's.

tally's server has few of them, and needs half a minute for the findings in this file alone. Each is asked for after a
keystroke, when the findings have come: the first answer of its kind for that text. Completion is also asked for with the
keystroke itself, as editors do: it has to read the text, and comes before the findings.
Exit code 1 where one of our own limits is missed.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from bench import Session, Tool, dockerfile, tools

LINES = 2000
LIMIT_MS = 10.0
ROUNDS = 3


class Request(NamedTuple):
    """`provider` is the capability by which a server says that it answers."""

    method: str
    provider: str
    params: Mapping[str, Any] = MappingProxyType({})
    limit: float = LIMIT_MS


class FeatureSession(Session):
    CAPABILITIES: Mapping[str, Any] = {
        **Session.CAPABILITIES,
        "semanticTokens": {
            "requests": {"full": True},
            "tokenTypes": ["keyword", "comment", "string", "variable", "operator", "parameter", "macro"],
            "tokenModifiers": [],
            "formats": ["relative"],
        },
        "rename": {"prepareSupport": True},
    }

    def ask(self, method: str, params: Mapping[str, Any]) -> float:
        """Milliseconds until a request is answered."""
        self.asked = getattr(self, "asked", 0) + 1
        document = {"textDocument": {"uri": self.URI}, **params}
        start = time.perf_counter()
        self.send(id=self.asked, method=f"textDocument/{method}", params=document)
        answer = self.until(lambda message: message.get("id") == self.asked and "method" not in message)
        took = (self.arrived - start) * 1000  # reading the answer is the client's time
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return took

    def ask_while_typing(self, line: int, character: str) -> float:
        """Milliseconds from a keystroke to the completion that is asked for with it, whenever the findings come."""
        self.asked = getattr(self, "asked", 0) + 1
        start = self.change(line, character)
        params = {"textDocument": {"uri": self.URI}, **END}
        self.send(id=self.asked, method="textDocument/completion", params=params)
        missing = {"answer", "findings"}
        took = 0.0

        def both(message: dict[str, Any]) -> bool:
            nonlocal took
            if message.get("id") == self.asked and "method" not in message:
                took = (self.arrived - start) * 1000
                missing.discard("answer")
            elif self.told(message):
                missing.discard("findings")
            return not missing

        self.until(both)
        return took


TEXT = dockerfile(LINES).replace("RUN pip install package", "RUN pip install $SETTING_7 package")
ROWS = TEXT.split("\n")
ROW = next(row for row in range(LINES // 2, LINES) if "$SETTING_7" in ROWS[row])
AT = {"position": {"line": ROW, "character": ROWS[ROW].index("SETTING_7") + 3}}
END = {"position": {"line": ROW, "character": len("RUN pip install $SETTING_")}}
OPTIONS = {"options": {"tabSize": 4, "insertSpaces": True}}
WHOLE = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": LINES, "character": 0}}}
PART = {"range": {"start": {"line": ROW, "character": 0}, "end": {"line": ROW + 50, "character": 0}}}

WHILE_TYPING = Request("completion, with the keystroke", "completionProvider", limit=80.0)
REQUESTS = (
    Request("hover", "hoverProvider", AT),
    Request("definition", "definitionProvider", AT),
    Request("references", "referencesProvider", {**AT, "context": {"includeDeclaration": True}}),
    Request("documentHighlight", "documentHighlightProvider", AT),
    Request("prepareRename", "renameProvider", AT),
    Request("rename", "renameProvider", {**AT, "newName": "ANOTHER"}),
    Request("documentSymbol", "documentSymbolProvider"),
    Request("foldingRange", "foldingRangeProvider"),
    Request("selectionRange", "selectionRangeProvider", {"positions": [AT["position"]]}),
    Request("documentLink", "documentLinkProvider"),
    Request("completion", "completionProvider", END),
    Request("signatureHelp", "signatureHelpProvider", END),
    Request("formatting", "documentFormattingProvider", OPTIONS),
    Request("rangeFormatting", "documentRangeFormattingProvider", {**PART, **OPTIONS}),
    Request("inlayHint", "inlayHintProvider", PART),
    Request("codeLens", "codeLensProvider"),
    Request("semanticTokens/full", "semanticTokensProvider", {}, 40.0),
)


def measure(servers: list[Tool]) -> dict[str, dict[str, list[float]]]:
    results: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for tool in servers:
        assert tool.server
        with FeatureSession(tool.server) as session:
            session.open(TEXT)
            for number in range(ROUNDS + 1):
                session.type(LINES // 2, "abcdefgh"[number])
                waited = session.ask_while_typing(LINES // 2, "ijklmnop"[number])
                if number:
                    results[WHILE_TYPING.method][tool.name].append(waited)
                for request in REQUESTS:
                    if session.announced.get(request.provider):
                        took = session.ask(request.method, request.params)
                        # The first round loads what is needed.
                        if number:
                            results[request.method][tool.name].append(took)
    return results


def main() -> int:
    servers = [tool for tool in tools() if tool.name in ("lightship", "docker-langserver")]
    print(f"measuring: answers on {LINES:,} lines ...", file=sys.stderr)
    results = measure(servers)
    names = [tool.name for tool in servers]
    print("| " + " | ".join([f"answer on {LINES:,} lines, ms", *names, "our limit"]) + " |")
    print("| --- " + "| ---: " * (len(names) + 1) + "|")
    missed = []
    for request in (*REQUESTS, WHILE_TYPING):
        row = results[request.method]
        medians = [f"{statistics.median(row[name]):.1f}" if row[name] else "–" for name in names]
        print("| " + " | ".join([f"`{request.method}`", *medians, f"{request.limit:g}"]) + " |")
        if row["lightship"] and statistics.median(row["lightship"]) > request.limit:
            missed.append(request.method)
    for method in missed:
        print(f"missed: {method}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
