"""What random Dockerfiles are made of, and what holds of every tree."""

from __future__ import annotations

from hypothesis import strategies

from lightship.syntax import shell
from lightship.syntax.dockerfile import File, parse

FRAGMENTS = (
    "FROM a", "RUN x", "COPY a b", "ADD ", "ENV a=b", "LABEL a=b", "ARG x", "ONBUILD ", "HEALTHCHECK CMD a",
    'CMD ["a"]', 'SHELL ["a"]', "VOLUME /x", "USER a", "WORKDIR /x", "EXPOSE 80", "STOPSIGNAL 9", "run", "é",
    " ", "  ", "\n", "\n", "\n", "\n", "\\\n", "\\", "`", "`\n", "\\ \n", "\r", "\r\n", "\t", "\f", "\v",
    "\u2028", "\xa0", "\x85", "\x1c", "\ufeff", "<<EOF", "<<-EOF", '<<"EOF"', "<<'E F'", "\nEOF\n", "EOF", "\n\tEOF\n",
    "<<", "0<<A", "\nA\n", "<<E\\F", "<<$x", "<<${x}", '"', "'", "${", "${x}", "$x", "}", ":-", "# c\n", "#",
    "# escape=`\n", "# syntax=x\n", "# check=skip=all\n", "[", "]", ",", '"a"', "--from=x", "--", "=", "a", "b",
    "&&", "|", ";", "$(", ")", "{", "[[", ">&2 ", "if ",
)  # fmt: skip

dockerfiles = strategies.lists(strategies.sampled_from(FRAGMENTS), max_size=25).map("".join)


def check(text: str) -> File:
    """Parse all there is in the text, and see that the tree covers it."""
    tree = parse(text)
    at = 0
    for node in tree.nodes:
        assert node.extent.start == at
        assert node.extent.end >= node.span.end
        at = node.extent.end
    assert at == len(text)
    assert all(0 <= problem.span.start <= problem.span.end <= at for problem in tree.problems)
    for instruction in tree.instructions:
        for reference in instruction.variables:
            assert text[reference.span.start] == "$"
        for word in instruction.words:
            assert text[word.span.start] == word.text[0]
            assert text[word.span.end - 1] == word.text[-1]
        step = instruction.inner or instruction
        if step.keyword == "RUN" and step.json is None:
            shell.parse(step.arguments)
    return tree
