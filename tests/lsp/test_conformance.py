"""The recorded requests and answers of docker-langserver, all methods in one conversation, against our server.

`docs/conformance.md` explains what lies below a floor of 1.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from client import ENVIRONMENT, REAL

REPLAY = Path(__file__).parents[3] / "shared" / "conformance" / "replay.py"
FLOORS = {
    "completion": 0.98,
    "definition": 0.98,
    "folding": 0.98,
    "format": 0.95,
    "highlight": 0.98,
    "hover": 0.98,
    "links": 0.98,
    "prepareRename": 0.98,
    "quickfix": 0.52,
    "rename": 0.98,
    "semanticTokens": 0.95,
    "signatureHelp": 0.98,
    "symbols": 0.98,
    "validate": 0.90,
}
"""The share of the cases in which the reference has something to say that has to be met."""


def test_what_the_reference_offers_is_offered() -> None:
    if not REPLAY.exists():
        message = f"the recorded cases are not there: {os.path.relpath(REPLAY)}"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    floors = ",".join(f"{feature}={floor}" for feature, floor in FLOORS.items())
    done = subprocess.run(
        [sys.executable, str(REPLAY), "--server", shlex.join(REAL), "--min", floors, "--timeout", "30"],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=False,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    told = {line.split()[0] for line in done.stdout.splitlines()[1:] if line.strip()}
    assert told == set(FLOORS)
