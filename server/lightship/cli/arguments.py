"""What can be asked for on the command line."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from pathlib import Path

from .. import __version__

Serve = Callable[[tuple[str, int] | None], int]
"""Runs the language server, listening on a host's port or else talking over standard input and output."""
FORMATS = ("text", "json", "sarif", "github", "gitlab", "checkstyle", "junit", "markdown")
LEVELS = ("error", "warning", "info", "hint")


def make_parser(serve: Serve) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lightship", description="Dockerfiles that make images small, safe and reproducible."
    )
    parser.add_argument("--version", action="version", version=f"lightship {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, prog="lightship")

    chosen = argparse.ArgumentParser(add_help=False)
    chosen.add_argument(
        "--preset", choices=("hadolint", "buildkit"), help="what that tool reports, under its codes"
    )
    for flag, text in (
        ("--select", "run these rules alone: names, aliases or topics, comma separated"),
        ("--extend-select", "run these rules as well"),
        ("--ignore", "do not run these rules"),
    ):
        chosen.add_argument(
            flag,
            action="extend",
            type=_words,
            metavar="RULES",
            help=text,
        )
    chosen.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help="settings to use instead of the nearest file's; also a .hadolint.yaml",
    )
    inputs = argparse.ArgumentParser(add_help=False, parents=[chosen])
    inputs.add_argument(
        "paths", nargs="*", metavar="PATH", help="files, folders to search, - for standard input; default: ."
    )
    inputs.add_argument(
        "--context", metavar="DIR", type=Path, help="build context; without it, it is looked for"
    )

    check = commands.add_parser("check", parents=[inputs], help="report findings")
    check.add_argument("--format", choices=FORMATS, default="text")
    check.add_argument("--output-file", metavar="FILE", type=Path, help="write the report to a file")
    check.add_argument(
        "--statistics", action="store_true", help="how many findings there are of each rule, as text or JSON"
    )
    check.add_argument("--severity", choices=LEVELS, default="hint", help="leave out what is less severe")
    check.add_argument(
        "--fail-on", choices=(*LEVELS, "off"), help="exit with 0 when all findings are less severe"
    )
    check.add_argument("--exit-zero", action="store_true", help="exit with 0 even when there are findings")
    check.add_argument(
        "--diff-base",
        metavar="REV",
        help="only findings that point at, or explain with, lines written since the Git revision or the branch left it",
    )
    check.add_argument(
        "--jobs", metavar="N", type=_jobs, help="processes to use; many files get one for each processor"
    )
    check.add_argument(
        "--ask-registry", action="store_true", help="ask registries, or an engine at hand, about base images"
    )
    check.set_defaults(run=_command("check"))

    fix = commands.add_parser("fix", parents=[inputs], help="apply fixes")
    fix.add_argument("--unsafe", action="store_true", help="also fixes after which the image may differ")
    fix.add_argument("--diff", action="store_true", help="show what would change, and write nothing")
    fix.set_defaults(run=_command("fix"))

    layout = commands.add_parser("format", help="lay files out: the indentation of their lines, and no word")
    layout.add_argument(
        "paths", nargs="*", metavar="PATH", help="files, folders to search, - for standard input; default: ."
    )
    mode = layout.add_mutually_exclusive_group()
    mode.add_argument("--write", action="store_true", help="change the files (the default)")
    mode.add_argument(
        "--check", action="store_true", help="name the files that would change, and exit with 1"
    )
    mode.add_argument("--diff", action="store_true", help="show what would change, and exit with 1")
    layout.add_argument(
        "--indent", metavar="N", type=_columns, default=4, help="spaces for a step; default: 4"
    )
    layout.add_argument("--tabs", action="store_true", help="a tab for a step, as wide as --indent says")
    layout.set_defaults(run=_command("format"))

    config = commands.add_parser(
        "config", parents=[chosen], help="show the settings in force, and what set them"
    )
    config.add_argument("path", nargs="?", metavar="PATH", default=".", help="a file or folder; default: .")
    config.set_defaults(run=_command("config"))

    rule = commands.add_parser("rule", help="show a rule's page, or list all rules")
    rule.add_argument(
        "name", nargs="?", metavar="NAME", help="a rule's name or alias, or a code of ShellCheck's"
    )
    rule.set_defaults(run=_command("rule"))

    refactor = commands.add_parser(
        "refactor",
        help="rewrite a file, or list what is on offer where",
        usage="%(prog)s [NAME] FILE [--line N] [--context DIR] [--ask-registry] [--diff | --write], or %(prog)s [NAME] to read about it",
    )
    refactor.add_argument(
        "name", nargs="?", metavar="NAME", help="what to do; without it, what could be done is listed"
    )
    refactor.add_argument("file", nargs="?", metavar="FILE", help="a file, or - for standard input")
    refactor.add_argument("--line", metavar="N", type=int, help="look at this line alone")
    refactor.add_argument(
        "--context", metavar="DIR", type=Path, help="build context; without it, it is looked for"
    )
    refactor.add_argument(
        "--ask-registry", action="store_true", help="ask registries, or an engine at hand, for digests"
    )
    how = refactor.add_mutually_exclusive_group()
    how.add_argument("--diff", action="store_true", help="show what would change (the default)")
    how.add_argument("--write", action="store_true", help="change the file")
    refactor.set_defaults(run=_command("refactor"))

    server = commands.add_parser("server", help="run the language server")
    transport = server.add_mutually_exclusive_group()
    transport.add_argument(
        "--stdio", action="store_true", help="talk over standard input and output (the default)"
    )
    transport.add_argument("--tcp", metavar="HOST:PORT", type=_address, help="listen on an address")
    server.set_defaults(run=lambda options: serve(options.tcp))
    return parser


def _words(text: str) -> list[str]:
    return [word for word in (word.strip() for word in text.split(",")) if word]


def _jobs(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes")
    return int(text)


def _columns(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 80:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of columns from 1 to 80")
    return int(text)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT, as in 127.0.0.1:2087")
    return host.strip("[]") or "127.0.0.1", int(port)


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    """The command's module, imported when it runs."""

    def run(options: argparse.Namespace) -> int:
        status: int = importlib.import_module(f".{name}", __package__).run(options)
        return status

    return run
