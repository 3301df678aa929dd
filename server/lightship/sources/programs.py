"""Programs of the system, none that a workspace brings."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def find(name: str) -> str | None:
    """The absolute path of a program; None where there is none. Left to itself, `subprocess` starts what lies in the
    working folder where PATH has a folder that is not absolute, and on Windows before all others."""
    folders = [folder for folder in os.get_exec_path() if Path(folder).is_absolute()]
    found = shutil.which(name, path=os.pathsep.join(folders))
    return found if found and Path(found).is_absolute() else None
