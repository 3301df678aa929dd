"""Runs every check side by side, prints what each one said as it ends, and closes with the sum of all."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed

LIMIT = 40 * 60
"""Seconds for a part. The longest takes a few minutes; one that hangs must not take the whole run with it."""


def run(part: str) -> tuple[str, int, float, str]:
    start = time.monotonic()
    process = subprocess.Popen(
        ["make", "--no-print-directory", part],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={
            name: value
            for name, value in os.environ.items()
            if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")
        },
    )
    try:
        output, _ = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        output += f"stopped after {LIMIT} s\n".encode()
    return part, process.returncode, time.monotonic() - start, output.decode(errors="replace")


def counts(output: str, code: int) -> Counter[str]:
    """Pytest's closing line where there is one; else the part is one check."""
    found: Counter[str] = Counter()
    for line in reversed(output.splitlines()):
        if re.search(r"\bin \d[\d.]*s\b", line) and (
            said := re.findall(r"(\d+) (passed|failed|errors?|skipped)", line)
        ):
            for number, word in said:
                found["failed" if word.startswith("error") else word] += int(number)
            break
    else:
        found["passed"] = int(code == 0)
    if code != 0 and not found["failed"]:
        found["failed"] = 1
    return found


def main(parts: list[str]) -> int:
    total: Counter[str] = Counter()
    with ThreadPoolExecutor(len(parts)) as pool:
        for done in as_completed([pool.submit(run, part) for part in parts]):
            part, code, seconds, output = done.result()
            print(f"\n──── {part}: {'FAILED' if code else 'ok'}, {seconds:.0f} s ".ljust(100, "─"))
            print(re.sub(r"^make: \*\*\* .*\n?", "", output, flags=re.MULTILINE).strip(), flush=True)
            total += counts(output, code)
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"\n{total['passed']} passed, {total['failed']} failed{skipped}")
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
