"""What is read out of package managers' commands: one line each in `packages.txt`, and every RUN we have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightship.knowledge import packages
from lightship.knowledge.packages import Kind, PackageCommand
from lightship.syntax import dockerfile, shell
from lightship.syntax.joined import join
from lightship.syntax.shell import static_value

CASES = Path(__file__).with_name("packages.txt")
WORD = re.compile(r"""(?:\$\([^)]*\)|`[^`]*`|"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'`])+""")


def words_of(command: str) -> tuple[list[str | None], list[str]]:
    texts = WORD.findall(command)
    return [static_value(text) for text in texts], texts


def shown(command: PackageCommand | None, texts: list[str]) -> str:
    """`manager action start,verb | packages | flags | what else holds`."""
    if command is None:
        return "none"
    named = []
    for package in command.packages:
        text = package.name or "?"
        if package.version is not None:
            text += f" {package.operator} {package.version}"
        if package.kind is not Kind.PACKAGE:
            text += f" ({package.kind} {package.index})"
        named.append(text)
    flags = [
        f"{flag.name}={flag.value}@{flag.value_index}" if flag.value is not None else flag.name
        for flag in command.flags
    ]
    holds = {
        "unknown": command.unknown,
        "yes": command.assumes_yes,
        "no-recommends": command.skips_recommended,
        "manifest": command.from_manifest,
        "requirements " + " ".join(texts[index] for index in command.requirements): command.requirements,
        "constraints " + " ".join(texts[index] for index in command.constraints): command.constraints,
    }
    parts = [
        f"{command.manager} {command.action} {command.start},{command.verb} {command.name}".rstrip(),
        ", ".join(named),
        " ".join(flags),
        ", ".join(name for name, true in holds.items() if true),
    ]
    return " | ".join(parts).rstrip(" |")


def cases() -> Iterator[tuple[str, str]]:
    lines = [line for line in CASES.read_text().splitlines() if line and not line.startswith("#")]
    return zip(lines[::2], (line.strip() for line in lines[1::2]), strict=True)


@pytest.mark.parametrize(("command", "expected"), list(cases()))
def test_reads(command: str, expected: str) -> None:
    values, texts = words_of(command)
    assert shown(packages.read(values, texts), texts) == expected


@pytest.mark.parametrize("command", [command for command, _ in cases()])
def test_every_beginning_of_a_command_is_read(command: str) -> None:
    values, texts = words_of(command)
    for end in range(len(values) + 1):
        for hidden in range(end):
            cut: list[str | None] = [*values[:hidden], None, *values[hidden + 1 : end]]
            packages.read(cut, texts[:end])
            packages.read(cut)


def test_nothing_is_read_from_no_words() -> None:
    assert packages.read(()) is None
    assert packages.read(("",)) is None
    assert packages.read((None,), ("$X",)) is None


def test_reads_every_command_of_the_corpus(corpus: list[Path]) -> None:
    commands = 0
    for path in corpus:
        for values, texts in runs(path.read_text(encoding="utf-8", errors="surrogateescape")):
            command = packages.read(values, texts)
            if command is None:
                continue
            commands += 1
            assert command.start <= command.verb < len(values)
            words = range(command.start, len(values))
            assert all(flag.index in words for flag in command.flags)
            assert all(package.index in words for package in command.packages)
            assert not any(
                package.name.startswith("-") or "$" in package.name for package in command.packages
            )
    assert commands > 10_000


def runs(text: str) -> Iterator[tuple[list[str | None], list[str]]]:
    """The words of every command in every RUN: values and texts."""
    for node in dockerfile.parse(text).nodes:
        if not isinstance(node, dockerfile.Instruction) or node.keyword != "RUN":
            continue
        if node.json is not None:
            values = [string.value for string in node.json]
            yield [*values], values
            continue
        for body in (node.arguments, *(join([(heredoc.text, 0)]) for heredoc in node.heredocs)):
            for command in shell.parse(body).commands:
                yield [word.value for word in command.words], [word.text for word in command.words]
