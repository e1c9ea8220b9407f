"""Where a process crashed, from what the fault handler wrote of it."""

import re
import sysconfig
from pathlib import Path

FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+) in ')
LIBRARIES = tuple(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib"))


def crash_line(said: str) -> str:
    """` at resistance.py:12`, the innermost line outside libraries, or of any if there is none; empty if unknown."""
    frames = [(Path(one["file"]), one["line"]) for one in FRAME.finditer(said)]
    own = [one for one in frames if not any(place in one[0].parents for place in LIBRARIES)]
    path, line = next(iter(own or frames), (None, ""))
    return f" at {path.name}:{line}" if path else ""
