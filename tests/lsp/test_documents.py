"""The text of an open document is the editor's, whatever is typed: against an editor written the slow way."""

from __future__ import annotations

import random

import pytest
from client import URI, Client, insert, replace
from hypothesis import example, given
from hypothesis import strategies as st
from lsprotocol.types import (
    Position,
    Range,
    TextDocumentContentChangePartial,
    TextDocumentContentChangeWholeDocument,
)

from lightship.lsp.convert import Converter, Encoding
from lightship.lsp.documents import Buffer, Documents
from lightship.text import Span

CODECS = {Encoding.Utf8: ("utf-8", 1), Encoding.Utf16: ("utf-16-le", 2), Encoding.Utf32: ("utf-32-le", 4)}


class Editor:
    """Keeps its text as units of the encoding and looks for every place from the start."""

    def __init__(self, text: str, encoding: Encoding) -> None:
        self.codec, self.size = CODECS[encoding]
        self.units = text.encode(self.codec, "surrogatepass")

    @property
    def text(self) -> str:
        return self.units.decode(self.codec, "surrogatepass")

    def lines(self) -> list[list[str]]:
        """The characters of each line, its end last as one piece."""
        lines: list[list[str]] = [[]]
        characters = list(self.text)
        while characters:
            piece = characters.pop(0)
            if piece == "\r" and characters[:1] == ["\n"]:
                piece += characters.pop(0)
            lines[-1].append(piece)
            if piece in ("\n", "\r", "\r\n"):
                lines.append([])
        return lines

    def units_of(self, text: str) -> int:
        return len(text.encode(self.codec, "surrogatepass")) // self.size

    def index(self, line: int, column: int) -> int:
        """In units, from the start of the text."""
        lines = self.lines()
        if line >= len(lines):
            return self.units_of(self.text)
        index = self.units_of("".join(piece for above in lines[:line] for piece in above))
        for piece in lines[line]:
            width = self.units_of(piece)
            if column < width or piece in ("\n", "\r", "\r\n"):
                break
            column -= width
            index += width
        return index

    def edit(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        first, last = self.index(*start) * self.size, self.index(*end) * self.size
        self.units = self.units[:first] + text.encode(self.codec, "surrogatepass") + self.units[last:]


texts = st.lists(
    st.sampled_from(
        ["a", "bc", " ", "\n", "\r", "\r\n", "🚀", "é", "日", "\u2028", "\x0c", "\x85", "\v", "\\\n"]
    ),
    max_size=12,
).map("".join)
places = st.tuples(st.integers(0, 9), st.integers(0, 12))
edits = st.tuples(st.tuples(places, places).map(sorted), texts)
encodings = st.sampled_from(list(CODECS))


@given(encodings, texts, st.lists(edits, max_size=8))
@example(Encoding.Utf16, "a\r", [([(1, 0), (1, 0)], "\n")])
@example(Encoding.Utf16, "a\rb\nc", [([(1, 0), (1, 1)], ""), ([(1, 9), (1, 9)], "x")])
@example(Encoding.Utf8, "a", [([(0, 5), (0, 5)], "b"), ([(7, 0), (7, 0)], "c")])
def test_buffer_holds_what_the_editor_holds(
    encoding: Encoding, text: str, changes: list[tuple[list[tuple[int, int]], str]]
) -> None:
    editor, buffer = Editor(text, encoding), Buffer(text, encoding)
    for (start, end), new in changes:
        editor.edit(start, end, new)
        buffer.apply(partial(start, end, new))
        assert buffer.text == editor.text


@given(encodings, texts, places)
def test_positions_lead_to_the_offset_that_the_editor_means(
    encoding: Encoding, text: str, place: tuple[int, int]
) -> None:
    editor = Editor(text, encoding)
    before = editor.units[: editor.index(*place) * editor.size].decode(editor.codec)
    assert Converter(text, encoding).offset(Position(*place)) == len(before)


@given(encodings, texts)
def test_every_offset_has_a_position_that_leads_back(encoding: Encoding, text: str) -> None:
    convert = Converter(text, encoding)
    for offset in range(len(text) + 1):
        inside_line_end = text[offset - 1 : offset + 1] == "\r\n" if offset else False
        assert convert.offset(convert.position(offset)) == offset - inside_line_end


@pytest.mark.parametrize("encoding", list(CODECS))
def test_the_server_holds_what_the_editor_holds(encoding: Encoding) -> None:
    """Through the pipe, in one long session of typing anywhere."""
    chance = random.Random(7)
    pieces = ["a", "RUN ", "\n", "\r", "\r\n", "🚀", "é", "日", "\u2028", "\x0c", ""]
    text = "FROM a\r\nRUN b 🚀 \\\n  c\u2028\x0c\rd"
    editor = Editor(text, encoding)
    with Client() as client:
        client.initialize({"general": {"positionEncodings": [encoding.value]}})
        client.open(text)
        for version in range(2, 150):
            changes = []
            for _ in range(chance.randint(1, 3)):
                start, end = sorted((chance.randint(0, 9), chance.randint(0, 14)) for _ in range(2))
                new = "".join(chance.choices(pieces, k=chance.randint(0, 3)))
                editor.edit(start, end, new)
                changes.append(replace(*start, *end, new))
            client.change(version, *changes)
            if version % 10 == 0:
                assert client.request("test/text", URI) == editor.text
        assert client.request("test/text", URI) == editor.text


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"text": "RUN b"}, "RUN b"),
        ({"text": "RUN b", "range": None, "rangeLength": None}, "RUN b"),
        (replace(0, 5, 0, 6, "b") | {"rangeLength": -1, "of our own": True}, "FROM b\n"),
        (replace(0, 6, 0, 5, "b"), "FROM b\n"),
        (replace(0, 6, 2**31 - 1, 0, "b"), "FROM ab"),
    ],
)
@pytest.mark.parametrize("version", [{"version": 2}, {"version": -1}, {"version": None}, {}], ids=repr)
def test_changes_as_clients_write_them(
    shared: Client, uri: str, change: dict[str, object], text: str, version: dict[str, object]
) -> None:
    shared.open("FROM a\n", uri)
    shared.notify(
        "textDocument/didChange", {"textDocument": {"uri": uri, **version}, "contentChanges": [change]}
    )
    assert shared.request("test/text", uri) == text


@pytest.mark.parametrize(
    "changes",
    [
        None,
        [insert(0, 5, "b"), {"range": {}, "text": "c"}],
        [replace(0, 0, 0, -1, "b")],
        [replace(0, 0, 10**20, 0, "b")],
        [{"text": None}],
        [{"range": 1}],
        ["b"],
        [None],
    ],
    ids=repr,
)
def test_nothing_is_said_of_a_text_that_the_editor_has_not(shared: Client, uri: str, changes: object) -> None:
    """Until it is opened anew. The person at the editor is told."""
    shared.open("FROM a\n", uri)
    shared.diagnostics(1, uri)
    shared.notify(
        "textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": changes}
    )
    assert shared.diagnostics(None, uri) == []
    assert uri in shared.expect("window/showMessage")["params"]["message"]
    shared.change(3, insert(0, 5, "b"), uri=uri)
    assert shared.request("test/text", uri) is None
    shared.open("FROM b\n", uri)
    assert shared.request("test/text", uri) == "FROM b\n"


def test_a_range_is_a_span_and_back() -> None:
    convert = Converter("RUN echo 🚀 é\nUSER x\n", Encoding.Utf16)
    assert convert.range(Span(9, 12)) == Range(Position(0, 9), Position(0, 13))
    assert convert.span(Range(Position(0, 9), Position(0, 13))) == Span(9, 12)
    # Backwards, as no editor should send it.
    assert convert.span(Range(Position(1, 4), Position(0, 9))) == Span(9, 17)


def test_a_whole_document_may_be_replaced_between_edits() -> None:
    documents = Documents()
    documents.open("untitled:1", 1, "FROM a\n")
    changes = [
        partial((0, 5), (0, 6), "b"),
        TextDocumentContentChangeWholeDocument("RUN 🚀\r\nUSER x"),
        partial((1, 5), (1, 9), "y"),
    ]
    documents.change("untitled:1", 2, changes)
    document = documents.get("untitled:1")
    assert document is not None
    assert (document.version, document.text) == (2, "RUN 🚀\r\nUSER y")


def partial(start: tuple[int, int], end: tuple[int, int], text: str) -> TextDocumentContentChangePartial:
    return TextDocumentContentChangePartial(Range(Position(*start), Position(*end)), text)
