"""The body of a RUN → its commands, each word with its place in the file.

tree-sitter-bash reads the *joined* body. Where it reports an error, or shows one of the two shapes that it
is known to get wrong (redirections before arguments, backticks glued to words), the command is not
`certain`: rules may still look at it, nothing edits it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from .. import regex
from ..remembered import remembered
from ..text import Span
from .joined import Joined

if TYPE_CHECKING:
    from tree_sitter import Node, Parser


class ShellWord(NamedTuple):
    """A word as written, and its `value` once the shell has taken the quotes off: None where the shell
    would expand a variable, a command or an arithmetic expression in it."""

    span: Span
    text: str
    value: str | None


class Redirection(NamedTuple):
    """`2>/dev/null`, `<in` or a heredoc (`operator` `<<` or `<<-`, whose target is its delimiter)."""

    span: Span
    operator: str
    target: ShellWord | None


class Assignment(NamedTuple):
    """`NAME=value` in front of a command, or a command of its own."""

    span: Span
    name: str
    value: ShellWord | None


class Command(NamedTuple):
    """A simple command. `within` names what it stands in, outermost first: `pipeline`, `subshell`, `group`,
    `if`, `loop`, `case`, `function`, `negation`, `substitution`, `background`.

    `name` is the first word's value without its folder: `pip` for `/venv/bin/pip`; '' where it is unknown.
    `values` are those of the words, or their text where the shell would expand them.
    """

    span: Span
    assignments: tuple[Assignment, ...]
    words: tuple[ShellWord, ...]
    redirections: tuple[Redirection, ...]
    within: tuple[str, ...]
    certain: bool
    name: str
    values: tuple[str, ...]

    @property
    def arguments(self) -> tuple[ShellWord, ...]:
        return self.words[1:]


class Item(NamedTuple):
    """A member of the list that a script is at its top: `kind` is `command`, what else stands there, or `heredoc`
    where commands follow a heredoc's opener on its line and tree-sitter makes one of all, and
    `operator` what follows it: `&&`, `||`, `;`, `&`, a newline, or '' at the end."""

    span: Span
    kind: str
    operator: str
    operator_span: Span
    commands: tuple[Command, ...]


class Script(NamedTuple):
    """`items` in order; `commands` are all commands, also those deep inside. `comments` are `# …` to the
    end of the (joined) line."""

    span: Span
    items: tuple[Item, ...]
    commands: tuple[Command, ...]
    comments: tuple[Span, ...]
    certain: bool


_PLAIN = regex.compile(r"[\w./:=@%+,^~#!\[\]*?{}-]*\Z", re.ASCII)
_RAW_WORD = regex.compile(r"""(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+""", re.DOTALL)
_SUBSTITUTION = regex.compile(r"[(`]")
"""Without one of these, no command stands in another one's words."""
_WITHIN = {
    "pipeline": "pipeline",
    "subshell": "subshell",
    "compound_statement": "group",
    "if_statement": "if",
    "while_statement": "loop",
    "for_statement": "loop",
    "c_style_for_statement": "loop",
    "case_statement": "case",
    "function_definition": "function",
    "negated_command": "negation",
    "command_substitution": "substitution",
    "process_substitution": "substitution",
}
_COMMANDS = frozenset(
    (
        "command",
        "declaration_command",
        "unset_command",
        "test_command",
        "variable_assignment",
        "variable_assignments",
    )
)
_OPERATORS = frozenset(("&&", "||", ";", "&", "\n", ";;"))
_REDIRECTIONS = frozenset(("file_redirect", "heredoc_redirect", "herestring_redirect"))
_OF_REDIRECTION = frozenset(("file_descriptor", "heredoc_start", "heredoc_body", "heredoc_end"))
_DEEPEST = 60
"""How deep in a tree commands are looked for: Python's stack has an end."""
_WORDS = frozenset(
    (
        "word", "string", "raw_string", "ansi_c_string", "translated_string", "concatenation", "simple_expansion",
        "expansion", "command_substitution", "process_substitution", "arithmetic_expansion", "number",
        "brace_expression", "extglob_pattern", "regex",
    )
)  # fmt: skip


def parse(body: Joined) -> Script:
    """The script that `body` is. What tree-sitter sees depends on the text alone, so that is remembered; and where
    its words stand, as long as they stay."""
    read = _remembered(body.text)
    if read[-1][0] != body:
        read[1:] = [(body, _place(read[0][1], body))]
    return read[-1][1]


def exec_form(words: tuple[ShellWord, ...], span: Span) -> Script:
    """The script of an exec form: one command, certain, with nothing for a shell to expand."""
    command = _command(span, (), words, (), (), True)
    return Script(
        span, (Item(span, "command", "", Span(span.end, span.end), (command,)),), (command,), (), True
    )


def static_value(text: str) -> str | None:
    """What a word means to the shell, quotes and backslashes taken off; None where the shell expands it."""
    if _PLAIN.match(text):
        return text
    chars: list[str] = []
    quote = ""
    at = 0
    while at < len(text):
        char = text[at]
        following = text[at + 1 : at + 2]
        if quote == "'":
            if char == "'":
                quote = ""
            else:
                chars.append(char)
        elif char == "`" or (char == "$" and re.match(r"[\w{(@*#?$!'\"-]", following)):
            return None
        elif char == "\\":
            if quote and following not in ('"', "\\", "$", "`"):
                chars.append(char)
            chars.append(following)
            at += 1
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        else:
            chars.append(char)
        at += 1
    return None if quote else "".join(chars)


codecs.register_error("lightship.letters", lambda error: ("x" * (error.end - error.start), error.end))  # type: ignore[attr-defined]


@cache
def _parser() -> Parser:
    import tree_sitter_bash
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_bash.language()))


@remembered(1 << 20)
def _remembered(text: str) -> list[tuple[Joined, Script]]:
    """The script with spans counted from the body's own start, and, for the caller to fill, as it was placed last."""
    return [(Joined(text, (0,), (0,)), _Reader(text).script(tree(text)))]


def tree(text: str) -> Node:
    """tree-sitter's tree of a body. What it calls bytes are characters here."""
    # tree-sitter counts bytes. A letter for each character that is not ASCII makes bytes and characters
    # the same, and none of them means anything to the shell's grammar. Carriage returns would be glued
    # to the words before them.
    data = text.encode("ascii", "lightship.letters").replace(b"\r", b" ").replace(b"\0", b"x")
    return _parser().parse(data).root_node


class _Reader:
    """Reads one tree. Holds the text and what has been found so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.comments: list[Span] = []
        self.certain = True

    def script(self, root: Node) -> Script:
        items: list[Item] = []
        if root.type == "program":
            self.flatten(root, items)
        else:
            self.certain = False
        if root.has_error:
            self.certain = False
        commands = tuple(command for item in items for command in item.commands)
        return Script(Span(0, len(self.text)), tuple(items), commands, tuple(self.comments), self.certain)

    def flatten(self, node: Node, items: list[Item]) -> None:
        """The members of the lists that `node` is made of, with the operators between them."""
        for child, around in _members(node):
            kind = child.type
            if kind in _OPERATORS:
                if items:
                    operator = Span(child.start_byte, child.end_byte)
                    items[-1] = items[-1]._replace(
                        operator=self.text[operator.start : operator.end], operator_span=operator
                    )
            elif kind == "comment":
                self.comments.append(_span(child))
            elif kind == "ERROR" or child.is_missing:
                self.certain = False
                items.append(self.item(child, around))
            else:
                if items and not items[-1].operator:
                    # The newline between two commands is no node of its own.
                    between = Span(items[-1].span.end, child.start_byte)
                    items[-1] = items[-1]._replace(operator="\n", operator_span=between)
                items.append(self.item(child, around))

    def item(self, node: Node, around: Sequence[Node]) -> Item:
        commands = tuple(self.member(node, around, (), 0))
        statements = [*around, node] if node.type == "redirected_statement" else around
        body = node.child_by_field_name("body") if node.type == "redirected_statement" else node
        kind = "command" if body is None or body.type in _COMMANDS else body.type
        if any(map(_hides_commands, statements)):
            kind = "heredoc"
        span = Span(node.start_byte, max(each.end_byte for each in (node, *around)))
        return Item(span, _WITHIN.get(kind, kind), "", Span(span.end, span.end), commands)

    def member(
        self, node: Node, around: Sequence[Node], within: tuple[str, ...], depth: int
    ) -> Iterable[Command]:
        """The commands of a list's member, which also has the redirections of the statements `around` it."""
        found: Iterable[Command] = self.commands(node, within, depth)
        for statement in around:
            found = self.redirected(statement, node, list(found), within, depth)
        return found

    def commands(self, node: Node, within: tuple[str, ...], depth: int) -> Iterator[Command]:
        """All simple commands in `node`, in order, but for those too deep in it."""
        kind = node.type
        if depth > _DEEPEST:
            self.certain = False
            return
        if kind == "redirected_statement":
            body = node.child_by_field_name("body")
            found = list(self.commands(body, within, depth + 1)) if body else []
            yield from self.redirected(node, body, found, within, depth + 1)
        elif kind in _COMMANDS:
            yield self.command(node, within)
            if _SUBSTITUTION.search(self.text, node.start_byte, node.end_byte):
                yield from self.substituted(node, within, depth + 1)
        elif kind == "comment":
            self.comments.append(_span(node))
        else:
            name = _WITHIN.get(kind)
            inside = (*within, name) if name else within
            members = list(_members(node))
            for (child, around), following in zip_longest(members, members[1:]):
                background = following is not None and following[0].type == "&"
                place = (*inside, "background") if background else inside
                yield from self.member(child, around, place, depth + 1)

    def substituted(self, node: Node, within: tuple[str, ...], depth: int) -> Iterator[Command]:
        """The commands inside `$(…)` of a command's words."""
        if depth > _DEEPEST:
            self.certain = False
            return
        for child in node.children:
            if child.type in ("command_substitution", "process_substitution"):
                yield from self.commands(child, within, depth + 1)
            elif child.child_count:
                yield from self.substituted(child, within, depth + 1)

    def redirected(
        self, node: Node, body: Node | None, found: list[Command], within: tuple[str, ...], depth: int
    ) -> Iterator[Command]:
        """The commands `found` in `body`, the last of which is redirected as the statement `node` says; and
        more commands that hide in its redirections (`cat <<E | sort`)."""
        redirections: list[Redirection] = []
        extra: list[ShellWord] = []
        rest: list[Node] = []
        for child in node.children:
            if child.type in _REDIRECTIONS:
                self.redirection(child, redirections, extra, rest)
        redirections.sort(key=lambda each: each.span)
        simple = _last_command(body) if body else None
        place = _span(simple) if simple else None
        piped = any(other.type == "pipeline" for other in rest)
        for position, command in enumerate(found):
            if command.span == place:
                found[position] = _command(
                    command.span if rest else Span(command.span.start, node.end_byte),
                    command.assignments,
                    (*command.words, *extra),
                    (*command.redirections, *redirections),
                    (*command.within, "pipeline") if piped and simple == body else command.within,
                    command.certain and not extra,
                )
        if not found:
            found.append(_command(_span(node), (), tuple(extra), tuple(redirections), within, False))
        if extra:
            self.certain = False
        yield from found
        for other in rest:
            yield from self.commands(other, within, depth + 1)

    def redirection(
        self, node: Node, redirections: list[Redirection], extra: list[ShellWord], rest: list[Node]
    ) -> None:
        """Read one redirection. Words behind its target are arguments that tree-sitter put there."""
        operator, target = "", None
        for child in node.children:
            kind = child.type
            if kind in ("file_descriptor", "heredoc_body", "heredoc_end"):
                continue
            if kind in _REDIRECTIONS:
                self.redirection(child, redirections, extra, rest)
            elif kind in _WORDS or kind == "heredoc_start":
                if target is None:
                    target = self.word(child)
                else:
                    extra.append(self.word(child))
            elif child.is_named:
                rest.append(child)
            elif not operator:
                operator = kind
        end = target.span.end if target else node.end_byte
        redirections.append(Redirection(Span(node.start_byte, end), operator, target))

    def command(self, node: Node, within: tuple[str, ...]) -> Command:
        assignments: list[Assignment] = []
        found: list[ShellWord] = []
        redirections: list[Redirection] = []
        extra: list[ShellWord] = []
        certain = not node.has_error
        if node.type in ("test_command", "unset_command", "declaration_command"):
            found = list(self.shell_words(node))
        elif node.type == "variable_assignment":
            assignments.append(self.assignment(node))
        else:
            last = -1
            for child in node.children:
                kind = child.type
                if kind == "variable_assignment":
                    assignments.append(self.assignment(child))
                    last = child.end_byte
                elif kind.endswith("_redirect"):
                    self.redirection(child, redirections, extra, [])
                    last = child.end_byte
                elif kind == "command_name" or kind in _WORDS or child.is_named:
                    # Two words that touch are one to the shell, and an escape between them belongs to one.
                    certain = certain and (last < 0 or self.text[last : child.start_byte].isspace())
                    last = child.end_byte
                    found.append(self.word(child))
                elif kind == "$":
                    certain = False
        if redirections and extra:
            certain = False
        if not certain:
            self.certain = False
        return _command(
            _span(node), tuple(assignments), (*found, *extra), tuple(redirections), within, certain
        )

    def shell_words(self, node: Node) -> Iterator[ShellWord]:
        """The words of `export A=b`, `unset A` and `[ … ]`, whose nodes are finer than words."""
        for match in _RAW_WORD.finditer(self.text, node.start_byte, node.end_byte):
            yield self._word(*match.span())

    def assignment(self, node: Node) -> Assignment:
        name = node.child_by_field_name("name")
        value = node.child_by_field_name("value")
        word = self.word(value) if value else None
        return Assignment(_span(node), self._text(name) if name else "", word)

    def word(self, node: Node) -> ShellWord:
        return self._word(node.start_byte, node.end_byte)

    def _word(self, start: int, end: int) -> ShellWord:
        text = self.text[start:end]
        return ShellWord(Span(start, end), text, static_value(text))

    def _text(self, node: Node) -> str:
        return self.text[node.start_byte : node.end_byte]


def _span(node: Node) -> Span:
    return Span(node.start_byte, node.end_byte)


def _members(node: Node) -> Iterator[tuple[Node, Sequence[Node]]]:
    """The children of a node, lists among them dissolved.

    With each come the statements around it whose redirections are its own, though tree-sitter hangs them on
    all of the list: `a && b >c`.
    """
    pending: list[tuple[Node, tuple[Node, ...]]] = [(child, ()) for child in reversed(node.children)]
    while pending:
        child, around = pending.pop()
        inner = child
        if child.type == "redirected_statement":
            body = child.child_by_field_name("body")
            if body is not None and body.type == "list":
                inner, around = body, (*around, child)
        if inner.type == "list":
            *others, last = inner.children
            pending.append((last, around))
            pending += ((other, ()) for other in reversed(others))
        else:
            yield inner, around


def _last_command(node: Node) -> Node | None:
    """The simple command to which redirections behind `node` belong; none where they are its own."""
    while node.type in ("list", "pipeline", "negated_command") and node.named_children:
        node = node.named_children[-1]
    return node if node.type in _COMMANDS else None


def _hides_commands(node: Node) -> bool:
    """Whether what follows a heredoc's opener stands in its redirection: `cat <<EOF && make`."""
    return any(
        child.is_named and child.type not in _WORDS | _REDIRECTIONS | _OF_REDIRECTION
        for redirection in node.children
        if redirection.type == "heredoc_redirect"
        for child in redirection.children
    )


def _command(
    span: Span,
    assignments: tuple[Assignment, ...],
    words: tuple[ShellWord, ...],
    redirections: tuple[Redirection, ...],
    within: tuple[str, ...],
    certain: bool,
) -> Command:
    values = tuple([word.text if word.value is None else word.value for word in words])
    name = (words[0].value or "").rpartition("/")[2] if words else ""
    return Command(span, assignments, words, redirections, within, certain, name, values)


def _place(script: Script, body: Joined) -> Script:
    """The script with its spans in the file."""
    offsets = body.offsets
    # Without a call of Python's own for each tuple: there are so many that it halves the time.
    new = tuple.__new__

    def at(span: Span) -> Span:
        start, end = span
        return new(Span, (offsets[start], offsets[end - 1] + 1 if end > start else offsets[start]))

    def word(it: ShellWord) -> ShellWord:
        (start, end), text, value = it
        span = new(Span, (offsets[start], offsets[end - 1] + 1 if end > start else offsets[start]))
        return new(ShellWord, (span, text, value))

    def command(it: Command) -> Command:
        span, assignments, words, redirections, within, certain, name, values = it
        return Command(
            at(span),
            assignments
            and tuple(
                [Assignment(at(a.span), a.name, word(a.value) if a.value else None) for a in assignments]
            ),
            tuple(map(word, words)),
            redirections
            and tuple(
                [
                    Redirection(at(r.span), r.operator, word(r.target) if r.target else None)
                    for r in redirections
                ]
            ),
            within,
            certain,
            name,
            values,
        )

    items = tuple(
        [
            Item(at(it.span), it.kind, it.operator, at(it.operator_span), tuple(map(command, it.commands)))
            for it in script.items
        ]
    )
    commands = tuple([command for item in items for command in item.commands])
    comments = tuple(map(at, script.comments))
    return Script(at(script.span), items, commands, comments, script.certain)
