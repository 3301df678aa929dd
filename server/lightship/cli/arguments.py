"""What can be asked for on the command line."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from .. import __version__
from . import values
from .outcome import FAILED

Serve = Callable[[tuple[str, int] | None], int]
"""Runs the language server, listening on a host's port or else talking over standard input and output."""
FORMATS = ("text", "json", "sarif", "github", "gitlab", "checkstyle", "junit", "markdown")
LEVELS = ("error", "warning", "info", "hint")
EPILOG = """\
`lightship COMMAND --help` lists what a command can do.

exit status:
  0  nothing was found, or all is done
  1  there are findings, or files that would change
  2  something is misspelt, or cannot be read or written

NO_COLOR and FORCE_COLOR in the environment turn colours off and on.
"""


def parse(serve: Serve, arguments: list[str] | None = None) -> argparse.Namespace:
    """What is asked for; `run` of it runs the command. Misuse ends the program with 2, having told the remedy."""
    words = sys.argv[1:] if arguments is None else arguments
    program, commands = _parsers(serve)
    if not words or words[0] not in commands:
        return program.parse_args(words)
    if "--" in words:  # argparse would lose it
        end = words.index("--")
        rest = (f"./{each}" if each.startswith("-") and each != "-" else each for each in words[end + 1 :])
        words = [*words[:end], *rest]
    parser = commands[words[0]]
    options, unknown = parser.parse_known_intermixed_args(words[1:])
    if unknown:
        from ..spelling import nearest

        known = [flag for action in parser._actions for flag in action.option_strings]
        flag = next((word.partition("=")[0] for word in unknown if word.startswith("-")), None)
        if flag:
            parser.error(f'there is no option "{flag}"{nearest(flag, known)}')
        parser.error(f'"{unknown[0]}" is one argument too many')
    return options


def _parsers(serve: Serve) -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """The program's own, and that of each command."""
    parser = argparse.ArgumentParser(
        prog="lightship",
        usage="%(prog)s COMMAND ...",
        description="Finds and fixes what keeps a Dockerfile's image from being small, safe and reproducible.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"lightship {__version__}")
    parser.set_defaults(run=_help(parser))
    parsers: dict[str, argparse.ArgumentParser] = {}
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="lightship")

    def command(
        name: str, help: str, usage: str, *parents: argparse.ArgumentParser
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name,
            help=help,
            description=f"{help[0].upper()}{help[1:]}.",
            usage=f"%(prog)s {usage}",
            parents=parents,
        )
        made.set_defaults(run=_command(name))
        parsers[name] = made
        return made

    chosen, inputs, context = _chosen(), _inputs(), _context()

    check = command(
        "check", "report what is wrong, where, and why", "[OPTION...] [PATH...]", inputs, context, chosen
    )
    counts = check.add_argument_group("what counts")
    counts.add_argument(
        "--severity",
        metavar="LEVEL",
        choices=LEVELS,
        default="hint",
        help="leave out what is less severe: error, warning, info or hint",
    )
    counts.add_argument(
        "--fail-on",
        metavar="LEVEL",
        choices=(*LEVELS, "off"),
        help="exit with 0 when all findings are less severe; with off, always",
    )
    counts.add_argument("--exit-zero", action="store_true", help="exit with 0 even when there are findings")
    counts.add_argument(
        "--diff-base",
        metavar="REV",
        help="only findings that point at, or explain with, lines written since the Git revision or the branch left it",
    )
    report = check.add_argument_group("the report")
    report.add_argument(
        "--format",
        metavar="FORMAT",
        choices=FORMATS,
        default="text",
        help=f"{', '.join(FORMATS)}; default: text",
    )
    report.add_argument("--output-file", metavar="FILE", type=Path, help="write the report to a file")
    report.add_argument(
        "--statistics", action="store_true", help="how many findings there are of each rule, as text or JSON"
    )
    check.add_argument(
        "--jobs",
        metavar="N",
        type=values.jobs,
        help="processes to use; many files get one for each processor",
    )
    check.add_argument(
        "--ask-registry", action="store_true", help="ask registries, or an engine at hand, about base images"
    )

    fix = command(
        "fix", "fix all that leaves the image as it is", "[OPTION...] [PATH...]", inputs, context, chosen
    )
    fix.add_argument("--unsafe", action="store_true", help="also fixes after which the image may differ")
    fix.add_argument(
        "--diff", action="store_true", help="show what would change as a patch, and write nothing"
    )

    layout = command(
        "format",
        "lay files out: the indentation of their lines, and no word",
        "[OPTION...] [PATH...]",
        inputs,
    )
    mode = layout.add_mutually_exclusive_group()
    mode.add_argument("--write", action="store_true", help="change the files (the default)")
    mode.add_argument(
        "--check", action="store_true", help="name the files that would change, and exit with 1"
    )
    mode.add_argument("--diff", action="store_true", help="show what would change, and exit with 1")
    layout.add_argument(
        "--indent", metavar="N", type=values.columns, default=4, help="spaces for a step; default: 4"
    )
    layout.add_argument("--tabs", action="store_true", help="a tab for a step, as wide as --indent says")

    refactor = command(
        "refactor",
        "rewrite a file, or list what is on offer where",
        "[NAME] FILE [OPTION...], or %(prog)s [NAME] to read about it",
        context,
    )
    refactor.add_argument(
        "name", nargs="?", metavar="NAME", help="what to do; without it, what could be done is listed"
    )
    refactor.add_argument("file", nargs="?", metavar="FILE", help="a file, or - for standard input")
    refactor.add_argument("--line", metavar="N", type=values.line, help="look at this line alone")
    refactor.add_argument(
        "--ask-registry", action="store_true", help="ask registries, or an engine at hand, for digests"
    )
    how = refactor.add_mutually_exclusive_group()
    how.add_argument("--diff", action="store_true", help="show what would change (the default)")
    how.add_argument("--write", action="store_true", help="change the file")

    rule = command("rule", "show a rule's page, or list all rules", "[NAME]")
    rule.add_argument(
        "name", nargs="?", metavar="NAME", help="a rule's name or alias, a code of ShellCheck's, or a topic"
    )

    config = command("config", "show the settings in force, and what set them", "[OPTION...] [PATH]", chosen)
    config.add_argument("path", nargs="?", metavar="PATH", default=".", help="a file or folder; default: .")

    server = command("server", "run the language server, for editors", "[OPTION...]")
    transport = server.add_mutually_exclusive_group()
    transport.add_argument(
        "--stdio", action="store_true", help="talk over standard input and output (the default)"
    )
    transport.add_argument("--tcp", metavar="HOST:PORT", type=values.address, help="listen on an address")
    server.set_defaults(run=_serving(serve))
    return parser, parsers


def _inputs() -> argparse.ArgumentParser:
    """Files to look at."""
    inputs = argparse.ArgumentParser(add_help=False)
    inputs.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a file, a folder to search, a pattern as '**/*.Dockerfile', or - for standard input; default: .",
    )
    inputs.add_argument(
        "--exclude",
        action="append",
        type=values.pattern,
        default=[],
        metavar="GLOB",
        help="leave out files and folders of this name, as tests or 'old/*'; may be repeated",
    )
    return inputs


def _context() -> argparse.ArgumentParser:
    """Where they are built."""
    context = argparse.ArgumentParser(add_help=False)
    context.add_argument(
        "--context", metavar="DIR", type=Path, help="build context; without it, it is looked for"
    )
    return context


def _chosen() -> argparse.ArgumentParser:
    """Which rules run."""
    chosen = argparse.ArgumentParser(add_help=False)
    group = chosen.add_argument_group(
        "which rules", "RULES are names, aliases and topics, comma separated, or all."
    )
    for flag, text in (
        ("--select", "run these alone"),
        ("--extend-select", "run these as well"),
        ("--ignore", "do not run these"),
    ):
        group.add_argument(flag, action="extend", type=values.words, metavar="RULES", help=text)
    group.add_argument(
        "--preset",
        metavar="TOOL",
        choices=("hadolint", "buildkit"),
        help="report what hadolint or buildkit does, under its codes",
    )
    group.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help="settings to use instead of the nearest file's; also a .hadolint.yaml",
    )
    return chosen


def _help(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """What is printed where no command is named."""

    def run(options: argparse.Namespace) -> int:
        parser.print_help(sys.stderr)
        return FAILED

    return run


def _serving(serve: Serve) -> Callable[[argparse.Namespace], int]:
    """The server; a person who starts it is told why nothing seems to happen."""

    def run(options: argparse.Namespace) -> int:
        if options.tcp is None and sys.stdin.isatty():
            print("lightship: editors start this, and talk to it here; Ctrl+C ends it", file=sys.stderr)
        return serve(options.tcp)

    return run


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    """The command's module, imported when it runs."""

    def run(options: argparse.Namespace) -> int:
        status: int = importlib.import_module(f".{name}", __package__).run(options)
        return status

    return run
