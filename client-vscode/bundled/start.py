"""Starts the Lightship that comes with the extension; `start.py --probe` only says whether this Python can.

Written so that old Pythons can read it too, and say that they are too old.
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OLDEST = (3, 11)


def problem():
    """Why this Python cannot run the server, as a sentence; None if it can."""
    if sys.version_info < OLDEST:
        return "it is older than %d.%d" % OLDEST
    try:
        import tree_sitter  # noqa: F401
        import tree_sitter_bash  # noqa: F401
    except ImportError as error:
        with open(os.path.join(HERE, "carried.json")) as file:
            carried = json.load(file)
        return (
            "the extension carries compiled libraries of CPython %s to %s for %s, which it cannot load (%s)"
            % (
                carried["pythons"][0],
                carried["pythons"][-1],
                carried["target"],
                error,
            )
        )
    return None


def probe():
    answer = {
        "version": "%d.%d.%d" % sys.version_info[:3],
        "executable": sys.executable,
        "problem": problem(),
    }
    sys.stdout.write(json.dumps(answer))


sys.path.insert(0, os.path.join(HERE, "libs"))
if __name__ == "__main__":
    if sys.argv[1:] == ["--probe"]:
        probe()
    else:
        from lightship.__main__ import main

        sys.exit(main())
