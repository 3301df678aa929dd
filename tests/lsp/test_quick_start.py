"""Classes of the protocol that are built when first used are the same classes."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from client import ENVIRONMENT

DESCRIBE = """
import attrs, json, sys
from lsprotocol import converters, types
converters.get_converter()
described = {}
for name, kind in types.ALL_TYPES_MAP.items():
    if isinstance(kind, type) and attrs.has(kind):
        fields = [[f.name, str(f.type), str(f.default), str(f.validator), f.kw_only] for f in attrs.fields(kind)]
        described[name] = [fields, kind.__eq__ is object.__eq__, kind.__hash__ is None, kind.__doc__]
json.dump(described, sys.stdout)
"""


def described(first: str) -> object:
    ran = subprocess.run(
        [sys.executable, "-c", first + DESCRIBE], env=ENVIRONMENT, capture_output=True, check=True, timeout=60
    )
    return json.loads(re.sub(rb" at 0x\w+", b"", ran.stdout))


def test_the_same_classes() -> None:
    assert described("import lightship.lsp") == described("")


def test_building_from_several_threads() -> None:
    program = """
import lightship.lsp, threading
from lsprotocol import types
failures = []
def use():
    for kind in (types.Position, types.Command, types.Location, types.Hover, types.SymbolInformation) * 3:
        try:
            try: kind()
            except TypeError as error: assert "missing" in str(error), error
            types.Position(1, 2) == types.Position(1, 2) or failures.append("unequal")
        except BaseException as error: failures.append(repr(error))
threads = [threading.Thread(target=use) for _ in range(16)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
assert not failures, failures
"""
    subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT, check=True, timeout=60)


def test_nothing_is_loaded_that_reads_dockerfiles() -> None:
    """A server that has only just been started knows of its features, and has paid for none."""
    program = "import sys, lightship.lsp.server; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=ENVIRONMENT, check=True
    )
    loaded = set(run.stdout.split())
    assert "lightship.lsp.methods" in loaded
    assert not loaded & {"lightship.model", "lightship.rules", "lightship.lint", "tree_sitter", "rich"}
