"""One example of every shape a Dockerfile can take, as what the tree makes of it.

`outline` shows each part as its kind and the very text of its span, so a wrong place shows.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lightship.syntax.dockerfile import Blank, Comment, Directive, Instruction, parse


def outline(text: str) -> list[str]:
    tree = parse(text)
    assert tree.problems == ()
    return [line for node in tree.nodes for line in _outline(text, node)]


def _outline(text: str, node: Directive | Comment | Blank | Instruction) -> Iterator[str]:
    def at(span: tuple[int, int]) -> str:
        return text[slice(*span)]

    match node:
        case Directive():
            yield f"directive {node.name}: {at(node.name_span)} = {at(node.value.span)}"
        case Comment():
            yield f"comment {at(node.span)}"
        case Instruction():
            yield f"{node.keyword} {at(node.keyword_span)}"
            for flag in node.flags:
                yield f"flag {at(flag.name.span)} = {at(flag.value.span) if flag.value else None}"
            for word in node.words:
                yield f"word {at(word.span)}" if at(word.span) == word.text else f"word {word.text}"
            for pair in node.pairs:
                value = at(pair.value.span) if pair.value else None
                yield f"{'legacy' if pair.legacy else 'pair'} {at(pair.key.span)} = {value}"
            for element in node.json or ():
                yield f"json {at(element.span)} = {element.value}"
            for reference in node.variables:
                yield f"variable {at(reference.span)} {at(reference.name.span)}"
            for doc in node.heredocs:
                yield f"heredoc {at(doc.opener)} … {doc.closer and at(doc.closer)}: {at(doc.body)}"
            for comment in node.comments:
                yield f"inside {at(comment.span)}"
            yield from ("blank" for _ in node.blanks)
            if node.inner:
                yield from (f"> {line}" for line in _outline(text, node.inner))


TOP = "FROM a\n"
SHAPES: dict[str, tuple[str, list[str]]] = {
    "the syntax directive": ("# syntax=docker/dockerfile:1\nFROM a\n", [
        "directive syntax: syntax = docker/dockerfile:1", "FROM FROM", "word a"]),
    "all directives, spaced and in capitals": ("#Syntax = x/y\n# check=skip=all\n#  ESCAPE=`\nFROM a", [
        "directive syntax: Syntax = x/y", "directive check: check = skip=all", "directive escape: ESCAPE = `",
        "FROM FROM", "word a"]),
    "no directive behind a comment": ("# c\n# escape=`\nFROM a", [
        "comment # c", "comment # escape=`", "FROM FROM", "word a"]),
    "backtick escapes and Windows paths": ("# escape=`\nFROM a\nCOPY a `\n  C:\\b\\\nRUN c:\\d `\n e", [
        "directive escape: escape = `", "FROM FROM", "word a", "COPY COPY", "word a", "word C:\\b\\",
        "RUN RUN", "word c:\\d", "word e"]),
    "a heredoc": ("FROM a\nRUN cat <<EOF >b\nx $y\n  EOF\nEOF\nRUN c\n", [
        "FROM FROM", "word a", "RUN RUN", "word cat", "word <<EOF", "word >b",
        "heredoc <<EOF … EOF: x $y\n  EOF\n", "RUN RUN", "word c"]),
    "several heredocs on a line": ("FROM a\nCOPY <<A <<\"B\" /x\n1$p\nA\n2$q\nB\n", [
        "FROM FROM", "word a", "COPY COPY", "word <<A", 'word <<"B"', "word /x", "variable $p p",
        "heredoc <<A … A: 1$p\n", 'heredoc <<"B" … B: 2$q\n']),
    "an indented heredoc": ("FROM a\nADD <<-E /x\n\ty\n\t\tE\n", [
        "FROM FROM", "word a", "ADD ADD", "word <<-E", "word /x", "heredoc <<-E … E: \ty\n"]),
    "a heredoc behind a space": ("FROM a\nRUN cat << E\ny\nE\n", [
        "FROM FROM", "word a", "RUN RUN", "word cat", "word <<", "word E", "heredoc << E … E: y\n"]),
    "a heredoc behind ONBUILD": ("FROM a\nONBUILD RUN <<E\ny\nE\n", [
        "FROM FROM", "word a", "ONBUILD ONBUILD", "heredoc <<E … E: y\n",
        "> RUN RUN", "> word <<E", "> heredoc <<E … E: y\n"]),
    "an empty heredoc": ("FROM a\nRUN <<E\nE", [
        "FROM FROM", "word a", "RUN RUN", "word <<E", "heredoc <<E … E: "]),
    "no heredoc in CMD": ("FROM a\nCMD <<E\n", ["FROM FROM", "word a", "CMD CMD", "word <<E"]),
    "comments and blank lines in a continuation": ("FROM a\nRUN b \\\n  # c\n\n  && d \\\n#e\n f\n", [
        "FROM FROM", "word a", "RUN RUN", "word b", "word &&", "word d", "word f",
        "inside # c", "inside #e", "blank"]),
    "CRLF": ("# escape=`\r\nFROM a\r\n\r\n# c\r\nRUN b `\r\n c\r\n", [
        "directive escape: escape = `", "FROM FROM", "word a", "comment # c", "RUN RUN", "word b", "word c"]),
    "CRLF in heredocs": ("FROM a\r\nRUN <<E\r\nx\r\nE\r\n", [
        "FROM FROM", "word a", "RUN RUN", "word <<E", "heredoc <<E … E: x\r\n"]),
    "a lone CR is white space": ("FROM a\nRUN\rb\rc", ["FROM FROM", "word a", "RUN RUN", "word b", "word c"]),
    "a BOM": ("\ufeffFROM a\n", ["FROM FROM", "word a"]),
    "a BOM before a directive": ("\ufeff# escape=`\nFROM a", ["directive escape: escape = `", "FROM FROM", "word a"]),
    "tabs, form feeds, vertical tabs": ("\tFROM\ta\n\f\nRUN\vb\fc", [
        "FROM FROM", "word a", "RUN RUN", "word b", "word c"]),
    "U+2028 ends no line": ("FROM a\nRUN b\u2028c\n# d\u2028e", [
        "FROM FROM", "word a", "RUN RUN", "word b\u2028c", "comment # d\u2028e"]),
    "NUL": ("FROM a\nRUN b\0c", ["FROM FROM", "word a", "RUN RUN", "word b\0c"]),
    "bytes that are no UTF-8": ("FROM a\nRUN \udcff # \udcfe\n", [
        "FROM FROM", "word a", "RUN RUN", "word \udcff", "word #", "word \udcfe"]),
    "no line end": ("FROM a\nRUN b \\", ["FROM FROM", "word a", "RUN RUN", "word b"]),
    "a continuation that ends in comments": ("FROM a\nRUN b \\\n# c\n\n", [
        "FROM FROM", "word a", "RUN RUN", "word b", "comment # c"]),
    "a keyword broken over lines": ("FROM a\nRU\\\nN b\\\nc", ["FROM FROM", "word a", "RUN RU\\\nN", "word bc"]),
    "flags": ("FROM --platform=$P a AS b\nCOPY --link --from=b \\\n --chown=$U:${G:-g} c d\n", [
        "FROM FROM", "flag platform = $P", "word a", "word AS", "word b", "variable $P P",
        "COPY COPY", "flag link = None", "flag from = b", "flag chown = $U:${G:-g}", "word c", "word d",
        "variable $U U", "variable ${G:-g} G"]),
    "pairs": ("FROM a\nENV A=1 B=\"x $Y\" \\\n  C='$z' D=e\\ f\nARG G H=i\nLABEL \"a b\"=c\nENV J k  l\n", [
        "FROM FROM", "word a", "ENV ENV", "pair A = 1", 'pair B = "x $Y"', "pair C = '$z'", "pair D = e\\ f",
        "variable $Y Y", "ARG ARG", "pair G = None", "pair H = i", "LABEL LABEL", 'pair "a b" = c',
        "ENV ENV", "legacy J = k  l"]),
    "JSON": ("FROM a\nCMD [ \"b\" , \"c\\\"\\u0041\",\\\n \"\" ]\n", [
        "FROM FROM", "word a", "CMD CMD", 'json "b" = b', 'json "c\\"\\u0041" = c"A', 'json "" = ']),
    "JSON with something behind it is a shell form": ("FROM a\nCMD [\"b\"] c\n", [
        "FROM FROM", "word a", "CMD CMD", 'word ["b"]', "word c"]),
    "variables in JSON": ("FROM a\nCOPY [\"\\\"$b\\\"\", \"${c}\"]\n", [
        "FROM FROM", "word a", "COPY COPY", 'json "\\"$b\\"" = "$b"', 'json "${c}" = ${c}',
        "variable $b b", "variable ${c} c"]),
    "HEALTHCHECK": ("FROM a\nHEALTHCHECK --interval=5s CMD --b c\nHEALTHCHECK none", [
        "FROM FROM", "word a", "HEALTHCHECK HEALTHCHECK", "flag interval = 5s", "> CMD CMD", "> word --b", "> word c",
        "HEALTHCHECK HEALTHCHECK", "> NONE none"]),
    "one argument, spaces and all": ("FROM a\nUSER b c\nWORKDIR /d e\n", [
        "FROM FROM", "word a", "USER USER", "word b c", "WORKDIR WORKDIR", "word /d e"]),
    "nested variables": ("FROM a\nWORKDIR ${A:-$B}/${C:+${D}}\n", [
        "FROM FROM", "word a", "WORKDIR WORKDIR", "word ${A:-$B}/${C:+${D}}", "variable ${A:-$B} A",
        "variable $B B", "variable ${C:+${D}} C", "variable ${D} D"]),
    "a variable broken over lines": ("FROM a\nCOPY --chown=$U\\\nS b ${C\\\n:-d}\n", [
        "FROM FROM", "word a", "COPY COPY", "flag chown = $U\\\nS", "word b", "word ${C:-d}",
        "variable $U\\\nS U\\\nS", "variable ${C\\\n:-d} C"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_shape(name: str) -> None:
    text, expected = SHAPES[name]
    assert outline(text) == expected


def test_an_unknown_instruction_is_read_like_any_other() -> None:
    (_, unknown) = parse("FROM a\nINCLUDE --b=c d \\\n e\n").instructions
    assert unknown.keyword == "INCLUDE"
    assert [flag.name.text for flag in unknown.flags] == ["b"]
    assert [word.text for word in unknown.words] == ["d", "e"]


def test_blank_lines_and_comments_lie_between() -> None:
    text = "\n \n# a\n\nFROM a\n# b\n\n"
    assert [(type(node).__name__, text[slice(*node.extent)]) for node in parse(text).nodes] == [
        ("Blank", "\n \n"),
        ("Comment", "# a\n"),
        ("Blank", "\n"),
        ("Instruction", "FROM a\n"),
        ("Comment", "# b\n"),
        ("Blank", "\n"),
    ]


def test_an_instruction_ends_with_its_last_word_or_heredoc() -> None:
    text = "FROM a  \nRUN b \\\n  c \\\n\n  \nRUN <<E\nx\nE\n"
    # An empty line does not end a continuation.
    text += "RUN <<E\nx\nE \nE\nCOPY <<E /x\ny"
    spans = [text[slice(*each.span)] for each in parse(text).instructions]
    assert spans == [
        "FROM a",
        "RUN b \\\n  c \\\n\n  \nRUN <<E\nx\nE",
        "RUN <<E\nx\nE \nE",
        "COPY <<E /x\ny",
    ]


def test_all_comments_in_order() -> None:
    tree = parse("# a\nFROM a\nRUN b \\\n # c\n d\n#e")
    assert [comment.text for comment in tree.comments] == ["a", "c", "e"]
