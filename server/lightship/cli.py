"""The command line. Exit status: 0 clean, 1 findings, 2 misuse, or input that could not be read.

What a command needs is imported when it runs: a small file should be checked before one looks up.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from . import __version__

if TYPE_CHECKING:
    from .batch import Task
    from .config import Problem, Settings
    from .context import BuildContext
    from .formats import Checked, Report
    from .lint import Diagnostic
    from .model.build import Registries
    from .text import Source, Span

T = TypeVar("T")
Serve = Callable[[tuple[str, int] | None], int]
"""Runs the language server, listening on a host's port or else talking over standard input and output."""
CLEAN, FOUND, FAILED = 0, 1, 2
STDIN = "-"
FORMATS = ("text", "json", "sarif", "github", "gitlab", "checkstyle", "junit", "markdown")
LEVELS = ("error", "warning", "info", "hint")
PATIENCE = 1.0
"""Seconds after which a terminal is told how far we are."""
PATCH_COLOURS = {"+": "32", "-": "31", "@": "36"}


def main(serve: Serve, arguments: list[str] | None = None) -> int:
    """Run a command and give its exit status. A closed pipe or an interrupt ends it quietly."""
    # Trees live as long as they are looked at: looking for garbage often finds none.
    gc.set_threshold(50_000, 20, 100)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character should not keep us from showing the others.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        options = _parser(serve).parse_args(arguments)
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # The reader has seen enough. Python would complain when it flushes on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND
    except OSError as error:
        print(f"lightship: {error}", file=sys.stderr)  # as when the disk that takes the report is full
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except _Misuse as misuse:
        print(f"lightship: {misuse}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 130


def _parser(serve: Serve) -> argparse.ArgumentParser:
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
    check.set_defaults(run=_check)

    fix = commands.add_parser("fix", parents=[inputs], help="apply fixes")
    fix.add_argument("--unsafe", action="store_true", help="also fixes after which the image may differ")
    fix.add_argument("--diff", action="store_true", help="show what would change, and write nothing")
    fix.set_defaults(run=_fix)

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
    layout.set_defaults(run=_format)

    config = commands.add_parser(
        "config", parents=[chosen], help="show the settings in force, and what set them"
    )
    config.add_argument("path", nargs="?", metavar="PATH", default=".", help="a file or folder; default: .")
    config.set_defaults(run=_config)

    rule = commands.add_parser("rule", help="show a rule's page, or list all rules")
    rule.add_argument(
        "name", nargs="?", metavar="NAME", help="a rule's name or alias, or a code of ShellCheck's"
    )
    rule.set_defaults(run=_rule)

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
    refactor.set_defaults(run=_refactor)

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


@dataclass
class _Outcome:
    """What the exit status is made of."""

    found: bool = False
    failed: bool = False
    said: set[str] = field(default_factory=set)

    def complain(self, message: str) -> None:
        """Tell, once, of something that went wrong. The rest goes on, and the exit status will say so."""
        self.failed = True
        self.warn(message)

    def warn(self, message: str) -> None:
        """Tell, once, of something that the exit status says nothing of."""
        if message not in self.said:
            self.said.add(message)
            print(f"lightship: {message}", file=sys.stderr)

    def unusable(self, path: Path, error: OSError) -> None:
        """Complain of a file, and say what to do about it."""
        remedies: dict[type[OSError], str] = {
            FileNotFoundError: ": check the spelling, or name a folder to search",
            PermissionError: ": it needs other rights, or another user",
        }
        self.complain(f"{path}: {error.strerror or error}{remedies.get(type(error), '')}")

    @contextmanager
    def going_on(self, path: Path) -> Iterator[None]:
        """Should looking at one file fail, the others are looked at all the same."""
        try:
            yield
        except Exception as error:
            self.complain(f"{path}: a bug in Lightship, please report it with this file: {error!r}")

    @property
    def status(self) -> int:
        return FAILED if self.failed else FOUND if self.found else CLEAN


class _Misuse(Exception):
    """The command line asks for what cannot be; nothing is run."""


def _check(options: argparse.Namespace) -> int:
    from .batch import Task
    from .terms import Severity

    outcome = _Outcome()
    report = _report(options)
    settings_of = _settings(options, outcome)
    folder = _context_folder(options)
    least = Severity[options.severity.upper()]
    tasks = [
        Task(
            None if _is_stdin(path) else path,
            source,
            settings_of(path),
            folder,
            least,
            options.ask_registry,
        )
        for path, source, _ in _inputs(options.paths, outcome)
    ]
    pieces = report(_checked(tasks, options, outcome))
    if options.output_file is None:
        for piece in pieces:
            sys.stdout.write(piece)
    else:
        from .sources import disk

        disk.save(options.output_file, "".join(pieces).encode(errors="replace"))
    if options.exit_zero:
        outcome.found = False
    return outcome.status


def _checked(tasks: list[Task], options: argparse.Namespace, outcome: _Outcome) -> Iterator[Checked]:
    """What is found in each file and asked for; the outcome learns what counts, and what failed."""
    from . import batch
    from .formats import Checked

    asked_for = _asked_for(options.diff_base)
    results = zip(tasks, batch.check(tasks, options.jobs), strict=True)
    for task, result in _with_progress(results, len(tasks), options):
        for warning in result.warnings:
            outcome.warn(warning)
        outcome.failed |= result.failed
        name, settings = task.source.name, task.settings
        if result.bug:
            outcome.complain(f"{name}: a bug in Lightship, please report it with this file: {result.bug}")
            continue
        found = asked_for(task, result.diagnostics)
        level = settings.failing
        outcome.found |= level is not None and any(each.severity <= level for each in found)
        yield Checked(task.source, found)


def _asked_for(revision: str | None) -> Callable[[Task, tuple[Diagnostic, ...]], tuple[Diagnostic, ...]]:
    """Leaves out findings that are none of what was changed since the revision: neither where they point at, nor where
    they explain."""
    if revision is None:
        return lambda task, found: found
    from .sources import git

    changes = git.Changes(revision)

    def on_changed_lines(task: Task, found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        if task.path is None or not found:
            return found
        try:
            lines = changes.lines(task.path)
        except git.Unanswered as error:
            raise _Misuse(f"--diff-base: {error}") from error
        line_of = task.source.line_of

        def touched(span: Span) -> bool:
            return lines.touch(line_of(span.start), line_of(max(span.start, span.end - 1)))

        return tuple(
            each for each in found if any(map(touched, (each.span, *(other.span for other in each.related))))
        )

    return on_changed_lines


def _with_progress(items: Iterable[T], total: int, options: argparse.Namespace) -> Iterator[T]:
    """The items, counted on the terminal where they take long and the report goes elsewhere."""
    begin = time.monotonic()
    shown = sys.stderr.isatty() and (options.output_file is not None or not sys.stdout.isatty())
    told = False
    for number, item in enumerate(items):
        if shown and time.monotonic() - begin > PATIENCE:
            sys.stderr.write(f"\r{number} of {total} files")
            sys.stderr.flush()
            told = True
        yield item
    if told:
        sys.stderr.write("\r\x1b[K")


def _fix(options: argparse.Namespace) -> int:
    from . import lint
    from .batch import Scripts
    from .sources import disk
    from .text import Safety

    outcome = _Outcome()
    settings_of, context_of = _settings(options, outcome), _contexts(options)
    safety = Safety.UNSAFE if options.unsafe else Safety.SAFE
    scripts = Scripts()
    fixes = files = 0
    for path, source, content in _inputs(options.paths, outcome):
        text, count = source.text, 0
        with outcome.going_on(path):
            settings = settings_of(path)
            # None of its fixes are safe.
            ask = (lambda build: scripts.ask([(build, settings)])) if options.unsafe else None  # noqa: B023
            context = context_of(path, source, settings)
            text, count = lint.fix_all(source, settings, safety, context, ask)
        after = disk.encode(text)
        for warning in scripts.warnings:
            outcome.warn(warning)
        outcome.failed |= scripts.failed
        if options.diff:
            _write_bytes(disk.encode(_diff(source, text)))
        elif _is_stdin(path):
            _write_bytes(after)
        elif after != content:
            try:
                disk.write(path, content, after)
            except OSError as error:
                outcome.unusable(path, error)
                continue
        fixes += count
        files += after != content
    outcome.found = options.diff and files > 0
    made = "would be made" if options.diff else "made"
    summary = (
        f"{_count(fixes, 'fix', 'es')} {made} in {_count(files, 'file')}." if files else "Nothing to fix."
    )
    # Standard output may be a fixed file or a patch, and nothing else.
    print(summary, file=sys.stderr if options.diff or STDIN in options.paths else sys.stdout)
    return outcome.status


def _format(options: argparse.Namespace) -> int:
    from .features import formatting
    from .sources import disk

    outcome = _Outcome()
    layout = formatting.Layout(options.indent, not options.tabs)
    files = 0
    for path, source, content in _inputs(options.paths, outcome):
        text = source.text
        with outcome.going_on(path):
            text = formatting.result(source.text, layout)
        after = disk.encode(text)
        files += after != content
        if options.check:
            if after != content:
                print(f"{source.name} would change")
        elif options.diff:
            _write_bytes(disk.encode(_diff(source, text)))
        elif _is_stdin(path):
            _write_bytes(after)
        elif after != content:
            try:
                disk.write(path, content, after)
            except OSError as error:
                outcome.unusable(path, error)
                files -= 1
    shown = options.check or options.diff
    outcome.found = shown and files > 0
    summary = (
        f"{_count(files, 'file')} {'would change' if shown else 'changed'}."
        if files
        else "Nothing to change."
    )
    print(summary, file=sys.stderr if options.diff or STDIN in options.paths else sys.stdout)
    return outcome.status


def _count(number: int, noun: str, plural: str = "s") -> str:
    return f"{number} {noun}{'' if number == 1 else plural}"


def _config(options: argparse.Namespace) -> int:
    from . import render
    from .model import analyze
    from .rules import all_rules
    from .sources import disk
    from .text import Source

    outcome = _Outcome()
    path = Path(options.path)
    file = path / "Dockerfile" if path.is_dir() else path
    settings = _settings(options, outcome)(file)
    sys.stdout.write(render.in_force(settings, all_rules()))
    if file.is_file():
        from .sources.places import Places, copied

        build = analyze(Source(disk.decode(disk.read(file)), str(file)))
        place = Places([Path()]).of(file, copied(build), settings)
        sys.stdout.write(f"\n{render.build_context(place)}")
    return outcome.status


def _rule(options: argparse.Namespace) -> int:
    from . import render
    from .rules import all_rules

    if options.name is None:
        sys.stdout.write(render.listing(all_rules()))
        return CLEAN
    for rule in all_rules():
        if options.name in (rule.name, *rule.aliases):
            sys.stdout.write(render.page(rule))
            return CLEAN
    from . import shellcheck
    from .config import nearest

    if (code := options.name.upper()) in shellcheck.CODES:
        sys.stdout.write(shellcheck.page(code))
        return CLEAN
    names = [name for rule in all_rules() for name in (rule.name, *rule.aliases)]
    raise _Misuse(f'there is no rule "{options.name}"{nearest(options.name, names)}')


def _refactor(options: argparse.Namespace) -> int:
    from .model import analyze
    from .refactorings import all_refactorings, listing, result
    from .rewrite import Refusal
    from .sources import disk
    from .text import Source, Span

    known = {each.name: each for each in all_refactorings()}
    if options.file is None and options.name is None:
        width = max(map(len, known))
        sys.stdout.write("".join(f"{name.ljust(width)}  {each.summary}\n" for name, each in known.items()))
        return CLEAN
    if options.file is None:
        if options.name in known and not Path(options.name).exists():
            sys.stdout.write(f"# {options.name}\n\n{known[options.name].page}\n")
            return CLEAN
        options.name, options.file = None, options.name
    if options.name is not None and options.name not in known:
        from .config import nearest

        raise _Misuse(f'there is no refactoring "{options.name}"{nearest(options.name, list(known))}')
    outcome = _Outcome()
    context_of = _contexts(options)
    for path, source, content in _inputs([options.file], outcome):
        build = analyze(source, context_of(path, source, None), _registries(options))
        span = Span(0, len(source.text))
        if options.line is not None:
            if not 0 < options.line <= len(source.line_starts):
                raise _Misuse(f"--line {options.line}: {source.name} has no such line")
            span = source.line_span(options.line - 1)
        if options.name is None:
            sys.stdout.write(listing(build, span))
            continue
        offers = list(known[options.name].offers(build, span))
        offer = next((each for each in offers if not isinstance(each.outcome, Refusal)), None)
        if offer is None or isinstance(offer.outcome, Refusal):
            reasons = [each.outcome.reason for each in offers if isinstance(each.outcome, Refusal)]
            place = f"{source.name}:{options.line}" if options.line else source.name
            outcome.complain(
                f"{place}: {options.name}: {reasons[0] if reasons else 'nothing here to do it with'}"
            )
            continue
        if options.ask_registry:  # what was asked for in vain should not go unnoticed
            for each in offers:
                if isinstance(each.outcome, Refusal):
                    outcome.warn(f"{each.title}: {each.outcome.reason}")
        text = result(build, offer.outcome)
        root = build.context.root if build.context else None
        created = [(root / new.path, new.text) for new in offer.outcome.creates] if root else []
        if not options.write:
            _write_bytes(disk.encode(_diff(source, text)))
            for new, new_text in created:
                _write_bytes(disk.encode(_diff(Source("", str(new)), new_text, new=True)))
            continue
        at = path
        try:
            for at, new_text in created:
                disk.create(at, disk.encode(new_text))
            if _is_stdin(path):
                _write_bytes(disk.encode(text))
            elif text != source.text:
                disk.write(at := path, content, disk.encode(text))
        except OSError as error:
            outcome.unusable(at, error)
    return outcome.status


def _is_stdin(path: Path) -> bool:
    return str(path) == STDIN


def _inputs(paths: list[str], outcome: _Outcome) -> Iterator[tuple[Path, Source, bytes]]:
    """Every file that is asked for and can be read, once: its path, its text and its bytes."""
    from .sources import disk
    from .text import Source

    seen = set()
    for path in _found(paths, outcome):
        if path in seen:
            continue
        seen.add(path)
        try:
            content = sys.stdin.buffer.read() if _is_stdin(path) else disk.read(path)
        except OSError as error:
            outcome.unusable(path, error)
            continue
        yield path, Source(disk.decode(content), "<stdin>" if _is_stdin(path) else str(path)), content


def _found(paths: list[str], outcome: _Outcome) -> Iterator[Path]:
    from .sources import disk

    for path in map(Path, paths or ["."]):
        if _is_stdin(path) or not path.is_dir():
            yield path
            continue
        found = list(disk.find(path, outcome.unusable))
        if not found:
            print(f"lightship: {path}: no Dockerfile in this folder", file=sys.stderr)
        yield from found


def _settings(options: argparse.Namespace, outcome: _Outcome) -> Callable[[Path], Settings]:
    """The settings for a file: those of the command line over those of the nearest file, or of `--config`."""
    from . import config
    from .rules import known_names
    from .sources import settings as files

    flags = {
        "preset": options.preset,
        "select": options.select,
        "extend-select": options.extend_select,
        "ignore": options.ignore,
        "fail-on": getattr(options, "fail_on", None),
    }
    above, complaints = config.merge(config.Settings(), flags, known_names(), "command line")
    if complaints:
        raise _Misuse("\n".join(complaints))

    def told(settings: Settings | None, problems: list[Problem]) -> Settings:
        for problem in problems:
            outcome.complain(f"{problem.file}:{problem.line}: {problem.message}")
        return above.over(settings or config.Settings())

    if options.config is not None:
        explicit = told(*files.read(options.config))
        return lambda path: explicit
    of_folder = cache(lambda folder: told(*files.load(folder, options.preset)))
    return lambda path: of_folder(Path() if _is_stdin(path) else path.parent)


def _context_folder(options: argparse.Namespace) -> Path | None:
    """The build context's folder, where `--context` names one."""
    root: Path | None = options.context
    if root is not None and not root.is_dir():
        raise _Misuse(f"--context: {root} is not a folder")
    return root


def _contexts(options: argparse.Namespace) -> Callable[[Path, Source, Settings | None], BuildContext | None]:
    """The build context of a file: the folder of `--context`, or what is found with the settings for the file, which
    are those of the nearest file if they are not given."""
    from .model import analyze
    from .sources import settings as files
    from .sources.places import Places

    chosen, places = _context_folder(options), Places([Path()])

    def of(path: Path, source: Source, settings: Settings | None = None) -> BuildContext | None:
        file = None if _is_stdin(path) else path
        return places.context(file, analyze(source), settings or files.load(path.parent)[0], chosen)

    return of


def _registries(options: argparse.Namespace) -> Registries | None:
    """Who may be asked for images: nobody, unless `--ask-registry` wants it."""
    if not options.ask_registry:
        return None
    from .sources import registry

    return registry.Network()


def _report(options: argparse.Namespace) -> Report:
    """What makes the report that is asked for."""
    name = options.format
    if options.statistics:
        if name not in ("text", "json"):
            raise _Misuse(f"--statistics are written as text or JSON, not as {name}")
        from .formats import statistics

        return statistics.as_json if name == "json" else statistics.report
    if name == "text":
        from .formats import text

        return partial(text.report, colour=options.output_file is None and _colour())
    module = importlib.import_module(f".formats.{name}", __package__)
    report: Report = module.report
    return report


def _colour() -> bool:
    """Whether to write colours: to a terminal that has them, unless https://no-color.org is asked for."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _diff(source: Source, text: str, *, new: bool = False) -> str:
    """A patch from the source to `text`, as `patch -p0` takes it; one that creates a `new` file."""
    import difflib

    lines = re.compile(r"[^\n]*\n|[^\n]+")  # `splitlines` would split at form feeds too
    patch = ""
    for line in difflib.unified_diff(
        lines.findall(source.text), lines.findall(text), "/dev/null" if new else source.name, source.name
    ):
        colour = PATCH_COLOURS.get(line[0], "") if _colour() else ""
        patch += f"\x1b[{colour}m{line.rstrip()}\x1b[0m\n" if colour else line
        if not line.endswith("\n"):
            patch += "\n\\ No newline at end of file\n"
    return patch


def _write_bytes(content: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
